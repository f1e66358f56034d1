"""What goes with efficiency: truncated regression with a bootstrap, after Simar and Wilson (2007).

Efficiencies estimated on one frontier depend on each other and are biased; their regression on other variables by
Tobit or least squares has no valid standard errors. Simar and Wilson (2007), doi:10.1016/j.jeconom.2005.07.009: their
algorithm 1 bootstraps the truncated regression, algorithm 2 corrects the efficiencies for bias first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from nqpf.columns import numbers
from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import as_backend, backend_of, to_polars
from nqpf.productivity.frontier.quantities import Observed
from nqpf.productivity.frontier.technology import Floats, Rts, Technology
from nqpf.productivity.inference.bootstrap import Sample, in_chunks
from nqpf.productivity.inference.draws import ON_FRONTIER, check_seed
from nqpf.productivity.inference.truncated import Truncated, truncated_regression
from nqpf.productivity.lists import refuse_text
from nqpf.results import Method, Note, Result

Orientation = Literal["input", "output"]


@dataclass(frozen=True, slots=True, eq=False)
class SecondStage(Result):
    """What goes with inefficiency δ ≥ 1 (φ, or 1/θ): a positive coefficient goes with *less* efficiency.

    Attributes
    ----------
    coefficients
        Term, estimate, se, low, high, excludes_zero; the last row is σ.
    efficiencies
        The keys with score, corrected (algorithm 2 only), delta (what was regressed), used.
    lost
        Number of draws in which no maximum was found; they are left out.
    """

    coefficients: pl.DataFrame
    efficiencies: pl.DataFrame
    lost: int
    method: Method
    notes: tuple[Note, ...]
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return the coefficients."""
        return as_backend(self.coefficients, self.backend)


def _truncated_draw(mean: Floats, sigma: float, rng: np.random.Generator) -> Floats:
    """Return normal draws about ``float64[n]`` that are not below 1."""
    below = ndtr((1.0 - mean) / sigma)
    drawn = mean + sigma * ndtri(below + (1.0 - below) * rng.random(mean.size))
    return np.maximum(np.where(np.isfinite(drawn), drawn, 1.0), 1.0)


def _pseudo(
    samples: Sequence[tuple[NDArray[np.intp], Sample]],
    mean: Floats,
    sigma: float,
    seeds: Sequence[np.random.SeedSequence],
) -> Floats:
    """Return ``float64[len(seeds), n]`` distances to frontiers whose observations have drawn distances."""
    found = np.empty((len(seeds), mean.size))
    for i, seed in enumerate(seeds):
        drawn = _truncated_draw(mean, sigma, np.random.default_rng(seed))
        for rows, sample in samples:
            pseudo = sample.projected(drawn[rows] / sample.delta)
            found[i, rows] = sample.distances(pseudo, np.arange(rows.size))
    return found


def _redrawn(z: Floats, mean: Floats, sigma: float, seeds: Sequence[np.random.SeedSequence]) -> Floats:
    """Return ``float64[len(seeds), p + 1]`` estimates (β, σ) of samples drawn from the truncated regression."""
    drawn = np.array([_truncated_draw(mean, sigma, np.random.default_rng(seed)) for seed in seeds])
    found = truncated_regression(drawn, z, np.ones(drawn.shape, dtype=bool))
    return np.column_stack([found.beta, found.sigma])


