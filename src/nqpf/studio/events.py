"""What happens in a session, told to every page that has it open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from threading import Lock
from typing import Any

from nqpf.studio.wire import encode

BEAT = 15.0
"""Seconds after which an idle stream is given a sign of life."""


class Events:
    """Streams of events by session; may be told from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._open: dict[str, list[tuple[asyncio.AbstractEventLoop, asyncio.Queue[bytes | None]]]] = {}
        self._closed = False

    def publish(self, session: str, event: str, data: Mapping[str, Any]) -> None:
        """Tell every page that has the session open."""
        self._put(session, b"event: " + event.encode() + b"\ndata: " + encode(data) + b"\n\n")

    def close(self) -> None:
        """End all streams, so that the server can stop."""
        with self._lock:
            self._closed = True
            sessions = list(self._open)
        for session in sessions:
            self._put(session, None)

    async def stream(self, session: str, first: Mapping[str, Mapping[str, Any]]) -> AsyncIterator[bytes]:
        """Yield server-sent events of a session, beginning with `first`."""
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        mine = (asyncio.get_running_loop(), queue)
        with self._lock:
            if self._closed:
                return
            self._open.setdefault(session, []).append(mine)
        try:
            for event, data in first.items():
                yield b"event: " + event.encode() + b"\ndata: " + encode(data) + b"\n\n"
            while True:
                try:
                    told = await asyncio.wait_for(queue.get(), BEAT)
                except TimeoutError:
                    told = b": still here\n\n"
                if told is None:
                    return
                yield told
        finally:
            with self._lock:
                self._open[session].remove(mine)

    def _put(self, session: str, told: bytes | None) -> None:
        with self._lock:
            pages = list(self._open.get(session, ()))
        for loop, queue in pages:
            with suppress(RuntimeError):  # a page that is just closing has no loop any more
                loop.call_soon_threadsafe(queue.put_nowait, told)
