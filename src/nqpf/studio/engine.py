"""The engine: asks that are answered at once, jobs that take long, and what happens, told to the pages."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fastapi import Response

from nqpf.studio.events import Events
from nqpf.studio.jobs import Job, Jobs
from nqpf.studio.quick import Quick
from nqpf.studio.session import Session
from nqpf.studio.worker import Room

PATIENCE = 120.0
"""Seconds an answer may take."""
ROOM = Room()
"""The studio's own views."""


class Engine:
    """What runs views in other processes.

    Parameters
    ----------
    room
        Where the views are.
    patience
        Seconds an answer may take.

    Attributes
    ----------
    events
        What happens in sessions.
    jobs
        Long work.
    """

    def __init__(self, room: Room = ROOM, patience: float = PATIENCE) -> None:
        self.events = Events()
        self.jobs = Jobs(room, lambda job: self.events.publish(job.session, "job", asdict(job)))
        self.quick = Quick(room, patience)

    def begin(self) -> None:
        """Start the processes' threads and the quick worker."""
        self.quick.begin()
        self.jobs.begin()

    def end(self) -> None:
        """End all that runs; running jobs are interrupted."""
        self.events.close()
        self.jobs.close()
        self.quick.close()

    async def ask(self, work: str, folder: Path | None, *, newest: bool = False, **options: Any) -> Any:
        """Call a view in the quick worker and return what it says.

        Parameters
        ----------
        work
            The function, e.g. ``nqpf.studio.views.data:understood``; called as ``function(desk, folder, **options)``.
        folder
            The session's folder; None for what is the same in all sessions.
        newest
            An earlier ask of the same function and folder that still waits is refused: nobody wants it any more.
        **options
            Plain values.

        Raises
        ------
        Refused
            An error of the library, as the page shows it.
        StudioError
            The worker took too long, died, or failed.
        """
        return json.loads(await self._answer(work, folder, newest, options))

    async def answer(self, work: str, folder: Path | None, *, newest: bool = False, **options: Any) -> Response:
        """Do as `ask`, and return the worker's JSON as the response it is, without reading it here."""
        return Response(await self._answer(work, folder, newest, options), media_type="application/json")

    async def _answer(self, work: str, folder: Path | None, newest: bool, options: dict[str, Any]) -> bytes:
        return await asyncio.wrap_future(self.quick.submit(work, folder, options, newest))

    def start(self, work: str, session: Session, kind: str, **options: Any) -> Job:
        """Start a job: an own process that calls ``function(desk, folder, tell, **options)``.

        Parameters
        ----------
        work
            The function.
        session
            Whose folder it works in.
        kind
            What it is, for the page: ``run``, ``compare``, ``report``, …
        **options
            Plain values.
        """
        return self.jobs.start(work, session, kind, options)
