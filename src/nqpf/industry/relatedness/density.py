"""Relatedness density: how much of what is related to an industry a region already has.

Hidalgo, Klinger, Barabási and Hausmann (2007), doi:10.1126/science.1144581. Within regions it ranks future industries
modestly better than how common they are; it promises no success.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Unpack

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import listing
from nqpf.frames import as_backend
from nqpf.industry.labels import keys_apart
from nqpf.industry.options import check_least
from nqpf.industry.relatedness.arrays import density_of
from nqpf.industry.relatedness.presence import Having, Presence, presence_of
from nqpf.industry.relatedness.proximity import block_of, check_kind, check_varied
from nqpf.numerics.cooccurrence import Diagonal, Likeness
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Weigh = Literal["presence", "rca"]


@dataclass(frozen=True, slots=True, eq=False)
class Density(Result):
    """Density of N regions around K industries in T years.

    Attributes
    ----------
    presence
        Who has what.
    values
        ``float64[T, N, K]``, in [0, 1] unless the index itself is weighed; NaN for who is left out, and around an
        industry that is related to none.
    method, notes
        How they came about, and remarks.
    """

    presence: Presence
    values: Floats
    method: Method
    notes: tuple[Note, ...] = ()

    @property
    def frame(self) -> pl.DataFrame:
        """A row for each time, unit and industry: rca, present (whether the region has it), density."""
        years = self.presence.years
        columns = {
            "rca": self.presence.cube([y.rca for y in years]),
            "present": self.presence.cube([y.m for y in years]),
            "density": self.values,
        }
        return self.presence.grid.long(columns).with_columns(pl.col("present").cast(pl.Boolean))

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.presence.backend)


def density(
    data: Any,
    value: str,
    *,
    unit: str,
    industry: str,
    time: str | None = None,
    kind: Likeness = "minimum",
    diagonal: Diagonal = "one",
    neighbours: int | None = None,
    weigh: Weigh = "presence",
    **having: Unpack[Having],
) -> Density:
    """Return how much of what is related to each industry each region has, year by year: Σ_k M φ / Σ_k φ.

    Parameters
    ----------
    data, value, unit, industry, time
        Table and columns, as of `rca`.
    kind, diagonal
        Proximity φ, as of `proximity`. With ``one`` an industry that a region has adds to its own density (as in
        py-ecomplexity); with ``zero`` only others do. Among industries that a region lacks the two differ by a factor
        of each industry alone.
    neighbours
        Count only so many nearest other industries of each, and those as near as the last of them; None: all.
    weigh
        What is averaged: ``presence``, zeros and ones, or the index (``rca``) itself, as py-ecomplexity does beside
        ``continuous``; a density of the latter is not bounded by 1.
    **having
        When a region has an industry, and who is too small: options of `space`.

    Returns
    -------
    Density

    Raises
    ------
    DataError, SpecError, MethodError
        As `proximity`.

    References
    ----------
    Hidalgo et al. (2007), doi:10.1126/science.1144581.

    Examples
    --------
    >>> table = {"city": list("aaabbc"), "sector": list("xyzxyx"), "jobs": [2, 3, 6, 6, 4, 9]}
    >>> found = density(table, "jobs", unit="city", industry="sector").frame
    >>> found.filter(city="c")["density"].round(3).to_list()
    [0.667, 0.25, 0.0]
    """
    return density_on(
        presence_of(data, value, unit, industry, time, having),
        kind=kind, diagonal=diagonal, neighbours=neighbours, weigh=weigh,
    )  # fmt: skip


def density_on(
    presence: Presence,
    *,
    kind: Likeness = "minimum",
    diagonal: Diagonal = "one",
    neighbours: int | None = None,
    weigh: Weigh = "presence",
) -> Density:
    """Return densities; options as of `density`."""
    check_kind(kind, diagonal)
    if neighbours is not None:
        check_least("neighbours", neighbours, 1)
    choose("weigh", weigh, ("presence", "rca"))
    keys_apart(("density",), **presence.grid.keys)
    found = []
    for year in presence.years:
        check_varied(presence, year, kind)
        held = year.m if weigh == "presence" else year.rca
        found.append(density_of(held, block_of(year, kind, diagonal), neighbours))
    values = presence.cube(found)
    options = {"kind": kind, "diagonal": diagonal, "neighbours": neighbours, "weigh": weigh, **presence.options}
    notes = presence.notes + lonely(presence, found)
    return Density(presence, values, Method("industry.density", options), notes)


def lonely(presence: Presence, found: list[Floats]) -> tuple[Note, ...]:
    """Return the remark on industries that are related to none."""
    alone = np.zeros(len(presence.grid.industries), dtype=bool)
    for year, values in zip(presence.years, found, strict=True):
        alone[year.industries[np.isnan(values).all(axis=0)]] = True
    if not alone.any():
        return ()
    names = listing(presence.grid.industries.filter(pl.Series(alone)).to_list(), 12)
    return (Note("related_to_none", "warning", {"count": int(alone.sum()), "names": names}),)
