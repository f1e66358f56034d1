"""Start the studio: a folder, a free port of this computer, a token, and a browser that opens the page."""

from __future__ import annotations

import os
import secrets
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import python_multipart  # noqa: F401  # without it FastAPI refuses every route that takes a file
import uvicorn

from nqpf.errors import OutputError, SpecError, Where
from nqpf.messages import Text, say
from nqpf.studio.app import create_app
from nqpf.studio.engine import Engine
from nqpf.studio.guard import Guard
from nqpf.studio.store import Store

HOST = "127.0.0.1"
LOCK = ".lock"
GRACE = 2
"""Seconds that open requests are given when the server ends."""


def home() -> Path:
    """Return the folder of sessions where none is named: ``nqpf-studio`` in the user's home."""
    return Path.home() / "nqpf-studio"


def serve(folder: Path | None, port: int, browser: bool, tell: Callable[[Text], None]) -> None:
    """Serve the studio until Ctrl-C.

    Parameters
    ----------
    folder
        Folder of sessions; default: `home`.
    port
        Port; 0 for a free one.
    browser
        Whether the page is opened.
    tell
        Is told the address, where the sessions lie, and how to stop.

    Raises
    ------
    OutputError
        The folder cannot be written, or another studio works in it.
    SpecError
        The port is in use.
    """
    root = (folder or home()).expanduser().resolve()
    with _claimed(root), _listening(port) as listening:
        here = listening.getsockname()[1]
        token = secrets.token_urlsafe(32)
        address = f"http://{HOST}:{here}/?token={token}"
        engine = Engine()
        app = Guard(create_app(Store(root), engine), token, here)
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, proxy_headers=False, ws="none",
            lifespan="on", timeout_graceful_shutdown=GRACE,
        )  # fmt: skip

        def ready() -> None:
            tell(say("cli.studio.serving", address=address, folder=str(root)))
            if browser:
                threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

        try:
            Server(config, engine, ready).run(sockets=[listening])
        except KeyboardInterrupt:  # the way to stop
            pass
        finally:
            engine.end()
        tell(say("cli.studio.ended"))


class Server(uvicorn.Server):
    """A server that says when it is ready, and ends the pages' streams of events when it is to stop.

    Parameters
    ----------
    config
        As of uvicorn.
    engine
        Whose streams are ended; uvicorn would wait for them.
    ready
        Is called when requests are answered.
    """

    def __init__(self, config: uvicorn.Config, engine: Engine, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._engine, self._ready = engine, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end."""
        self._engine.events.close()
        super().handle_exit(sig, frame)


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    """Give a socket that only this computer reaches."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        if os.name == "posix":  # on Windows this would let another program take the same port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, port))
        except (OSError, OverflowError):
            raise SpecError("studio_port_taken", port=port) from None
        yield listening


@contextmanager
def _claimed(root: Path) -> Iterator[None]:
    """Hold a folder for one server: two would not know of each other's changes and jobs."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        with (root / LOCK).open("a+b") as file:
            if not _locked(file.fileno()):
                raise OutputError("studio_folder_taken", where=Where(file=str(root)))
            yield
    except OSError as error:
        problem = error.strerror or str(error)
        raise OutputError("output_not_writable", where=Where(file=str(root)), problem=problem) from None


if sys.platform == "win32":
    import msvcrt

    def _locked(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _locked(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
