"""Direct, indirect and total impacts of a spatial regression, with their standard errors.

∂y/∂x′ = (I − ρW)⁻¹(Iβ + Wθ) = Iβ + G(ρβ + θ), G = (I − ρW)⁻¹W: the mean of its diagonal is the direct impact, the mean
of its row sums the total. LeSage and Pace (2009), Introduction to Spatial Econometrics, Chapman & Hall/CRC,
doi:10.1201/9781420064254; by simulation as there, by the delta method with G² as the derivative of G.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import erfc, ndtri

from nqpf.columns import choose
from nqpf.errors import SpecError, Where
from nqpf.frames import as_backend
from nqpf.messages import Text, say
from nqpf.regions.spatial_regression.determinant import Determinant
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Inference = Literal["delta", "simulation"]
EFFECTS = ("direct", "indirect", "total")


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """What impacts depend on.

    Attributes
    ----------
    rho
        Spatial parameter of the outcome, 0 without one.
    beta, theta
        ``float64[K]`` coefficients of regressors and of their spatial lags, 0 where there is none.
    covariance
        ``float64[2K + 1, 2K + 1]`` of (β, θ, ρ).
    """

    rho: float
    beta: Floats
    theta: Floats
    covariance: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Impacts(Result):
    """Impacts of each regressor.

    Attributes
    ----------
    frame
        ``name`` (regressor), ``effect`` (``direct``, ``indirect``, ``total``), ``estimate``, ``se``, ``statistic``
        (z), ``p``, ``lower``, ``upper``. Where something cannot be other than zero, its se, z and p are null.
    draws
        ``float64[R, 3, K]`` simulated impacts in the order of `frame`'s effects and names; None by the delta method.
    method, notes
        How they came about, and remarks.
    """

    frame: pl.DataFrame
    draws: Floats | None
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = field(default=None, repr=False)

    @property
    def coefficients(self) -> pl.DataFrame:
        """The impacts as a three-line table wants them, direct ones first."""
        part = [self.frame.filter(pl.col("effect") == effect) for effect in EFFECTS]
        words = {e: say(f"spatial.effect.{e}") for e in EFFECTS}
        return pl.concat(part).with_columns(
            (pl.col("effect") + pl.lit("·") + pl.col("name")).alias("name"),
            *(
                (pl.col("effect").replace_strict({e: t[lang] for e, t in words.items()}) + " " + pl.col("name")).alias(
                    lang
                )
                for lang in ("zh", "en")
            ),
        )

    @property
    def summary(self) -> Mapping[str, float | int | str | Text | None]:
        """Nothing beside the impacts."""
        return {}

    def to_frame(self) -> Any:
        """Return the impacts as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def impacts(
    parameters: Parameters,
    determinant: Determinant,
    names: tuple[str, ...],
    *,
    method: Inference = "delta",
    draws: int = 1000,
    seed: int = 0,
    level: float = 0.95,
    backend: nw.Implementation | None = None,
) -> Impacts:
    """Return direct, indirect and total impacts; see `SpatialModel.impacts`, which calls this with its estimates.

    Raises
    ------
    SpecError
        An option is not what it may be.
    """
    choose("method", method, get_args(Inference))
    check_level(level)
    if draws < 2:
        raise SpecError("bad_value", where=Where(key="draws"), value=draws, expected=say("spatial.two_or_more"))
    values, gradients = effects_of(parameters, determinant)
    options: dict[str, Any] = {"method": method, "level": level}
    sample, refused, interval = None, 0, None
    if method == "delta":
        variance = np.einsum("ekp,pq,ekq->ek", gradients, parameters.covariance, gradients)
        errors = np.sqrt(np.clip(variance, 0, None))
    else:
        sample, refused = simulated(parameters, determinant, draws, seed)
        errors = sample.std(axis=0, ddof=1)
        interval = np.quantile(sample, [(1 - level) / 2, (1 + level) / 2], axis=0)
        options |= {"draws": draws, "seed": seed}
    notes = (Note("spatial_draws_refused", "info", {"count": refused, "draws": draws}),) if refused else ()
    frame = table(names, values, errors, interval, level)
    return Impacts(frame, sample, Method("regions.impacts", options), notes, backend)


