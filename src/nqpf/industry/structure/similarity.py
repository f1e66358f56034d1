"""How alike the structures of regions are, every two of them and each and the whole, and whether they grow alike.

Krugman (1991, Geography and Trade, MIT Press) adds up the differences of shares; Finger and Kreinin (1979,
doi:10.2307/2231506) what shares have in common; the coefficient of structural similarity of UNIDO (1979, World Industry
since 1960) is the cosine of the angle between two structures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.spatial.distance import pdist, squareform

from nqpf.columns import choose
from nqpf.errors import SpecError, Where, listing
from nqpf.frames import as_backend, backend_of
from nqpf.industry.grid import Empty
from nqpf.industry.labels import keys_apart
from nqpf.industry.options import check_level
from nqpf.industry.structure.activity import Activity, Year, pair_keys, wide
from nqpf.industry.structure.direction import TREND, Errors, Heading, positions
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Kind = Literal["krugman", "unido", "finger_kreinin", "cosine"]
PairWeight = Literal["equal", "size"]
Against = Literal["all", "rest"]
MEAN = ("units", "pairs", "mean", "sd", "least", "most", "whole_mean")

FEW_YEARS = 10
"""Years below which a trend is called one of few years."""


@dataclass(frozen=True, slots=True)
class SimilarityResult(Result):
    """Likeness of structures by year.

    Attributes
    ----------
    pairs
        A row for each year and two regions, ``<unit>_1`` before ``<unit>_2``: index. Empty where pairs were not asked
        for.
    units
        A row for each year and region: index, of the region and the whole.
    mean
        A row a year: units, pairs, mean, sd, least and most of the pairs; whole_mean, of the regions and the whole.
    trend
        Two rows, of = ``pairs`` (the mean of pairs) and ``whole``: years, first, last, slope (a year), slope_se, t, p,
        direction: ``convergence``, ``divergence``, ``no_evidence`` (the slope may be 0 at the level asked for),
        ``unchanged`` or ``not_assessed`` (fewer than three years).
    unit_trends
        The same of each region and the whole; null for regions that are not there in every year.
    unit, time
        Columns of regions and years.
    method, notes
        How it came about, and remarks.
    backend
        Library of the table that was given.
    """

    pairs: pl.DataFrame
    units: pl.DataFrame
    mean: pl.DataFrame
    trend: pl.DataFrame
    unit_trends: pl.DataFrame
    unit: str
    time: str | None
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return the pairs as the kind of dataframe that was given; the regions and the whole where there are none."""
        return as_backend(self.pairs if self.pairs.height else self.units, self.backend)

    def matrix(self, year: Any = None) -> pl.DataFrame:
        """Return the pairs of a year as a symmetric table: the region, then a column for each region.

        Parameters
        ----------
        year
            Default: the last.

        Raises
        ------
        SpecError
            There is no such year among the pairs.
        """
        table = self.pairs
        if self.time is not None:
            years = table[self.time].unique().sort()
            year = years[-1] if year is None and len(years) else year
            if year not in years:
                raise SpecError("bad_choice", where=Where(key="year"), value=year, options=listing(years), hint="")
            table = table.filter(pl.col(self.time) == year)
        first, second = f"{self.unit}_1", f"{self.unit}_2"
        regions = pl.concat([table[first].head(1), table[second].head(_size(table.height) - 1)])
        values = squareform(table["index"].to_numpy())
        np.fill_diagonal(values, 0.0 if self.method.options["kind"] == "krugman" else 1.0)
        return wide(self.unit, regions, values)


def pairwise(shares: Floats, kind: Kind) -> Floats:
    """Return the index of every two rows of structures ``float64[n, k]``, in the order of `scipy`'s condensed matrices.

    Examples
    --------
    >>> pairwise(np.array([[0.5, 0.5], [1.0, 0.0]]), "krugman").tolist()
    [1.0]
    """
    if kind in ("krugman", "finger_kreinin"):
        apart = np.asarray(pdist(shares, "cityblock"))
        return apart if kind == "krugman" else 1 - apart / 2
    length = shares / np.sqrt((shares**2).sum(axis=1, keepdims=True))
    return np.asarray(np.minimum((length @ length.T)[np.triu_indices(len(shares), 1)], 1.0))


