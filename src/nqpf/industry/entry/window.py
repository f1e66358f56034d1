"""A window of two years: what is known in the first, and who has gained an advantage by the second.

Features see the first year only. Labels see the second, and on demand only what some of the regions did in it, so that
a model that is tested on other regions cannot have learned anything from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where, hint, listing
from nqpf.industry.entry.extra import Extra, extras_of
from nqpf.industry.entry.measures import MEASURES, How, Start, measured
from nqpf.industry.grid import Empty, Grid
from nqpf.industry.labels import keys_apart
from nqpf.industry.options import check_above, check_least
from nqpf.industry.relatedness.arrays import advantage, present
from nqpf.results import Note

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Integers = NDArray[np.intp]
Pool = Literal["all", "deep"]


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """A table and the options that say what is made of it.

    Attributes
    ----------
    grid, extras
        Activity, and features of the user's.
    how
        Options of the features.
    deep
        Advantage below which a pair belongs to the pool ``deep``.
    empty
        What happens to regions and industries without activity.
    notes
        Remarks on the tables.
    """

    grid: Grid
    extras: tuple[Extra, ...]
    how: How
    deep: float
    empty: Empty
    notes: tuple[Note, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all features there can be."""
        return (*MEASURES, *(extra.name for extra in self.extras))

    def check(self, names: tuple[str, ...], key: str) -> None:
        """Raise a SpecError that names the first of some features that is none."""
        if not names:
            raise SpecError("entry_no_feature", where=Where(key=key), options=listing(self.names, 20))
        for name in names:
            if name not in self.names:
                raise SpecError(
                    "bad_choice", where=Where(key=key), value=name, options=listing(self.names, 20),
                    hint=hint(name, self.names),
                )  # fmt: skip


def material_of(
    data: Any, value: str, unit: str, industry: str, time: str, extra: Any, how: How, deep: float, empty: Empty
) -> Material:  # fmt: skip
    """Return a table with its options, checked.

    Raises
    ------
    DataError, MethodError
        Of the table, as `Grid.of`, or of `extra`.
    SpecError
        A word or number that is no option.
    """
    choose("diagonal", how.diagonal, ("zero", "one"))
    choose("empty", empty, ("raise", "drop"))
    check_above("threshold", how.threshold)
    check_above("deep", deep)
    check_least("rank", how.rank, 1)
    if how.neighbours is not None:
        check_least("neighbours", how.neighbours, 1)
    if deep > how.threshold:
        raise SpecError("entry_deep", where=Where(key="deep"), deep=deep, threshold=how.threshold)
    keys_apart(("rca", "present", *MEASURES), unit=unit, industry=industry)
    grid = Grid.of(data, value, unit=unit, industry=industry, time=time)
    extras, notes = extras_of(extra, grid)
    return Material(grid, extras, how, deep, empty, (*grid.notes, *notes))


def year_of(grid: Grid, year: Any) -> int:
    """Return the place of a year in the grid.

    Raises
    ------
    SpecError
        There is no such year.
    """
    years = grid.years.to_list()
    if year not in years:
        raise SpecError("no_such_year", value=year, options=listing(years, 20))
    return years.index(year)


