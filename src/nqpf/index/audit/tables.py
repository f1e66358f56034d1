"""What published tables show by themselves: sums and signs of weights, ranks against scores, a nation and its parts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.data.panel import Panel
from nqpf.index.audit.published import Published
from nqpf.index.audit.wrong import ranks_ascending, ranks_from_argsort
from nqpf.numerics.ranks import competition_rank
from nqpf.results import Finding

Floats = NDArray[np.float64]

NATION = (
    *("全国", "全国平均", "中国", "国家", "合计", "平均", "均值"),
    *("nation", "national", "china", "total", "mean", "average"),
)
"""What rows are called that speak of all units together."""


def look_at_tables(given: Published, panel: Panel) -> Iterator[Finding]:
    """Yield what is wrong in published tables by themselves."""
    if given.weights is not None:
        yield from _weights(given.weights, given.weight_digits)
    if given.scores is not None:
        for _, rows in given.scores.group_by("period", maintain_order=True):
            yield from _ranks(rows, given.score_digits)
            yield from _nation(rows, given.score_digits)


def _weights(table: pl.DataFrame, digits: int) -> Iterator[Finding]:
    for (year,), rows in table.group_by("period", maintain_order=True):
        weights = rows["weight"].to_numpy()
        total, allowed = float(weights.sum()), 0.5 * 10.0**-digits * len(weights) + 1e-9
        numbers = {"total": total, "count": len(weights), "year": "" if year is None else year}
        if min(abs(total - 1), abs(total - 100)) > allowed:
            condition = f"sum differs from 1 (and 100) by more than {allowed:g}"
            yield Finding("audit_weights_sum", numbers, condition, "weights", ("O03",))
        if (weights < 0).any():
            k = int(weights.argmin())
            told = {"indicator": rows["indicator"][k], "weight": float(weights[k]), "count": int((weights < 0).sum())}
            yield Finding("audit_weights_negative", told, "a weight < 0", "weights", ("O03",))


def _ranks(rows: pl.DataFrame, digits: int) -> Iterator[Finding]:
    """Yield a finding where ranks do not go with scores; scores that rounding may have made equal go either way."""
    both = rows.drop_nulls(["score", "rank"])
    both = both.filter(~pl.col("unit").str.to_lowercase().is_in(NATION))
    if both.height < 3:
        return
    scores, ranks = both["score"].to_numpy(), both["rank"].to_numpy()
    right, rounding = competition_rank(scores), 10.0**-digits * (1 + 1e-9)
    ahead = scores[None, :] - scores[:, None]
    best, worst = 1 + (ahead > rounding).sum(axis=1), (ahead >= -rounding).sum(axis=1)
    wrong = np.flatnonzero((ranks < best) | (ranks > worst))
    if not wrong.size:
        return
    i = int(wrong[0])
    year = "" if both["period"][0] is None else both["period"][0]
    numbers = {"count": len(wrong), "total": both.height, "unit": both["unit"][i], "year": year}
    numbers |= {"given": ranks[i], "right": right[i]}
    for code, found in (
        ("audit_argsort", ranks_from_argsort(scores)),
        ("audit_argsort", ranks_from_argsort(-scores)),
        ("audit_ascending", ranks_ascending(scores)),
    ):
        for start in (0.0, 1.0):  # counted from 0 or from 1
            if np.array_equal(found - start, ranks):
                yield Finding(code, numbers, "the ranks are those of the fault at every unit", "scores", ("O03",))
                return
    yield Finding("audit_ranks", numbers, "rank differs from the place of the score", "scores", ("O03",))


def _nation(rows: pl.DataFrame, digits: int) -> Iterator[Finding]:
    """Yield a finding where the nation's row is not the mean of its parts."""
    whole = rows.filter(pl.col("unit").str.to_lowercase().is_in(NATION)).drop_nulls("score")
    parts = rows.filter(~pl.col("unit").str.to_lowercase().is_in(NATION)).drop_nulls("score")
    if not whole.height or parts.height < 2:
        return
    mean = float(parts["score"].to_numpy().mean())
    given = float(whole["score"][0])
    if abs(given - mean) > 10.0**-digits + 1e-9:
        numbers = {"unit": whole["unit"][0], "given": given, "mean": mean, "count": parts.height}
        numbers |= {"year": "" if rows["period"][0] is None else rows["period"][0]}
        condition = "score of the nation differs from the mean of its parts"
        yield Finding("audit_nation", numbers, condition, "scores", ("O03",))
