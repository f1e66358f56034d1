"""The panel of analyses: forms of all parts, what their fields can name, and each part as YAML."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from nqpf.studio.depends import EngineDep, SessionDep

router = APIRouter(tags=["analyses"])


class Written(BaseModel):
    """A part of a study as YAML."""

    part: str = Field(max_length=40)
    text: str = Field(max_length=200_000)


@router.get("/analyses/options", summary="Every analysis with its form")
async def options(engine: EngineDep) -> Response:
    """Return ``{parts}``; a form is made from the models that check a study."""
    return await engine.answer("nqpf.studio.views.analyses:options", None)


@router.get("/sessions/{id}/analyses/state", summary="Series, nodes, units and years there are; what is wrong; offers")
async def state(session: SessionDep, engine: EngineDep) -> Response:
    """Return ``{series, nodes, units, periods, problems, offers}``."""
    return await engine.answer("nqpf.studio.views.analyses:state", session.folder)


@router.get("/sessions/{id}/analyses/yaml", summary="A part of the study as it is written")
async def as_yaml(session: SessionDep, part: str, engine: EngineDep) -> dict[str, str]:
    """Return ``{text}``, with the comments that stand there."""
    return {"text": await engine.ask("nqpf.studio.views.analyses:as_yaml", session.folder, part=part[:40])}


@router.post("/sessions/{id}/analyses/yaml", summary="Check a part that is written as YAML")
async def of_yaml(session: SessionDep, asked: Written, engine: EngineDep) -> Any:
    """Return the content, for an edit; an error names line and key of the text."""
    return await engine.ask("nqpf.studio.views.analyses:of_yaml", session.folder, part=asked.part, text=asked.text)
