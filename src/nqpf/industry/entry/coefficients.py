"""What a model of entry has learned from, its coefficients, and what to know about both."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy.special import ndtr

from nqpf.industry.entry.fit import Fitted, Recipe, Rows
from nqpf.industry.entry.remarks import FEW_HITS, FEW_REGIONS
from nqpf.industry.entry.window import Pool, Window
from nqpf.results import Note


def rows_of(past: Window, recipe: Recipe, pool: Pool) -> Rows:
    """Return the pairs of a window that a model is fitted on."""
    places = past.pool(pool)
    x = past.columns(recipe.names, places, recipe.model == "boosting")
    return Rows(x, past.entered().ravel()[places], places // past.shape[1])


def table_of(fitted: Fitted, names: Sequence[str]) -> pl.DataFrame:
    """Return the coefficients of a model on features as they come; null for trees."""
    columns = ["coefficient", "se", "z", "p_value", "per_sd", "mean", "sd"]
    numbers = np.full((len(names) + 1, len(columns)), np.nan)
    numbers[1:, 5], numbers[1:, 6] = fitted.mean, fitted.spread
    if fitted.logit is not None:
        back = np.diag(np.concatenate([[1.0], 1 / fitted.spread]))
        back[0, 1:] = -fitted.mean / fitted.spread
        own = back @ fitted.logit.coefficients
        error = np.sqrt(np.diag(back @ fitted.logit.covariance @ back.T))
        numbers[:, 0], numbers[:, 1], numbers[:, 2] = own, error, own / error
        numbers[:, 3] = 2 * ndtr(-np.abs(own / error))
        numbers[1:, 4] = fitted.logit.coefficients[1:]
    frame = pl.DataFrame(numbers, schema=columns, orient="row").fill_nan(None)
    return frame.insert_column(0, pl.Series("feature", ["constant", *names]))


def remarks_on(rows: Rows, past: Window, pool: Pool) -> tuple[Note, ...]:
    """Return the remarks on few regions or entries, and on what is not seen."""
    notes = []
    regions, positives = np.unique(rows.region).size, int(rows.y.sum())
    if regions < FEW_REGIONS:
        values = {"pool": pool, "regions": regions, "least": FEW_REGIONS}
        notes.append(Note("entry_few_clusters", "warning", values))
    if positives < FEW_HITS:
        values = {"pool": pool, "positives": positives, "least": FEW_HITS}
        notes.append(Note("entry_few_positives", "warning", values))
    span = {"start": past.label(past.start), "end": past.label(past.end or 0)}
    return (*notes, Note("entry_survivors", "info", span))
