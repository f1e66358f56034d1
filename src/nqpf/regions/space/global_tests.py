"""What Moran's I, Geary's c and Getis and Ord's G share: sums of the weights, the test, and the table of years.

Cliff and Ord (1981), Spatial Processes: Models and Applications (Pion, London), have the moments; their sums are
S₀ = Σ w, S₁ = ½ Σ (w_ij + w_ji)², S₂ = Σ (w_i. + w_.i)².
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from nqpf.frames import backend_of
from nqpf.regions.space.sections import Section, sections, small_note
from nqpf.regions.space.significance import Alternative, check_test, counted, normal_p, permutation_p
from nqpf.regions.space.weights import Weights
from nqpf.results import Method, TableResult

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sums:
    """S₀, S₁, S₂ of weights of `n` units."""

    n: int
    s0: float
    s1: float
    s2: float

    @classmethod
    def of(cls, matrix: sparse.csr_array) -> Sums:
        """Return the sums of weights ``float64[N, N]``."""
        both = matrix + matrix.T
        ends = matrix.sum(axis=0) + matrix.sum(axis=1)
        return cls(matrix.shape[0], float(matrix.sum()), float((both.data**2).sum() / 2), float((ends**2).sum()))


@dataclass(frozen=True, slots=True, eq=False)
class Tested:
    """A statistic of T years.

    Attributes
    ----------
    name
        Name of its column.
    statistic, expected
        ``float64[T]``.
    variances
        ``float64[T]`` by the null they hold under (normal, random), NaN where it is not defined.
    drawn
        ``float64[T, R]`` values under permutation.
    sign
        1 where large values mean that neighbours are alike, −1 where small ones do.
    """

    name: str
    statistic: Floats
    expected: Floats
    variances: dict[str, Floats]
    drawn: Floats
    sign: int = 1

    def columns(self, alternative: Alternative) -> dict[str, Floats]:
        """Return the columns of a table of years."""
        found = {self.name: self.statistic, "expected": self.expected}
        for null, variance in self.variances.items():
            with np.errstate(invalid="ignore", divide="ignore"):
                z = (self.statistic - self.expected) / np.sqrt(variance)
            found |= {f"variance_{null}": variance, f"z_{null}": z, f"p_{null}": normal_p(self.sign * z, alternative)}
        draws = self.drawn.shape[1]
        if draws:
            above, below = counted(self.drawn, self.statistic)
            if self.sign < 0:
                above, below = below, above
            found["mean_permutation"] = self.drawn.mean(axis=1)
            found["sd_permutation"] = self.drawn.std(axis=1)
            found["p_permutation"] = permutation_p(above, below, draws, alternative)
        return found


def tested(
    data: Any,
    columns: Sequence[str],
    unit: str,
    weights: Weights,
    by: str | None,
    alternative: Alternative,
    method: Method,
    compute: Callable[[Section], Tested],
) -> TableResult:
    """Return a statistic of each year as a table, years in their order."""
    check_test(alternative, method.options["permutations"], method.options["seed"])
    _, made, notes = sections(data, columns, unit, weights, by)
    parts = [_part(section, compute(section).columns(alternative), by) for section in made]
    frame = pl.concat(parts)
    if by:
        frame = frame.sort(by)
    stated = {**method.options, "alternative": alternative, "weights": dict(weights.method.options)}
    return TableResult(frame, Method(method.id, stated), (*notes, *small_note(made)), backend_of(data))


def _part(section: Section, found: dict[str, Floats], by: str | None) -> pl.DataFrame:
    years = {by: list(section.years)} if by else {}
    size = len(section.years)
    whole = {name: np.broadcast_to(column, (size,)) for name, column in found.items()}
    frame = pl.DataFrame({**years, "units": np.full(size, section.rows.shape[1]), **whole})
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))