def second_stage(
    data: Any,
    inputs: Sequence[str],
    outputs: Sequence[str],
    explained_by: Sequence[str],
    *,
    unit: str | None = None,
    time: str | None = None,
    rts: Rts = "vrs",
    orientation: Orientation = "output",
    algorithm: Literal[1, 2] = 2,
    draws: int = 2000,
    correction_draws: int = 100,
    level: float = 0.95,
    seed: int = 20240131,
    workers: int | None = None,
) -> SecondStage:
    """Regress inefficiency on other variables, with bootstrap intervals.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row an observation.
    inputs, outputs
        Columns of quantities, positive.
    explained_by
        Columns of the other variables; a constant is added.
    unit, time
        Columns of units and years; each year has its own frontier, the regression is of all rows together.
    rts, orientation
        As for `nqpf.productivity.dea`; what is regressed is φ, or 1/θ.
    algorithm
        1, or 2 (with bias correction).
    draws
        Bootstrap draws of the regression.
    correction_draws
        Draws of the bias correction of algorithm 2.
    level
        Level of the intervals.
    seed, workers
        As for `nqpf.productivity.bootstrap`.

    Returns
    -------
    SecondStage
        Coefficients with intervals, and the efficiencies they rest on.

    Raises
    ------
    DataError
        A column is absent, a cell empty or no number, a key twice.
    MethodError
        A quantity is not positive, a variable is constant or a combination of others, fewer inefficient observations
        than coefficients, or the likelihood has no maximum.
    SpecError
        No such algorithm; draws or level out of range.

    References
    ----------
    Simar and Wilson (2007), doi:10.1016/j.jeconom.2005.07.009.
    """
    if algorithm not in (1, 2):
        raise SpecError("second_stage_algorithm", where=Where(key="algorithm"), value=algorithm)
    if min(draws, correction_draws) < 50:
        raise SpecError("bootstrap_draws", where=Where(key="draws"), draws=min(draws, correction_draws))
    if not 0 < level < 1:
        raise SpecError("bootstrap_range", where=Where(key="level"), value=level)
    check_seed(seed)
    seen = Observed.of(data, inputs, outputs, (), unit, time)
    seen.refuse(~(seen.quantities.all > 0), "bootstrap_not_positive", [*inputs, *outputs])
    z = _variables(data, explained_by, seen)
    years = [np.flatnonzero(seen.t == t) for t in range(len(seen.periods))]
    samples = [(rows, Sample.of(Technology(rts), seen.quantities[rows], orientation)) for rows in years]
    score = np.empty(len(z))
    for rows, sample in samples:
        score[rows] = sample.delta
    first, second = np.random.SeedSequence(seed).spawn(2)
    delta = score
    if algorithm == 2:
        start = _regress(score, z)
        mean = z @ start.beta[0]
        found = in_chunks(partial(_pseudo, samples, mean, float(start.sigma[0])), correction_draws, first, workers)
        delta = 2 * score - found.mean(axis=0)
    fit = _regress(delta, z)
    redrawn = in_chunks(
        partial(_redrawn, z[delta > 1 + ON_FRONTIER], (z @ fit.beta[0])[delta > 1 + ON_FRONTIER], float(fit.sigma[0])),
        draws, second, workers,
    )  # fmt: skip
    kept = redrawn[np.isfinite(redrawn).all(axis=1)]
    options = {"algorithm": algorithm, "rts": rts, "orientation": orientation, "level": level, "seed": seed}
    options |= {"draws": draws, "correction_draws": correction_draws if algorithm == 2 else 0}
    used = delta > 1 + ON_FRONTIER
    notes = [Note("second_stage_used", "info", {"used": int(used.sum()), "total": used.size})]
    if len(kept) < draws:
        notes.append(Note("second_stage_lost", values={"lost": draws - len(kept), "draws": draws}))
    efficiencies = seen.keys.with_columns(
        pl.Series("score", _side(score, orientation)),
        *([pl.Series("corrected", _side(delta, orientation))] if algorithm == 2 else []),
        pl.Series("delta", delta),
        pl.Series("used", used),
    )
    table = _table(["constant", *explained_by, "sigma"], fit, kept, level)
    return SecondStage(
        table,
        efficiencies,
        draws - len(kept),
        Method("inference.second_stage", options),
        tuple(notes),
        backend_of(data),
    )


def _side(delta: Floats, orientation: str) -> Floats:
    return 1 / delta if orientation == "input" else delta


def _variables(data: Any, columns: Sequence[str], seen: Observed) -> Floats:
    """Return ``float64[R, p]`` with a constant first; refuse what is missing or follows from the others."""
    refuse_text(explained_by=columns)
    if not columns:
        raise SpecError("second_stage_nothing", where=Where(key="explained_by"))
    for twice in (c for k, c in enumerate(columns) if c in columns[:k]):
        raise MethodError("second_stage_collinear", where=Where(indicator=twice))
    _, values = numbers(to_polars(data), columns)
    seen.refuse(~np.isfinite(values), "second_stage_missing", columns)
    z = np.column_stack([np.ones(len(values)), values])
    scaled = z / np.abs(z).max(axis=0).clip(1e-300)
    for k in range(1, z.shape[1]):
        rest = scaled[:, k] - scaled[:, :k] @ np.linalg.lstsq(scaled[:, :k], scaled[:, k], rcond=None)[0]
        if np.linalg.norm(rest) < 1e-9 * np.linalg.norm(scaled[:, k]) or not scaled[:, k].any():
            raise MethodError("second_stage_collinear", where=Where(indicator=columns[k - 1]))
    return z


def _regress(delta: Floats, z: Floats) -> Truncated:
    used = delta > 1 + ON_FRONTIER
    if used.sum() <= z.shape[1] + 1:
        raise MethodError("second_stage_few", used=int(used.sum()), terms=z.shape[1])
    found = truncated_regression(delta[None], z, used[None])
    if not np.isfinite(found.loglik[0]):
        raise MethodError("second_stage_no_maximum", used=int(used.sum()))
    return found


def _table(terms: list[str], fit: Truncated, draws: Floats, level: float) -> pl.DataFrame:
    """Return estimates with basic bootstrap intervals: estimate − (draw − estimate)."""
    estimate = np.append(fit.beta[0], fit.sigma[0])
    tail = (1 - level) / 2
    low, high = 2 * estimate - np.quantile(draws, [1 - tail, tail], axis=0)
    return pl.DataFrame(
        {
            "term": terms,
            "estimate": estimate,
            "se": draws.std(axis=0, ddof=1),
            "low": low,
            "high": high,
            "excludes_zero": (low > 0) | (high < 0),
        }
    )
