"""Proximity of industries: how likely regions that have one have the other as well.

Hidalgo, Klinger, Barabási and Hausmann (2007), doi:10.1126/science.1144581; the cosine of co-occurrences: van Eck and
Waltman (2009), doi:10.1002/asi.21075; the correlation of the index itself: py-ecomplexity,
https://github.com/cid-harvard/py-ecomplexity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where, listing
from nqpf.frames import as_backend
from nqpf.industry.labels import keys_apart
from nqpf.industry.relatedness.arrays import related
from nqpf.industry.relatedness.presence import Having, Presence, Year, presence_of
from nqpf.numerics.cooccurrence import Block, Diagonal, Likeness, whole
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Proximity(Result):
    """Proximity of industries in each year.

    A matrix is made when it is asked for: one of 5,000 industries takes 200 MB, and densities do not need it whole.

    Attributes
    ----------
    presence
        Who has what.
    kind, diagonal
        How it is measured, and what an industry is to itself.
    method, notes
        How they came about, and remarks.
    """

    presence: Presence
    kind: Likeness
    diagonal: Diagonal
    method: Method
    notes: tuple[Note, ...] = ()

    def industries(self, time: object = None) -> list[Any]:
        """Return the industries of a year, in the order of the matrix."""
        year = self._year(time)
        return self.presence.grid.industries.gather(year.industries).to_list()

    def matrix(self, time: object = None) -> Floats:
        """Return the proximities of a year ``float64[K, K]``; `time` may be left out where there is one year.

        Raises
        ------
        SpecError
            There is no such year, or several and none is given.
        """
        year = self._year(time)
        return whole(block_of(year, self.kind, self.diagonal), year.industries.size)

    @property
    def frame(self) -> pl.DataFrame:
        """A row for each time and pair of industries, each pair once: time, industry, other, proximity."""
        grid = self.presence.grid
        parts = []
        for year in self.presence.years:
            block = whole(block_of(year, self.kind, self.diagonal), year.industries.size)
            one, other = np.triu_indices(year.industries.size, 1)
            columns = {
                grid.time or "time": grid.years.gather([year.t]).new_from_index(0, one.size),
                grid.industry: grid.industries.gather(year.industries[one]),
                "other": grid.industries.gather(year.industries[other]),
                "proximity": block[one, other],
            }
            parts.append(pl.DataFrame(columns))
        frame = pl.concat(parts)
        return frame if grid.time else frame.drop("time")

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.presence.backend)

    def _year(self, time: object) -> Year:
        labels = self.presence.grid.years.to_list()
        if time is None and len(labels) == 1:
            return self.presence.years[0]
        if time is None or time not in labels:
            raise SpecError("no_such_year", where=Where(key="time"), value=time, options=listing(labels, 20))
        return self.presence.years[labels.index(time)]


def proximity(
    data: Any,
    value: str,
    *,
    unit: str,
    industry: str,
    time: str | None = None,
    kind: Likeness = "minimum",
    diagonal: Diagonal = "one",
    **having: Unpack[Having],
) -> Proximity:
    """Return how near industries are to each other, year by year.

    Parameters
    ----------
    data, value, unit, industry, time
        Table and columns, as of `rca`.
    kind
        ``minimum``: the smaller probability that a region with one of two industries has the other (Hidalgo et al.).
        ``cosine``: regions with both over the geometric mean of those with either. ``continuous``: (1 + r) / 2 with r
        the correlation of the index itself over regions, no line between having and not having.
    diagonal
        Proximity of an industry to itself: ``one`` (py-ecomplexity) or ``zero`` (economic-complexity, econcomplex).
    **having
        When a region has an industry, and who is too small: options of `space`.

    Returns
    -------
    Proximity

    Raises
    ------
    DataError, SpecError, MethodError
        As `space`; for ``continuous`` also an industry whose index is the same everywhere.

    References
    ----------
    Hidalgo et al. (2007), doi:10.1126/science.1144581. van Eck and Waltman (2009), doi:10.1002/asi.21075.

    Examples
    --------
    >>> table = {"city": list("aaabbc"), "sector": list("xyzxyx"), "jobs": [2, 3, 6, 6, 4, 9]}
    >>> proximity(table, "jobs", unit="city", industry="sector").frame["proximity"].to_list()
    [0.5, 0.0, 0.5]
    """
    return proximity_on(presence_of(data, value, unit, industry, time, having), kind=kind, diagonal=diagonal)


def proximity_on(presence: Presence, *, kind: Likeness = "minimum", diagonal: Diagonal = "one") -> Proximity:
    """Return how near industries are; options as of `proximity`."""
    check_kind(kind, diagonal)
    keys_apart(("other", "proximity"), industry=presence.grid.industry, time=presence.grid.time)
    for year in presence.years:
        check_varied(presence, year, kind)
    options = {"kind": kind, "diagonal": diagonal, **presence.options}
    return Proximity(presence, kind, diagonal, Method("industry.proximity", options), presence.notes)


def check_kind(kind: Likeness, diagonal: Diagonal) -> None:
    """Raise a SpecError if there is no such word."""
    choose("kind", kind, ("minimum", "cosine", "continuous"))
    choose("diagonal", diagonal, ("one", "zero"))


def check_varied(presence: Presence, year: Year, kind: Likeness) -> None:
    """Raise a MethodError that names an industry whose index does not vary, where it is to be correlated."""
    if kind != "continuous":
        return
    flat = np.ptp(year.rca, axis=0) <= 1e-12 * np.abs(year.rca).max(axis=0)
    if flat.any():
        name = presence.grid.industries[int(year.industries[flat.argmax()])]
        where = Where(industry=str(name), period=presence.grid.years[year.t])
        raise MethodError("index_flat", where=where, count=int(flat.sum()))


def block_of(year: Year, kind: Likeness, diagonal: Diagonal) -> Block:
    """Return the proximities of a year, some columns at a time."""
    return related(year.rca if kind == "continuous" else year.m, kind, diagonal)
