"""The data of a session as far as they can be read: what is wrong is kept beside what is right, nothing stops the rest.

The steps are those of `nqpf.study.prepare`, on all series of the files, whether formulas use them or not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Any

import polars as pl

from nqpf.data import Ledger
from nqpf.data.read import Question
from nqpf.data.tidy import read_past
from nqpf.errors import NqpfError, Where
from nqpf.results import Note
from nqpf.studio.desk import Desk
from nqpf.studio.documents import parse
from nqpf.studio.readings import read_once, stamp
from nqpf.studio.store import STATE, STUDY, Session
from nqpf.study.reported import Reported, report
from nqpf.study.spec import DataSpec
from nqpf.study.tidied import Tables, together
from nqpf.yamlfile import Document, validate


@dataclass(frozen=True, slots=True)
class _Unlined(Document):
    """A document as the page has it: it knows the keys of what is wrong, and no lines."""

    def where(self, at: tuple[str | int, ...] = ()) -> Where:
        """Return the place of the value at path `at`."""
        return Where(file=self.file, key=".".join(map(str, at)) or None)


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """The ``data`` of a session's document, which may have no framework yet: as `nqpf.study.tidied.HasData`."""

    data: DataSpec
    folder: Path
    document: Document

    def where(self, *at: str | int) -> Where:
        """Return the place of a key of the document."""
        return self.document.where(at)


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known of a session's data.

    Attributes
    ----------
    draft
        What the document says; None where it says nothing of files, or nothing that can be understood.
    tables
        All tables that could be read.
    report
        The series that are right; conflicts that wait for a decision are missing cells here.
    questions
        What tables do not say themselves.
    notes, ledger
        Remarks, and every number that was changed or read past a sign.
    problems
        What keeps the data from being used.
    """

    draft: Draft | None = None
    tables: Tables | None = None
    report: Reported | None = None
    questions: tuple[Question, ...] = ()
    notes: tuple[Note, ...] = ()
    ledger: Ledger = field(default_factory=Ledger.of)
    problems: tuple[NqpfError, ...] = ()


def document_of(desk: Desk, folder: Path) -> dict[str, Any]:
    """Return the document of a session, as it was last edited or else as it stands in ``study.yaml``."""
    if (folder / STATE).is_file():
        return Session(folder, RLock()).document
    raw = (folder / STUDY).read_bytes()
    return desk.once(f"document {folder} {sha256(raw).hexdigest()}", lambda: parse(raw.decode("utf-8-sig")))


def known(desk: Desk, folder: Path, document: Mapping[str, Any]) -> Known:
    """Return what is known of a session's data; kept until its ``data`` or one of its files changes."""
    data = document.get("data")
    if not isinstance(data, Mapping) or not data.get("tables"):
        return Known()
    whole = _Unlined(STUDY, document, dict.fromkeys(_paths(document), 0))
    try:
        draft = Draft(validate(DataSpec, whole, ("data",)), folder, whole)
    except NqpfError as error:
        return Known(problems=(error,))
    return desk.once(f"data {data_key(draft)}", lambda: _known(desk, draft))


def _paths(node: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of everything in a document."""
    yield at
    inner = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ()
    for step, value in inner:
        yield from _paths(value, (*at, step))


def data_key(draft: Draft) -> str:
    """Return what tells whether anything that is known of the data has changed."""
    said = json.dumps(draft.document.content["data"], sort_keys=True, default=str)
    stamps = [stamp(draft.folder, table) for table in draft.data.tables]
    return sha256(f"{draft.folder} {said} {stamps}".encode()).hexdigest()


def _known(desk: Desk, draft: Draft) -> Known:
    found = [read_once(desk, draft, i) for i in range(len(draft.data.tables))]
    questions = tuple(question for one in found for question in one.questions)
    problems = [one.problem for one in found if one.problem is not None]
    there = [one.reading for one in found if one.reading is not None]
    if not there:
        return Known(draft, questions=questions, problems=tuple(problems))
    tables = together(draft, there)
    # Of a file that cannot be read no series is there; that its series are not there either need not be said.
    absent = {"unknown_column_key"} if any(one.reading is None for one in found) else set()
    problems += [fault for fault in tables.faults if fault.code not in absent]
    made = _reported(draft, tables, problems)
    if made is None:
        return Known(draft, tables, None, questions, tables.notes, problems=tuple(problems))
    waits = draft.data.conflicts == "stop"
    notes = tuple(n for n in (*tables.notes, *made.notes) if not (waits and n.code.startswith("settled_")))
    ledger = made.ledger.frame.filter(~(pl.lit(waits) & (pl.col("rule") == "cell.conflict")))
    marks = read_past(made.panel.origin, tables.reading.marks)
    changes = marks + Ledger(ledger) + made.rejected
    return Known(draft, tables, made, questions, notes, changes, tuple(problems))


def _reported(draft: Draft, tables: Tables, problems: list[NqpfError]) -> Reported | None:
    """Return the series of the files as far as they are right; what is wrong with the others is a problem each."""
    try:
        return report(draft, tables, tables.series)
    except NqpfError as error:
        problems.append(error)
    settings = _looser(draft)
    made = _first(settings, tables, tables.series)
    if made is not None:
        return made
    right = []
    for name in tables.series:
        try:
            report(settings[-1], tables, [name])
            right.append(name)
        except NqpfError as error:
            if all(_said(error) != _said(one) for one in problems):
                problems.append(error)
    return _first(settings, tables, right) if right else None


def _first(settings: Sequence[Draft], tables: Tables, names: Sequence[str]) -> Reported | None:
    """Return the series under the first setting that they are right under."""
    for setting in settings:
        with suppress(NqpfError):
            return report(setting, tables, names)
    return None


def _looser(draft: Draft) -> Sequence[Draft]:
    """Return the draft with ever less said in it: conflicts undecided, nothing rejected, nothing cut."""
    data = draft.data
    if data.conflicts == "stop":
        data = data.model_copy(update={"conflicts": "neither"})
    kept = data.model_copy(update={"reject": ()})
    whole = kept.model_copy(update={"exclude": (), "periods": None})
    return [replace(draft, data=one) for one in (data, kept, whole)]


def _said(error: NqpfError) -> tuple[str, Any, Any]:
    """Return what makes two errors one for a reader: what is wrong with what."""
    return error.code, error.where.key, str(error.where.indicator)


def remarks(notes: Iterable[Note]) -> list[dict[str, Any]]:
    """Return remarks as the page shows them."""
    return [{"severity": note.severity, "text": note.text()} for note in notes]
