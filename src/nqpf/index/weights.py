"""Weights: equal, given, and entropy.

Entropy weights follow Shannon's entropy of each indicator's shares: with p_ij = x_ij / Σ_i x_ij over the m rows
present, e_j = −Σ_i p_ij ln p_ij / ln m, weight ∝ 1 − e_j, and 0·ln 0 = 0 exactly, without any shift. Over a panel m is
the number of unit-years, not of years (a much-copied script divides by ln T and reverses the weights).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import backend_of
from nqpf.index.framework import Framework
from nqpf.index.recipe import Weight
from nqpf.index.table import groups_of, numbers
from nqpf.numerics.ranks import noise
from nqpf.results import Method, Note, TableResult

Floats = NDArray[np.float64]

SUM_TOLERANCE = 1e-6
"""How far given weights may be from 1 (or 100) in sum."""
CONCENTRATED = 0.3
"""A weight above this is remarked on: one indicator carries the index."""


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
        and two rows or more.

    Returns
    -------
    Entropy
    """
    present = ~np.isnan(x)
    filled = np.where(present, x, 0.0)
    shares = filled / filled.sum(axis=-2, keepdims=True)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    e = np.minimum(-(shares * logs).sum(axis=-2) / np.log(present.sum(axis=-2)), 1.0)  # rounding may pass 1
    divergence = 1.0 - e
    return Entropy(e, divergence / divergence.sum(axis=-1, keepdims=True))


def check_entropy(x: Floats, names: Sequence[str], years: Sequence[int | None]) -> None:
    """Raise a MethodError where entropy is not defined: ``float64[G, M, K]`` with G groups named by `years`."""
    for group, year in zip(x, years, strict=True):
        for k, name in enumerate(names):
            column = group[:, k][~np.isnan(group[:, k])]
            where = Where(indicator=name, period=year)
            if column.size < 2 or not column.any():
                raise MethodError("entropy_empty", where=where)
            if (column < 0).any():
                raise MethodError("entropy_negative", where=where, value=float(column.min()))
        if (np.nanmax(group, axis=0) - np.nanmin(group, axis=0) <= noise(np.nan_to_num(group).T)).all():
            raise MethodError("entropy_all_constant", where=Where(period=year))


def entropy_weights(data: Any, columns: Sequence[str], *, by: str | None = None, shift: float = 0.0) -> TableResult:
    """Return the entropy weights of columns of a table.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows: a row a unit (and year), columns normalised, higher better, not negative.
    columns
        Indicators.
    by
        Column of years: weights for each year alone. Default: one set of weights from all rows.
    shift
        Constant added to every value. Zero needs none; other programs add 0.0001 to 1 and move the weights by it.

    Returns
    -------
    TableResult
        Columns (`by`,) indicator, entropy, divergence, weight; weights sum to 1 in each year.

    Raises
    ------
    DataError
        A column is absent or holds what is no number; a row has no year.
    MethodError
        A negative value; a column of zeros or of fewer than two values; every column constant.

    References
    ----------
    Shannon (1948), doi:10.1002/j.1538-7305.1948.tb01338.x; Zeleny (1982), Multiple Criteria Decision Making, ch. 7.

    Examples
    --------
    >>> table = {"a": [0.0, 0.5, 1.0], "b": [0.8, 0.9, 1.0]}
    >>> [round(w, 4) for w in entropy_weights(table, ["a", "b"]).frame["weight"]]
    [0.9912, 0.0088]
    """
    frame, values = numbers(data, columns, by)
    parts = []
    for year, members in groups_of(frame, by):
        x = values[members] + shift
        check_entropy(x[None], columns, [year])
        found = entropy(x)
        rows = {"indicator": list(columns), "entropy": found.entropy, "divergence": 1 - found.entropy}
        parts.append(pl.DataFrame(({by: [year] * len(columns)} if by else {}) | rows | {"weight": found.weights}))
    notes = (Note("yearly_weights", "warning"),) if by else ()
    method = Method("weight.entropy", {"by": by, "shift": shift})
    return TableResult(pl.concat(parts), method, notes, backend_of(data))


def given_weights(framework: Framework, how: Weight) -> Floats:
    """Return the weights written in a framework, ``float64[nodes]``, each within its siblings; the root's is 1.

    Raises
    ------
    SpecError
        A weight is absent or negative, or the weights of some siblings sum neither to 1 nor to 100.
    """
    weights = np.ones(len(framework.nodes))
    for parent, kids in zip(framework.nodes, framework.children, strict=True):
        if not kids.size:
            continue
        for child in (framework.nodes[c] for c in kids):
            if child.weight is None:
                raise SpecError("weight_missing", where=child.where, node=child.id, parent=parent.id)
            if child.weight < 0:
                raise SpecError("weight_negative", where=child.where, node=child.id, value=child.weight)
        given = np.array([framework.nodes[c].weight for c in kids], dtype=float)
        total = given.sum()
        whole = next((w for w in (1.0, 100.0) if abs(total - w) <= SUM_TOLERANCE * w), None)
        if total <= 0 or (whole is None and not how.rescale):
            raise SpecError("weights_sum", where=parent.where, parent=parent.id, total=total)
        weights[kids] = given / total
    return weights


def spread(framework: Framework, leaf_weights: Floats) -> Floats:
    """Return each node's weight within its siblings from weights of the indicators.

    Parameters
    ----------
    leaf_weights
        ``float64[G, K]``, summing to 1 in each group.

    Returns
    -------
    ndarray, shape (G, nodes)
        A dimension weighs what its indicators weigh together.
    """
    total = np.stack([leaf_weights[:, below].sum(axis=1) for below in framework.leaves], axis=1)
    local = np.ones_like(total)
    for parent, kids in enumerate(framework.children):
        if kids.size:
            whole = total[:, [parent]]
            local[:, kids] = np.divide(
                total[:, kids], whole, out=np.full((len(total), kids.size), 1 / kids.size), where=whole > 0
            )
    return local


def overall(framework: Framework, local: Floats) -> Floats:
    """Return each node's weight in the whole index, ``float64[G, nodes]``, from weights within siblings."""
    whole = local.copy()
    for node in reversed(framework.nodes[:-1]):  # parents come after their children
        whole[:, node.at] *= whole[:, node.parent]
    return whole