def check_level(level: float) -> None:
    """Raise a SpecError unless `level` lies between 0 and 1."""
    if not 0 < level < 1:
        raise SpecError("bad_value", where=Where(key="level"), value=level, expected=say("spatial.between_0_and_1"))


def effects_of(parameters: Parameters, determinant: Determinant) -> tuple[Floats, Floats]:
    """Return impacts ``float64[3, K]`` and their derivatives by (β, θ, ρ), ``float64[3, K, 2K + 1]``."""
    rho, beta, theta = parameters.rho, parameters.beta, parameters.theta
    n, k = determinant.size, beta.size
    at = np.array(rho)
    span = _span(rho, rho, determinant)
    local, whole = determinant.near(*span), determinant.total(*span)
    levels = np.array([float(local.trace(at)), float(whole.value(at))]) / n
    slopes = np.array([float(local.trace_square(at)), float(whole.slope(at))]) / n
    pull = rho * beta + theta
    values = np.empty((3, k))
    gradients = np.zeros((3, k, 2 * k + 1))
    one = np.arange(k)
    for row, level, slope in ((0, levels[0], slopes[0]), (2, levels[1], slopes[1])):
        values[row] = beta + level * pull
        gradients[row, one, one] = 1 + level * rho
        gradients[row, one, k + one] = level
        gradients[row, :, -1] = slope * pull + level * beta
    values[1], gradients[1] = values[2] - values[0], gradients[2] - gradients[0]
    return values, gradients


def simulated(parameters: Parameters, determinant: Determinant, draws: int, seed: int) -> tuple[Floats, int]:
    """Return impacts ``float64[R, 3, K]`` of parameters drawn from their normal law, and how many draws were refused.

    A draw whose ρ lies outside the interval in which I − ρW has an inverse is taken again.
    """
    k, n = parameters.beta.size, determinant.size
    low, high = determinant.bounds
    rng = np.random.default_rng(seed)
    values, vectors = np.linalg.eigh(parameters.covariance)
    root = vectors * np.sqrt(np.clip(values, 0, None))
    centre = np.concatenate([parameters.beta, parameters.theta, [parameters.rho]])
    kept = np.empty((0, centre.size))
    refused = 0
    while len(kept) < draws:
        drawn = centre + rng.standard_normal((draws - len(kept), centre.size)) @ root.T
        inside = (drawn[:, -1] > low) & (drawn[:, -1] < high)
        refused += int((~inside).sum())
        kept = np.concatenate([kept, drawn[inside]])
    beta, theta, rho = kept[:, :k], kept[:, k : 2 * k], kept[:, -1]
    span = _span(float(rho.min()), float(rho.max()), determinant)
    pull = rho[:, None] * beta + theta
    direct = beta + determinant.near(*span).trace(rho)[:, None] / n * pull
    total = beta + determinant.total(*span).value(rho)[:, None] / n * pull
    return np.stack([direct, total - direct, total], axis=1), refused


def table(
    names: tuple[str, ...], values: Floats, errors: Floats, interval: Floats | None, level: float
) -> pl.DataFrame:
    """Return impacts ``float64[3, K]`` with their standard errors as a frame, a regressor's three together."""
    known = errors > 1e-13 * np.abs(values).max(initial=1e-300)
    z = np.divide(values, errors, out=np.full_like(values, np.nan), where=known)
    reach = float(ndtri((1 + level) / 2)) * errors
    lower, upper = (values - reach, values + reach) if interval is None else interval
    columns = {
        "name": np.repeat(names, 3),
        "effect": np.tile(EFFECTS, len(names)),
        "estimate": values.T.ravel(),
        "se": np.where(known, errors, np.nan).T.ravel(),
        "statistic": z.T.ravel(),
        "p": erfc(np.abs(z) / np.sqrt(2)).T.ravel(),
        "lower": lower.T.ravel(),
        "upper": upper.T.ravel(),
    }
    return pl.DataFrame(columns).with_columns(pl.col("se", "statistic", "p").fill_nan(None))


def _span(low: float, high: float, determinant: Determinant) -> tuple[float, float]:
    """Return an interval that holds both values and stays inside the bounds."""
    ends = determinant.bounds
    return low - 0.01 * (low - ends[0]), high + 0.01 * (ends[1] - high)
