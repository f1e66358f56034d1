"""Step 1, the data: what was understood of a session's files, which cells there are, and what looks wrong."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from nqpf.studio.depends import EngineDep, SessionDep

router = APIRouter(prefix="/sessions/{id}/data", tags=["data"])
VIEWS = "nqpf.studio.views.data"

FileName = Annotated[str, Field(min_length=1, max_length=400)]


class Dropped(BaseModel):
    """Files of the session that its study is to read: names of uploads, or paths as the study writes them."""

    model_config = ConfigDict(extra="forbid")
    files: list[FileName] = Field(max_length=200)


class Window(BaseModel):
    """Which part of a sheet is wanted: around a cell (``C7``), or from a row and column, counted from 1."""

    model_config = ConfigDict(extra="forbid")
    file: FileName
    sheet: str | None = Field(None, max_length=200)
    cell: str | None = Field(None, max_length=12)
    row: int = Field(1, ge=1, le=1_048_576)
    column: int = Field(1, ge=1, le=16_384)
    rows: int = Field(80, ge=1, le=300)
    columns: int = Field(40, ge=1, le=60)


@router.get("/understood", summary="Tables, units, years and series as they were read, and what waits for a decision")
async def understood(session: SessionDep, engine: EngineDep) -> Response:
    """Return what was understood; a file that cannot be read is a problem among others."""
    return await engine.answer(f"{VIEWS}:understood", session.folder)


@router.get("/coverage", summary="Which cells there are, of all series or of one with its numbers")
async def coverage(
    session: SessionDep, engine: EngineDep, series: Annotated[str | None, Query(max_length=400)] = None
) -> Response:
    """Return the matrix of cells."""
    return await engine.answer(f"{VIEWS}:coverage", session.folder, series=series)


@router.get("/cells", summary="A window of a sheet: what each cell was taken for, and what is to be said of it")
async def cells(session: SessionDep, engine: EngineDep, window: Annotated[Window, Query()]) -> Response:
    """Return the cells."""
    return await engine.answer(f"{VIEWS}:cells", session.folder, **window.model_dump())


@router.get("/checks", summary="What looks wrong in the numbers")
async def checks(session: SessionDep, engine: EngineDep) -> Response:
    """Return the findings, the gravest first."""
    return await engine.answer(f"{VIEWS}:checks", session.folder)


@router.post("/dropped", summary="What the study is to say of files that were just received")
async def dropped(session: SessionDep, engine: EngineDep, asked: Dropped) -> Response:
    """Return the edit; the page makes it, so that it can be undone."""
    return await engine.answer(f"{VIEWS}:dropped", session.folder, files=asked.files)
