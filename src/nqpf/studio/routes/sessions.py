"""Sessions: begun, listed, edited, undone; files received; what happens, as a stream of events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fastapi import APIRouter, UploadFile
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from nqpf.errors import NqpfError
from nqpf.studio.depends import EngineDep, SessionDep, StoreDep
from nqpf.studio.engine import Engine
from nqpf.studio.faults import Conflict, Refused
from nqpf.studio.session import Session
from nqpf.studio.store import demos
from nqpf.studio.wire import fault, plain

router = APIRouter(tags=["sessions"])

CHECKING, BEGINNING = 2.0, 0.2
"""Seconds that a state waits for what is wrong with its study, and while the worker begins; then an event tells it."""
CHUNK = 1 << 20


class NewSession(BaseModel):
    """What a session begins with: the name of a demo, or a title, or nothing."""

    title: str | None = Field(None, max_length=200)
    demo: str | None = Field(None, max_length=60)


class Edit(BaseModel):
    """A document to put in the place of the present one: made from `revision`, and called `label` in undo."""

    revision: int
    document: dict[str, Any]
    label: str = Field("", max_length=2000)


class Step(BaseModel):
    """A step of undo or redo; `revision` is what the page knows, and may be left out."""

    revision: int | None = None


@router.get("/demos", summary="Studies that come with the package: name, title, what they are about")
def list_demos() -> list[dict[str, Any]]:
    """Return all demos."""
    return [{"name": name, **about} for name, about in demos().items()]


@router.get("/place", summary="The folder of all sessions")
def place(store: StoreDep) -> dict[str, str]:
    """Return ``{folder}``, as this computer names it."""
    return {"folder": str(store.root)}


@router.get("/sessions", summary="All sessions, the last changed first")
def list_sessions(store: StoreDep) -> list[dict[str, Any]]:
    """Return ``{id, title, revision, changed, files}`` of each."""
    return [plain(asdict(one) | {"title": one.title}) for one in store.sessions()]


@router.post("/sessions", status_code=201, summary="Begin a session: blank, with a title, or a demo with its data")
async def begin(asked: NewSession, store: StoreDep, engine: EngineDep) -> dict[str, Any]:
    """Return the new session's state."""
    return await shown(await run_in_threadpool(store.create, asked.title, asked.demo), engine)


@router.get("/sessions/{id}", summary="A session: its document, files, jobs, and what is wrong with its study")
async def state(session: SessionDep, engine: EngineDep) -> dict[str, Any]:
    """Return the state; ``problems`` is null while they are looked for, and then comes as the event ``problems``."""
    return await shown(session, engine)


@router.delete("/sessions/{id}", status_code=204, response_model=None, summary="Move a session to the folder .trash")
def remove(id: str, store: StoreDep, engine: EngineDep) -> None:
    """End its jobs and take it out of the list."""
    store.open(id)
    engine.jobs.forget(id)
    store.remove(id)


@router.put("/sessions/{id}/document", summary="Put a document in the place of the present one", response_model=None)
async def edit(session: SessionDep, asked: Edit, engine: EngineDep) -> dict[str, Any] | JSONResponse:
    """Return the new state; 409 with the present state where `revision` is not the present one."""
    return await _changed(session, engine, lambda: session.edit(asked.document, asked.revision, asked.label))


@router.post("/sessions/{id}/undo", summary="Take back the last change", response_model=None)
async def undo(session: SessionDep, asked: Step, engine: EngineDep) -> dict[str, Any] | JSONResponse:
    """Return the new state."""
    return await _changed(session, engine, lambda: session.undo(asked.revision))


@router.post("/sessions/{id}/redo", summary="Do again what was undone last", response_model=None)
async def redo(session: SessionDep, asked: Step, engine: EngineDep) -> dict[str, Any] | JSONResponse:
    """Return the new state."""
    return await _changed(session, engine, lambda: session.redo(asked.revision))


