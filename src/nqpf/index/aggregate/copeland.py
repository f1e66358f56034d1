"""Copeland: a row scores the comparisons it wins less those it loses, so how far ahead does not count.

Row i beats row j if the inputs in which it is better weigh more than those in which it is worse (half of what is tied
falls to each): a Condorcet method, without compensation (Copeland 1951; Saari and Merlin 1996,
doi:10.1007/BF01212012; COINr's ``a_copeland``). An input that one of the two lacks is left out of their comparison, or,
as COINr 1.1.14 has it, counted for the row that stands later in the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import checked, choose
from nqpf.index.aggregate.aggregator import Aggregator, Ends
from nqpf.index.aggregate.rows import blocks
from nqpf.index.aggregate.table import Rows, Scored, score_table
from nqpf.index.options.aggregate import Aggregate
from nqpf.numerics.ranks import noise
from nqpf.results import TableResult

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

PAIRS = 1 << 20
"""Comparisons that are worked on at once."""
TIE = 1e-12
"""Weights for and against that differ by no more than this are a tie."""


@dataclass(frozen=True, slots=True, eq=False)
class Rivals:
    """What rows are compared with.

    Attributes
    ----------
    ordered
        ``float64[K, N]`` scores of each column, rising, NaN last.
    place
        ``int32[K, N]`` each rival's place in that order.
    present
        ``bool[K, N]``.
    tie
        ``float64[K]``: scores no further apart are equal.
    weights
        ``float64[K]`` weights where nothing is missing.
    """

    ordered: Floats
    place: Ints
    present: NDArray[np.bool_]
    tie: Floats
    weights: Floats


def rivals(s: Floats, w: Floats) -> Rivals:
    """Return scores ``float64[N, K]`` as what others are compared with; weights ``float64[N or 1, K]``."""
    columns = np.ascontiguousarray(s.T)
    order = np.argsort(columns, axis=1)
    place = np.empty(columns.shape, dtype=np.int32)
    np.put_along_axis(place, order, np.arange(len(s), dtype=np.int32)[None], axis=1)
    present = ~np.isnan(columns)
    tie = noise(np.where(present, columns, 0.0))
    return Rivals(np.take_along_axis(columns, order, axis=1), place, present, tie, whole_weights(w))


def whole_weights(w: Floats) -> Floats:
    """Return the weights ``float64[K]`` that rows ``float64[R, K]`` had before they were shared out.

    Rows are joined by the columns they have in common.
    """
    found = w[np.count_nonzero(w, axis=1).argmax()].copy()
    while True:
        news = ((w > 0) & (found == 0)).any(axis=1) & ((w > 0) & (found > 0)).any(axis=1)
        if not news.any():
            return np.asarray(found / found.sum())
        row = w[news.argmax()]
        both = (row > 0) & (found > 0)
        found = np.where(found > 0, found, row * (found[both].sum() / row[both].sum()))


def net_wins(s: Floats, w: Floats, others: Rivals, unmatched: str = "shared") -> Floats:
    """Return comparisons won, tied and lost, ``float64[3, R]``.

    Parameters
    ----------
    s
        ``float64[R, K]`` scores, NaN where missing.
    w
        ``float64[R or 1, K]`` weights.
    others
        The rivals; a row that is one of them counts as tied with itself.
    unmatched
        ``shared`` or ``later`` (see `Aggregate`).
    """
    columns = np.ascontiguousarray(s.T)
    below = np.empty(columns.shape, dtype=np.int32)
    above = np.empty_like(below)
    for k, (x, ordered, tie) in enumerate(zip(columns, others.ordered, others.tie, strict=True)):
        here = int(others.present[k].sum())
        below[k] = np.searchsorted(ordered[:here], x - tie, side="left")
        above[k] = np.searchsorted(ordered[:here], x + tie, side="right")
    weights = others.weights[None] if unmatched == "later" else w
    found = np.empty((3, len(s)))
    for rows in blocks(len(s), max(1, PAIRS // others.place.shape[1])):
        net = _balance(columns[:, rows], weights if len(weights) == 1 else weights[rows], below, above, rows, others)
        if unmatched == "later":
            net += _for_the_later(columns[:, rows], others, np.arange(len(s))[rows])
        found[:, rows] = (net > TIE).sum(axis=1), (np.abs(net) <= TIE).sum(axis=1), (net < -TIE).sum(axis=1)
    return found


def _balance(x: Floats, w: Floats, below: Ints, above: Ints, rows: slice, others: Rivals) -> Floats:
    """Return weight for less weight against, ``float64[B, N]``, of inputs that both of two rows have."""
    net = np.zeros((x.shape[1], others.place.shape[1]))
    for k, place in enumerate(others.place):
        better, worse = below[k, rows, None] > place, above[k, rows, None] <= place
        sign = np.subtract(better, worse, dtype=np.int8)
        if not others.present[k].all():
            sign[:, ~others.present[k]] = 0
        missing = np.isnan(x[k])
        if missing.any():
            sign[missing] = 0
        net += w[:, k, None] * sign
    return net


def _for_the_later(x: Floats, others: Rivals, at: NDArray[np.intp]) -> Floats:
    """Return the weight of unmatched inputs, ``float64[B, N]``: against rows that stand earlier, for those later."""
    lacking = np.zeros((x.shape[1], others.place.shape[1]))
    for k, present in enumerate(others.present):
        lacking += others.weights[k] * (np.isnan(x[k])[:, None] | ~present)
    return np.asarray(lacking * np.sign(at[:, None] - np.arange(others.place.shape[1])))


def copeland(
    data: Any,
    columns: Sequence[str],
    *,
    weights: Mapping[str, float] | Sequence[float] | None = None,
    missing: Literal["stop", "shared", "later"] = "stop",
    by: str | None = None,
) -> TableResult:
    """Score the rows of a table by Copeland's method.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows; `columns` higher better; they need not be on one scale.
    columns
        Indicators.
    weights
        By column or in the order of `columns`; they sum to 1. Default: equal.
    missing
        An input that one of two rows lacks: an error (``stop``); left out of their comparison (``shared``); counted for
        the row that stands later in the table (``later``), as COINr 1.1.14 does.
    by
        Column of years: rows are compared within each year. Default: all rows together.

    Returns
    -------
    TableResult
        The table with won, tied, lost (comparisons with the others), score (won − lost, higher better) and rank.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a weight for a column there is not; a row has no year.
    SpecError
        No such word for `missing`.
    MethodError
        A missing value under ``stop``; weights that do not sum to 1.

    References
    ----------
    Saari and Merlin (1996), doi:10.1007/BF01212012; OECD/JRC, Handbook (2008), doi:10.1787/9789264043466-en, step 6.

    Examples
    --------
    >>> copeland({"a": [3.0, 2.0, 1.0], "b": [1.0, 2.0, 1.0]}, ["a", "b"]).frame["score"].to_list()
    [1.0, 1.0, -2.0]
    """
    choose("missing", missing, ("stop", "shared", "later"))
    unmatched = "later" if missing == "later" else "shared"
    how = checked(Aggregate, method="copeland", unmatched=unmatched)

    def work(rows: Rows) -> Scored:
        won, tied, lost = net_wins(rows.s, rows.w, rivals(rows.s, rows.w), how.unmatched)
        counts = {"won": won, "tied": tied - 1, "lost": lost}  # less the row itself
        return {name: values.astype(np.int64) for name, values in counts.items()} | {"score": won - lost}

    return score_table(data, columns, weights, by, "copeland", {"missing": missing}, work, holes=missing != "stop")


def _score(s: Floats, w: Floats, how: Aggregate, sample: Rivals) -> Floats:
    won, _, lost = net_wins(s, w, sample, how.unmatched)
    return np.asarray(won - lost)


def _no_ends(how: Aggregate, ends: Ends | None) -> None:
    """Return None: the ends hang on how many rows there are."""


COPELAND = Aggregator(score=_score, sample=lambda s, w, how, ends: rivals(s, w), ends=_no_ends)
