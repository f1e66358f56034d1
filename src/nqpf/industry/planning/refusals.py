"""What was refused and why; and which regions are advised nothing."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.industry.planning.case import Case
from nqpf.industry.planning.charges import OF_REGION, Charges, largest
from nqpf.industry.planning.model import described
from nqpf.industry.planning.solving import Answer

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


def ranks(case: Case) -> Integers:
    """Return the rank of each pair's expected value among the candidates of its region, 1 the best."""
    q = case.q
    order = np.lexsort((q.j, -q.worth, q.r))
    first = np.searchsorted(q.r[order], np.arange(len(q.units)))
    rank = np.empty(q.pairs, dtype=np.intp)
    rank[order] = np.arange(q.pairs) - first[q.r[order]] + 1
    return rank


def refused(case: Case, found: Answer, all_charges: Charges) -> pl.DataFrame:
    """Return every pair that is no target, with the reason."""
    q, e = case.q, case.entry
    at = np.flatnonzero(~found.worth.chosen)
    reason, row = reasons(case, found, all_charges)
    rows = described(case, found.model)
    price = np.where(row < 0, np.nan, np.abs(all_charges.price)[row] if all_charges.price.size else np.nan)
    rank = ranks(case)
    columns = pl.DataFrame(
        [
            pl.Series("p", q.p[at]),
            pl.Series("value", q.v[at]),
            pl.Series("expected", q.worth[at]),
            pl.Series("entry", e.words()[at].astype(object), dtype=pl.String),
            pl.Series("rank", rank[at]),
            pl.Series("reason", reason[at].tolist(), dtype=pl.String),
            rows["name"].gather(pl.Series(np.maximum(row[at], 0))).set(pl.Series(row[at] < 0), None)
            if rows.height
            else pl.Series("name", [None] * at.size, dtype=pl.String),
            pl.Series("price", price[at], nan_to_null=True),
        ]
    )
    return pl.concat([q.keys(at), columns], how="horizontal").sort(q.unit, "rank")


def reasons(case: Case, found: Answer, all_charges: Charges) -> tuple[NDArray[np.object_], Integers]:
    """Return of each pair why it is refused, and the row whose price says so (−1 for none).

    ``negative``, ``min_p`` and ``gate`` close a pair; ``minimum`` means that its least funds exceed all its region has.
    Of the others, ``worthless`` ones bring nothing net of costs; those that do not reach what places and funds of their
    own region are worth are outranked (``count``, ``funds``, ``layer``, whichever is dearest); else the dearest other
    limit is named. ``whole`` is left where no price tells: it would do in part, but not as a whole.
    """
    q, e = case.q, case.entry
    code = found.model.code
    inside, reward, dearest = largest(all_charges, code, q.pairs)
    own = _dearest_own(all_charges, code, q.pairs)
    net = case.net + reward
    reason = np.full(q.pairs, "whole", dtype=object)
    row = np.full(q.pairs, -1)
    for on, rows in (
        (dearest >= 0, dearest),
        ((own >= 0) & ((net <= inside + all_charges.least) | (dearest < 0)), own),
    ):
        reason[on], row[on] = code[rows[on]].astype(object), rows[on]
    for on, word in (
        (net <= 0, "worthless"),
        (_too_small(case), "minimum"),
        (~e.passed & ~e.open, "gate"),
        (~e.likely, "min_p"),
        (q.forbidden, "negative"),
    ):
        reason[on], row[on] = word, -1
    return reason, row


def _dearest_own(all_charges: Charges, code: NDArray[np.str_], pairs: int) -> Integers:
    own = np.flatnonzero(np.isin(code[all_charges.row], OF_REGION) & (all_charges.charge > 0))
    order = own[np.lexsort((-all_charges.row[own], all_charges.charge[own], all_charges.pair[own]))]
    dearest = np.full(pairs, -1)
    dearest[all_charges.pair[order]] = all_charges.row[order]
    return dearest


def _too_small(case: Case) -> NDArray[np.bool_]:
    """Return which pairs need more funds than their region has."""
    q = case.q
    if not q.funded or q.minimum is None:
        return np.zeros(q.pairs, dtype=bool)
    return q.minimum > np.where(np.isnan(q.funds), np.inf, q.funds)[q.r]


def not_advised(case: Case, found: Answer, reason: NDArray[np.object_]) -> pl.DataFrame:
    """Return the regions without a target, with how many candidates they have and why none is advised.

    The reason is the one that most of a region's candidates share; ``no_place`` where the region may have no target.
    """
    q = case.q
    n = len(q.units)
    rows = []
    some = np.flatnonzero(np.bincount(q.r[found.worth.chosen], minlength=n) == 0)
    ends = np.searchsorted(q.r, np.arange(n + 1))
    for place in some:
        own = slice(ends[place], ends[place + 1])
        words, number = np.unique(reason[own].astype(str), return_counts=True)
        why = "no_place" if q.count[place] < 1 else str(words[number.argmax()])
        rows.append((place, int(number.sum()), int(case.entry.open[own].sum()), float(q.p[own].max()), why))
    frame = pl.DataFrame(rows, schema={"place": pl.Int64, "candidates": pl.Int64, "open": pl.Int64,
                                       "highest_p": pl.Float64, "reason": pl.String}, orient="row")  # fmt: skip
    return frame.select(q.units.gather(frame["place"]).alias(q.unit), pl.exclude("place"))
