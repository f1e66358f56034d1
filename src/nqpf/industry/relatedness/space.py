"""One table, many measures: who has what is found once, and complexity, proximity, density and opportunity use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from nqpf.frames import as_backend
from nqpf.industry.grid import Empty
from nqpf.industry.relatedness.complexity import Complexity, Kind, complexity_on
from nqpf.industry.relatedness.density import Density, Weigh, density_on
from nqpf.industry.relatedness.opportunity import Gain, Opportunity, Origin, opportunity_on
from nqpf.industry.relatedness.presence import Presence, Shrink, presence_of, prior_frame
from nqpf.industry.relatedness.proximity import Proximity, proximity_on
from nqpf.industry.relatedness.shrink import Nature
from nqpf.industry.relatedness.solved import Parts
from nqpf.numerics.cooccurrence import Diagonal, Likeness
from nqpf.results import Method, Note, Result


@dataclass(frozen=True, slots=True, eq=False)
class Space(Result):
    """Which region has which industry in each year, and the measures that rest on it.

    Attributes
    ----------
    presence
        The arrays: for each year the regions and industries that are kept, their index and who has what.
    left_out
        Who was left out of which year and why: time, side, name, reason, figure, minimum, round.
    prior
        A row for each year where the index is shrunk: noise, variance, strength.
    method, notes
        How it came about, and remarks.
    """

    presence: Presence
    left_out: pl.DataFrame
    prior: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()

    @property
    def frame(self) -> pl.DataFrame:
        """A row for each time, unit and industry: rca (shrunk where asked for), present; null for who is left out."""
        years = self.presence.years
        columns = {
            "rca": self.presence.cube([y.rca for y in years]),
            "present": self.presence.cube([y.m for y in years]),
        }
        return self.presence.grid.long(columns).with_columns(pl.col("present").cast(pl.Boolean))

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.presence.backend)

    def complexity(
        self, method: Kind = "eci", *, anchor: object = None, parts: Parts = "raise", rounds: int = 100
    ) -> Complexity:
        """Return `nqpf.industry.complexity` of this table."""
        return complexity_on(self.presence, method=method, anchor=anchor, parts=parts, rounds=rounds)

    def proximity(self, kind: Likeness = "minimum", *, diagonal: Diagonal = "one") -> Proximity:
        """Return `nqpf.industry.proximity` of this table."""
        return proximity_on(self.presence, kind=kind, diagonal=diagonal)

    def density(
        self, kind: Likeness = "minimum", *, diagonal: Diagonal = "one", neighbours: int | None = None,
        weigh: Weigh = "presence",
    ) -> Density:  # fmt: skip
        """Return `nqpf.industry.density` of this table."""
        return density_on(self.presence, kind=kind, diagonal=diagonal, neighbours=neighbours, weigh=weigh)

    def opportunity(
        self, kind: Likeness = "minimum", *, diagonal: Diagonal = "one", neighbours: int | None = None,
        gain: Gain = "gross", origin: Origin = "eigenvector", anchor: object = None, parts: Parts = "raise",
    ) -> Opportunity:  # fmt: skip
        """Return `nqpf.industry.opportunity` of this table."""
        return opportunity_on(
            self.presence, kind=kind, diagonal=diagonal, neighbours=neighbours, gain=gain, origin=origin,
            anchor=anchor, parts=parts,
        )  # fmt: skip


def space(
    data: Any,
    value: str,
    *,
    unit: str,
    industry: str,
    time: str | None = None,
    shrink: Shrink = "none",
    nature: Nature | None = None,
    threshold: float = 1.0,
    confidence: float | None = None,
    min_total: float = 0.0,
    min_share: float = 0.0,
    min_diversity: int = 1,
    min_ubiquity: int = 1,
    empty: Empty = "raise",
) -> Space:
    """Return which region has which industry, year by year: what complexity and relatedness rest on.

    A table is read once; measures are methods of the result. Each is also a function of its own that takes these
    options beside its own.

    Parameters
    ----------
    data, value, unit, industry, time
        Table and columns, as of `rca`.
    shrink, nature
        ``none``, or ``eb``: the index is pulled towards 1 for small regions and industries, by what the ``count`` or
        ``amount`` says, as of `rca`. It comes to 1 from the side it was on, so that at a threshold of 1 it changes
        nobody's presence without `confidence`.
    threshold
        A region has an industry if its index is at least this (within rounding).
    confidence
        For shrunk counts: the region has it if the true quotient is above the threshold with at least this posterior
        probability instead.
    min_total, min_share
        Regions with less activity, or a smaller share of the year's, are left out before the index is taken.
    min_diversity, min_ubiquity
        Regions with an advantage in fewer industries, and industries in which fewer regions have one, are left out, in
        rounds until nobody is below: the index is not taken again, what is counted are those still there. At least 1.
    empty
        Regions and industries without any activity in a year: ``raise`` an error, or ``drop`` them from that year.

    Returns
    -------
    Space

    Raises
    ------
    DataError
        A column is absent, a cell holds no number, a key is missing or comes twice.
    SpecError
        No such word; a number below its least; `confidence` without shrunk counts.
    MethodError
        A value is negative; a region or industry is empty; one region or industry is left, or none; counts are not
        whole; amounts have one year only.

    References
    ----------
    Hausmann et al. (2014), The Atlas of Economic Complexity, doi:10.7551/mitpress/9647.001.0001. Seidman (1983),
    doi:10.1016/0378-8733(83)90028-X.

    Examples
    --------
    >>> table = {"city": list("aaabbc"), "sector": list("xyzxyx"), "jobs": [2, 3, 6, 6, 4, 9]}
    >>> found = space(table, "jobs", unit="city", industry="sector")
    >>> found.presence.years[0].m.sum(axis=1).tolist(), found.density().values.shape
    ([2, 2, 1], (1, 3, 3))
    """
    presence = presence_of(
        data, value, unit, industry, time,
        {
            "shrink": shrink, "nature": nature, "threshold": threshold, "confidence": confidence,
            "min_total": min_total, "min_share": min_share, "min_diversity": min_diversity,
            "min_ubiquity": min_ubiquity, "empty": empty,
        },
    )  # fmt: skip
    return Space(
        presence, presence.left_out, prior_frame(presence.priors, presence.grid),
        Method("industry.space", presence.options), presence.notes,
    )  # fmt: skip
