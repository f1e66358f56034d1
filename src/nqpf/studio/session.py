"""A session: a study folder, every document it had, and its files. Nothing of it is only in memory.

``study.yaml`` is the document, ``files/`` what was uploaded, ``out/`` the last results, ``history/`` every document
there was (undo is an earlier one), ``jobs/`` the work that was started, ``session.json`` where the session stands.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Any, BinaryIO

from ruamel.yaml.error import YAMLError

from nqpf.messages import Text, say
from nqpf.studio.disk import CHUNK, hash_of, json_of, read_json, replace, same_bytes, walk, write_whole
from nqpf.studio.documents import Document, parse, rewrite
from nqpf.studio.faults import Conflict
from nqpf.studio.names import clean_name, free_name

STUDY, STATE, FILES, OUT, HISTORY, JOBS = "study.yaml", "session.json", "files", "out", "history", "jobs"
MADE = re.compile(rf"{OUT}([.-].*)?")
"""Folders of results: ``out`` and what stands beside it, such as ``out.studio``."""


@dataclass(frozen=True, slots=True)
class FileInfo:
    """A file of a session: its name, its path as the study writes it, and its bytes."""

    name: str
    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Session:
    """A study folder, its history, and its files."""

    folder: Path
    lock: RLock = field(repr=False, compare=False)

    @property
    def id(self) -> str:
        """Name of the folder."""
        return self.folder.name

    @property
    def revision(self) -> int:
        """Number of the last change; grows with undo and redo too."""
        return int(self.state()["revision"])

    @property
    def title(self) -> Text:
        """Title of the study, as far as it has one."""
        return Text(**self.state()["title"])

    @property
    def document(self) -> Document:
        """What stands in ``study.yaml``, as plain JSON."""
        found: Document = self._step(self.state()["at"])["document"]
        return found

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier document."""
        return bool(self.state()["at"] > 1)

    @property
    def can_redo(self) -> bool:
        """Whether a later document was undone."""
        state = self.state()
        return bool(state["at"] < state["top"])

    def labels(self) -> dict[str, str | None]:
        """Return what undo would take back and redo would do again, in the words of the page."""
        state = self.state()
        undo = self._step(state["at"])["label"] if state["at"] > 1 else None
        redo = self._step(state["at"] + 1)["label"] if state["at"] < state["top"] else None
        return {"undo": undo, "redo": redo}

    def begin(self, text: str, label: str) -> None:
        """Write the first document of a session."""
        self._keep(text, parse(text), label, {"revision": 0, "at": 0})

    def edit(self, document: Document, revision: int, label: str) -> int:
        """Put a document in the place of the present one, and return the new revision.

        Parameters
        ----------
        document
            The whole document; it may be incomplete.
        revision
            Revision that it was made from.
        label
            What was changed, for the list of undo.

        Raises
        ------
        Conflict
            Somebody else (another tab) has changed the document meanwhile.
        """
        with self.lock:
            state = self.state()
            _check(revision, state)
            document = _sound(document)
            if not document.get("study"):
                document = {"study": study_id(document.get("title")), **document}
            before = self._step(state["at"])
            if json.dumps(document) == json.dumps(before["document"]):
                return revision
            text = rewrite(before["text"], document)
            return self._keep(text, document, label[:200], state)

    def undo(self, revision: int | None = None) -> int:
        """Take back the last change and return the new revision; nothing happens where there is none.

        Raises
        ------
        Conflict
            A `revision` is given that is not the present one.
        """
        return self._go(-1, revision)

    def redo(self, revision: int | None = None) -> int:
        """Do again what was undone last and return the new revision; nothing happens where there is nothing.

        Raises
        ------
        Conflict
            As `undo`.
        """
        return self._go(1, revision)

    def adopt(self) -> None:
        """Take a ``study.yaml`` that was changed outside the studio as a change; one that is no YAML is set aside."""
        with self.lock:
            state, path = self.state(), self.folder / STUDY
            raw = path.read_bytes() if path.is_file() else None
            if raw is not None and hash_of(raw) == state["hash"]:
                return
            try:
                if raw is None:
                    raise ValueError("no file")
                text = raw.decode("utf-8-sig")
                self._keep(text, parse(text), str(say("studio.changed_outside")), state)
            except (YAMLError, ValueError):
                if raw is not None:
                    aside = free_name(f"study {datetime.now():%Y-%m-%d}.yaml.txt", self._names())
                    (self.folder / FILES / aside).write_bytes(raw)
                write_whole(path, self._step(state["at"])["text"].encode())

    def files(self) -> list[FileInfo]:
        """Return the files that belong to the study: all but its document, its history and its results."""
        found = []
        for path in sorted(walk(self.folder)):
            at = path.relative_to(self.folder)
            if at.parts[0] not in (STUDY, STATE, HISTORY, JOBS) and not MADE.fullmatch(at.parts[0]):
                found.append(FileInfo(path.name, at.as_posix(), path.stat().st_size))
        return found

    @contextmanager
    def incoming(self, name: str) -> Iterator[Path]:
        """Give a path for a file that is being received; what is not kept when the block ends is gone."""
        path = self.folder / FILES / f".{secrets.token_hex(8)}{Path(clean_name(name)).suffix}"
        path.parent.mkdir(exist_ok=True)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def keep_file(self, name: str, path: Path) -> FileInfo:
        """Put a received file among the uploads; none is overwritten: the same name with other bytes gets ``(2)``."""
        name = clean_name(name)
        with self.lock:
            twin = next((f for f in (self.folder / FILES).iterdir() if f.name.casefold() == name.casefold()), None)
            if twin is not None and same_bytes(twin, path):
                target = twin
            else:
                target = self.folder / FILES / free_name(name, self._names())
                replace(path, target)
        return FileInfo(target.name, f"{FILES}/{target.name}", target.stat().st_size)

    def add_file(self, name: str, stream: BinaryIO) -> FileInfo:
        """Write a file among the uploads, whole or not at all."""
        with self.incoming(name) as path:
            with path.open("wb") as out:
                shutil.copyfileobj(stream, out, CHUNK)
            return self.keep_file(name, path)

    def _names(self) -> list[str]:
        return [file.name for file in (self.folder / FILES).iterdir()]

    def _go(self, by: int, revision: int | None) -> int:
        with self.lock:
            state = self.state()
            _check(revision, state)
            at = state["at"] + by
            if not 1 <= at <= state["top"]:
                return int(state["revision"])
            step = self._step(at)
            return self._stand(step["text"], step["document"], state | {"at": at})

    def _keep(self, text: str, document: Document, label: str, state: dict[str, Any]) -> int:
        """Add a document to the history after the present one; what was undone before is no longer to be redone."""
        at = state["at"] + 1
        step = {"label": label, "when": _now(), "document": document, "text": text}
        write_whole(self.folder / HISTORY / f"{at:05}.json", json_of(step))
        return self._stand(text, document, state | {"at": at, "top": at})

    def _stand(self, text: str, document: Document, state: dict[str, Any]) -> int:
        """Write the present document, and then that it is the present one: after a crash between the two it is."""
        raw = text.encode()
        state = {**state, "revision": state["revision"] + 1, "changed": _now(), "hash": hash_of(raw)}
        state["title"] = _title(document)
        write_whole(self.folder / STUDY, raw)
        write_whole(self.folder / STATE, json_of(state))
        return int(state["revision"])

    def state(self) -> dict[str, Any]:
        """Return where the session stands: ``revision``, ``title``, ``changed``, and its place in the history."""
        return read_json(self.folder / STATE)

    def _step(self, at: int) -> dict[str, Any]:
        return read_json(self.folder / HISTORY / f"{at:05}.json")


def study_id(title: Any) -> str:
    """Return a name for a study, made from its title, that can stand in a file name.

    Examples
    --------
    >>> study_id("长三角 2024: 新质")
    '长三角_2024_新质'
    """
    if isinstance(title, dict):
        title = title.get("en") or title.get("zh")
    return re.sub(r"\W+", "_", str(title or ""))[:60].strip("_") or "study"


def _check(revision: int | None, state: dict[str, Any]) -> None:
    if revision is not None and revision != state["revision"]:
        raise Conflict("studio_conflict", given=revision, present=state["revision"])


def _title(document: Document) -> dict[str, str]:
    title = document.get("title")
    if isinstance(title, dict) and title.keys() == {"zh", "en"}:
        return {"zh": str(title["zh"]), "en": str(title["en"])}
    text = say("studio.untitled") if title in (None, "", {}) else Text.same(title)
    return {"zh": text.zh, "en": text.en}


def _sound(value: Any) -> Any:
    """Return JSON whose strings can be written in UTF-8: half a surrogate pair is no character."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_sound(key): _sound(inner) for key, inner in value.items()}
    return [_sound(inner) for inner in value] if isinstance(value, list) else value


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="milliseconds")
