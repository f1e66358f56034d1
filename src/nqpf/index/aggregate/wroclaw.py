"""The Wrocław taxonomic method: distance from the pattern of the best scores, against what is common in the sample.

d = √Σ w (s⁺ − s)² and D = d / (mean(d) + 2 sd(d)) over the sample, sd with n − 1 (Hellwig 1968; Compind's
``ci_wroclaw``). D is 0 for the pattern itself and rarely above 1, and less is better; the score is 1 − D.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import checked
from nqpf.index.aggregate.aggregator import Aggregator, Ends
from nqpf.index.aggregate.rows import profile, weighted
from nqpf.index.aggregate.table import Rows, Scored, score_table
from nqpf.index.options.aggregate import Aggregate
from nqpf.index.options.normalise import Normalise
from nqpf.results import TableResult

Floats = NDArray[np.float64]
Sample = tuple[Floats, float]
"""The pattern ``float64[K]``, and the distance that counts as 1."""


def distance(s: Floats, w: Floats, high: Floats) -> Floats:
    """Return √Σ w (s⁺ − s)² over what is present, ``float64[R]``; a score above the pattern counts as the pattern."""
    gap = np.maximum(high - s, 0.0)
    return np.asarray(np.sqrt(weighted(gap * gap, w)))


def pattern(s: Floats, w: Floats, how: Aggregate, ends: Ends | None) -> Sample:
    """Return the best profile and mean(d) + 2 sd(d) of the rows that have something to measure."""
    high = profile(s, how.ideal, ends)[1]
    found = distance(s, w, high)[~np.isnan(s).all(axis=1)]
    spread = float(found.std(ddof=1)) if found.size > 1 else 0.0
    return high, float(found.mean()) + 2.0 * spread if found.size else 0.0


def wroclaw(
    data: Any,
    columns: Sequence[str],
    *,
    weights: Mapping[str, float] | Sequence[float] | None = None,
    ideal: Literal["absolute", "observed"] = "observed",
    range: tuple[float, float] = (0.0, 1.0),
    by: str | None = None,
) -> TableResult:
    """Score the rows of a table by the Wrocław taxonomic method.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows; `columns` normalised, higher better, nothing missing.
    columns
        Indicators.
    weights
        By column or in the order of `columns`; they sum to 1. Default: equal.
    ideal
        The pattern: the best score ``observed`` in each column, or the upper end of `range` (``absolute``).
    range
        Ends of the scale of the scores, for ``absolute``.
    by
        Column of years: pattern and ranks of each year alone. Default: all rows together.

    Returns
    -------
    TableResult
        The table with distance, relative (distance over what is common; lower better, Compind's ``ci_wroclaw``), score
        (1 − relative, higher better) and rank.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a weight for a column there is not; a row has no year.
    SpecError
        No such `ideal`; a `range` that does not rise.
    MethodError
        A missing value; weights that do not sum to 1; a score outside `range`; no column with weight that varies.

    References
    ----------
    Hellwig (1968), Przegląd Statystyczny 15(4), 307–327, ISSN 0033-2372.

    Examples
    --------
    >>> wroclaw({"a": [0.0, 0.5, 1.0], "b": [0.0, 1.0, 1.0]}, ["a", "b"]).frame["score"].round(3).to_list()
    [0.318, 0.759, 1.0]
    """
    how = checked(Aggregate, method="wroclaw", ideal=ideal)
    ends = checked(Normalise, range=range).range

    def work(rows: Rows) -> Scored:
        if how.ideal == "absolute":
            rows.refuse_beyond(ends)
        high, common = pattern(rows.s, rows.w, how, ends)
        apart = distance(rows.s, rows.w, high)
        relative = _relative(apart, common)
        rows.refuse_undefined(relative, "wroclaw_flat", method="wroclaw")
        return {"distance": apart, "relative": relative, "score": 1.0 - relative}

    return score_table(data, columns, weights, by, "wroclaw", {"ideal": ideal, "range": ends}, work)


def _relative(apart: Floats, common: float) -> Floats:
    return apart / common if common > 0 else np.full_like(apart, np.nan)


WROCLAW = Aggregator(
    score=lambda s, w, how, sample: 1.0 - _relative(distance(s, w, sample[0]), sample[1]),
    sample=pattern,
    ends=lambda how, ends: None,
    bounded=lambda how: how.ideal == "absolute",
    undefined="wroclaw_flat",
)
