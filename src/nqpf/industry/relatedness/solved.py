"""One table of regions and industries solved for complexity, and what is doubtful about the answer.

The table is a year, or all years one below the other. An eigenvector ranks by complexity only where the table hangs
together and the second eigenvalue stands apart; that it also splits sectors: Mealy, Farmer and Teytelboym (2019),
doi:10.1126/sciadv.aau1705.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import MethodError, Where, listing
from nqpf.industry.relatedness.arrays import Spectrum, fitness_of, spectrum
from nqpf.messages import Text, say
from nqpf.numerics.spectrum import components
from nqpf.results import Note

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Integers = NDArray[np.intp]

Parts = Literal["raise", "largest"]
"""Regions and industries that no chain of shared industries connects: an error, or scores for the largest part only."""

NEAR = 0.05
"""Where λ₃ is within this share of λ₂, a small change of the data turns the eigenvector."""
FEW = 10
"""Below so many regions the eigenvector hangs on single ones."""
SETTLED = 1e-6
"""Fitness that still changes by more than this share in the last round has not settled."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Who has what: rows and columns with their names, for errors and remarks; nothing in it is empty.

    Attributes
    ----------
    m
        ``bool[n, k]``.
    units, industries
        Names of rows and columns.
    year
        Year, or an empty text: all of them, or none known.
    """

    m: Bools
    units: list[Any]
    industries: list[Any]
    year: Any


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """Scores of a table, NaN for who is not part of what was solved.

    Attributes
    ----------
    regions, industries
        ``float64[n]`` ECI or fitness and ``float64[k]`` PCI or quality.
    apart_units, apart_industries
        ``bool[n]`` and ``bool[k]``: left out because nothing connects them with the largest part.
    figures
        What the summary says of the table.
    origin
        `Spectrum.origin`; 0 for fitness.
    """

    regions: Floats
    industries: Floats
    apart_units: Bools
    apart_industries: Bools
    figures: dict[str, Any]
    origin: float


def solve_eci(table: Table, parts: Parts) -> Solved:
    """Return ECI and PCI of a table.

    Raises
    ------
    MethodError
        There is one region or one industry, they fall into parts, or all regions have the same industries.
    """
    rows, columns = _largest(table, parts)
    m = table.m[np.ix_(rows, columns)]
    if min(m.shape) < 2:
        raise MethodError("complexity_narrow", where=_where(table), units=m.shape[0], industries=m.shape[1])
    if m.all():
        raise MethodError("complexity_flat", where=_where(table), units=m.shape[0], industries=m.shape[1])
    found = spectrum(m)
    figures = {"regions": m.shape[0], "industries": m.shape[1], "fill": float(m.mean())}
    skipped = ("eci", "pci")
    figures |= {f.name: getattr(found, f.name) for f in fields(Spectrum) if f.name not in skipped}
    figures["gap"] = 1 - found.lambda3 / found.lambda2
    regions, industries = np.full(rows.size, np.nan), np.full(columns.size, np.nan)
    regions[rows], industries[columns] = found.eci, found.pci
    return Solved(regions, industries, ~rows, ~columns, figures, found.origin)


def solve_fitness(table: Table, rounds: int) -> Solved:
    """Return fitness and quality of a table."""
    found = fitness_of(table.m, rounds)
    none = np.zeros(table.m.shape[0], dtype=bool), np.zeros(table.m.shape[1], dtype=bool)
    figures = {
        "regions": table.m.shape[0], "industries": table.m.shape[1], "fill": float(table.m.mean()),
        "rounds": rounds, "change": found.change,
    }  # fmt: skip
    return Solved(found.fitness, found.quality, *none, figures, 0.0)


def _largest(table: Table, parts: Parts) -> tuple[Bools, Bools]:
    """Return which regions and industries are in the largest connected part, all of them where there is one."""
    row, column = components(table.m)
    count = int(row.max()) + 1  # nothing is empty, so that every part has a row
    if count == 1:
        return np.ones(row.size, dtype=bool), np.ones(column.size, dtype=bool)
    sizes = np.stack([np.bincount(row, minlength=count), np.bincount(column, minlength=count)], axis=1)
    order = np.lexsort((-sizes[:, 1], -sizes[:, 0]))
    if parts == "raise":
        shown = listing([_part(table, row == c, column == c) for c in order], 6)
        raise MethodError("complexity_apart", where=_where(table), count=count, parts=shown)
    if (sizes[order[0]] == sizes[order[1]]).all():
        raise MethodError("complexity_halves", where=_where(table), units=int(sizes[order[0], 0]),
                          industries=int(sizes[order[0], 1]))  # fmt: skip
    return row == order[0], column == order[0]


def _part(table: Table, rows: Bools, columns: Bools) -> Text:
    units = listing([table.units[i] for i in np.flatnonzero(rows)], 4)
    industries = listing([table.industries[k] for k in np.flatnonzero(columns)], 4)
    return say("industry.complexity.part", units=units, industries=industries)


def _where(table: Table) -> Where:
    return Where(period=table.year if table.year != "" else None)


def remarks(solved: list[tuple[Any, Solved]], method: Literal["eci", "fitness"]) -> list[Note]:
    """Return what is doubtful about the scores of tables, each with its year."""
    if method == "fitness":
        moving = [(year, s) for year, s in solved if s.figures["change"] > SETTLED]
        if not moving:
            return []
        most = max(s.figures["change"] for _, s in moving)
        return [Note("fitness_unsettled", "warning", {"years": _years(moving), "change": most,
                                                      "rounds": moving[0][1].figures["rounds"]})]  # fmt: skip
    notes = []
    for code, doubtful in (
        ("complexity_split", [p for p in solved if p[1].figures["diversity"] > 0 and p[1].figures["ubiquity"] > 0]),
        ("complexity_sign", [p for p in solved if p[1].figures["basis"] != "diversity"]),
        ("complexity_tied", [p for p in solved if p[1].figures["gap"] < NEAR]),
        ("complexity_few", [p for p in solved if p[1].figures["regions"] < FEW]),
    ):
        if doubtful:
            notes.append(Note(code, "warning", {"years": _years(doubtful), "count": len(doubtful), **_least(doubtful)}))
    return notes


def turned(years: list[Any], pci: Floats) -> list[Note]:
    """Return the remark on years of ``float64[T, K]`` that rank industries the other way round than the year before."""
    found = []
    for before, after, year in zip(pci[:-1], pci[1:], years[1:], strict=True):
        both = ~np.isnan(before) & ~np.isnan(after)
        about = (x - x.mean() for x in (before[both], after[both]))
        if both.sum() > 2 and np.multiply(*about).sum() < 0:
            found.append(year)
    return [Note("complexity_turned", "warning", {"years": listing(found), "count": len(found)})] if found else []


def _least(doubtful: list[tuple[Any, Solved]]) -> dict[str, Any]:
    """Return the figures of the first of the doubtful tables."""
    figures = doubtful[0][1].figures
    return {name: figures[name] for name in ("regions", "diversity", "ubiquity", "basis", "lambda2", "lambda3")}


def _years(tables: list[tuple[Any, Solved]]) -> Text:
    named = [year for year, _ in tables if year != ""]
    return say("industry.complexity.years", years=listing(named)) if named else Text("", "")
