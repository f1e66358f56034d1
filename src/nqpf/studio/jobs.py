"""Long work: a process for each job, one at a time, with progress, and an end when somebody cancels it."""

from __future__ import annotations

import json
import logging
import os
import secrets
import shutil
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, Literal

from nqpf.errors import NqpfError
from nqpf.studio.faults import Absent, Refused, StudioError
from nqpf.studio.quick import SPAWN, refusal
from nqpf.studio.session import JOBS, Session
from nqpf.studio.wire import fault
from nqpf.studio.worker import Room, do_job

State = Literal["waiting", "running", "done", "failed", "cancelled", "interrupted"]
LOG = logging.getLogger("nqpf.studio")
ENDING = 10.0
"""Seconds to wait for a process that was killed."""
SHOWN = 20
"""Jobs of a session that are kept: the last ones."""


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of long work.

    Attributes
    ----------
    id, kind, session
        Which, what (``run``, ``compare``, ``report``, …), and whose.
    state
        ``waiting``, ``running``, ``done``, ``failed``, ``cancelled`` or ``interrupted`` (the server stopped).
    progress
        What is being done, in both languages.
    error
        What was wrong, where it failed.
    result
        What the view returned.
    revision
        The session's revision when the work began.
    begun
        When it was asked for, in ISO 8601.
    """

    id: str
    kind: str
    session: str
    state: State
    revision: int
    begun: str
    progress: dict[str, str] | None = None
    error: dict[str, Any] | None = None
    result: Any = None


@dataclass(frozen=True, slots=True)
class _Order:
    """A job in the queue, with what it calls."""

    job: Job
    session: Session
    work: str
    options: dict[str, Any]


class Jobs:
    """All jobs of a server, and the thread that runs them one after another.

    Parameters
    ----------
    room
        Where the views are.
    tell
        Is told a job whenever it changes.
    """

    def __init__(self, room: Room, tell: Callable[[Job], None]) -> None:
        self._room, self._tell = room, tell
        self._news = threading.Condition(threading.RLock())
        self._orders: deque[_Order] = deque()
        self._known: dict[str, dict[str, Job]] = {}
        self._closed = False
        self._process: SpawnProcess | None = None
        self._running: Job | None = None
        self._thread = threading.Thread(target=self._serve, name="jobs", daemon=True)

    def begin(self) -> None:
        """Start to run jobs."""
        self._thread.start()

    def close(self) -> None:
        """End the running job; it is interrupted, as are those that wait."""
        with self._news:
            self._closed = True
            self._news.notify_all()
            self._kill()
        if self._thread.is_alive():
            self._thread.join(ENDING)

    @property
    def pid(self) -> int | None:
        """Number of the process of the job that was begun last."""
        return self._process.pid if self._process else None

    def start(self, work: str, session: Session, kind: str, options: dict[str, Any]) -> Job:
        """Put a job in the queue."""
        begun = datetime.now().astimezone().isoformat(timespec="milliseconds")
        job = Job(f"{kind}-{secrets.token_hex(4)}", kind, session.id, "waiting", session.revision, begun)
        with self._news:
            self.of(session)
            self._set(session.folder, job)
            self._orders.append(_Order(job, session, work, options))
            self._news.notify_all()
        return job

    def of(self, session: Session) -> list[Job]:
        """Return a session's jobs, the first first. One that another run of the server left is interrupted."""
        with self._news:
            if session.id not in self._known:
                self._known[session.id] = {}
                for job in sorted(_read(session.folder / JOBS), key=lambda job: job.begun)[-SHOWN:]:
                    if job.state in ("waiting", "running"):
                        tidy(session.folder)
                        job = replace(job, state="interrupted", progress=None)
                        _write(session.folder, job)
                    self._known[session.id][job.id] = job
            return list(self._known[session.id].values())

    def cancel(self, session: Session, id: str) -> Job:
        """End a job that waits or runs; one that has ended stays as it is.

        Raises
        ------
        Absent
            The session has no such job.
        """
        with self._news:
            job = next((job for job in self.of(session) if job.id == id), None)
            if job is None:
                raise Absent("studio_no_job")
            if job.state == "waiting":
                self._orders = deque(order for order in self._orders if order.job.id != id)
            if job.state in ("waiting", "running"):
                job = self._set(session.folder, replace(job, state="cancelled", progress=None))
                if self._running is not None and self._running.id == id:
                    self._kill()
            return job

    def forget(self, session: str) -> None:
        """End and forget the jobs of a session that is being removed; its folder is then free."""
        with self._news:
            self._orders = deque(order for order in self._orders if order.session.id != session)
            if self._running is not None and self._running.session == session:
                self._kill()
                self._news.wait_for(lambda: self._running is None or self._running.session != session, ENDING)
            self._known.pop(session, None)

    def _serve(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._orders or self._closed)
                if self._closed:
                    return
                order = self._orders.popleft()
                pipe = self._begin(order)
            try:
                self._follow(order, pipe)
            except Exception:
                LOG.exception("job %s", order.job.id)

    def _begin(self, order: _Order) -> Connection:
        revision = order.session.revision
        self._running = self._set(order.session.folder, replace(order.job, state="running", revision=revision))
        pipe, theirs = SPAWN.Pipe(duplex=False)
        task = (theirs, self._room, order.work, order.session.folder, order.options)
        self._process = SPAWN.Process(target=do_job, args=task, name="nqpf-job")
        self._process.start()
        theirs.close()
        return pipe

    def _follow(self, order: _Order, pipe: Connection) -> None:
        """Listen to a job until it ends, and say how it did."""
        assert self._running is not None
        assert self._process is not None
        job, end = self._running, ("died", None)
        with suppress(EOFError, OSError):
            while end[0] == "died":
                kind, said = pipe.recv()
                if kind == "tell":
                    job = self._set(order.session.folder, replace(job, progress=said), saved=False)
                else:
                    end = (kind, said)
        self._process.join()
        pipe.close()
        tidy(order.session.folder, self._process.pid)
        with self._news:
            self._running = None
            self._news.notify_all()
            known = self._known.get(order.session.id, {}).get(job.id)
            if known is None or known.state != "running":  # cancelled, or its session removed
                return
            if end[0] == "died" and self._closed:
                self._set(order.session.folder, replace(job, state="interrupted", progress=None))
            else:
                self._set(order.session.folder, _ended(job, *end))

    def _set(self, folder: Path, job: Job, saved: bool = True) -> Job:
        """Keep a job as it is now, and tell it; one that has ended meanwhile does not come back to life."""
        with self._news:
            known = self._known.setdefault(job.session, {})
            if job.id in known and known[job.id].state not in ("waiting", "running"):
                return job
            known[job.id] = job
            if saved:
                _write(folder, job)
            self._tell(job)
        return job

    def _kill(self) -> None:
        if self._process is not None and self._process.is_alive():
            self._process.kill()


