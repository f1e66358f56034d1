"""Entropy weights (熵权法): the more unequally an indicator is shared out, the more it weighs.

With p_ij = x_ij / Σ_i x_ij over the m rows present, e_j = −Σ_i p_ij ln p_ij / ln m, weight ∝ 1 − e_j, and 0·ln 0 = 0
exactly, without any shift (Shannon 1948; Zeleny 1982). Over a panel m is the number of unit-years, not of years (a
much-copied script divides by ln T and reverses the weights).

Where all entropies are close to 1, small differences between them become large ones between weights. The variant
``blended`` (Chinese patent application 201610651441) therefore mixes in weights that follow 1/e.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import checked
from nqpf.errors import MethodError, Where
from nqpf.index.options.weight import Weight
from nqpf.index.weights.kernel import Found, differs, ends
from nqpf.index.weights.table import weight_table
from nqpf.results import TableResult

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

BLOCK = 2**15
"""Numbers whose logarithms are taken at a time, so that they stay near the processor."""
SMALLEST = float(np.finfo(float).tiny)
"""Stands in for 0 in the logarithm: 0 times it is 0, and every share there can be is larger."""


@dataclass(frozen=True, slots=True, eq=False)
class Entropy:
    """Entropy of K columns, for any number of leading groups.

    Attributes
    ----------
    entropy
        ``float64[..., K]`` in [0, 1]: 1 where all rows are equal.
    weights
        ``float64[..., K]``, summing to 1.
    """

    entropy: Floats
    weights: Floats


def entropy(x: Floats) -> Entropy:
    """Return entropy and entropy weights.

    Parameters
    ----------
    x
        ``float64[..., M, K]``: M rows of K columns, not negative, NaN where missing; each column has a positive sum
        and two rows or more, and one column at least varies.

    Returns
    -------
    Entropy
    """
    return _entropy(x, differs(*ends(x)))


def _entropy(x: Floats, varies: Bools) -> Entropy:
    """Return entropy, exactly 1 for a column that does not vary (``bool[..., K]``), and entropy weights."""
    count: Floats | int = x.shape[-2]
    total = x.sum(axis=-2, keepdims=True)
    if np.isnan(total).any():
        present = ~np.isnan(x)
        x, count = np.where(present, x, 0.0), present.sum(axis=-2)
        total = x.sum(axis=-2, keepdims=True)
    found = np.zeros(varies.shape)
    step = max(1, BLOCK // max(1, x.size // x.shape[-2]))
    for start in range(0, x.shape[-2], step):
        shares = x[..., start : start + step, :] / total
        logs = np.maximum(shares, SMALLEST)
        np.log(logs, out=logs)
        logs *= shares
        found -= logs.sum(axis=-2)
    e = np.where(varies, np.clip(found / np.log(count), 0.0, 1.0), 1.0)
    divergence = 1.0 - e
    return Entropy(e, divergence / divergence.sum(axis=-1, keepdims=True))


def entropy_found(x: Floats, how: Weight, names: Sequence[str]) -> Found:
    """Return entropy weights of ``float64[M, K]``, by the variant and with the shift that `how` asks for.

    Raises
    ------
    MethodError
        A negative value; a column of zeros or of fewer than two values; no column that varies; in the variant
        ``blended``, a column of entropy 0, where 1/e is not defined.
    """
    x = x + how.shift if how.shift else x
    found = _entropy(x, _varying(x, names))
    details = {"entropy": found.entropy, "divergence": 1.0 - found.entropy}
    return Found(_blended(found, names) if how.variant == "blended" else found.weights, details)


def _varying(x: Floats, names: Sequence[str]) -> Bools:
    """Return which columns vary, ``bool[K]``; a MethodError where entropy is not defined."""
    low, high = ends(x)
    missing = np.isnan(x).sum(axis=0) if np.isnan(x.sum(axis=0)).any() else np.zeros(len(names))
    for k in np.flatnonzero((len(x) - missing < 2) | (high == 0) & (low == 0)):
        raise MethodError("entropy_empty", where=Where(indicator=names[int(k)]))
    for k in np.flatnonzero(low < 0):
        row = int(np.nanargmin(x[:, k])) + 1
        raise MethodError("entropy_negative", where=Where(row=row, indicator=names[int(k)]), value=float(low[k]))
    varies = differs(low, high)
    if not varies.any():
        raise MethodError("entropy_all_constant")
    return varies


def _blended(found: Entropy, names: Sequence[str]) -> Floats:
    """Return (1 − ē)·w + ē·v with v ∝ 1/e, over the columns whose entropy is below 1; ē is their mean."""
    e, below = found.entropy, found.entropy < 1
    for k in np.flatnonzero(e == 0):
        raise MethodError("entropy_zero", where=Where(indicator=names[int(k)]))
    mean = float(e[below].mean())
    inverse = np.where(below, 1.0 / e, 0.0)
    return np.asarray((1 - mean) * found.weights + mean * inverse / inverse.sum())


def entropy_weights(
    data: Any,
    columns: Sequence[str],
    *,
    by: str | None = None,
    shift: float = 0.0,
    variant: Literal["shannon", "blended"] = "shannon",
    basis: Literal["scores", "unit"] = "scores",
) -> TableResult:
    """Return the entropy weights of columns of a table.

    Multiplying a column by a positive number, or changing the order of rows or columns, leaves the weights as they
    are; adding to a column does not. Repeating every row changes ln m, and with it the entropies and weights.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: a row a unit (and year), columns normalised, higher better, not negative;
        what is missing is left out of its column.
    columns
        Indicators.
    by
        Column of years: weights for each year alone. Default: one set of weights from all rows.
    shift
        Constant added to every value. Zero needs none; other programs add 0.0001 to 1 and move the weights by it.
    variant
        ``shannon``: weight ∝ 1 − e. ``blended``: (1 − ē) times these plus ē times weights ∝ 1/e, with ē the mean
        entropy, which softens large differences between weights where all entropies are near 1.
    basis
        ``scores``: the values as they are; ``unit``: each column brought to 0–1 first (each year alone with `by`).

    Returns
    -------
    TableResult
        Columns (`by`,) indicator, entropy, divergence, weight; weights sum to 1 in each year.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a row has no year.
    SpecError
        No such `variant` or `basis`, or a negative `shift`.
    MethodError
        A negative value; a column of zeros or of fewer than two values; every column constant; a column of entropy 0
        under ``blended``.

    References
    ----------
    Shannon (1948), doi:10.1002/j.1538-7305.1948.tb01338.x; Zeleny (1982), Multiple Criteria Decision Making, ch. 7.
    ``blended``: Chinese patent application 201610651441 (2016), http://zl.czvv.com/13147895.html

    Examples
    --------
    >>> table = {"a": [0.0, 0.5, 1.0], "b": [0.8, 0.9, 1.0]}
    >>> [round(w, 4) for w in entropy_weights(table, ["a", "b"]).frame["weight"]]
    [0.9912, 0.0088]
    """
    how = checked(Weight, method="entropy", shift=shift, variant=variant, basis=basis)
    options = {"shift": shift, "variant": variant, "basis": basis}
    return weight_table(data, columns, by, entropy_found, how, options)
