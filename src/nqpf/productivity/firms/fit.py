"""What estimating a production function is told, and what every way of doing so gives back: arrays only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nqpf.productivity.firms.descent import Ends

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

ZERO = 1e-12
"""A criterion is zero if it is below this, both as it is and over the variance of the innovation."""
ALIKE = 3e-3
"""Descents that end nearer than this, in elasticities and relative to them, end at one point."""


@dataclass(frozen=True, slots=True)
class How:
    """Options, in the words of `production_function`."""

    method: str
    output_kind: str
    degree: int
    series_degree: int
    control_effects: str
    process: str
    system: str
    selection: str | None
    errors: str

    @property
    def gross(self) -> bool:
        """Whether the proxy is an input as well: materials in gross output."""
        return self.output_kind == "gross_output" and self.method != "olley_pakes"

    @property
    def lagged(self) -> bool:
        """Whether the estimate looks at the year before."""
        return self.method not in ("ols", "fixed_effects")

    @property
    def two_years(self) -> bool:
        """Whether materials of two years before are instruments."""
        return self.gross and self.method == "wooldridge"

    @property
    def inside(self) -> bool:
        """Whether the first stage tells no elasticity at all, free inputs being part of its polynomial."""
        return self.method == "ackerberg_caves_frazer"


@dataclass(frozen=True, slots=True, eq=False)
class Descents:
    """Where a criterion was searched, and what was found.

    Attributes
    ----------
    start, end
        ``float64[S, K]`` elasticities.
    criterion
        ``float64[S]`` where each descent ended.
    share
        ``float64[S]`` criterion over the variance of the innovation, NaN where a criterion need not be zero.
    steps
        ``int[S]``.
    place
        ``int[S]`` number of the point where each ended; points by rising criterion, from 0.
    chosen
        Number of the point taken.
    """

    start: Floats
    end: Floats
    criterion: Floats
    share: Floats
    steps: Integers
    place: Integers
    chosen: int

    @property
    def zero(self) -> NDArray[np.bool_]:
        """``bool[S]``, whether the criterion is zero."""
        return (self.criterion <= ZERO) & (self.share <= ZERO)


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """An estimate.

    Attributes
    ----------
    elasticities
        ``float64[K]`` of the inputs.
    controls
        ``float64[C]`` coefficients of the controls, NaN where the method does not tell them.
    covariance
        ``float64[K + C, K + C]``, or None where only resampling can tell.
    phi
        ``float64[N]`` what the first stage foresees of output, without free inputs where it tells their elasticities;
        None where there is no first stage.
    noise
        ``float64[N]`` what the first stage does not foresee; None as well.
    descents
        How the second stage was searched, if it was.
    """

    elasticities: Floats
    controls: Floats
    covariance: Floats | None = None
    phi: Floats | None = None
    noise: Floats | None = None
    descents: Descents | None = None


def places(ends: Ends) -> tuple[Integers, Integers]:
    """Return the place of each end, and the first descent of each place, by rising criterion."""
    order = np.argsort(np.where(np.isfinite(ends.value), ends.value, np.inf), kind="stable")
    place = np.full(len(ends.point), -1, dtype=np.intp)
    heads: list[int] = []
    for s in order:
        point = ends.point[s]
        for number, head in enumerate(heads):
            if (np.abs(point - ends.point[head]) <= ALIKE * (1 + np.abs(point))).all():
                place[s] = number
                break
        else:
            place[s] = len(heads)
            heads.append(int(s))
    return place, np.array(heads, dtype=np.intp)
