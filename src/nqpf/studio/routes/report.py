"""Step 6: what a report holds, the job that writes it, its files, and the study as a package that runs anywhere."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Response, UploadFile
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from nqpf.studio.depends import EngineDep, SessionDep
from nqpf.studio.faults import Absent
from nqpf.studio.names import clean_name
from nqpf.studio.store import OUT, STUDY, Session

router = APIRouter(tags=["report"])

CHUNK = 1 << 20
EPOCH = (1980, 1, 1, 0, 0, 0)
"""Date of everything in a package, so that the same study is the same bytes."""
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pdf": "application/pdf",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
    ".yaml": "application/yaml; charset=utf-8",
}
"""Content types of what a folder of results holds."""
SHUT = "default-src 'none'; sandbox"
"""Policy of what is downloaded: should a browser show it after all, nothing in it runs."""
SHOWN = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts allow-popups"
)
"""Policy of the report that is looked at: its own scripts run, in an origin of its own without the studio's cookie."""


class Wanted(BaseModel):
    """The language of the report where the study states none, as of ``nqpf run --lang``."""

    lang: Literal["zh", "en"] | None = None


@router.get("/report/options", summary="How a report is asked for: the form of the part `report` of a study")
async def options(engine: EngineDep) -> Response:
    """Return ``{field}``."""
    return await engine.answer("nqpf.studio.views.report:options", None)


@router.get("/sessions/{id}/report/state", summary="Chapters there can be, units, formats that cannot be written")
async def state(session: SessionDep, engine: EngineDep) -> Response:
    """Return ``{chapters, units, missing, problem}``."""
    return await engine.answer("nqpf.studio.views.report:state", session.folder)


@router.post("/sessions/{id}/report/write", status_code=202, summary="Run the study and write its report: a job")
def write(session: SessionDep, asked: Wanted, engine: EngineDep) -> dict[str, Any]:
    """Return the job; its result is ``{written, refused}``: formats, and the error that says which are not and why."""
    return asdict(engine.start("nqpf.studio.views.report:write", session, "report", lang=asked.lang))


@router.get("/sessions/{id}/report/files", summary="What the last run has written")
def files(session: SessionDep) -> list[dict[str, Any]]:
    """Return ``{name, size, kind}`` of each file, the reports first; nothing before the first run."""
    out = session.folder / OUT
    found = sorted((p for p in out.rglob("*") if p.is_file()), key=lambda p: (p.parent != out, p.as_posix()))
    return [
        {"name": p.relative_to(out).as_posix(), "size": p.stat().st_size, "kind": p.suffix.lstrip(".")} for p in found
    ]


@router.get("/sessions/{id}/report/download/{name:path}", summary="A file of the last run")
def download(session: SessionDep, name: str) -> FileResponse:
    """Return the file under a name that says what it is; it never runs in the studio's own origin."""
    path = _written(session, name)
    kind = KINDS.get(path.suffix.lower(), "application/octet-stream")
    headers = {"Content-Security-Policy": SHUT, "X-Content-Type-Options": "nosniff"}
    return FileResponse(path, media_type=kind, filename=_called(session, path), headers=headers)


@router.get("/sessions/{id}/report/preview", summary="The report as a page, to be looked at in a frame")
def preview(session: SessionDep) -> FileResponse:
    """Return the page with a policy that gives it an origin of its own."""
    headers = {"Content-Security-Policy": SHOWN, "X-Content-Type-Options": "nosniff"}
    return FileResponse(_written(session, "report.html"), media_type=KINDS[".html"], headers=headers)


@router.get("/sessions/{id}/report/study", summary="The study as it is written")
def study(session: SessionDep) -> dict[str, str]:
    """Return ``{text}``."""
    return {"text": (session.folder / STUDY).read_text(encoding="utf-8-sig")}


@router.get("/sessions/{id}/report/study.yaml", summary="The study as a file")
def study_file(session: SessionDep) -> FileResponse:
    """Return ``study.yaml`` as it stands."""
    return FileResponse(session.folder / STUDY, media_type=KINDS[".yaml"], filename=STUDY)


@router.get("/sessions/{id}/report/package", summary="The study with its files: a zip that `nqpf run` runs as it is")
async def package(session: SessionDep) -> StreamingResponse:
    """Return ``study.yaml`` and every file that belongs to it; the same study is the same bytes."""
    file, size = await run_in_threadpool(_packed, session)
    headers = {"Content-Disposition": _disposition(f"{session.document['study']}.zip"), "Content-Length": str(size)}
    return StreamingResponse(_streamed(file), media_type="application/zip", headers=headers)


@router.post("/sessions/{id}/report/template", status_code=201, summary="Receive a Word file as template")
async def template(session: SessionDep, files: UploadFile, engine: EngineDep) -> dict[str, Any]:
    """Return ``{name, path, size}``; what is no Word file, or holds macros, is refused."""
    name = files.filename or "template.docx"
    with session.incoming(name) as path:
        await run_in_threadpool(_copy, files, path)
        view = "nqpf.studio.views.report:examine_template"
        await engine.ask(view, session.folder, path=str(path), name=clean_name(name))
        return asdict(await run_in_threadpool(session.keep_file, name, path))


def _copy(file: UploadFile, path: Path) -> None:
    with path.open("wb") as out:
        copyfileobj(file.file, out, CHUNK)


def _written(session: Session, name: str) -> Path:
    """Return a file of the last run; nothing outside its folder is one."""
    out = (session.folder / OUT).resolve()
    path = (out / name).resolve()
    if not path.is_relative_to(out) or not path.is_file():
        raise Absent("studio_no_written", file=name[:120])
    return path


def _called(session: Session, path: Path) -> str:
    """Return the name that a file is saved under: a report's is the study's title."""
    if not path.name.startswith("report."):
        return path.name
    report = session.document.get("report")
    lang = report.get("lang") if isinstance(report, dict) else None
    return clean_name(f"{session.title['en' if lang == 'en' else 'zh']}{path.suffix}")


def _packed(session: Session) -> tuple[IO[bytes], int]:
    """Return the package as an open file, and its size."""
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed when it was sent
    with session.lock, zipfile.ZipFile(file, "w") as archive:
        for name in sorted([STUDY, *(one.path for one in session.files())]):
            about = zipfile.ZipInfo(name, EPOCH)
            about.compress_type, about.create_system, about.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            with archive.open(about, "w") as into, (session.folder / name).open("rb") as source:
                copyfileobj(source, into, CHUNK)
    size = file.tell()
    file.seek(0)
    return file, size


def _streamed(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk


def _disposition(name: str) -> str:
    """Return the header that says what a download is called, in UTF-8."""
    return f"attachment; filename*=utf-8''{quote(name)}"
