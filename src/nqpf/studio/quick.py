"""The quick worker: one process that keeps its desk and answers one ask after another."""

from __future__ import annotations

import logging
import multiprocessing
import threading
from collections import deque
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

from nqpf.studio.faults import Conflict, Overdue, Refused, StudioError
from nqpf.studio.worker import Room, answer_asks

LOG = logging.getLogger("nqpf.studio")
SPAWN = multiprocessing.get_context("spawn")
"""A new interpreter: a fork of a process with threads may hang, and Windows has none."""


@dataclass(eq=False)
class Ask:
    """One ask on its way: what is called, where, how, and who waits."""

    work: str
    folder: Path | None
    options: dict[str, Any]
    answer: Future[bytes] = field(default_factory=Future)


class Quick:
    """The worker's queue, and the thread that talks with the process.

    Parameters
    ----------
    room
        Where the views are.
    patience
        Seconds an answer may take; then the worker is ended and begun anew.

    Attributes
    ----------
    patience
        The same.
    ready
        Whether the worker has loaded what it needs, as far as it was heard.
    """

    def __init__(self, room: Room, patience: float) -> None:
        self._room, self.patience, self.ready = room, patience, False
        self._asks: deque[Ask] = deque()
        self._news = threading.Condition()
        self._closed = False
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._thread = threading.Thread(target=self._serve, name="quick", daemon=True)

    def begin(self) -> None:
        """Start the worker; it is there for asks while it still loads what it needs."""
        self._thread.start()

    def close(self) -> None:
        """End the worker."""
        with self._news:
            self._closed = True
            self._news.notify_all()
        self._kill()
        if self._thread.is_alive():
            self._thread.join(5)
        for ask in self._asks:
            ask.answer.cancel()

    @property
    def alive(self) -> bool:
        """Whether the worker runs."""
        return self._process is not None and self._process.is_alive()

    @property
    def pid(self) -> int | None:
        """Number of the worker's process."""
        return self._process.pid if self._process else None

    def submit(self, work: str, folder: Path | None, options: dict[str, Any], newest: bool) -> Future[bytes]:
        """Put an ask in the queue; with `newest`, in the place of older ones of the same kind that still wait."""
        ask = Ask(work, folder, options)
        with self._news:
            if newest:
                for old in [old for old in self._asks if (old.work, old.folder) == (work, folder)]:
                    self._asks.remove(old)
                    _fail(old, Conflict("studio_overtaken"))
            self._asks.append(ask)
            self._news.notify_all()
        return ask.answer

    def _serve(self) -> None:
        self._start()
        while True:
            with self._news:
                self._news.wait_for(lambda: self._asks or self._closed)
                if self._closed:
                    return
                ask = self._asks.popleft()
            if ask.answer.set_running_or_notify_cancel():
                self._answer(ask)

    def _answer(self, ask: Ask) -> None:
        if not self.alive:
            self._start()
        assert self._pipe is not None
        try:
            self._pipe.send((ask.work, ask.folder, ask.options))
            kind, said = "ready", b""
            while kind == "ready":
                if not self._pipe.poll(self.patience):
                    LOG.warning("%s took longer than %g s", ask.work, self.patience)
                    self._start()
                    return _fail(ask, Overdue("studio_overdue", seconds=self.patience))
                kind, said = self._pipe.recv()
                self.ready = True
        except (EOFError, OSError):
            if self._closed:
                ask.answer.set_exception(StudioError("studio_closing"))
                return None
            LOG.warning("the worker died of %s", ask.work)
            self._start()
            return _fail(ask, StudioError("studio_worker_died"))
        if kind == "done":
            ask.answer.set_result(said)
            return None
        return _fail(ask, refusal(kind, said))

    def _start(self) -> None:
        """Begin the worker, anew if there was one."""
        self._kill()
        self.ready = False
        if self._pipe is not None:
            self._pipe.close()
        if self._closed:
            return
        self._pipe, theirs = SPAWN.Pipe()
        self._process = SPAWN.Process(target=answer_asks, args=(theirs, self._room), name="nqpf-quick")
        self._process.start()
        theirs.close()

    def _kill(self) -> None:
        if self._process is not None and self._process.is_alive():
            self._process.kill()
            self._process.join(5)


def _fail(ask: Ask, error: Exception) -> None:
    with suppress(InvalidStateError):  # who asked may have gone
        ask.answer.set_exception(error)


def refusal(kind: str, said: Any) -> Exception:
    """Return what a worker that gave no answer said, as an error."""
    if kind == "refused":
        return Refused(*said)
    LOG.error("a view failed:\n%s", said)
    return StudioError("studio_fault", problem=str(said).strip().splitlines()[-1][:300])
