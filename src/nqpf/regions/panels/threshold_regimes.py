"""What a threshold regression says: coefficients by regime, counts, tables of thresholds and tests, remarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import MethodError, listing
from nqpf.messages import Text, say
from nqpf.numerics.within import demeaned, fit
from nqpf.regions.panels.errors import spread_of
from nqpf.regions.panels.regression import FEW_CLUSTERS, answers, table, unsaid
from nqpf.regions.panels.sample import Sample
from nqpf.regions.panels.threshold_inference import Located, Tested
from nqpf.regions.panels.threshold_search import Search
from nqpf.results import Note

Floats = NDArray[np.float64]
Kind = Literal["unit", "two_way"]
Errors = Literal["robust", "classical", "cluster"]
FEW_DRAWS, FEW_ROWS = 300, 30


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """What is regressed on what.

    Attributes
    ----------
    sample
        The rows.
    y, common, split
        Regressand, and regressors by name without and with regimes: ``float64[R]`` each.
    q_name, q
        The threshold variable.
    effects
        Fixed effects.
    """

    sample: Sample
    y: Floats
    common: Mapping[str, Floats]
    split: Mapping[str, Floats]
    q_name: str
    q: Floats
    effects: Kind

    @property
    def stacked(self) -> Floats:
        """Return regressors without regimes: ``float64[R, P]``."""
        return np.column_stack(list(self.common.values())) if self.common else np.zeros((len(self.y), 0))

    @property
    def units(self) -> int:
        """Return the number of units."""
        return len(self.sample.units)

    @property
    def freedom(self) -> int:
        """Return what sums of squares are divided by in the tests: rows less effects."""
        years = len(self.sample.years)
        return self.units * (years - 1) if self.effects == "unit" else (self.units - 1) * (years - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Estimated:
    """Coefficients, statistics and remarks of a model with given thresholds."""

    coefficients: pl.DataFrame
    sum_of_squares: float
    summary: Mapping[str, float | int | str | Text | None]
    notes: tuple[Note, ...]


def estimated(model: Model, search: Search, values: Floats, errors: Errors, level: float) -> Estimated:
    """Return the regression with thresholds at `values`.

    Raises
    ------
    MethodError
        Nothing varies in a regressor of a regime.
    """
    regime = search.regimes(values)
    keys: list[tuple[str, int | None]] = [(name, None) for name in model.common]
    columns = list(model.common.values())
    for r in range(len(values) + 1):
        for name, x in model.split.items():
            keys.append((name, r + 1))
            columns.append(np.where(regime == r, x, 0.0))
    raw = np.column_stack([model.y, *columns])
    codes = model.sample.codes(model.effects)
    plain, effects = demeaned(raw, codes)
    plain = plain[search.kept]
    full = bool(search.kept.all())
    # where the last year is left out, as many rows are gone as there were effects
    fitted = fit(plain[:, 0], plain[:, 1:], effects if full else 0, np.sqrt((raw[:, 1:] ** 2).sum(axis=0)))
    if fitted.freedom < 1:
        raise MethodError("panels_short", rows=len(plain), parameters=len(plain) - fitted.freedom)
    unit = model.sample.unit[search.kept]
    spreads = {
        kind: spread_of(fitted, plain[:, 1:], kind, [unit] if kind == "cluster" else [], codes if full else [])
        for kind in ("classical", "robust", "cluster")
    }
    names = [name if r is None else f"{name}·{r}" for name, r in keys]
    tables = {kind: table(names, fitted, spread, level) for kind, spread in spreads.items()}
    words = [_label(name, r, model.q_name, values) for name, r in keys]
    coefficients = tables[errors].with_columns(
        pl.Series("zh", [word.zh for word in words]),
        pl.Series("en", [word.en for word in words]),
        pl.Series("column", [name for name, _ in keys]),
        pl.Series("regime", [r for _, r in keys], dtype=pl.Int64),
        tables["classical"]["se"].alias("se_classical"),
        tables["robust"]["se"].alias("se_robust"),
    )
    squares = float(fitted.residuals @ fitted.residuals)
    total = float(plain[:, 0] @ plain[:, 0])
    summary: dict[str, float | int | str | Text | None] = {
        "n": len(plain),
        "units": model.units,
        "periods": len(model.sample.years),
        **answers(model.effects),
        "thresholds": ", ".join(f"{v:.4g}" for v in values),
        "r2_within": 1 - squares / total if total > 0 else None,
    }
    return Estimated(coefficients, squares, summary, tuple(unsaid(names, fitted, spreads[errors])))


def _label(name: str, regime: int | None, q: str, values: Floats) -> Text:
    """Return a regressor and where it counts in words."""
    if regime is None:
        return Text.same(name)
    if regime == 1:
        return say("panels.regime.first", name=name, q=q, high=values[0])
    if regime == len(values) + 1:
        return say("panels.regime.last", name=name, q=q, low=values[-1])
    return say("panels.regime.middle", name=name, q=q, low=values[regime - 2], high=values[regime - 1])


def counted(model: Model, values: Floats, time: str) -> pl.DataFrame:
    """Return how many rows each regime has in each year, zeros as well."""
    regimes, years = len(values) + 1, len(model.sample.years)
    cells = np.zeros((regimes, years), dtype=np.int64)
    np.add.at(cells, (np.searchsorted(values, model.q, side="left"), model.sample.time), 1)
    r, t = np.indices(cells.shape)
    return pl.DataFrame({"regime": r.ravel() + 1, time: np.array(model.sample.years)[t.ravel()], "rows": cells.ravel()})


def threshold_table(values: Floats, located: Sequence[Located]) -> pl.DataFrame:
    """Return thresholds with the ends of their confidence sets."""
    return pl.DataFrame(
        {
            "threshold": range(1, len(values) + 1),
            "estimate": values,
            "low": [one.pieces[0][0] for one in located],
            "high": [one.pieces[-1][1] for one in located],
            "pieces": [len(one.pieces) for one in located],
        },
        schema_overrides={"threshold": pl.Int64},
    )


def interval_table(located: Sequence[Located]) -> pl.DataFrame:
    """Return confidence sets piece by piece."""
    rows = [(k + 1, low, high) for k, one in enumerate(located) for low, high in one.pieces]
    schema = {"threshold": pl.Int64, "low": pl.Float64, "high": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def profile_table(located: Sequence[Located], search: Search) -> pl.DataFrame:
    """Return the likelihood ratio of every candidate that was tried."""
    parts = []
    for k, one in enumerate(located):
        tried = np.isfinite(one.ratio)
        parts.append(pl.DataFrame({"value": search.values[tried], "ratio": one.ratio[tried]}).select(
            pl.lit(k + 1, dtype=pl.Int64).alias("threshold"), "value", "ratio"
        ))  # fmt: skip
    return pl.concat(parts)


def tested_table(tested: Sequence[Tested]) -> pl.DataFrame:
    """Return the tests of each number of thresholds against one fewer."""
    rows = [(k + 1, one.f, one.p, *one.critical, one.null, one.alternative) for k, one in enumerate(tested)]
    names = ("f", "p", "critical_10", "critical_5", "critical_1", "null", "alternative")
    return pl.DataFrame(rows, schema={"thresholds": pl.Int64} | dict.fromkeys(names, pl.Float64), orient="row")


def remarks(
    tested: Sequence[Tested],
    located: Sequence[Located],
    counts: pl.DataFrame,
    model: Model,
    errors: Errors,
    draws: int,
    level: float,
) -> list[Note]:
    """Return what has to be said of the thresholds."""
    notes = [Note("panels_threshold_known", "info")]
    if tested and draws < FEW_DRAWS:
        notes.append(Note("panels_few_draws", "warning", {"draws": draws, "least": FEW_DRAWS}))
    if not tested:
        notes.append(Note("panels_untested", "warning"))
    for k, one in enumerate(tested):
        if one.p > 1 - level:
            notes.append(Note("panels_no_threshold", "warning", {"count": k + 1, "fewer": k, "p": one.p}))
            break
    for k, where in enumerate(located):
        if len(where.pieces) > 1:
            shown = listing(f"[{low:.4g}, {high:.4g}]" for low, high in where.pieces)
            notes.append(
                Note("panels_pieces", "warning", {"which": k + 1, "count": len(where.pieces), "pieces": shown})
            )
    total = counts.group_by("regime", maintain_order=True).agg(
        pl.col("rows").sum(), (pl.col("rows") == 0).sum().alias("none")
    )
    for regime, rows, none in total.iter_rows():
        if rows < FEW_ROWS:
            notes.append(Note("panels_few_rows", "warning", {"regime": regime, "rows": rows, "least": FEW_ROWS}))
        if none:
            notes.append(Note("panels_empty_years", "info", {"regime": regime, "years": none}))
    if errors == "cluster" and model.units < FEW_CLUSTERS:
        notes.append(Note("panels_few_clusters", "warning", {"clusters": model.units, "least": FEW_CLUSTERS}))
    return notes
