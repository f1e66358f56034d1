"""Tables of a session as they were read: kept by file, so that a decision about one of them reads no other again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from nqpf.data import Reading
from nqpf.data.read import Question
from nqpf.errors import NqpfError
from nqpf.study.spec import TableSpec
from nqpf.study.tidied import HasData, Tables, read_table, together

Made = TypeVar("Made")
MOST_TABLES = 24
"""Tables that are kept as they were read."""


class Keeps(Protocol):
    """What of a desk is needed here."""

    def once(self, key: str, make: Callable[[], Made]) -> Made:
        """Return what is kept under `key`, made if it is not there."""


def tables_at_hand(desk: Keeps, study: HasData) -> Tables:
    """Return the tables of a study as `nqpf.study.tidied.tables_of`; none is read again that was read before.

    Raises
    ------
    DataError, PlaceError, SpecError
        As `nqpf.study.tidied.tables_of`.
    """
    readings = []
    for i in range(len(study.data.tables)):
        found = read_once(desk, study, i)
        if found.problem is not None or found.reading is None:
            readings.append(read_table(study, i))  # raises, with the line of this study
        else:
            readings.append(found.reading)
    tables = together(study, readings)
    if tables.faults:
        raise tables.faults[0]
    return tables


def stamp(folder: Path, table: TableSpec) -> str:
    """Return what tells whether a table must be read anew: what is said of it, and its file's size and time."""
    files = [folder / name for name in (table.file, table.recipe) if name]
    sizes = [(s.st_size, s.st_mtime_ns) for path in files if path.is_file() for s in [path.stat()]]
    return f"{table.model_dump_json()} {sizes}"


@dataclass(frozen=True, slots=True, eq=False)
class TableRead:
    """A table as it was read: what is right of it, what is wrong, and what it does not say."""

    reading: Reading | None
    problem: NqpfError | None
    questions: tuple[Question, ...]


def read_once(desk: Keeps, study: HasData, i: int) -> TableRead:
    """Return the `i`-th table as it was read last; the same file read otherwise takes its place.

    What was read under ``places: auto`` is what would be read under the scheme that was found.
    """
    drawer: OrderedDict[str, tuple[set[str], TableRead]] = desk.once(f"tables {study.folder}", OrderedDict)
    table = study.data.tables[i]
    place, key = f"{table.file} {table.sheet}", stamp(study.folder, table)
    if place not in drawer or key not in drawer[place][0]:
        found, keys = _read(study, i), {key}
        if found.reading is not None and table.places == "auto":
            named = table.model_copy(update={"places": found.reading.method.options["places"]})
            keys.add(stamp(study.folder, named))
        drawer[place] = (keys, found)
    drawer.move_to_end(place)
    while len(drawer) > MOST_TABLES:
        drawer.popitem(last=False)
    return drawer[place][1]


def _read(study: HasData, i: int) -> TableRead:
    """Read a table as a study does; one with a fault once more, without what is at fault."""
    try:
        reading = read_table(study, i)
        return TableRead(reading, None, reading.questions)
    except NqpfError as error:
        problem = error
    try:
        reading = read_table(study, i, "apart")
        return TableRead(reading, problem, reading.questions)
    except NqpfError as error:
        return TableRead(None, problem, tuple(error.values.get("questions", ())))
