"""One pool put to the test: models foretell pairs they have not seen, and are judged on what came true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import MethodError, Where
from nqpf.industry.entry.card import REFERENCE, Cases, Draws, Judged, judge
from nqpf.industry.entry.features import pairs
from nqpf.industry.entry.fit import Recipe, Rows, fit, folds_of
from nqpf.industry.entry.window import Pool, Window
from nqpf.numerics.roc import Ties

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Bools = NDArray[np.bool_]
Benchmark = Literal["train", "all"]


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """What is tested, on what it is fitted, and how it is judged."""

    test: Window
    learn: Window | None
    recipes: dict[str, Recipe]
    benchmark: Benchmark
    folds: int
    seed: int
    k: int
    ties: Ties
    draws: Draws


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Tables of one pool, as `BacktestCard` explains them."""

    frame: pl.DataFrame
    calibration: pl.DataFrame
    regions: pl.DataFrame
    predictions: pl.DataFrame


def judged(trial: Trial, pool: Pool, models: Sequence[str]) -> Part:
    """Return the tables of one pool."""
    test = trial.test
    rows = test.pool(pool)
    region, industry = np.unravel_index(rows, test.shape)
    hit = test.entered().ravel()[rows]
    _possible(trial, pool, hit, region)
    cases = Cases.of(hit, region, industry, test.features[REFERENCE].ravel()[rows], trial.draws)
    fold = folds_of(np.arange(test.shape[0]), trial.folds, trial.seed) if trial.learn is None else None
    found: dict[str, Judged] = {}
    predictions = []
    for model in models:
        if model in trial.recipes:
            p = _foretold(trial, trial.recipes[model], pool, rows, fold)
            predictions.append(_prediction(trial, pool, model, rows, hit, p, fold))
            found[model] = judge(p, p, cases, trial.draws, trial.k, trial.ties)
        else:
            score = test.features[model].ravel()[rows]
            there = ~np.isnan(score)
            if not _told_apart(hit[there], region[there], test.shape[0]):
                raise MethodError("entry_unscored", where=Where(period=test.label(test.start)), model=model, pool=pool,
                                  scored=int(there.sum()), pairs=hit.size)  # fmt: skip
            part = cases if there.all() else cases.some(there, trial.draws)
            found[model] = judge(score[there], None, part, trial.draws, trial.k, trial.ties)
    return Part(
        _frame(pool, found), _tenths(pool, found), _by_region(trial, pool, found),
        pl.concat(predictions) if predictions else _prediction(trial, pool, "", rows[:0], hit[:0], np.zeros(0), fold),
    )  # fmt: skip


def _possible(trial: Trial, pool: Pool, hit: Bools, region: Integers) -> None:
    """Refuse a pool in which nothing, or everything, was entered, and lists longer than any region's pool."""
    where = Where(period=trial.test.label(trial.test.start))
    n = trial.test.shape[0]
    count = int(hit.sum())
    if count in (0, hit.size):
        raise MethodError("entry_no_positives", where=where, pool=pool, count=count, pairs=hit.size,
                          end=trial.test.label(trial.test.end or 0))  # fmt: skip
    size = np.bincount(region, minlength=n)
    if size.max() < trial.k:
        raise MethodError("entry_list_long", where=where, k=trial.k, most=int(size.max()), pool=pool)
    if not _told_apart(hit, region, n):
        raise MethodError("entry_all_alike", where=where, pool=pool)


def _told_apart(hit: Bools, region: Integers, n: int) -> bool:
    """Return whether a region has both pairs that were entered and pairs that were not."""
    hits, size = np.bincount(region, hit, minlength=n), np.bincount(region, minlength=n)
    return bool(((hits > 0) & (hits < size)).any())


def _foretold(trial: Trial, recipe: Recipe, pool: Pool, rows: Integers, fold: Integers | None) -> Floats:
    """Return probabilities of pairs from models that have not seen them."""
    gaps = recipe.model == "boosting"
    x = trial.test.columns(recipe.names, rows, gaps)
    if trial.learn is not None:
        return fit(_rows(trial.learn, recipe, pool, None, gaps), recipe).probability(x)
    assert fold is not None
    p = np.empty(rows.size)
    region = rows // trial.test.shape[1]
    for f in range(trial.folds):
        own = fold[region] == f
        if own.any():
            seen = _rows(trial.test, recipe, pool, fold != f, gaps, all_labels=trial.benchmark == "all")
            p[own] = fit(seen, recipe).probability(x[own])
    return p


def _rows(
    found: Window, recipe: Recipe, pool: Pool, among: Bools | None, gaps: bool, all_labels: bool = False
) -> Rows:  # fmt: skip
    """Return the pairs of a pool that a model is fitted on: those of some regions, with what these alone did."""
    rows = found.pool(pool, among)
    region = rows // found.shape[1]
    entered = found.entered(None if all_labels else among).ravel()
    return Rows(found.columns(recipe.names, rows, gaps), entered[rows], region)


def _prediction(
    trial: Trial, pool: Pool, model: str, rows: Integers, hit: Bools, p: Floats, fold: Integers | None
) -> pl.DataFrame:
    own = np.full(rows.size, -1) if fold is None else fold[rows // trial.test.shape[1]]
    return pairs(trial.test, rows).with_columns(
        pl.lit(pool).alias("pool"), pl.lit(model).alias("model"), pl.Series("entered", hit),
        pl.Series("fold", own).cast(pl.Int32).replace(-1, None), pl.Series("p", p),
    )  # fmt: skip


def _frame(pool: Pool, found: dict[str, Judged]) -> pl.DataFrame:
    rows = [{"pool": pool, "model": model, **part.figures} for model, part in found.items()]
    frame = pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.col(pl.Float64).fill_nan(None))
    reference = pl.col("model") == REFERENCE
    empty = [pl.when(~reference).then(pl.col(c)).alias(c) for c in ("gain", "gain_low", "gain_high")]
    return frame.with_columns(
        *empty, pl.when(reference).then(pl.lit("reference")).otherwise("verdict").alias("verdict")
    )


def _tenths(pool: Pool, found: dict[str, Judged]) -> pl.DataFrame:
    parts = [(model, part.calibration) for model, part in found.items() if part.calibration]
    schema = {"pool": pl.String, "model": pl.String, "tenth": pl.Int64, "predicted": pl.Float64,
              "observed": pl.Float64, "count": pl.Int64}  # fmt: skip
    rows = [
        (pool, model, b + 1, fit.predicted[b], fit.observed[b], int(fit.count[b]))
        for model, fit in parts
        for b in range(fit.count.size)
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _by_region(trial: Trial, pool: Pool, found: dict[str, Judged]) -> pl.DataFrame:
    grid = trial.test.material.grid
    names = grid.units.gather(trial.test.units).alias(grid.unit)
    return pl.concat(
        pl.DataFrame(
            [
                names, pl.Series("auc", part.within, nan_to_null=True),
                pl.Series("precision", part.precision, nan_to_null=True),
            ]
        ).select(pl.lit(pool).alias("pool"), pl.lit(model).alias("model"), pl.all())
        for model, part in found.items()
    )  # fmt: skip