def years_of(grid: Grid, start: Any, end: Any) -> tuple[int, int]:
    """Return the places of the years a window is between; by default the first and the last.

    Raises
    ------
    SpecError
        There is no such year, or the end does not come after the start.
    """
    first = 0 if start is None else year_of(grid, start)
    last = len(grid.years) - 1 if end is None else year_of(grid, end)
    if first >= last:
        raise SpecError("entry_years", start=grid.years[first], end=grid.years[last])
    return first, last


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """What is known of n regions and k industries in a year, and where they may enter.

    Attributes
    ----------
    material
        The table.
    start, end
        Places of the years in the grid; `end` is None where nothing is known of what came.
    units, industries
        ``int[n]`` and ``int[k]`` places in the grid of those active in the first year.
    year
        Activity, advantage and who has what.
    features
        ``float64[n, k]`` by name.
    notes
        Remarks.
    """

    material: Material
    start: int
    end: int | None
    units: Integers
    industries: Integers
    year: Start
    features: dict[str, Floats]
    notes: tuple[Note, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of regions and industries."""
        return self.units.size, self.industries.size

    def pool(self, pool: Pool, among: Bools | None = None) -> Integers:
        """Return the pairs that may be entered, as places in ``[n, k]`` laid out row by row.

        Parameters
        ----------
        pool
            ``all``: without an advantage; ``deep``: far below one.
        among
            ``bool[n]`` regions whose activity at the end is looked at; None: all.

        Returns
        -------
        Those whose region and industry are both still active at the end; all, where nothing is known of it.

        Raises
        ------
        MethodError
            There is none.
        """
        line = self.material.deep if pool == "deep" else self.material.how.threshold
        lasting = np.ones(self.shape, dtype=bool)
        if self.end is not None:
            x = self._later(among)
            lasting = (x.sum(axis=1) > 0)[:, None] & (x.sum(axis=0) > 0)
        found = np.flatnonzero(lasting & ~present(self.year.rca, line))
        if not found.size:
            raise MethodError("entry_pool_empty", where=Where(period=self.label(self.start)), pool=pool, line=line)
        return found

    def label(self, t: int) -> Any:
        """Return the name of a year."""
        return self.material.grid.years[t]

    def entered(self, among: Bools | None = None) -> Bools:
        """Return who has which industry at the end ``bool[n, k]``.

        Parameters
        ----------
        among
            ``bool[n]`` regions whose activity at the end is looked at: the advantage of each is taken against these
            only, and the others enter nothing. None: all.
        """
        return present(advantage(self._later(among)), self.material.how.threshold)

    def _later(self, among: Bools | None) -> Floats:
        """Return activity at the end ``float64[n, k]``, none in regions that are not looked at."""
        assert self.end is not None
        x: Floats = self.material.grid.values[self.end][np.ix_(self.units, self.industries)]
        return x if among is None else x * among[:, None]

    def columns(self, names: tuple[str, ...], rows: Integers, gaps: bool = False) -> Floats:
        """Return features ``float64[R, F]`` of some pairs.

        Raises
        ------
        MethodError
            A feature is missing for one of them; where `gaps` are allowed, a feature of the user's is.
        """
        out = np.empty((rows.size, len(names)))
        for j, name in enumerate(names):
            out[:, j] = self.features[name].ravel()[rows]
            lost = np.isnan(out[:, j])
            if lost.any() and not (gaps and name in MEASURES):
                at = np.unravel_index(int(rows[lost.argmax()]), self.shape)
                grid = self.material.grid
                where = Where(unit=str(grid.units[int(self.units[at[0]])]), period=self.label(self.start),
                              industry=str(grid.industries[int(self.industries[at[1]])]))  # fmt: skip
                raise MethodError("entry_feature_missing", where=where, feature=name, count=int(lost.sum()))
        return out


def window(material: Material, start: int, end: int | None, names: tuple[str, ...]) -> Window:
    """Return the window from one year to another with some features.

    Raises
    ------
    MethodError
        A region or industry has no activity and may not be dropped; the years have fewer than two regions or
        industries in common; growth is wanted without an earlier year.
    """
    grid = material.grid
    units, industries, notes = grid.kept(start, material.empty)
    common = units.size, industries.size
    if end is not None:
        later_units, later_industries, more = grid.kept(end, material.empty)
        common = np.intersect1d(units, later_units).size, np.intersect1d(industries, later_industries).size
        notes = (*notes, *more)
    if min(common) < 2:
        years = Where(period=grid.years[start])
        later = grid.years[start if end is None else end]
        raise MethodError("entry_no_overlap", where=years, units=common[0], industries=common[1], end=later)
    if "industry_growth" in names and start == 0:
        raise MethodError("entry_no_growth", where=Where(period=grid.years[start]))
    before = grid.values[start - 1].sum(axis=0)[industries] if start else None
    year = Start(grid.values[start][np.ix_(units, industries)], before, material.how)
    features, remarks = measured(year, [name for name in names if name in MEASURES])
    features |= {e.name: e.of(start, units, industries) for e in material.extras if e.name in names}
    return Window(material, start, end, units, industries, year, features, (*notes, *remarks))
