"""Step 5: what can be compared, two sides beside each other, alternatives kept, one taken over."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from nqpf.studio.depends import EngineDep, SessionDep

router = APIRouter(tags=["compare"])


class Sides(BaseModel):
    """Ids of two sides, as ``compare/choices`` lists them, and the year; default: the last that both score."""

    first: str = Field(max_length=120)
    second: str = Field(max_length=120)
    period: int | None = None


class Named(BaseModel):
    """Name of an alternative."""

    title: str = Field(min_length=1, max_length=120)


@router.get("/sessions/{id}/compare/choices", summary="Everything that can stand on a side")
async def choices(session: SessionDep, engine: EngineDep) -> Response:
    """Return ``{now, presets, variants, revisions, systems}``."""
    return await engine.answer("nqpf.studio.views.compare_sides:sides", session.folder)


@router.post("/sessions/{id}/compare/run", summary="Two sides beside each other")
async def run(session: SessionDep, asked: Sides, engine: EngineDep) -> Response:
    """Return ranks with intervals, shifts, correlations, weights, and what differs in words."""
    return await engine.answer("nqpf.studio.views.compare:run", session.folder, **asked.model_dump())


@router.post("/sessions/{id}/compare/variants", status_code=201, summary="Keep recipe and framework as an alternative")
async def keep(session: SessionDep, asked: Named, engine: EngineDep) -> Any:
    """Return ``{id, title, when}``."""
    return await engine.ask("nqpf.studio.views.compare_sides:keep", session.folder, title=asked.title)


@router.delete("/sessions/{id}/compare/variants/{variant}", status_code=204, summary="Take an alternative away")
async def forget(session: SessionDep, variant: str, engine: EngineDep) -> None:
    """Remove it; the study stays as it is."""
    await engine.ask("nqpf.studio.views.compare_sides:forget", session.folder, id=variant)


@router.get("/sessions/{id}/compare/document", summary="What the study would be with a side taken over")
async def document(session: SessionDep, side: str, engine: EngineDep) -> Response:
    """Return the whole document, for an edit."""
    return await engine.answer("nqpf.studio.views.compare:taken", session.folder, side=side[:120])
