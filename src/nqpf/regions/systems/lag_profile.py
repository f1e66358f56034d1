"""How long it takes: the effect of what leads, one, two, … years on, and what it comes to altogether.

A distributed lag with effects of units and years, each lag by itself or on a polynomial in the lag (Almon 1965,
doi:10.2307/1911894), errors clustered by unit. How often each lag is the peak is counted over draws of units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special, stats

from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.messages import say
from nqpf.numerics.resample import turns
from nqpf.numerics.within import covariance, fit
from nqpf.regions.panels.regression import FEW_CLUSTERS, check_level, check_number
from nqpf.regions.systems.lagged import Lagged, by_unit
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
EXACT = 1e-10
"""A follower of which less than this share is left follows exactly."""


@dataclass(frozen=True, slots=True, eq=False)
class LagProfile(Result):
    """Effects by lag.

    Attributes
    ----------
    frame
        ``leader``, ``follower``, ``lag``, ``effect`` (change of the follower for one unit of the leader so many years
        before), ``se``, ``low``, ``high``, ``cumulated`` (up to this lag) with ``cumulated_low``, ``cumulated_high``,
        ``peak_share`` (share of draws in which this lag has the largest effect).
    summary
        One row: ``leader``, ``follower``, ``peak`` (lag of the largest effect in size), ``peak_share``, ``cumulated``
        (over all lags), ``cumulated_low``, ``cumulated_high``, ``p`` (no lag says anything), ``rows``, ``units``.
    method, notes
        How they came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    summary: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


@dataclass(frozen=True, slots=True)
class Shape:
    """Which lags there are, and how their effects hang together.

    Attributes
    ----------
    first, reach
        First and last lag.
    degree
        Of the polynomial in the lag that effects lie on; None: each by itself.
    """

    first: int
    reach: int
    degree: int | None

    def check(self) -> None:
        """Raise a SpecError where there is no such profile."""
        whole = (isinstance(k, int) and not isinstance(k, bool) for k in (self.first, self.reach, self.degree or 0))
        if not all(whole) or self.first not in (0, 1) or self.reach < max(self.first, 1):
            wanted = say("lag_profile.reach")
            raise SpecError("bad_value", where=Where(key="reach"), value=self.reach, expected=wanted)
        if self.degree is not None and not 0 <= self.degree < self.lags.size:
            wanted = say("lag_profile.degree", most=self.lags.size - 1)
            raise SpecError("bad_value", where=Where(key="degree"), value=self.degree, expected=wanted)

    @property
    def lags(self) -> NDArray[np.intp]:
        """Return the lags."""
        return np.arange(self.first, self.reach + 1)

    def basis(self) -> Floats:
        """Return ``float64[lags, parameters]`` what effects are sums of; columns are orthonormal."""
        if self.degree is None:
            return np.eye(self.lags.size)
        powers = np.vander(self.lags - self.lags.mean(), self.degree + 1, increasing=True)
        return np.asarray(np.linalg.qr(powers)[0])


def lag_profile(
    data: Any,
    leader: str,
    follower: str,
    *,
    unit: str,
    time: str,
    reach: int = 4,
    first: int = 1,
    degree: int | None = None,
    level: float = 0.95,
    draws: int = 499,
    seed: int = 0,
) -> LagProfile:
    """Estimate the effect of a leader on a follower lag by lag.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit and year; years may be missing.
    leader, follower
        Columns.
    unit, time
        Columns of units and years.
    reach
        Last lag.
    first
        First lag: 1, or 0 for the same year too.
    degree
        Degree of the polynomial in the lag on which the effects lie (Almon); None: each lag by itself.
    level
        Of intervals.
    draws, seed
        Draws of units, for the share of each lag in being the peak, and their seed.

    Raises
    ------
    DataError
        A column is absent, holds what is no number, or two rows have the same unit and year.
    SpecError
        No such lags or degree, or leader and follower are one column.
    MethodError
        Too few rows or units, lags that follow from each other, or a follower that follows exactly.

    References
    ----------
    Almon (1965). The distributed lag between capital appropriations and expenditures. doi:10.2307/1911894

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> a, e = rng.normal(size=(2, 14, 30))
    >>> b = e.copy()
    >>> b[2:] += 0.8 * a[:-2]
    >>> t, n = np.indices((14, 30))
    >>> table = {"unit": n.ravel(), "year": t.ravel() + 2000, "rd": a.ravel(), "tfp": b.ravel()}
    >>> found = lag_profile(table, "rd", "tfp", unit="unit", time="year", reach=3, draws=99)
    >>> found.frame["effect"].round(1).to_list(), found.summary["peak"].item()
    ([-0.1, 0.8, 0.1], 2)
    """
    if leader == follower:
        raise SpecError("lead_lag_edge", where=Where(key="follower"), edge=f"{leader} → {follower}")
    shape = Shape(first, reach, degree)
    shape.check()
    check_level(level)
    check_number("draws", draws, draws >= 1, "one_or_more")
    units, _, (a, b) = by_unit(data, [leader, follower], unit, time)
    frame, summary = profiled(
        a, b, (leader, follower), shape, level, turns(len(units), draws, np.random.default_rng(seed))
    )
    options = {"first": first, "reach": reach, "degree": degree, "level": level, "draws": draws, "seed": seed}
    notes = [Note("lag_profile_given", "info")]
    if summary["units"].item() < FEW_CLUSTERS:
        notes.append(Note("lead_lag_clusters", "warning", {"clusters": summary["units"].item()}))
    return LagProfile(frame, summary, Method("regions.lag_profile", options), tuple(notes), backend_of(data))