@router.post("/sessions/{id}/files", status_code=201, summary="Receive files; at most 100 MB in one request")
async def receive(session: SessionDep, files: list[UploadFile], engine: EngineDep) -> dict[str, Any]:
    """Return the state, with ``added``: ``[{name, path, size, kind, notes}]``.

    Each file is looked at before it is kept: what cannot be read, is damaged, locked, or unpacks to too much is
    refused. No file is overwritten: the same name with other content gets a number.
    """
    added = [await _received(session, file, engine) for file in files]
    return await shown(session, engine) | {"added": added}


@router.get("/sessions/{id}/events", summary="What happens in a session, as server-sent events")
async def events(session: SessionDep, engine: EngineDep) -> StreamingResponse:
    """Stream ``changed`` {revision}, ``job`` (a job) and ``problems`` {revision, problems}."""
    first = {"changed": {"revision": session.revision}}
    told: AsyncIterator[bytes] = engine.events.stream(session.id, first)
    return StreamingResponse(told, media_type="text/event-stream")


@router.post("/sessions/{id}/jobs/{job}/cancel", summary="End a job that waits or runs")
async def cancel(session: SessionDep, job: str, engine: EngineDep) -> dict[str, Any]:
    """Return the job; what it had half-written is taken away."""
    return asdict(await run_in_threadpool(engine.jobs.cancel, session, job))


async def shown(session: Session, engine: Engine) -> dict[str, Any]:
    """Return a session as the page knows it."""
    found = await run_in_threadpool(_state, session, engine)
    return found | {"problems": await _problems(session, engine, found["revision"])}


def _state(session: Session, engine: Engine) -> dict[str, Any]:
    with session.lock:
        return {
            "id": session.id,
            "title": plain(session.title),
            "revision": session.revision,
            "document": session.document,
            "can_undo": session.can_undo,
            "can_redo": session.can_redo,
            "labels": session.labels(),
            "files": [asdict(file) for file in session.files()],
            "jobs": [asdict(job) for job in engine.jobs.of(session)],
        }


async def _problems(session: Session, engine: Engine, revision: int) -> list[dict[str, Any]] | None:
    """Return what is wrong with a study, or None where the worker is busy: then it is told when it is known."""
    asked = asyncio.ensure_future(engine.ask("nqpf.studio.views.sessions:problems", session.folder, newest=True))
    done, _ = await asyncio.wait([asked], timeout=CHECKING if engine.quick.ready else BEGINNING)
    if done:
        return _found(asked)

    def tell(found: asyncio.Future[Any]) -> None:
        problems = None if found.cancelled() else _found(found)
        if problems is not None:
            engine.events.publish(session.id, "problems", {"revision": revision, "problems": problems})

    asked.add_done_callback(tell)
    return None


def _found(asked: asyncio.Future[Any]) -> list[dict[str, Any]] | None:
    """Return the problems; that they cannot be found is one; None where a newer state has asked for its own."""
    error = asked.exception()
    if isinstance(error, Conflict):
        return None
    if isinstance(error, NqpfError | Refused):
        return [{**(error.error if isinstance(error, Refused) else fault(error)), "draft": False}]
    found: list[dict[str, Any]] = asked.result()
    return found


async def _changed(session: Session, engine: Engine, change: Any) -> dict[str, Any] | JSONResponse:
    """Change a session, tell the pages that have it open, and return its new state."""
    try:
        revision = await run_in_threadpool(change)
    except Conflict as error:
        return JSONResponse({**await shown(session, engine), "error": fault(error)}, error.status)
    engine.events.publish(session.id, "changed", {"revision": revision})
    return await shown(session, engine)


async def _received(session: Session, file: UploadFile, engine: Engine) -> dict[str, Any]:
    name = file.filename or "file"
    with session.incoming(name) as path:
        await run_in_threadpool(_copy, file, path)
        view = "nqpf.studio.views.sessions:examine"
        known = await engine.ask(view, session.folder, path=str(path), name=name)
        kept = await run_in_threadpool(session.keep_file, name, path)
    return {**asdict(kept), **known}


def _copy(file: UploadFile, path: Path) -> None:
    with path.open("wb") as out:
        while chunk := file.file.read(CHUNK):
            out.write(chunk)
