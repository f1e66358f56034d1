"""A thousand variants of the ill-formed files: no crash, no hang, and never a number under another place or year.

A number is *the same* as one of the original if it comes from the same cell, wherever that cell went: the variant
carries every cell's first address. Then its place (by code, or by name where it is no place), its year and its value
must be those of the original, and its indicator and unit of measure too unless names in the header were changed or
lost. A number may be absent, but then a note or an error says so, or its own cell is blank. What nothing in a file
betrays is not asked for: the value and the indicator of the last row of a file that was cut in the middle of a cell;
columns that are read under a new name although the original left them out (codes that are no longer called so); and
the indicator of rows that were moved where only the first row of a block names it.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from messy_variants import Address, Variant, vary

from nqpf.data import Reading, read
from nqpf.data.files.sheet import column_of
from nqpf.data.grid import Grid, grids
from nqpf.data.places.names import clean
from nqpf.errors import NqpfError

pytestmark = pytest.mark.reference

QUICK, ALL = 108, 1000
LONGEST = 60.0
"""Seconds."""
TOLD = {"columns_unread", "label_columns", "rows_without_numbers", "years_empty", "header_numbers"}
"""Remarks that say that something was left out."""


@dataclass(frozen=True)
class Cell:
    """What a number is about."""

    at: Address
    unit: str
    period: int
    indicator: str
    value: float | None
    measure: str | None
    placed: bool = True


@dataclass(frozen=True)
class Original:
    """A sheet, and what is read from it as it is: address → number."""

    name: str
    grid: Grid
    cells: Mapping[Address, Cell]
    filled: bool = False

    @property
    def data(self) -> frozenset[int]:
        return frozenset(i for i, _ in self.cells)


def cells(reading: Reading) -> list[Cell]:
    """Return every number of a reading: of places, of totals, and of places that are not known."""
    parts = [(reading.frame, True), (reading.totals, True), (reading.unplaced, False)]
    rows = [(row, placed) for frame, placed in parts for row in frame.iter_rows(named=True)]
    keys = ("period", "indicator", "value", "measure")
    return [
        Cell(address(r["cell"]), r["code"] or clean(r["unit"]), *(r[k] for k in keys), placed) for r, placed in rows
    ]


def address(cell: str) -> Address:
    letters, number = re.fullmatch(r"([A-Z]+)(\d+)", cell).groups()  # type: ignore[union-attr]
    return int(number) - 1, column_of(letters)


@pytest.fixture(scope="session")
def originals(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Original]:
    folder, found = tmp_path_factory.mktemp("original"), []
    for path in sorted((shared / "data" / "messy").iterdir()):
        for grid in grids(path):
            if re.fullmatch(r"Sheet([3-9]|1\d)", grid.sheet or ""):
                continue  # twelve sheets of the same form as Sheet2
            whole = read(Variant.of(grid.rows).write(folder, grid.sheet), faults="apart")
            blocks = bool(whole.tables[0].layout.filled)
            found.append(Original(path.name, grid, {c.at: c for c in cells(whole)}, blocks))
    return found


def verdict(original: Original, variant: Variant, folder: Path) -> tuple[str, list[str]]:
    """Return how a variant was read, and each number that is not the original's."""
    path = variant.write(folder, original.grid.sheet)
    start = time.perf_counter()
    try:
        reading = read(path, faults="apart")
    except NqpfError:
        return "refused", []
    finally:
        assert time.perf_counter() - start < LONGEST
    got = [c for c in cells(reading) if c.value is not None]
    last = max((c.at[0] for c in got), default=0)
    faults = [fault for cell in got if (fault := differs(original, variant, cell, last))]
    if faults:
        return "wrong", faults
    held = {
        home
        for row, homes in zip(variant.rows, variant.home, strict=True)
        for c, home in zip(row, homes, strict=True)
        if c is not None
    }
    whole = [at for at, cell in original.cells.items() if cell.value is not None and at in held]
    if len(got) >= len(whole):
        return "right", []
    told = variant.cut or any(n.severity == "warning" or n.code in TOLD for n in reading.notes)
    return ("apart", []) if told else ("wrong", [f"{len(whole) - len(got)} numbers are absent and nothing says so"])


def differs(original: Original, variant: Variant, cell: Cell, last: int) -> str | None:
    """Return what is wrong about a number that was read; None if nothing is."""
    i, j = cell.at
    home = variant.home[i][j]
    true = original.cells.get(home) if home else None
    if true is None and not cell.placed:
        return None  # set apart, with a note that names the place
    if true is None:
        row = {(c.unit, c.period) for at, c in original.cells.items() if home and at[0] == home[0]}
        known = variant.renamed and (cell.unit, cell.period) in row
        return None if known else f"{cell} was no number before"
    cut = variant.cut and i == last
    same = cell.period == true.period and (cell.unit == true.unit or not cell.placed)
    same = same and (cell.value == true.value or bool(cut))
    moved = original.filled and {"shuffle_data", "shuffle_all", "move_some_rows"} & set(variant.done)
    if not (variant.renamed or cut or moved):
        same = same and cell.indicator == true.indicator and cell.measure in (true.measure, None)
    return None if same else f"{cell} was {true}"


def outcomes(originals: list[Original], seeds: range, folder: Path) -> Counter[str]:
    counts: Counter[str] = Counter()
    for seed in seeds:
        original = originals[(seed // 18) % len(originals)]
        variant = vary(original.grid.rows, original.data, seed)
        kind, faults = verdict(original, variant, folder)
        assert not faults, f"seed {seed}: {original.name} after {variant.done}: {len(faults)} faults, {faults[:3]}"
        counts[kind] += 1
    return counts


@pytest.mark.slow
def test_some_variants(originals: list[Original], tmp_path: Path) -> None:
    counts = outcomes(originals, range(QUICK), tmp_path)
    assert counts["right"] > QUICK / 2


@pytest.mark.slow
def test_a_thousand_variants(
    originals: list[Original], tmp_path: Path, record_property: pytest.RecordPropertyFixture
) -> None:
    counts = outcomes(originals, range(ALL), tmp_path)
    record_property("outcomes", dict(counts))
    assert counts["right"] > ALL / 2
    assert sum(counts.values()) == ALL


def test_the_order_of_rows_is_not_the_truth(originals: list[Original]) -> None:
    """The comparison itself sees a number under another place: two rows of names swapped, the numbers left."""
    original = next(o for o in originals if o.name.startswith("nbs_mobile"))
    reading_of = {c.at: c for c in original.cells.values()}
    swapped = Variant.of(original.grid.rows, original.data)
    one, other = reading_of[2, 1], reading_of[3, 1]
    assert differs(original, swapped, one, 99) is None
    assert differs(
        original,
        swapped,
        Cell(one.at, other.unit, *(getattr(one, k) for k in ("period", "indicator", "value", "measure"))),
        99,
    )