def profiled(
    leader: Floats, follower: Floats, names: tuple[str, str], shape: Shape, level: float, weights: Floats
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return `frame` and `summary` of two columns ``float64[T, N]``, peaks over draws ``float64[B, N]``."""
    reach, basis, named = shape.reach, shape.basis(), " → ".join(names)
    years = len(leader)
    if years <= reach:
        raise MethodError("lag_profile_short", where=Where(), rows=0, parameters=shape.lags.size, edge=named)
    past = [leader[reach - k : years - k] for k in shape.lags]
    rows = Lagged.of([follower[reach:]], past, named, shape.lags.size + 2, short="lag_profile_short")
    plain, effects = rows.plain()
    y, x = plain[:, 0], plain[:, 1:] @ basis
    fitted = fit(y, x, effects, np.sqrt(((rows.values[:, 1:] @ basis) ** 2).sum(axis=0)))
    if fitted.aliased:
        raise MethodError("lead_lag_no_variation", where=Where(), column=names[0], edge=named)
    if np.sqrt(fitted.residuals @ fitted.residuals) <= EXACT * np.sqrt(y @ y):
        raise MethodError("lead_lag_exact", where=Where(), column=names[1], edge=named)
    spread = covariance(fitted, x, rows.unit, nested=rows.units - 1)
    wald = fitted.coefficients @ np.linalg.solve(spread, fitted.coefficients) / basis.shape[1]
    peaks = _peaks(rows, basis, weights[:, rows.there.any(axis=0)])
    frame = _table(names, shape, basis, fitted.coefficients, spread, rows.units - 1, level, peaks)
    at = int(frame["effect"].abs().arg_max() or 0)
    last = frame.tail(1)
    summary = (
        frame[[at]]
        .select("leader", "follower", peak="lag", peak_share="peak_share")
        .with_columns(
            *(last[c] for c in ("cumulated", "cumulated_low", "cumulated_high")),
            p=pl.lit(float(stats.f.sf(wald, basis.shape[1], rows.units - 1))),
            rows=pl.lit(len(y), dtype=pl.Int64),
            units=pl.lit(rows.units, dtype=pl.Int64),
        )
    )
    return frame, summary


def _peaks(rows: Lagged, basis: Floats, weights: Floats) -> Floats:
    """Return how often each lag has the largest effect, over the draws that have an estimate."""
    sums, good = rows.moments().sums(weights)
    if not good.any():
        raise MethodError("panels_no_draw", draws=len(weights))
    found = np.linalg.solve(basis.T @ sums.xx @ basis, basis.T @ sums.xy)[:, :, 0] @ basis.T
    most = np.abs(found).argmax(axis=1)
    return np.asarray(np.bincount(most, minlength=len(basis)) / len(most))


def _table(
    names: tuple[str, str],
    shape: Shape,
    basis: Floats,
    coefficients: Floats,
    spread: Floats,
    freedom: int,
    level: float,
    peaks: Floats,
) -> pl.DataFrame:
    so_far = np.tril(np.ones((len(basis), len(basis)))) @ basis
    effect, cumulated = basis @ coefficients, so_far @ coefficients
    se, cumulated_se = (np.sqrt(np.einsum("ij,jk,ik->i", b, spread, b)) for b in (basis, so_far))
    t = special.stdtrit(freedom, (1 + level) / 2)
    return pl.DataFrame(
        {
            "leader": [names[0]] * len(basis),
            "follower": [names[1]] * len(basis),
            "lag": shape.lags.astype(np.int64),
            "effect": effect,
            "se": se,
            "low": effect - t * se,
            "high": effect + t * se,
            "cumulated": cumulated,
            "cumulated_low": cumulated - t * cumulated_se,
            "cumulated_high": cumulated + t * cumulated_se,
            "peak_share": peaks,
        }
    )
