"""The folder of all sessions: listed, begun blank or from a demo, opened, moved to the trash."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import RLock
from typing import Any

from nqpf.errors import hint, listing
from nqpf.messages import Text, say
from nqpf.studio.documents import parse, write
from nqpf.studio.faults import Absent, StudioError
from nqpf.studio.session import FILES, HISTORY, JOBS, OUT, STATE, STUDY, FileInfo, Session, study_id
from nqpf.studio.wire import plain

__all__ = ["FILES", "HISTORY", "JOBS", "OUT", "STATE", "STUDY", "FileInfo", "Session", "Store", "Summary", "demos"]

DEMOS = Path(__file__).parents[1] / "study" / "demos"
"""Where the demos lie; `nqpf.study` would load everything that computes into the server."""

ID = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")
TRASH = ".trash"


@dataclass(frozen=True, slots=True)
class Summary:
    """A session as it stands in a list: when it was last changed in ISO 8601, and how many files it has."""

    id: str
    title: Text
    revision: int
    changed: str
    files: int


@dataclass(frozen=True, slots=True)
class Store:
    """The folder of all sessions."""

    root: Path
    _locks: defaultdict[str, RLock] = field(default_factory=lambda: defaultdict(RLock), repr=False)

    def sessions(self) -> list[Summary]:
        """Return all sessions, the last changed first."""
        found = []
        for folder in self.root.iterdir() if self.root.is_dir() else ():
            if ID.fullmatch(folder.name) and (folder / STATE).is_file():
                session = Session(folder, self._locks[folder.name])
                state = session.state()
                files = len(session.files())
                found.append(Summary(session.id, Text(**state["title"]), state["revision"], state["changed"], files))
        return sorted(found, key=lambda one: one.changed, reverse=True)

    def sweep(self) -> None:
        """Take away what a server that was killed has left half-made: sessions and uploads."""
        for draft in self.root.glob(".*.draft"):
            shutil.rmtree(draft, ignore_errors=True)
        for one in self.sessions():
            for part in (self.root / one.id / FILES).glob(".*"):
                part.unlink(missing_ok=True)

    def create(self, title: str | None = None, demo: str | None = None) -> Session:
        """Make a session: a blank study, or a demo with its data, its study kept as it is written.

        Raises
        ------
        Absent
            There is no such demo.
        """
        id = f"{datetime.now():%Y%m%d}-{secrets.token_hex(4)}"
        draft, folder = self.root / f".{id}.draft", self.root / id
        if demo is None:
            draft.mkdir(parents=True)
            named = title or plain(say("studio.untitled"))
            text = write({"study": study_id(named), "title": named})
        else:
            if demo not in demos():
                raise Absent("unknown_demo", demo=demo, options=listing(demos()), hint=hint(demo, demos()))
            leave = shutil.ignore_patterns("*.py", "__pycache__")
            shutil.copytree(DEMOS / demo, draft, ignore=leave, copy_function=shutil.copyfile)
            text = (draft / STUDY).read_bytes().decode()
        for name in (FILES, HISTORY, JOBS):
            (draft / name).mkdir()
        session = Session(draft, self._locks[id])
        session.begin(text, "demo" if demo else "new")
        os.replace(draft, folder)
        return Session(folder, self._locks[id])

    def open(self, id: str) -> Session:
        """Return a session.

        Raises
        ------
        Absent
            There is no session of this id.
        """
        folder = self.root / id
        if not ID.fullmatch(id) or not (folder / STATE).is_file():
            raise Absent("studio_no_session", session=id[:60])
        session = Session(folder, self._locks[id])
        session.adopt()
        return session

    def remove(self, id: str) -> None:
        """Move a session to the folder ``.trash``, from where a person can take it back.

        Raises
        ------
        Absent
            There is no session of this id.
        StudioError
            Another program has one of its files open.
        """
        folder = self.open(id).folder
        trash = self.root / TRASH
        trash.mkdir(exist_ok=True)
        with self._locks[id]:
            try:
                os.replace(folder, trash / f"{id}-{datetime.now():%H%M%S%f}")
            except OSError as error:
                raise StudioError("studio_folder_in_use", problem=error.strerror or str(error)) from None


@cache
def demos() -> dict[str, dict[str, Any]]:
    """Return the demos by name, with their ``title`` and what they are ``about``."""
    texts = {path.parent.name: path.read_text(encoding="utf-8") for path in sorted(DEMOS.glob("*/study.yaml"))}
    return {name: {key: parse(text).get(key) for key in ("title", "about")} for name, text in texts.items()}
