"""Step 4, the results: the study is run, its chapters are read, and each number is traced to its cells."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from importlib import resources
from pathlib import Path as File
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import FileResponse

from nqpf.studio.depends import EngineDep, SessionDep
from nqpf.studio.results_files import CHAPTERS, LIVING, OVERVIEW, RESULTS, SECTIONS, result_file, standing

router = APIRouter(tags=["results"])
VIEWS, TRACES = "nqpf.studio.views.results", "nqpf.studio.views.results_trace"
Name = Annotated[str, Path(pattern=r"^[\w-][\w.-]*$", max_length=200)]
"""An anchor of the report."""


@router.get("/results/living.js", include_in_schema=False)
def living_script() -> Response:
    """Return the script of the report's living diagram as a module."""
    return Response(_living(), media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@router.post("/sessions/{id}/results/run", status_code=202)
def run(session: SessionDep, engine: EngineDep) -> dict[str, Any]:
    """Start to run the session's study and return the job; its progress comes as events."""
    return asdict(engine.start(f"{VIEWS}:run", session, "run"))


@router.get("/sessions/{id}/results/chapters")
def chapters(session: SessionDep) -> Response:
    """Return the overview, and how the results stand to the document.

    ``standing``: ``none``, ``outdated`` (made by another release: to be made anew), ``stale`` (by an earlier document)
    or ``fresh``. ``results``: title, chapters, findings, highlights, what is absent, units; null where there are none.
    """
    found = standing(session.folder, session.document)
    path = session.folder / RESULTS / OVERVIEW
    overview = path.read_bytes() if found in ("stale", "fresh") else b"null"
    answer = b'{"standing":"' + found.encode() + b'","results":' + overview + b"}"
    return Response(answer, media_type="application/json", headers={"Cache-Control": "no-cache"})


@router.get("/sessions/{id}/results/chapters/{chapter}")
def chapter(session: SessionDep, chapter: Name) -> Response:
    """Return a chapter: its blocks, its charts, and what charts share."""
    return _file(result_file(session.folder, CHAPTERS, f"{chapter}.json"))


@router.get("/sessions/{id}/results/sections/{section}")
def section(session: SessionDep, section: Name) -> Response:
    """Return a section that is picked from a list, such as the profile of a unit."""
    return _file(result_file(session.folder, SECTIONS, f"{section}.json"))


@router.get("/sessions/{id}/results/living")
def living(session: SessionDep, figure: Annotated[str, Query(pattern=r"^[\w-][\w.-]*$", max_length=200)]) -> Response:
    """Return a living diagram: its drawing in both languages, and its numbers for all units and years."""
    return _file(result_file(session.folder, LIVING, f"{figure}.json"))


@router.get("/sessions/{id}/results/trace")
async def trace(
    session: SessionDep,
    engine: EngineDep,
    unit: Annotated[str, Query(max_length=200)],
    period: int,
    node: Annotated[str | None, Query(max_length=200)] = None,
    series: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """Return where a number comes from: a node's parts, an indicator's formula, or the cell of a series."""
    options: dict[str, Any] = {"unit": unit, "period": period, "node": node, "series": series}
    return await engine.answer(f"{TRACES}:trace", session.folder, **options)


@router.get("/sessions/{id}/results/series")
async def series(
    session: SessionDep, engine: EngineDep, series: Annotated[str | None, Query(max_length=500)] = None
) -> Response:
    """Return the values of a raw series, each with how it came about; without one, which series there are."""
    return await engine.answer(f"{TRACES}:series", session.folder, series=series)


def _file(path: File) -> Response:
    return FileResponse(path, media_type="application/json", headers={"Cache-Control": "no-cache"})


@cache
def _living() -> str:
    script = resources.files("nqpf.report").joinpath("templates", "living.js").read_text(encoding="utf-8")
    return f"{script}\nexport {{ living }};\n"
