"""Who has which industry, year by year: the advantage, the line above which a region has it, and who is too small.

All measures of the sub-room stand on it. Hausmann et al. (2014), The Atlas of Economic Complexity,
doi:10.7551/mitpress/9647.001.0001.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypedDict

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where, hint, listing
from nqpf.frames import backend_of
from nqpf.industry.grid import Empty, Grid
from nqpf.industry.labels import keys_apart
from nqpf.industry.options import check_above, check_least, check_level
from nqpf.industry.relatedness.arrays import advantage, expected, present
from nqpf.industry.relatedness.shrink import Nature, Prior, above, amount_variances, poisson_prior, shrunk
from nqpf.industry.relatedness.trim import LEFT_OUT, Gone, by_size, core, left_out_frame
from nqpf.results import Note

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Integers = NDArray[np.intp]
Shrink = Literal["none", "eb"]
PRIOR = ("noise", "variance", "strength")


class Having(TypedDict, total=False):
    """Options that say when a region has an industry; those of `space`, where they are explained."""

    shrink: Shrink
    nature: Nature | None
    threshold: float
    confidence: float | None
    min_total: float
    min_share: float
    min_diversity: int
    min_ubiquity: int
    empty: Empty


DEFAULT: Having = {
    "shrink": "none",
    "nature": None,
    "threshold": 1.0,
    "confidence": None,
    "min_total": 0.0,
    "min_share": 0.0,
    "min_diversity": 1,
    "min_ubiquity": 1,
    "empty": "raise",
}
"""What holds where nothing is said."""


@dataclass(frozen=True, slots=True, eq=False)
class Year:
    """One year of n regions and k industries.

    Attributes
    ----------
    t
        Place of the year in the grid.
    units, industries
        ``int[n]`` and ``int[k]`` places in the grid.
    rca
        ``float64[n, k]`` index, shrunk where that is asked for.
    m
        ``bool[n, k]`` which region has which industry.
    """

    t: int
    units: Integers
    industries: Integers
    rca: Floats
    m: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Presence:
    """Who has what in each year, who was left out, and the options behind it.

    Attributes
    ----------
    grid
        All regions, industries and years.
    years
        What is kept of each.
    left_out
        Rows of time, side (``unit`` or ``industry``), name, reason (``no_activity``, ``total``, ``share``,
        ``diversity``, ``ubiquity``, ``apart``), figure, minimum, round.
    priors
        A prior for each year, or none.
    options, notes, backend
        Options, remarks, and the library of the table that was given.
    """

    grid: Grid
    years: tuple[Year, ...]
    left_out: pl.DataFrame
    priors: tuple[Prior, ...]
    options: Mapping[str, Any]
    notes: tuple[Note, ...]
    backend: nw.Implementation | None

    def spread(self, parts: list[Floats], by: Literal["unit", "industry"]) -> Floats:
        """Return an array of each year ``[n]`` or ``[k]`` as one ``float64[T, N or K]``, NaN for who is left out."""
        size = len(self.grid.units if by == "unit" else self.grid.industries)
        found = np.full((len(self.years), size), np.nan)
        for year, part in zip(self.years, parts, strict=True):
            found[year.t, year.units if by == "unit" else year.industries] = part
        return found

    def cube(self, parts: list[NDArray[Any]]) -> Floats:
        """Return an array of each year ``[n, k]`` as one ``float64[T, N, K]``, NaN for who is left out."""
        found = np.full(self.grid.values.shape, np.nan)
        for year, part in zip(self.years, parts, strict=True):
            found[year.t, year.units[:, None], year.industries] = part
        return found

    def name(self, year: Year) -> Any:
        """Return the label of a year; an empty text where the table has none."""
        label = self.grid.years[year.t]
        return "" if label is None else label


def presence_of(data: Any, value: str, unit: str, industry: str, time: str | None, having: Having) -> Presence:
    """Return who has what of a table; options as of `space`.

    Raises
    ------
    DataError, SpecError, MethodError
        As `space` does.
    """
    options: Having = {**DEFAULT, **having}
    _check(options)
    keys_apart(("rca", "present"), unit=unit, industry=industry, time=time)
    keys_apart((*LEFT_OUT, *PRIOR), time=time)
    grid = Grid.of(data, value, unit=unit, industry=industry, time=time)
    gone: list[tuple[int, Gone]] = []
    notes = list(grid.notes)
    kept = []
    for t in range(len(grid.years)):
        units, industries, remarks = grid.kept(t, options["empty"])
        notes += remarks
        kept.append(_sized(grid, t, units, industries, options, gone))
    priors = priors_of(grid, kept, options["nature"]) if options["shrink"] == "eb" else ()
    years = tuple(_year(grid, t, *kept[t], priors[t] if priors else None, options, gone) for t in range(len(kept)))
    left_out = left_out_frame(grid, gone)
    notes += _notes(left_out, options, priors, grid)
    return Presence(grid, years, left_out, priors, dict(options), tuple(notes), backend_of(data))


def _check(options: Having) -> None:
    for name in (name for name in options if name not in DEFAULT):
        near = hint(name, DEFAULT)
        raise SpecError("unknown_key", where=Where(key=name), name=name, options=listing(DEFAULT, 20), hint=near)
    choose("shrink", options["shrink"], ("none", "eb"))
    check_nature(options["shrink"], options["nature"])
    check_above("threshold", options["threshold"])
    confidence = options["confidence"]
    if confidence is not None:
        if options["nature"] != "count":
            raise SpecError("confidence_of_counts", where=Where(key="confidence"))
        check_level("confidence", confidence)
    check_least("min_total", options["min_total"], 0.0)
    check_least("min_share", options["min_share"], 0.0)
    check_least("min_diversity", options["min_diversity"], 1)
    check_least("min_ubiquity", options["min_ubiquity"], 1)


def check_nature(shrink: Shrink, nature: Nature | None) -> None:
    """Raise a SpecError where quotients are to be shrunk and it is not said whether activity is counted."""
    if nature is not None:
        choose("nature", nature, ("count", "amount"))
    if (shrink == "eb") != (nature is not None):
        raise SpecError("nature_wanted" if nature is None else "nature_unused", where=Where(key="nature"))


def _sized(
    grid: Grid, t: int, units: Integers, industries: Integers, options: Having, gone: list[tuple[int, Gone]]
) -> tuple[Integers, Integers]:
    """Return the regions of a year that are large enough, and the industries that some of them still has."""
    x = grid.values[t][np.ix_(units, industries)]
    enough, small = by_size(x, options["min_total"], options["min_share"])
    gone += [(t, Gone(g.side, g.reason, units[g.at], g.figure, g.minimum)) for g in small]
    left = x[enough].sum(axis=0)
    if enough.any() and not (left > 0).all():
        idle = industries[left <= 0]
        gone.append((t, Gone("industry", "no_activity", idle, np.zeros(idle.size), 0.0)))
    units, industries = units[enough], industries[left > 0]
    if units.size < 2 or industries.size < 2:
        raise MethodError(
            "advantage_alone", where=Where(period=grid.years[t]), units=units.size, industries=industries.size,
            gone=int((~enough).sum()),
        )  # fmt: skip
    return units, industries


def priors_of(grid: Grid, kept: list[tuple[Integers, Integers]], nature: Nature | None) -> tuple[Prior, ...]:
    """Return the prior of each year: from its own counts, or from how amounts differ between years."""
    if nature == "count":
        odd = grid.values != np.round(grid.values)
        if odd.any():
            t, n, k = (int(i) for i in np.argwhere(odd)[0])
            where = Where(unit=str(grid.units[n]), industry=str(grid.industries[k]), period=grid.years[t])
            raise MethodError("count_not_whole", where=where, value=float(grid.values[t, n, k]), count=int(odd.sum()))
        tables = (grid.values[t][np.ix_(*kept[t])] for t in range(len(kept)))
        return tuple(poisson_prior(x, expected(x)) for x in tables)
    share, awaited = np.zeros_like(grid.values), np.zeros_like(grid.values)
    totals = []
    for t, where_ in enumerate(kept):
        at = np.ix_(*where_)
        x = grid.values[t][at]
        totals.append(float(x.sum()))
        share[t][at], awaited[t][at] = x / x.sum(), expected(x) / x.sum()
    if not ((awaited > 0).sum(axis=0) > 1).any():
        raise MethodError("amount_one_year")
    noise, variance = amount_variances(share.reshape(len(kept), -1), awaited.reshape(len(kept), -1))
    return tuple(Prior.of(noise, variance, total) for total in totals)


def _year(
    grid: Grid, t: int, units: Integers, industries: Integers, prior: Prior | None, options: Having,
    gone: list[tuple[int, Gone]],
) -> Year:  # fmt: skip
    """Return who has what in a year, among those that stay."""
    x = grid.values[t][np.ix_(units, industries)]
    rca = advantage(x) if prior is None else shrunk(x, expected(x), prior)
    if prior is not None and options["confidence"] is not None:
        m = above(x, expected(x), prior, options["threshold"]) >= options["confidence"]
    else:
        m = present(rca, options["threshold"])
    rows, columns, trimmed = core(m, options["min_diversity"], options["min_ubiquity"])
    gone += [
        (t, Gone(g.side, g.reason, (units if g.side == "unit" else industries)[g.at], g.figure, g.minimum, g.round))
        for g in trimmed
    ]
    if not (rows.any() and columns.any()):
        raise MethodError("trimmed_away", where=Where(period=grid.years[t]), threshold=options["threshold"],
                          diversity=options["min_diversity"], ubiquity=options["min_ubiquity"])  # fmt: skip
    at = np.ix_(rows, columns)
    return Year(t, units[rows], industries[columns], rca[at], m[at])


def _notes(left_out: pl.DataFrame, options: Having, priors: tuple[Prior, ...], grid: Grid) -> list[Note]:
    notes = []
    for side, code in (("unit", "left_out_units"), ("industry", "left_out_industries")):
        names = left_out.filter(pl.col("side") == side)["name"]
        if len(names):
            who = listing(names.unique().sort().to_list(), 12)
            notes.append(Note(code, "warning", {"count": names.n_unique(), "rows": len(names), "names": who}))
    if priors and options["threshold"] == 1 and options["confidence"] is None:
        notes.append(Note("shrink_keeps_side"))
    return notes + prior_notes(priors, grid)


def prior_notes(priors: tuple[Prior, ...], grid: Grid) -> list[Note]:
    """Return the remark on years in which quotients differ no more than noise does."""
    flat = [grid.years[t] for t, prior in enumerate(priors) if prior.variance == 0]
    return (
        [Note("shrink_all_noise", "warning", {"years": listing("" if y is None else y for y in flat)})] if flat else []
    )


def prior_frame(priors: tuple[Prior, ...], grid: Grid) -> pl.DataFrame:
    """Return a row for each year: time, noise σ², variance τ², strength b."""
    columns = {name: [getattr(p, name) for p in priors] for name in PRIOR}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.Float64))
    return frame.insert_column(0, grid.years.alias(grid.time)) if grid.time and priors else frame