def _ended(job: Job, kind: str, said: Any) -> Job:
    if kind == "done":
        return replace(job, state="done", progress=None, result=json.loads(said))
    error = StudioError("studio_job_died") if kind == "died" else refusal(kind, said)
    told = error.error if isinstance(error, Refused) else fault(error) if isinstance(error, NqpfError) else None
    return replace(job, state="failed", progress=None, error=told)


def tidy(folder: Path, pid: int | None = None) -> None:
    """Take away what killed work has left half-written (see `nqpf.study.folder`): of one process, or of all."""
    who = "*" if pid is None else str(pid)
    for old in folder.glob(f".*.old-{who}"):
        target = folder / old.name[1:].rpartition(".old-")[0]
        if not target.exists():  # killed between the two renames: the earlier results are back
            with suppress(OSError):
                os.replace(old, target)
        shutil.rmtree(old, ignore_errors=True)
    for draft in folder.glob(f".*.draft-{who}"):
        shutil.rmtree(draft, ignore_errors=True)


def _read(folder: Path) -> list[Job]:
    """Return the jobs of a folder; a file that was not written whole is no job."""
    found = []
    for path in folder.glob("*.json"):
        with suppress(ValueError, TypeError):
            found.append(Job(**json.loads(path.read_bytes())))
    return found


def _write(folder: Path, job: Job) -> None:
    path = folder / JOBS / f"{job.id}.json"
    with suppress(FileNotFoundError):  # the session was removed meanwhile
        draft = path.with_suffix(".part")
        draft.write_text(json.dumps(asdict(job), ensure_ascii=False), encoding="utf-8")
        os.replace(draft, path)
