"""A panel regression as a result, ready for a three-line table, and what its notes say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from nqpf.errors import MethodError, SpecError, Where, listing
from nqpf.frames import as_backend
from nqpf.messages import Text, say
from nqpf.numerics.within import Fitted, demeaned, fit
from nqpf.regions.panels.errors import Spread
from nqpf.regions.panels.sample import Effects, Sample
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
INTERCEPT = "intercept"
FEW_CLUSTERS = 40
"""Below this many clusters, errors by cluster are too small on the whole (Cameron and Miller 2015)."""


@dataclass(frozen=True, slots=True, eq=False)
class PanelRegression(Result):
    """A panel regression; stands in a three-line table.

    Attributes
    ----------
    coefficients
        ``name``, ``zh``, ``en``, ``estimate``, ``se``, ``statistic`` (t), ``p``, ``low``, ``high``; null for a
        regressor that is a sum of others or of the effects.
    covariance
        ``float64[K, K]`` in the order of `coefficients`; zero for such a regressor.
    fitted
        Unit, year, ``fitted`` (with effects) and ``residual`` of each row, by unit and year.
    summary
        ``n``, ``units``, ``periods``, ``unit_effects``, ``time_effects``, ``clusters``, ``r2`` (effects count as
        explained), ``r2_within`` (of what they leave), ``f`` and ``f_p`` (all slopes are zero, by the same errors).
    method, notes
        How it came about, and remarks.
    """

    coefficients: pl.DataFrame
    covariance: Floats
    fitted: pl.DataFrame
    summary: Mapping[str, float | int | str | Text | None]
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = field(default=None, repr=False)

    def to_frame(self) -> Any:
        """Return `coefficients` as the kind of dataframe that was given."""
        return as_backend(self.coefficients, self.backend)


@dataclass(frozen=True, slots=True, eq=False)
class Swept:
    """Least squares after the effects were taken out.

    Attributes
    ----------
    names
        Of the K regressors, an intercept first where there are no effects.
    y, x
        ``float64[R]`` and ``float64[R, K]`` without effects.
    total
        Sum of squares of the regressand about its mean.
    fitted
        The fit.
    """

    names: tuple[str, ...]
    y: Floats
    x: Floats
    total: float
    fitted: Fitted

    @property
    def r2(self) -> float | None:
        """Return the share explained, effects included; None where the regressand does not vary."""
        rest = float(self.fitted.residuals @ self.fitted.residuals)
        return 1.0 - rest / self.total if self.total > 0 else None

    @property
    def r2_within(self) -> float | None:
        """Return the share explained of what effects (or the mean) leave; None where they leave nothing."""
        rest = float(self.fitted.residuals @ self.fitted.residuals)
        plain = self.y - self.y.mean()
        left = float(plain @ plain)
        return 1.0 - rest / left if left > 1e-18 * max(self.total, 1e-300) else None


def sweep(sample: Sample, y: Floats, x: Floats, names: Sequence[str], effects: Effects) -> Swept:
    """Return the regression of `y` on `x` with effects.

    Raises
    ------
    MethodError
        Nothing is left to estimate, or no degree of freedom.
    """
    names = tuple(names)
    if effects == "none":
        names, x = (INTERCEPT, *names), np.column_stack([np.ones(len(y)), x])
    plain, count = demeaned(np.column_stack([y, x]), sample.codes(effects))
    fitted = fit(plain[:, 0], plain[:, 1:], count, np.sqrt((x**2).sum(axis=0)))
    slopes = [k for k, name in enumerate(names) if name != INTERCEPT]
    if slopes and set(slopes) <= set(fitted.aliased):
        raise MethodError("panels_no_variation", columns=listing(names[k] for k in slopes))
    if fitted.freedom < 1:
        raise MethodError("panels_short", rows=len(y), parameters=len(y) - fitted.freedom)
    away = y - y.mean()
    return Swept(names, plain[:, 0], plain[:, 1:], float(away @ away), fitted)


def table(names: Sequence[str], fitted: Fitted, spread: Spread, level: float) -> pl.DataFrame:
    """Return coefficients with t values, p and intervals; null for those that are aliased."""
    estimate = fitted.coefficients
    se = np.sqrt(np.maximum(np.diag(spread.covariance), 0.0))
    se[list(fitted.aliased)] = np.nan
    se[flat(fitted, spread)] = np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        t = estimate / se
    reach = special.stdtrit(spread.freedom, (1 + level) / 2) * se
    label = {INTERCEPT: say("spatial.term.intercept")}
    words = [label.get(name, Text.same(name)) for name in names]
    frame = pl.DataFrame(
        {
            "name": list(names),
            "zh": [word.zh for word in words],
            "en": [word.en for word in words],
            "estimate": estimate,
            "se": se,
            "statistic": t,
            "p": 2 * special.stdtr(spread.freedom, -np.abs(t)),
            "low": estimate - reach,
            "high": estimate + reach,
        }
    )
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))


def flat(fitted: Fitted, spread: Spread) -> list[int]:
    """Return the coefficients whose variance is nothing but rounding.

    The scores of a regressor that varies within a single cluster sum to zero there, whatever the coefficient.
    """
    rest = float(fitted.residuals @ fitted.residuals)
    rounding = 1e-20 * np.diag(fitted.inverse) * rest
    found = np.diag(spread.covariance) <= rounding
    return [int(k) for k in np.flatnonzero(found) if k not in fitted.aliased]


def residual_table(sample: Sample, keys: tuple[str, str], y: Floats, fitted: Fitted) -> pl.DataFrame:
    """Return what is fitted and what is left of each row."""
    return pl.DataFrame(
        {
            keys[0]: [sample.units[n] for n in sample.unit],
            keys[1]: [sample.years[t] for t in sample.time],
            "fitted": y - fitted.residuals,
            "residual": fitted.residuals,
        }
    )


def answers(effects: Effects) -> dict[str, Text]:
    """Return which effects there are, in words."""
    return {
        "unit_effects": say(f"spatial.answer.{'yes' if effects in ('unit', 'two_way') else 'no'}"),
        "time_effects": say(f"spatial.answer.{'yes' if effects in ('time', 'two_way') else 'no'}"),
    }


def unsaid(names: Sequence[str], fitted: Fitted, spread: Spread) -> list[Note]:
    """Return notes that name the regressors without an estimate or without a standard error, and what was mended."""
    notes = []
    if fitted.aliased:
        notes.append(Note("panels_aliased", "warning", {"columns": listing(names[k] for k in fitted.aliased)}))
    if without := flat(fitted, spread):
        notes.append(Note("panels_no_error", "warning", {"columns": listing(names[k] for k in without)}))
    if spread.mended:
        notes.append(Note("panels_mended", "warning"))
    return notes


def check_number(key: str, value: object, right: bool, wanted: str) -> None:
    """Raise a SpecError that says what `key` should be, unless it is `right`."""
    if not right:
        raise SpecError("bad_value", where=Where(key=key), value=value, expected=say(f"panels.wanted.{wanted}"))


def check_level(level: float) -> None:
    """Raise a SpecError if `level` is no probability of an interval."""
    check_number("level", level, 0 < level < 1, "between_0_and_1")
