"""The processes that compute. They speak with the server over a pipe of ``multiprocessing``, which pickles.

That pipe joins our own processes only: nothing that a user uploads, and nothing that a page sends, is ever unpickled.
A worker ends when its server does, however that ended.
"""

from __future__ import annotations

import os
import pkgutil
import signal
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import connection, parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from nqpf.errors import NqpfError
from nqpf.messages import Text
from nqpf.studio.wire import encode, fault, near, plain

Said = tuple[str, Any]
"""What a worker says: ``ready``, ``tell`` progress, ``done`` with JSON, ``refused`` with an error, ``broken``."""


@dataclass(frozen=True, slots=True)
class Room:
    """Where views are: a package whose functions may be called by name, and ``module:class`` of the desk they get."""

    views: str = "nqpf.studio.views"
    desk: str = "nqpf.studio.desk:Desk"

    def function(self, work: str) -> Callable[..., Any]:
        """Return the function that ``module:name`` means; nothing outside the package is called by name."""
        if not work.startswith((f"{self.views}.", f"{self.views}:")):
            raise ValueError(f"{work} is no view")
        function: Callable[..., Any] = pkgutil.resolve_name(work)
        return function


def answer_asks(pipe: Connection, room: Room) -> None:
    """Answer one ask after another, until the server goes."""
    _obey_server_only()
    desk = pkgutil.resolve_name(room.desk)()  # loads all that computes
    pipe.send(("ready", None))
    while True:
        try:
            work, folder, options = pipe.recv()
        except (EOFError, OSError):
            return
        pipe.send(_said(folder, lambda: room.function(work)(desk, folder, **options)))  # noqa: B023


def do_job(pipe: Connection, room: Room, work: str, folder: Path, options: dict[str, Any]) -> None:
    """Do one long piece of work, telling how far it is."""
    _obey_server_only()
    desk = pkgutil.resolve_name(room.desk)()

    def tell(text: Text) -> None:
        pipe.send(("tell", plain(text)))

    pipe.send(_said(folder, lambda: room.function(work)(desk, folder, tell, **options)))


def _said(folder: Path | None, make: Callable[[], Any]) -> Said:
    try:
        return "done", encode(make())
    except NqpfError as error:
        return "refused", (fault(near(error, folder)), getattr(error, "status", 422))
    except Exception:
        return "broken", traceback.format_exc()


def _obey_server_only() -> None:
    """Leave Ctrl-C to the server, and end when it has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server = parent_process()
    if server is not None:
        threading.Thread(target=_end_with, args=(server.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)