def to_one(shares: Floats, other: Floats, kind: Kind) -> Floats:
    """Return the index of each row of structures ``float64[n, k]`` and one other structure, or one for each row."""
    if kind in ("krugman", "finger_kreinin"):
        apart = np.abs(shares - other).sum(axis=1)
        return np.asarray(apart if kind == "krugman" else 1 - apart / 2)
    both = (shares * other).sum(axis=1) / np.sqrt((shares**2).sum(axis=1) * (other**2).sum(axis=-1))
    return np.asarray(np.minimum(both, 1.0))


def similarity(
    data: Any,
    value: str,
    *,
    unit: str,
    industry: str,
    time: str | None = None,
    kind: Kind = "krugman",
    weight: PairWeight = "equal",
    against: Against = "all",
    whole: Any = None,
    errors: Errors = "hac",
    level: float = 0.95,
    pairs: bool = True,
    empty: Empty = "raise",
) -> SimilarityResult:
    """Compare the industrial structures of regions, two by two and with the whole, by year, and give their trend.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each region, industry and year with some activity.
    value
        Column of activity, none negative; only shares of a region count.
    unit, industry, time
        Columns of regions, industries and years; without years there is one cross-section and no trend.
    kind
        ``krugman``: Σ|a − b|, 0 alike to 2 nothing in common; ``finger_kreinin``: Σ min(a, b) = 1 − krugman/2;
        ``unido``: Σab/√(Σa²·Σb²), 1 alike to 0; ``cosine``: another name of the same formula.
    weight
        Of pairs in the mean of a year: ``equal``, or ``size``, the product of what the two regions have; with it the
        mean of regions and the whole is weighted by size too.
    against
        What each region is compared with: ``all``, the whole with the region in it, or ``rest``, the whole without it.
    whole
        Label of the unit that stands for the whole (a national total in the table); it is then no region. Default: the
        sum of the regions.
    errors
        Of the trend: ``hac`` (Newey and West 1987, with ⌊4(T/100)^(2/9)⌋ lags and T/(T − 2)), or ``ols``; both with
        Student's t of T − 2 degrees of freedom. Lags are counted in the years that the table has.
    level
        Below 1 − level a p-value counts as evidence of a direction.
    pairs
        Whether to keep the table of pairs; means and trends need none.
    empty
        ``raise``, or ``drop`` to leave out of a year regions without any activity in it.

    Returns
    -------
    SimilarityResult
        Pairs by year; ``.units``, ``.mean``, ``.trend``, ``.unit_trends`` and ``.matrix(year)``.

    Raises
    ------
    DataError
        A column is absent, a key twice, a cell missing or no number.
    MethodError
        A negative value, a region or industry without activity, fewer than two regions.
    SpecError
        A word that is no choice, a level not between 0 and 1, no unit called `whole`.

    References
    ----------
    Krugman (1991), Geography and Trade, MIT Press. Finger and Kreinin (1979), doi:10.2307/2231506. UNIDO (1979), World
    Industry since 1960: Progress and Prospects, United Nations. Newey and West (1987), doi:10.2307/1913610; (1994),
    doi:10.2307/2297912.

    Examples
    --------
    >>> table = {"r": ["a", "a", "b", "b"], "i": ["x", "y"] * 2, "v": [1.0, 1.0, 3.0, 1.0]}
    >>> similarity(table, "v", unit="r", industry="i").pairs["index"].to_list()
    [0.5]
    >>> similarity(table, "v", unit="r", industry="i", kind="finger_kreinin").pairs["index"].to_list()
    [0.75]
    """
    choose("kind", kind, get_args(Kind))
    choose("weight", weight, get_args(PairWeight))
    choose("against", against, get_args(Against))
    choose("errors", errors, get_args(Errors))
    check_level("level", level)
    keys_apart((f"{unit}_1", f"{unit}_2", "index"), unit=unit, time=time)
    keys_apart(TREND, unit=unit)
    keys_apart(MEAN, time=time)
    activity = Activity.of(data, value, unit=unit, industry=industry, time=time, empty=empty, whole=whole)
    years, notes = activity.years()
    found = [pairwise(year.shares, kind) for year in years]
    own = [to_one(year.shares, _other(activity, year, against), kind) for year in years]
    towards = 1.0 if kind != "krugman" else -1.0
    means = [_mean(year, index, alone, weight) for year, index, alone in zip(years, found, own, strict=True)]
    options = {
        "value": value, "kind": kind, "weight": weight, "against": against, "whole": whole, "errors": errors,
        "level": level, "empty": empty,
    }  # fmt: skip
    heading = Heading(positions(activity.grid.years), errors, level, towards)
    return SimilarityResult(
        _pairs(activity, years, found) if pairs else _pairs(activity, years[:1], found[:1]).clear(),
        activity.frame([(activity.unit_keys(y), {"index": x}) for y, x in zip(years, own, strict=True)], _ts(years)),
        activity.frame([({}, {name: [number] for name, number in one.items()}) for one in means], _ts(years)),
        heading.of(np.array([[one["mean"], one["whole_mean"]] for one in means]), pl.Series("of", ["pairs", "whole"])),
        heading.of(_panel(activity, years, own), activity.grid.units.alias(unit)),
        unit,
        time,
        Method("industry.similarity", options),
        (*notes, *_remarks(activity, years)),
        backend_of(data),
    )


