"""Index numbers: what they are compared with, chained into levels, checked against what they are said to be.

An index says what it compares with: ``上年=100`` (or ``previous year=100``) are links between neighbouring years,
``1978=100`` and ``1952=1`` levels on a fixed base. Links are chained: P_t = P_{t-1}·link_t/100.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from nqpf.data.keyed import Floats, Keyed, gaps
from nqpf.errors import DataError, SpecError, Where, listing
from nqpf.results import Note

_PREVIOUS = re.compile(r"(?:上年(?:同期)?|上一年|previous year|last year)(?:=(\d+))?", re.IGNORECASE)
_FIXED = re.compile(r"(\d{4})年?(?:=(\d+))?")
FAR = (0.2, 5.0)
"""Links whose median lies beyond these are no links: prices do not fall to a fifth or rise fivefold in most years."""
LARGE = 1.3
"""Links whose median lies above this are remarked on: they may be levels."""


@dataclass(frozen=True, slots=True)
class IndexBase:
    """What an index number is compared with: `year` (None: the previous year) is set to `level` (None: not said)."""

    year: int | None
    level: float | None

    @classmethod
    def of(cls, text: int | str) -> IndexBase:
        """Read ``上年=100``, ``previous year``, ``1978=100``, ``1952=1`` or a year.

        Raises
        ------
        SpecError
            It is none of these.

        Examples
        --------
        >>> IndexBase.of("上年=100"), IndexBase.of("1952=1"), IndexBase.of(2010)
        (IndexBase(year=None, level=100.0), IndexBase(year=1952, level=1.0), IndexBase(year=2010, level=None))
        """
        plain = re.sub(r"\s*=\s*", "=", str(text).strip())
        for pattern in (_PREVIOUS, _FIXED):
            found = pattern.fullmatch(plain)
            if found:
                *year, level = found.groups()
                return cls(int(year[0]) if year else None, float(level) if level else None)
        raise SpecError("unknown_index_base", value=text)

    def __str__(self) -> str:
        return f"{'上年' if self.year is None else self.year}={self.level or 100:g}"


def levels(values: Floats, base: IndexBase) -> Floats:
    """Return the levels of index numbers, on a scale of each unit.

    Parameters
    ----------
    values
        ``float64[T, N]`` index numbers of successive years, NaN where missing; without gaps if they are links.
    base
        What they are compared with.

    Returns
    -------
    ndarray, shape (T + 1, N)
        From the year before the first, which the first link compares with. An index on a fixed base of stated level is
        1 in its base year.
    """
    before = np.full((1, values.shape[1]), np.nan)
    size = base.level or 100.0
    if base.year is not None:
        return np.vstack([before, values / size])
    present = ~np.isnan(values)
    product = np.cumprod(np.where(present, values / size, 1), axis=0)
    chained = np.vstack([before, np.where(present, product, np.nan)])
    has, first = present.any(axis=0), present.argmax(axis=0)
    chained[first[has], np.flatnonzero(has)] = 1.0
    return chained


def read_index(table: Keyed, index: str, base: IndexBase) -> tuple[Floats, list[Note]]:
    """Return the levels of a column of index numbers, as `levels`, and remarks on it.

    Raises
    ------
    DataError
        A number is not positive; a link is missing between two others; the numbers are not what `base` says.
    """
    values = table.cube(index)
    where = Where(indicator=index)
    if (values <= 0).any():
        raise DataError("index_nonpositive", where=where, cells=table.cells(values <= 0))
    if np.isnan(values).all():
        raise DataError("index_empty", where=where)
    if base.year is not None:
        return levels(values, _check_fixed(table, values, index, base)), []
    missing = gaps(~np.isnan(values))
    if missing.any():
        raise DataError("index_gap", where=where, cells=table.cells(missing))
    typical = float(np.nanmedian(values)) / (base.level or 100)
    if not FAR[0] < typical < FAR[1]:
        raise DataError("index_not_links", where=where, base=str(base), typical=float(np.nanmedian(values)))
    return levels(values, base), [Note("links_large", values={"typical": typical})] if typical > LARGE else []


def _check_fixed(table: Keyed, values: Floats, index: str, base: IndexBase) -> IndexBase:
    """Refuse an index that is not at its level in the year it is said to be based on."""
    if base.year in table.years:
        there = values[int(np.flatnonzero(table.years == base.year)[0])]
        for n in np.flatnonzero(~np.isnan(there)):
            if not any(np.isclose(there[n], level, rtol=1e-3) for level in ([base.level] if base.level else [1, 100])):
                place = Where(unit=table.units[n] or None, indicator=index, period=base.year)
                raise DataError("index_not_base", where=place, value=float(there[n]), base=str(base))
    return base


def over(table: Keyed, level: Floats, index: str, origin: IndexBase, base: int) -> Floats:
    """Return levels over that of year `base`, ``float64[T + 1, N]``.

    Raises
    ------
    DataError
        ``base_year_absent``: a unit that has the index has none for that year.
    """
    first = int(table.years[0]) - 1
    has = ~np.isnan(level)
    there = level[base - first] if 0 <= base - first < len(level) else np.full(level.shape[1], np.nan)
    if base == origin.year and origin.level:  # so by definition, in the table or not
        there = np.where(np.isnan(there), 1.0, there)
    absent = np.isnan(there) & has.any(axis=0)
    if absent.any():
        years = first + np.flatnonzero(has[:, absent].any(axis=1))
        units = listing([table.units[n] for n in np.flatnonzero(absent)]) if any(table.units) else None
        where = Where(indicator=index, unit=units)
        raise DataError("base_year_absent", where=where, base=base, first=int(years[0]), last=int(years[-1]))
    return np.asarray(level / there)


def relative(table: Keyed, index: str, index_base: IndexBase, base: int) -> tuple[Floats, list[Note]]:
    """Return the index of a table with year `base` as 1, ``float64[T, N]``, and remarks on it."""
    level, notes = read_index(table, index, index_base)
    return over(table, level, index, index_base, base)[1:], notes


def first_common(table: Keyed, level: Floats) -> int:
    """Return the first year for which every unit that has the index has a level."""
    has = ~np.isnan(level)
    common = np.flatnonzero(has[:, has.any(axis=0)].all(axis=1))
    if not common.size:
        raise DataError("no_common_year")
    return int(table.years[0]) - 1 + int(common[0])


def refuse_uncovered(table: Keyed, values: Floats, ratio: Floats, index: str) -> None:
    """Raise a DataError that names the cells which have a value but no index number."""
    uncovered = ~np.isnan(values) & np.isnan(ratio)
    if uncovered.any():
        raise DataError("index_absent", where=Where(indicator=index), cells=table.cells(uncovered))
