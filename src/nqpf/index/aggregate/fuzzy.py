"""Fuzzy comprehensive evaluation (模糊综合评价): memberships in grades, put together by weights and an operator.

A score belongs to the two grades between whose typical scores (`cuts`) it lies, in proportion; memberships r of the
inputs and weights w give B_g by M(∧,∨) max min(w, r), M(·,∨) max w r, M(∧,⊕) min(1, Σ min(w, r)) or M(·,⊕)
min(1, Σ w r); B is divided by its sum, and the score is Σ B_g v_g with what each grade is worth (Zadeh 1965,
doi:10.1016/S0019-9958(65)90241-X; 汪培庄 1983, 模糊集合论及其应用, 上海科学技术出版社).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import checked
from nqpf.index.aggregate.aggregator import Aggregator, Ends
from nqpf.index.aggregate.table import Rows, Scored, score_table
from nqpf.index.options.aggregate import Aggregate
from nqpf.index.options.normalise import Normalise
from nqpf.results import TableResult

Floats = NDArray[np.float64]

GRADES = 5
"""Grades where no cuts are given."""


def grades(s: Floats, w: Floats, how: Aggregate, ends: Ends | None) -> tuple[Floats, Floats]:
    """Return the typical score of each grade, and what it is worth, ``float64[G]`` each."""
    low, high = ends or (0.0, 1.0)
    cuts = np.linspace(low, high, GRADES) if how.cuts is None else np.array(how.cuts)
    return cuts, cuts if how.grade_values is None else np.array(how.grade_values)


def memberships(s: Floats, cuts: Floats) -> Floats:
    """Return memberships ``float64[G, R, K]`` that sum to 1 over the grades; 0 where `s` is missing.

    Triangles with their tops at the cuts; what lies beyond the first or the last belongs to that grade.
    """
    missing = np.isnan(s)
    kept = np.clip(np.where(missing, cuts[0], s), cuts[0], cuts[-1])
    tops = np.eye(len(cuts))
    found = np.stack([np.interp(kept, cuts, top) for top in tops])
    found[:, missing] = 0.0
    return found


def together(r: Floats, w: Floats, operator: str) -> Floats:
    """Return the evaluation B ``float64[R, G]``, each row summing to 1; NaN where nothing belongs to anything."""
    each = np.minimum(w, r) if operator.startswith("min") else w * r
    found = np.minimum(each.sum(axis=2), 1.0) if operator.endswith("sum") else each.max(axis=2)
    total = found.sum(axis=0)
    return np.asarray(np.divide(found, total, out=np.full_like(found, np.nan), where=total > 0)).T


def fuzzy(
    data: Any,
    columns: Sequence[str],
    *,
    weights: Mapping[str, float] | Sequence[float] | None = None,
    cuts: Sequence[float] | None = None,
    grade_values: Sequence[float] | None = None,
    operator: Literal["min_max", "product_max", "min_sum", "product_sum"] = "product_sum",
    range: tuple[float, float] = (0.0, 1.0),
) -> TableResult:
    """Score the rows of a table by fuzzy comprehensive evaluation.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows; `columns` normalised to one scale, higher better, nothing missing.
    columns
        Indicators.
    weights
        By column or in the order of `columns`; they sum to 1. Default: equal.
    cuts
        Scores typical of each grade, rising. Default: five, evenly over `range`.
    grade_values
        What each grade is worth. Default: `cuts`.
    operator
        ``min_max`` M(∧,∨), ``product_max`` M(·,∨), ``min_sum`` M(∧,⊕) or ``product_sum`` M(·,⊕).
    range
        Ends of the scale of the scores, where `cuts` are not given.

    Returns
    -------
    TableResult
        The table with membership_1, membership_2, … (the worst grade first), grade (that of the largest membership, the
        better of two), score (higher better) and rank.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a weight for a column there is not.
    SpecError
        Cuts that do not rise; grade values that are not as many; no such operator.
    MethodError
        A missing value; weights that do not sum to 1.

    References
    ----------
    Zadeh (1965), doi:10.1016/S0019-9958(65)90241-X.

    Examples
    --------
    >>> fuzzy({"a": [0.0, 0.75], "b": [0.5, 1.0]}, ["a", "b"], cuts=[0, 0.5, 1]).frame["score"].to_list()
    [0.25, 0.875]
    """
    given = {
        "cuts": None if cuts is None else tuple(cuts),
        "grade_values": None if grade_values is None else tuple(grade_values),
    }
    options = {"operator": operator, **{name: value for name, value in given.items() if value is not None}}
    how = checked(Aggregate, method="fuzzy", **options)
    ends = checked(Normalise, range=range).range

    def work(rows: Rows) -> Scored:
        tops, worth = grades(rows.s, rows.w, how, ends)
        found = together(memberships(rows.s, tops), rows.w, how.operator)
        best = len(tops) - found[:, ::-1].argmax(axis=1)
        shares = {f"membership_{g + 1}": found[:, g] for g in np.arange(len(tops))}
        return {**shares, "grade": best, "score": (found * worth).sum(axis=1)}

    told = options if cuts is not None else {**options, "range": ends}
    return score_table(data, columns, weights, None, "fuzzy", told, work)


def _score(s: Floats, w: Floats, how: Aggregate, sample: tuple[Floats, Floats]) -> Floats:
    tops, worth = sample
    return np.asarray((together(memberships(s, tops), w, how.operator) * worth).sum(axis=1))


def _ends(how: Aggregate, ends: Ends | None) -> Ends | None:
    worth = how.grade_values or how.cuts
    return ends if worth is None else (min(worth), max(worth))


FUZZY = Aggregator(
    score=_score,
    sample=grades,
    ends=_ends,
    bounded=lambda how: how.cuts is None,
)
