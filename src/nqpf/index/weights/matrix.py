"""One expert's judgements as a matrix, checked: square, positive, reciprocal, every pair compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import MethodError, Where, hint, listing
from nqpf.index.options.weight import Judgements

Floats = NDArray[np.float64]

RECIPROCAL = 5e-3
"""How far a_ij · a_ji may be from 1: room for reciprocals written to three places (0.333, 0.143), not to two."""


def as_matrix(given: Judgements, names: Sequence[str], expert: int, where: Where | None = None) -> Floats:
    """Return judgements among `names` as ``float64[n, n]``.

    Parameters
    ----------
    given
        All rows in the order of `names`, or judgements by name, of which each pair needs one.
    expert
        Number of the expert, for errors.

    Raises
    ------
    MethodError
        Names the expert and the cell or pair.
    """
    a = _by_name(given, names, expert, where) if isinstance(given, Mapping) else _by_row(given, names, expert, where)
    _check(a, names, expert, where)
    return a


def _by_row(given: tuple[tuple[float, ...], ...], names: Sequence[str], expert: int, where: Where | None) -> Floats:
    widths = {len(row) for row in given}
    if len(given) != len(names) or widths != {len(names)}:
        columns = listing(sorted(widths)) if widths else "0"
        shape = {"rows": len(given), "columns": columns, "count": len(names), "names": listing(names, 20)}
        raise MethodError("ahp_not_square", where=where, expert=expert, **shape)
    return np.array(given, dtype=float)


def _by_name(
    given: Mapping[str, Mapping[str, float]], names: Sequence[str], expert: int, where: Where | None
) -> Floats:
    a = np.full((len(names), len(names)), np.nan)
    np.fill_diagonal(a, 1.0)
    at = {name: k for k, name in enumerate(names)}
    for row, cells in given.items():
        for name in (row, *cells):
            if name not in at:
                near = hint(name, names)
                raise MethodError(
                    "ahp_stranger", where=where, expert=expert, name=name, options=listing(names, 20), hint=near
                )
        for column, value in cells.items():
            a[at[row], at[column]] = value
    absent = np.isnan(a)
    for i, j in np.argwhere(absent & absent.T):
        raise MethodError("ahp_pair_missing", where=where, expert=expert, row=names[i], column=names[j])
    with np.errstate(divide="ignore"):  # zero is refused with its cell
        return np.where(absent, 1 / a.T, a)


def _check(a: Floats, names: Sequence[str], expert: int, where: Where | None) -> None:
    """Refuse what is not positive, then what is not reciprocal (the diagonal included), by the first pair."""
    for i, j in np.argwhere(~((a > 0) & np.isfinite(a))):
        i, j = (i, j) if np.isfinite(a[i, j]) else (j, i)
        cell = {"row": names[i], "column": names[j], "value": float(a[i, j])}
        raise MethodError("ahp_not_positive", where=where, expert=expert, **cell)
    for i, j in np.argwhere(np.abs(a * a.T - 1) > RECIPROCAL):
        pair = {"row": names[i], "column": names[j], "value": float(a[i, j]), "back": float(a[j, i])}
        raise MethodError("ahp_not_reciprocal", where=where, expert=expert, **pair)
