"""Revealed comparative advantage: a region's share in an industry over its share in everything.

Balassa (1965), doi:10.1111/j.1467-9957.1965.tb00050.x; for regions and jobs it is the location quotient.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.industry.grid import Empty, Grid
from nqpf.industry.labels import keys_apart
from nqpf.industry.options import check_above
from nqpf.industry.relatedness.arrays import advantage, expected
from nqpf.industry.relatedness.presence import PRIOR, Shrink, check_nature, prior_frame, prior_notes, priors_of
from nqpf.industry.relatedness.shrink import Nature, Prior, above, credibility, shrunk
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]

COLUMNS = ("value", "expected", "rca", "shrunk", "credibility", "probability")


@dataclass(frozen=True, slots=True, eq=False)
class Advantage(Result):
    """Advantage of N regions in K industries in T years.

    Attributes
    ----------
    grid
        The activity.
    columns
        ``float64[T, N, K]`` each, NaN for who is left out. ``value``: activity, the count itself where things are
        counted. ``expected``: activity if every region had every industry in proportion. ``rca``: value over expected.
        With ``shrink="eb"`` also ``shrunk``, pulled towards 1; ``credibility``, the weight of the pair's own quotient
        in it; and for counts ``probability`` that the true quotient is above the threshold.
    prior
        A row for each year where quotients are shrunk: noise σ², variance τ² of the true quotients, strength b.
    method, notes, backend
        How they came about, remarks, and the library of the table that was given.
    """

    grid: Grid
    columns: dict[str, Floats]
    prior: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    @property
    def frame(self) -> pl.DataFrame:
        """A row for each time, unit and industry, with the columns above."""
        return self.grid.long(self.columns)

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def rca(
    data: Any,
    value: str,
    *,
    unit: str,
    industry: str,
    time: str | None = None,
    shrink: Shrink = "none",
    nature: Nature | None = None,
    threshold: float = 1.0,
    empty: Empty = "raise",
) -> Advantage:
    """Return the revealed comparative advantage (location quotient) of every region in every industry, year by year.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: a row for each region, industry and year; a pair without a row has no
        activity.
    value
        Column of activity: output, jobs, exports, patents.
    unit, industry, time
        Columns of regions, industries and years.
    shrink
        ``none``: the quotient as it is. ``eb``: also by empirical Bayes, (x + b) / (E + b), where x is activity, E what
        is expected, and the prior strength b comes from the data: quotients of small regions and industries move
        towards 1.
    nature
        What `shrink` works on. ``count``: jobs, firms, patents; noise is Poisson, b is found in each year.
        ``amount``: money, tonnes; noise is how far a pair's quotient differs between years, so that there must be
        two years at least, and lasting change counts as noise, too.
    threshold
        What ``probability`` asks of counts: that the true quotient is above it.
    empty
        Regions and industries without any activity in a year: ``raise`` an error, or ``drop`` them from that year.

    Returns
    -------
    Advantage

    Raises
    ------
    DataError
        A column is absent, a cell holds no number, a key is missing or comes twice.
    MethodError
        A value is negative; a region or industry is empty; there is one region or one industry; counts are not whole;
        amounts have one year only.
    SpecError
        No such word; `nature` is missing beside ``eb``, or stands beside ``none``.

    References
    ----------
    Balassa (1965), doi:10.1111/j.1467-9957.1965.tb00050.x. Marshall (1991), doi:10.2307/2347593. Bühlmann and Gisler
    (2005), doi:10.1007/3-540-29273-X.

    Examples
    --------
    >>> jobs = {"city": list("aabb"), "sector": ["steel", "chips"] * 2, "jobs": [30, 10, 10, 30]}
    >>> rca(jobs, "jobs", unit="city", industry="sector").frame["rca"].to_list()
    [0.5, 1.5, 1.5, 0.5]
    """
    choose("shrink", shrink, ("none", "eb"))
    check_nature(shrink, nature)
    check_above("threshold", threshold)
    keys_apart(COLUMNS, unit=unit, industry=industry, time=time)
    keys_apart(PRIOR, time=time)
    grid = Grid.of(data, value, unit=unit, industry=industry, time=time)
    notes = list(grid.notes)
    kept = []
    for t in range(len(grid.years)):
        units, industries, remarks = grid.kept(t, empty)
        if units.size < 2 or industries.size < 2:
            raise MethodError("advantage_alone", where=Where(period=grid.years[t]), units=units.size,
                              industries=industries.size, gone=0)  # fmt: skip
        notes += remarks
        kept.append((units, industries))
    priors = priors_of(grid, kept, nature) if shrink == "eb" else ()
    columns: dict[str, Floats] = {}
    for t, (units, industries) in enumerate(kept):
        at = np.ix_(units, industries)
        for name, found in _measured(grid.values[t][at], priors[t] if priors else None, nature, threshold).items():
            columns.setdefault(name, np.full(grid.values.shape, np.nan))[t][at] = found
    options = {"shrink": shrink, "nature": nature, "threshold": threshold, "empty": empty}
    return Advantage(
        grid, columns, prior_frame(priors, grid), Method("industry.rca", options),
        tuple(notes + prior_notes(priors, grid)), backend_of(data),
    )  # fmt: skip


def _measured(x: Floats, prior: Prior | None, nature: Nature | None, threshold: float) -> dict[str, Floats]:
    """Return the columns of `Advantage` of one year ``[n, k]``."""
    e = expected(x)
    found = {"value": x, "expected": e, "rca": advantage(x)}
    if prior is not None:
        found |= {"shrunk": shrunk(x, e, prior), "credibility": credibility(e, prior)}
        if nature == "count":
            found["probability"] = above(x, e, prior, threshold)
    return found