def _other(activity: Activity, year: Year, against: Against) -> Floats:
    if against == "all":
        return year.whole_shares
    rest = np.maximum(year.whole - year.x, 0.0)  # yearbooks round: a region may have a little more than all
    total = rest.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(rest, total, out=np.full_like(rest, np.nan), where=total > 0))


def _mean(year: Year, index: Floats, alone: Floats, weight: PairWeight) -> dict[str, float]:
    size = year.x.sum(axis=1)
    first, second = np.triu_indices(len(size), 1)
    shares = size / size.sum()
    pair_weights = shares[first] * shares[second] if weight == "size" else None
    mean = float(np.average(index, weights=pair_weights))
    return {
        "units": len(size),
        "pairs": len(index),
        "mean": mean,
        "sd": float(np.sqrt(np.average((index - mean) ** 2, weights=pair_weights))),
        "least": float(index.min()),
        "most": float(index.max()),
        "whole_mean": float(np.average(alone, weights=shares if weight == "size" else None)),
    }


def _pairs(activity: Activity, years: Sequence[Year], found: Sequence[Floats]) -> pl.DataFrame:
    parts = []
    for year, index in zip(years, found, strict=True):
        first, second = np.triu_indices(len(year.units), 1)
        keys = pair_keys(activity.grid.unit, activity.grid.units, year.units[first], year.units[second])
        parts.append((keys, {"index": index}))
    return activity.frame(parts, _ts(years))


def _panel(activity: Activity, years: Sequence[Year], own: Sequence[Floats]) -> Floats:
    """Return ``float64[T, N]`` of each region and the whole, NaN where a region is left out."""
    values = np.full((len(years), len(activity.grid.units)), np.nan)
    for row, year, index in zip(values, years, own, strict=True):
        row[year.units] = index
    return values


def _remarks(activity: Activity, years: Sequence[Year]) -> tuple[Note, ...]:
    if activity.grid.time is None:
        return ()
    notes = []
    if len(years) < FEW_YEARS:
        notes.append(Note("similarity_few_years", "warning", {"years": len(years), "least": FEW_YEARS}))
    if len({tuple(year.units.tolist()) for year in years}) > 1:
        notes.append(Note("similarity_units_change", "warning", {}))
    steps = np.diff(positions(activity.grid.years))
    if steps.size and steps.max() > steps.min():
        notes.append(Note("similarity_year_gaps", "info", {}))
    return tuple(notes)


def _ts(years: Sequence[Year]) -> list[int]:
    return [year.t for year in years]


def _size(pairs: int) -> int:
    """Return how many regions have so many pairs."""
    return (1 + isqrt(1 + 8 * pairs)) // 2
