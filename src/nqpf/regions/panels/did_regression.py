"""Two-way effects with one coefficient, and with an effect for each cohort and year since adoption.

The latter is Sun and Abraham (2021), doi:10.1016/j.jeconom.2020.09.006: effects by cohort and year are averaged by the
treated cells they stand for, which no pooled regression guarantees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from nqpf.errors import MethodError
from nqpf.numerics.within import demeaned, fit
from nqpf.regions.panels.errors import spread_of
from nqpf.regions.panels.sample import Sample

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
BASE = -1
"""Years since adoption of the year that the others are measured from."""


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """R rows of a panel with a policy.

    Attributes
    ----------
    y, controls
        ``float64[R]`` and ``float64[R, K]``.
    unit, time
        ``int[R]`` numbers of units and years from 0 without a gap; years are numbered in `years`.
    cohort
        ``int[R]`` position in `years` of the unit's adoption, −1 for never.
    years
        Years.
    """

    y: Floats
    controls: Floats
    unit: Integers
    time: Integers
    cohort: Integers
    years: tuple[int, ...]

    @classmethod
    def of(cls, sample: Sample, rows: Integers, first: Integers) -> Self:
        """Return some rows of a sample (regressand, policy, controls) whose units adopt in years `first`."""
        unit = np.unique(sample.unit[rows], return_inverse=True)[1].astype(np.intp)
        numbers, time = np.unique(sample.time[rows], return_inverse=True)
        years = tuple(sample.years[t] for t in numbers)
        adopted = first[sample.unit[rows]]
        cohort = np.where(adopted >= 0, np.searchsorted(numbers, adopted), -1).astype(np.intp)
        values = sample.values[rows]
        return cls(values[:, 0], values[:, 2:], unit, time.astype(np.intp), cohort, years)

    @property
    def relative(self) -> Integers:
        """Return years since adoption by the calendar; meaningless for those that never adopt."""
        years = np.array(self.years)
        found: Integers = years[self.time] - years[np.maximum(self.cohort, 0)]
        return found

    @property
    def policy(self) -> Floats:
        """Return 1 where the policy is there."""
        return ((self.cohort >= 0) & (self.time >= self.cohort)).astype(float)

    def relatives(self) -> list[int]:
        """Return the years since adoption that any treated unit is seen in, without the one to measure from."""
        return [int(r) for r in np.unique(self.relative[self.cohort >= 0]) if r != BASE]


@dataclass(frozen=True, slots=True)
class Effect:
    """An estimate with its standard error and the degrees of freedom of its t law (None: normal)."""

    estimate: float
    se: float
    freedom: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What an estimator gives.

    Attributes
    ----------
    att
        Effect on the treated.
    events
        Effects by years since adoption.
    pretrend_p
        p value of no effect before adoption, None where it was not tested.
    cohorts_differ
        Whether units adopt in different years although the estimator takes one effect for all.
    lost
        Cells (cohort and year) without an estimate, that do not count in the averages.
    """

    att: Effect
    events: Mapping[int, Effect]
    pretrend_p: float | None
    cohorts_differ: bool = False
    lost: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """Coefficients of which averages are taken: ``float64[K]``, covariance ``float64[K, K]``, and which are there."""

    beta: Floats
    covariance: Floats
    there: NDArray[np.bool_]
    freedom: int

    def average(self, weights: Floats) -> Effect:
        """Return a weighted sum of coefficients."""
        return Effect(float(weights @ self.beta), float(np.sqrt(weights @ self.covariance @ weights)), self.freedom)

    def zero(self, weights: Floats) -> float | None:
        """Return the p value that some weighted sums ``float64[M, K]`` are all zero; None where their law is flat."""
        v = weights @ self.covariance @ weights.T
        if not len(weights) or np.linalg.matrix_rank(v, hermitian=True) < len(weights):
            return None
        sums = weights @ self.beta
        return float(stats.f.sf(sums @ np.linalg.solve(v, sums) / len(weights), len(weights), self.freedom))


def regress(events: Events, dummies: Floats) -> Linear:
    """Return the coefficients of `dummies` beside controls and effects of units and years, covariance by unit.

    Raises
    ------
    MethodError
        None of them can be estimated.
    """
    x = np.column_stack([dummies, events.controls])
    codes = [events.unit, events.time]
    plain, effects = demeaned(np.column_stack([events.y, x]), codes)
    fitted = fit(plain[:, 0], plain[:, 1:], effects, np.sqrt((x**2).sum(axis=0)))
    there = np.ones(x.shape[1], dtype=bool)
    there[list(fitted.aliased)] = False
    k = dummies.shape[1]
    if not there[:k].any() or fitted.freedom < 1:
        raise MethodError("panels_no_effect")
    spread = spread_of(fitted, plain[:, 1:], "cluster", [events.unit], codes)
    beta = np.where(there, fitted.coefficients, 0.0)
    return Linear(beta[:k], spread.covariance[:k, :k], there[:k], spread.freedom)


def twfe(events: Events) -> Found:
    """Return one coefficient of the policy, and one of each year since adoption, the same for every cohort."""
    att = regress(events, events.policy[:, None])
    relatives = events.relatives()
    dummies = np.column_stack([(events.cohort >= 0) & (events.relative == r) for r in relatives]).astype(float)
    by_year = regress(events, dummies)
    each = np.eye(len(relatives))
    effects = {r: by_year.average(each[k]) for k, r in enumerate(relatives) if by_year.there[k]}
    before = [each[k] for k, r in enumerate(relatives) if r < 0 and by_year.there[k]]
    pretrend = by_year.zero(np.array(before)) if before else None
    several = np.unique(events.cohort[events.cohort >= 0]).size > 1
    return Found(att.average(np.ones(1)), effects, pretrend, several, int((~by_year.there).sum()))


def saturated(events: Events) -> Found:
    """Return averages of effects by cohort and year since adoption, by the cells they stand for."""
    cohorts = [int(c) for c in np.unique(events.cohort[events.cohort >= 0])]
    cells = [
        (c, int(r), (events.cohort == c) & (events.relative == r))
        for c in cohorts
        for r in np.unique(events.relative[events.cohort == c])
        if r != BASE
    ]
    dummies = np.column_stack([rows for _, _, rows in cells]).astype(float)
    found = regress(events, dummies)
    size = np.where(found.there, dummies.sum(axis=0), 0.0)
    relative = np.array([r for _, r, _ in cells])

    def average(which: NDArray[np.bool_]) -> Floats:
        weights = np.where(which, size, 0.0)
        total: Floats = weights / weights.sum()
        return total

    if not size[relative >= 0].any():
        raise MethodError("panels_no_effect")
    sums = {r: average(relative == r) for r in events.relatives() if size[relative == r].any()}
    before = np.array([w for r, w in sums.items() if r < 0])
    return Found(
        att=found.average(average(relative >= 0)),
        events={r: found.average(w) for r, w in sums.items()},
        pretrend_p=found.zero(before) if before.size else None,
        lost=int((~found.there).sum()),
    )
