"""What a list of scores is worth: the figures of one model on one pool, and its verdict.

Whether a model ranks industries within regions better than how common they are is told by drawing regions and
industries anew: industries rise and fall everywhere at once, and an interval that draws regions only takes such a
common wave for skill. Variances of both draws add up, less what pairs vary by themselves, which is in both: Cameron,
Gelbach and Miller (2011), doi:10.1198/jbes.2010.07136.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from nqpf.numerics.calibration import Calibration, calibration
from nqpf.numerics.resample import turns
from nqpf.numerics.roc import Ordered, Ties, area_error, areas, areas_drawn, best, contributions

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Bools = NDArray[np.bool_]
Resample = Literal["both", "region"]
REFERENCE = "ubiquity"
"""What a model has to rank better than."""

ROUNDING = 1e-9
"""A gain of less is none."""


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """What is drawn anew.

    Attributes
    ----------
    regions
        ``float64[B, n]`` turns of regions.
    industries
        ``float64[B, k]`` turns of industries; None where only regions are drawn.
    reach
        Standard errors on either side of a gain: those of a normal interval that holds for all comparisons at once
        (Bonferroni).
    """

    regions: Floats
    industries: Floats | None
    reach: float

    @classmethod
    def of(
        cls, n: int, k: int, *, draws: int, resample: Resample, level: float, comparisons: int, seed: int
    ) -> Draws:  # fmt: skip
        """Return drawn turns."""
        first, second = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(2))
        industries = turns(k, draws, second) if resample == "both" else None
        return cls(turns(n, draws, first), industries, float(ndtri(1 - (1 - level) / 2 / max(comparisons, 1))))

    def variance(self, each: Floats) -> float:
        """Return the variance of a mean over regions ``float64[n]``, NaN left out, when regions are drawn anew."""
        there = ~np.isnan(each)
        count = self.regions @ there
        means = (self.regions @ np.where(there, each, 0.0))[count > 0] / count[count > 0]
        return float(means.var(ddof=1)) if there.sum() > 1 else float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """How well scores rank the pairs of regions.

    Attributes
    ----------
    rows
        The pairs in order.
    within
        ``float64[n]`` areas of the regions, NaN where there is nothing to tell apart.
    parts
        ``float64[R]`` by how much each pair moves their mean.
    drawn
        ``float64[B]`` that mean when industries are drawn anew; None where they are not.
    """

    rows: Ordered
    within: Floats
    parts: Floats
    drawn: Floats | None

    @classmethod
    def of(cls, score: Floats, hit: Bools, region: Integers, industry: Integers, draws: Draws) -> Ranking:
        """Return the ranking by scores ``float64[R]``."""
        rows = Ordered.of(score, region, draws.regions.shape[1])
        turned = draws.industries
        drawn = None if turned is None else areas_drawn(rows, hit, industry, turned)
        return cls(rows, areas(rows, hit), contributions(rows, hit), drawn)

    def error(self, other: Ranking, draws: Draws) -> float:
        """Return the standard error of the difference of two mean areas; no less than drawing either side gives."""
        regions = draws.variance(self.within - other.within)
        if self.drawn is None or other.drawn is None:
            return float(np.sqrt(regions))
        industries = float(np.nanvar(self.drawn - other.drawn, ddof=1))
        pairs = float(((self.parts - other.parts) ** 2).sum())
        return float(np.sqrt(np.nanmax([regions + industries - pairs, regions, industries])))


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """R pairs of a pool, and how well they are ranked by how common the industry is.

    Attributes
    ----------
    hit
        ``bool[R]`` whether they were entered.
    region, industry
        ``int[R]`` places among the n regions and k industries.
    common
        ``float64[R]`` ubiquity of the industry.
    reference
        The ranking by it.
    """

    hit: Bools
    region: Integers
    industry: Integers
    common: Floats
    reference: Ranking

    @classmethod
    def of(cls, hit: Bools, region: Integers, industry: Integers, common: Floats, draws: Draws) -> Cases:
        """Return pairs with their reference."""
        return cls(hit, region, industry, common, Ranking.of(common, hit, region, industry, draws))

    def some(self, at: Bools, draws: Draws) -> Cases:
        """Return some of the pairs."""
        return Cases.of(self.hit[at], self.region[at], self.industry[at], self.common[at], draws)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Figures of one model on one pool.

    Attributes
    ----------
    figures
        By name, as `BacktestCard.frame` explains them.
    within, precision
        ``float64[n]`` by region; NaN where there is nothing to tell apart, or the list would be too short.
    calibration
        None where scores are no probabilities.
    """

    figures: dict[str, Any]
    within: Floats
    precision: Floats
    calibration: Calibration | None


def judge(score: Floats, p: Floats | None, cases: Cases, draws: Draws, k: int, ties: Ties) -> Judged:
    """Return the figures of scores ``float64[R]``, which are monotone in probabilities `p` where there are any."""
    ranking = Ranking.of(score, cases.hit, cases.region, cases.industry, draws)
    precision = best(ranking.rows, cases.hit, k, ties)
    area, error = area_error(score, cases.hit, cases.region)
    base = float(cases.hit.mean())
    told, listed = (np.flatnonzero(~np.isnan(part)) for part in (ranking.within, precision))
    precise = float(precision[listed].mean()) if listed.size else float("nan")
    fit = None if p is None else calibration(p, cases.hit)
    gain = float((ranking.within - cases.reference.within)[told].mean())
    reach = draws.reach * ranking.error(cases.reference, draws)
    figures: dict[str, Any] = {
        "pairs": cases.hit.size, "positives": int(cases.hit.sum()), "base_rate": base,
        "auc": area, "auc_se": error,
        "auc_within": float(ranking.within[told].mean()), "auc_within_se": np.sqrt(draws.variance(ranking.within)),
        "regions": told.size,
        "precision": precise, "precision_se": np.sqrt(draws.variance(precision)), "listed": listed.size,
        "lift": precise / base,
        **_fit(fit, base),
        "gain": gain, "gain_low": gain - reach, "gain_high": gain + reach,
        "verdict": "skill" if gain - reach > ROUNDING else "no_skill",
    }  # fmt: skip
    return Judged(figures, ranking.within, precision, fit)


def _fit(fit: Calibration | None, base: float) -> dict[str, float]:
    """Return the figures of probabilities, NaN where there are none."""
    if fit is None:
        return dict.fromkeys(("brier", "brier_skill", "log_loss", "intercept", "slope", "ece"), float("nan"))
    return {
        "brier": fit.brier, "brier_skill": 1 - fit.brier / (base * (1 - base)), "log_loss": fit.log_loss,
        "intercept": fit.intercept, "slope": fit.slope, "ece": fit.error,
    }  # fmt: skip
