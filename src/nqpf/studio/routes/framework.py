"""Step 2, the framework: what it can be made of, how a session's stands, and what a formula gives."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from nqpf.studio.depends import EngineDep, SessionDep

router = APIRouter(tags=["framework"])
SHELF, STEP, START = (f"nqpf.studio.views.{name}" for name in ("framework_shelf", "framework", "framework_start"))


class Label(BaseModel):
    """A text in both languages."""

    model_config = ConfigDict(extra="forbid")
    zh: str = Field(max_length=1000)
    en: str = Field(max_length=1000)


class Asked(BaseModel):
    """A formula to be tried on the session's data.

    Attributes
    ----------
    formula
        SQL expression over the raw series.
    id
        Indicator that it is meant for, for messages.
    unit
        Unit that is declared for its result: then it is checked that the formula gives it.
    mixed_vintages, mixed_scopes
        Allow series of different vintages, or of different scopes.
    """

    model_config = ConfigDict(extra="forbid")
    formula: str = Field(max_length=10_000)
    id: str = Field("", max_length=200)
    unit: Label | str | None = None
    mixed_vintages: bool = False
    mixed_scopes: bool = False


@router.get("/framework/catalogue")
async def catalogue(engine: EngineDep) -> Response:
    """Return the indicators of the catalogue and the words of its tags."""
    return await engine.answer(f"{SHELF}:catalogue", None)


@router.get("/framework/systems")
async def systems(engine: EngineDep) -> Response:
    """Return the published systems, each with how far it was checked and its address."""
    return await engine.answer(f"{SHELF}:systems", None)


@router.get("/framework/theory")
async def theory(engine: EngineDep) -> Response:
    """Return the theory items with the documents' words for each, file and line."""
    return await engine.answer(f"{SHELF}:items", None)


@router.get("/sessions/{id}/framework/state")
async def state(session: SessionDep, engine: EngineDep) -> Response:
    """Return the session's framework: every node with its faults and what it gives, the series, the theory in it."""
    return await engine.answer(f"{STEP}:state", session.folder)


@router.post("/sessions/{id}/framework/formula")
async def formula(session: SessionDep, engine: EngineDep, asked: Asked) -> Response:
    """Return what a formula gives: its series, faults, unit, lowest, median and highest value, and first values."""
    return await engine.answer(f"{STEP}:formula", session.folder, **asked.model_dump())


@router.get("/sessions/{id}/framework/start")
async def start(
    session: SessionDep,
    engine: EngineDep,
    source: Literal["catalogue", "system", "blank"],
    system: Annotated[str | None, Query(max_length=100)] = None,
    reading: Literal["element", "cause", "feature", "newdev", "stage"] = "element",
    only: bool = False,
) -> Response:
    """Return a framework to begin with; nothing is written. `only`: without what the data cannot give."""
    return await engine.answer(
        f"{START}:start", session.folder, source=source, system=system, reading=reading, only=only
    )
