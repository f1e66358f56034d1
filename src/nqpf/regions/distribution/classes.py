"""A panel cut into classes: what both Markov chains start from, with their errors and remarks.

A value on a cut-off belongs to the class below it, as in mapclassify (https://pysal.org/mapclassify).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.data.keyed import Keyed
from nqpf.errors import MethodError, SpecError, Where, listing
from nqpf.messages import say
from nqpf.numerics.transitions import ABSENT, classify, quantile_cuts
from nqpf.results import Note

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]
Cuts = Literal["pooled", "yearly", "relative"]

FEW_MOVES = 10
"""Moves out of a class below which its probabilities are flagged."""
FEW_YEARS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Moving:
    """A column of a panel over time.

    Attributes
    ----------
    keyed
        The table by its keys.
    column
        Name of the column.
    values
        ``float64[T, N]``, divided by each year's mean if so asked; NaN where absent.
    horizon
        Years from the start of a move to its end.
    """

    keyed: Keyed
    column: str
    values: Floats
    horizon: int

    @property
    def start(self) -> Floats:
        """Values at the start of each move, ``float64[T − h, N]``."""
        return self.values[: len(self.values) - self.horizon]

    @property
    def end(self) -> Floats:
        """Values at the end of each move, ``float64[T − h, N]``."""
        return self.values[self.horizon :]


def whole(key: str, value: object, least: int) -> int:
    """Return an option that is a whole number from `least` up.

    Raises
    ------
    SpecError
        It is none.
    """
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < least:
        expected = say("distribution.whole", least=least)
        raise SpecError("bad_value", where=Where(key=key), value=value, expected=expected)
    return int(value)


def moving(data: Any, value: str, unit: str, time: str, *, horizon: int, relative: bool, least: int = 1) -> Moving:
    """Return a column of a table as what moves over `horizon` years.

    Raises
    ------
    DataError
        A column is absent, a cell holds no number, a unit has a year twice.
    MethodError
        All values are equal, a year's mean is not above zero, or no two years are `horizon` apart.
    """
    horizon = whole("horizon", horizon, least)
    keyed = Keyed.of(data, unit, time)
    values = keyed.cube(value)
    if not np.nanmin(values, initial=np.inf) < np.nanmax(values, initial=-np.inf):
        raise MethodError("distribution_all_equal", where=Where(indicator=value), count=int(np.isfinite(values).sum()))
    if relative:
        values = values / _means(values, keyed.years, value)
    found = Moving(keyed, value, values, horizon)
    if len(values) <= horizon or not (np.isfinite(found.start) & np.isfinite(found.end)).any():
        raise MethodError(
            "distribution_no_move", where=Where(indicator=value), horizon=horizon, first=int(keyed.years[0]),
            last=int(keyed.years[-1]), count=int(np.isfinite(values).any(axis=1).sum()),
        )  # fmt: skip
    return found


def _means(values: Floats, years: Integers, column: str) -> Floats:
    """Return the mean of each year ``float64[T, 1]``, NaN for a year without values."""
    there = np.isfinite(values)
    size = there.sum(axis=1)
    means = np.divide(np.where(there, values, 0.0).sum(axis=1), size, out=np.full(len(size), np.nan), where=size > 0)
    wrong = np.flatnonzero(means <= 0)
    if wrong.size:
        at = int(wrong[0])
        where = Where(indicator=column, period=int(years[at]))
        raise MethodError("distribution_mean_not_positive", where=where, mean=float(means[at]))
    column_of_means: Floats = means[:, None]
    return column_of_means


def given_cuts(cuts: object, key: str) -> Floats | None:
    """Return given cut-offs ``float64[1, K − 1]``, or None where `cuts` is a word.

    Raises
    ------
    SpecError
        They are no rising numbers.
    """
    if isinstance(cuts, str):
        return None
    try:
        found = np.atleast_1d(np.asarray(cuts, dtype=np.float64))
    except (TypeError, ValueError):
        found = np.empty(0)
    if not (found.ndim == 1 and found.size and np.isfinite(found).all() and (np.diff(found) > 0).all()):
        raise SpecError("bad_value", where=Where(key=key), value=cuts, expected=say("distribution.rising"))
    return found[None]


def asked_cuts(cuts: Cuts | Sequence[float]) -> bool:
    """Return whether the words of `cuts` ask for values relative to the mean.

    Raises
    ------
    SpecError
        No such word.
    """
    if isinstance(cuts, str):
        choose("cuts", cuts, get_args(Cuts))
    return isinstance(cuts, str) and cuts == "relative"


def cut(values: Floats, classes: int, yearly: bool, years: Integers, column: str) -> Floats:
    """Return quantile cut-offs ``float64[1 or T, K − 1]`` of ``float64[T, N]``.

    Raises
    ------
    MethodError
        Ties, or too few values, leave a class empty.
    """
    rows = values if yearly else values.reshape(1, -1)
    cuts = quantile_cuts(rows, classes)
    of = classify(rows, cuts)
    filled = np.stack([(of == c).any(axis=1) for c in range(classes)], axis=1)
    empty = np.argwhere(~filled & (of != ABSENT).any(axis=1, keepdims=True))
    if empty.size:
        row, c = (int(i) for i in empty[0])
        where = Where(indicator=column, period=int(years[row]) if yearly else None)
        shown = listing(f"{x:.6g}" for x in cuts[row])
        raise MethodError("distribution_ties", where=where, number=c + 1, classes=classes, cuts=shown)
    return cuts


def general_notes(moved: Moving, cuts: Floats, of: Integers) -> list[Note]:
    """Return the remarks on a panel cut into classes: its holes, its length, its overlaps and its trend."""
    there = np.isfinite(moved.values)
    years = moved.keyed.years[there.any(axis=1)]
    h = moved.horizon
    notes = []
    both = there[: len(there) - h].any(axis=1) & there[h:].any(axis=1)
    possible = int(both.sum()) * there.shape[1]
    made = int((there[: len(there) - h] & there[h:]).sum())
    if made < possible:
        notes.append(Note("distribution_unbalanced", "warning", {"absent": possible - made, "possible": possible}))
    if len(years) < FEW_YEARS:
        notes.append(Note("distribution_few_years", "warning", {"years": len(years)}))
    if h > 1:
        notes.append(Note("distribution_overlap", "info", {"horizon": h}))
    if len(cuts) == 1:
        notes += _trend(moved, of, years)
    return notes


def _trend(moved: Moving, of: Integers, years: Integers) -> list[Note]:
    """Return a remark if the middle of the last year lies outside the middle half of the first, in another class."""
    first, last = (int(y - moved.keyed.years[0]) for y in (years[0], years[-1]))
    middle = [float(np.median(row[row != ABSENT])) for row in (of[first], of[last])]
    low, high = np.nanquantile(moved.values[first], [0.25, 0.75])
    if abs(middle[1] - middle[0]) < 1 or low <= np.nanmedian(moved.values[last]) <= high:
        return []
    values = {"first": int(years[0]), "last": int(years[-1]), "before": middle[0] + 1, "after": middle[1] + 1}
    return [Note("distribution_trend", "warning", values)]


def row_notes(counts: Floats, of: Integers) -> list[Note]:
    """Return the remarks on classes: never observed, never left from, or left from too seldom to say much."""
    seen = np.bincount(of[of != ABSENT], minlength=len(counts)) > 0
    rows = counts.sum(axis=1)
    groups = {
        "distribution_class_empty": ~seen,
        "distribution_class_never_origin": seen & (rows == 0),
        "distribution_few_moves": (rows > 0) & (rows < FEW_MOVES),
    }
    return [
        Note(code, "warning", {"classes": listing((np.flatnonzero(marked) + 1).tolist()), "least": FEW_MOVES})
        for code, marked in groups.items()
        if marked.any()
    ]
