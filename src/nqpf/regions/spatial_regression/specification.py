"""Which spatial model the data ask for: Lagrange multipliers, Wald and likelihood ratios, Hausman.

Lagrange multipliers: Anselin (1988), doi:10.1007/978-94-015-7799-1; robust: Anselin, Bera, Florax and Yoon (1996),
doi:10.1016/0166-0462(95)02111-6; on panels with effects swept out: Debarsy and Ertur (2010),
https://halshs.archives-ouvertes.fr/halshs-00414133, and Elhorst (2014), doi:10.1007/978-3-642-40340-8. Hausman (1978),
doi:10.2307/1913827, with the random effects of Swamy and Arora (1972), doi:10.2307/1909405.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import chdtrc

from nqpf.messages import say
from nqpf.regions.spatial_regression.design import Design
from nqpf.regions.spatial_regression.estimate import YEARLY, Asked, Fit, effects_count, estimate
from nqpf.regions.spatial_regression.within import LAGGED, Effects, Model, Swept, sweep, swept
from nqpf.results import Method, Note, TableResult

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Test:
    """A test: what of, its statistic (χ² with `df` degrees of freedom) and p."""

    name: str
    statistic: float
    df: int

    @property
    def p(self) -> float:
        """Probability of a χ² at least as large."""
        return float(chdtrc(self.df, max(self.statistic, 0.0)))


def spatial_tests(design: Design, fit: Fit, backend: nw.Implementation | None = None) -> TableResult:
    """Return the tests that speak to the choice of a model; see `SpatialModel.tests`, which calls this."""
    found = [*lagrange(design, plain(design, fit)), *restrictions(design, fit), *joint_effects(design, fit)]
    notes: tuple[Note, ...] = ()
    if fit.asked.effects in ("unit", "two_way"):
        choice, sure = hausman(design, fit)
        found += [choice] if choice else []
        notes = () if sure else (Note("spatial_hausman" if choice else "spatial_no_hausman", "warning", {}),)
    words = [say(f"spatial.test.{one.name}") for one in found]
    frame = pl.DataFrame(
        {
            "test": [one.name for one in found],
            "zh": [text.zh for text in words],
            "en": [text.en for text in words],
            "statistic": [one.statistic for one in found],
            "df": [one.df for one in found],
            "p": [one.p for one in found],
        }
    ).with_columns(pl.col("statistic", "p").fill_nan(None))
    return TableResult(frame, Method("regions.spatial_tests", {}), notes, backend)


SPANNED = 1e-10
"""A share of curvature below which WXb counts as a sum of the regressors."""


def lagrange(design: Design, columns: Swept) -> Iterator[Test]:
    """Yield the Lagrange-multiplier tests of a regression without spatial parameter."""
    t, n = columns.shape
    b = np.linalg.lstsq(columns.x, columns.y, rcond=None)[0]
    e = columns.y - columns.x @ b
    sigma2 = float(e @ e) / e.size
    matrix = design.determinant.matrix
    both = t * float((matrix.data**2).sum() + matrix.multiply(matrix.T).sum())
    lagged_fit = columns.wx @ b
    inside = columns.x @ np.linalg.lstsq(columns.x, lagged_fit, rcond=None)[0]
    rest = lagged_fit - inside
    own = float(rest @ rest) / sigma2
    curvature = own + both
    error = float(e @ design.lag(e.reshape(t, n)).ravel()) / sigma2
    lag = float(e @ columns.wy) / sigma2
    yield Test("lm_lag", lag**2 / curvature, 1)
    yield Test("lm_error", error**2 / both, 1)
    # where WXb is a sum of the regressors nothing tells a lag from an error, and the robust forms have no value
    told = own > SPANNED * both
    yield Test("robust_lm_lag", (lag - error) ** 2 / own if told else float("nan"), 1)
    robust = (error - both / curvature * lag) ** 2 / (both * own / curvature) if told else float("nan")
    yield Test("robust_lm_error", robust, 1)
    yield Test("lm_lag_error", lag**2 / curvature + robust, 2)


def restrictions(design: Design, fit: Fit) -> Iterator[Test]:
    """Yield Wald and likelihood-ratio tests of an SDM against what it may be reduced to, and of ρ against none."""
    asked = fit.asked
    if fit.spatial:
        plain = estimate(design, replace(asked, model="slx" if asked.durbin else "ols", correction="none"))
        full = fit if asked.correction == "none" else estimate(design, replace(asked, correction="none"))
        yield Test("lr_spatial", 2 * (full.log_likelihood - plain.log_likelihood), 1)
    if asked.model not in ("sdm", "sdem", "slx"):
        return
    own, neighbours = places(fit)
    yield Test("wald_theta", _wald(fit, _theta(fit, neighbours)), len(neighbours))
    if asked.model != "sdm":
        return
    lag = estimate(design, replace(asked, model="sar", durbin=()))
    yield Test("lr_sdm_sar", 2 * (fit.log_likelihood - lag.log_likelihood), len(neighbours))
    if len(neighbours) == len(own):
        yield Test("wald_common_factor", _wald(fit, _common_factor(fit, own, neighbours)), len(own))
        error = estimate(design, replace(asked, model="sem", durbin=()))
        yield Test("lr_sdm_sem", 2 * (fit.log_likelihood - error.log_likelihood), len(own))


def joint_effects(design: Design, fit: Fit) -> Iterator[Test]:
    """Yield likelihood-ratio tests of the effects of units and of years, in the model itself."""
    asked = replace(fit.asked, correction="none")
    without: dict[Effects, tuple[tuple[str, Effects], ...]] = {
        "none": (),
        "unit": (("lr_unit_effects", "none"),),
        "time": (("lr_time_effects", "none"),),
        "two_way": (("lr_unit_effects", "time"), ("lr_time_effects", "unit")),
    }
    if not without[asked.effects]:
        return
    full = estimate(design, asked)
    for name, effects in without[asked.effects]:
        less = estimate(design, replace(asked, effects=effects))
        extra = effects_count(asked.effects, full.columns.shape) - max(effects_count(effects, full.columns.shape), 1)
        yield Test(name, 2 * (full.log_likelihood - less.log_likelihood), extra)


def places(fit: Fit) -> tuple[list[int], list[int]]:
    """Return the places of the regressors and of their spatial lags among the coefficients."""
    kinds = fit.columns.kinds
    return [i for i, kind in enumerate(kinds) if kind == "own"], [
        i for i, kind in enumerate(kinds) if kind == "neighbours"
    ]


def _theta(fit: Fit, neighbours: list[int]) -> tuple[Floats, Floats]:
    rows = np.zeros((len(neighbours), fit.beta.size + 1))
    rows[np.arange(len(neighbours)), neighbours] = 1
    return fit.beta[neighbours], rows


def _common_factor(fit: Fit, own: list[int], neighbours: list[int]) -> tuple[Floats, Floats]:
    """Return θ + ρβ and its derivatives: zero if the neighbours only enter through the errors."""
    rows = np.zeros((len(own), fit.beta.size + 1))
    one = np.arange(len(own))
    rows[one, neighbours] = 1
    rows[one, own] = fit.rho
    rows[:, -1] = fit.beta[own]
    return fit.beta[neighbours] + fit.rho * fit.beta[own], rows


def _wald(fit: Fit, restriction: tuple[Floats, Floats]) -> float:
    value, rows = restriction
    covariance = rows @ fit.covariance @ rows.T
    scale = 1 / np.sqrt(np.diag(covariance))
    value = value * scale
    return float(value @ np.linalg.solve(covariance * scale * scale[:, None], value))


@dataclass(frozen=True, slots=True, eq=False)
class RandomEffects:
    """Random effects of units by generalised least squares.

    Attributes
    ----------
    beta, covariance
        ``float64[P]``, ``float64[P, P]`` without the intercept.
    """

    beta: Floats
    covariance: Floats


def hausman(design: Design, fit: Fit) -> tuple[Test | None, bool]:
    """Return the test of fixed against random effects without spatial parameter, and whether it can be relied on.

    It cannot where the difference of the two covariances is not positive definite, and there is none where there are
    not more units than coefficients, or the quadratic form is negative.
    """
    asked = fit.asked
    model: Model = "slx" if asked.model in LAGGED else "ols"
    fixed = estimate(design, Asked(model, asked.effects, durbin=asked.durbin))
    random = random_effects(design, fixed)
    if random is None:
        return None, False
    p = random.beta.size
    scale = 1 / np.sqrt(np.diag(fixed.covariance)[:p])
    gap = (fixed.beta - random.beta) * scale
    apart = (fixed.covariance[:p, :p] - random.covariance) * scale * scale[:, None]
    statistic = float(gap @ np.linalg.solve(apart, gap))
    return Test("hausman", statistic, p) if statistic > 0 else None, bool(np.linalg.eigvalsh(apart).min() > 0)


def random_effects(design: Design, fixed: Fit) -> RandomEffects | None:
    """Return the random effects beside fixed ones; None where there are not more units than coefficients.

    Year effects, where there are any, stay fixed.
    """
    columns = fixed.columns
    t, n = columns.shape
    p = columns.x.shape[1]
    years = fixed.asked.effects in YEARLY
    if n <= p + 1:
        return None
    raw = [design.x]
    if fixed.asked.durbin:
        raw.append(design.lag(design.x[[design.names.index(c) for c in fixed.asked.durbin]]))
    y, x = (sweep(v, "time" if years else "none") for v in (design.y, np.concatenate(raw)))
    between_y, between_x = y.mean(axis=0), x.mean(axis=1)
    centred_y, centred_x = between_y - between_y.mean(), between_x - between_x.mean(axis=1, keepdims=True)
    b = np.linalg.lstsq(centred_x.T, centred_y, rcond=None)[0]
    left = centred_y - centred_x.T @ b
    between = t * float(left @ left) / (n - p - 1)
    theta = 1 - np.sqrt(fixed.sigma2 / max(between, fixed.sigma2))
    part_y = (y - theta * between_y).ravel()
    part_x = (x - theta * between_x[:, None, :]).reshape(p, -1).T
    part_y, part_x = part_y - part_y.mean(), part_x - part_x.mean(axis=0)
    beta = np.linalg.lstsq(part_x, part_y, rcond=None)[0]
    rest = part_y - part_x @ beta
    df = t * n - p - (t if years else 1)
    scale = np.sqrt((part_x**2).sum(axis=0))
    scaled = part_x / scale
    inverse = np.linalg.inv(scaled.T @ scaled) / scale / scale[:, None]
    return RandomEffects(beta, float(rest @ rest) / df * inverse)


def plain(design: Design, fit: Fit) -> Swept:
    """Return the columns of the Lagrange multipliers: neighbours' regressors only where the model's part is in them."""
    asked = fit.asked
    if asked.model in ("slx", "sdem"):
        return swept(design, "slx", asked.effects, "before_lag", asked.durbin)
    return swept(design, "ols", asked.effects, "before_lag", ())
