"""What stands on the right-hand side of a frontier: inputs in logs, their squares and products, trend and unit effects.

Cobb–Douglas is linear in logs; the translog of Christensen, Jorgenson and Lau (1973, Review of Economics and Statistics
55, 28-45) adds half the squares and the products.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.errors import MethodError, Where, listing
from nqpf.productivity.stochastic_frontier.table import Table

Floats = NDArray[np.float64]
Form = Literal["cobb_douglas", "translog", "given"]
Trend = Literal["none", "linear", "quadratic", "biased", "years"]

NEARLY_ZERO = 1e-9
"""Share of a column that must not follow from the others; below it the column counts as collinear."""


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Columns with their names: ``float64[R, K]``."""

    names: tuple[str, ...]
    values: Floats

    def beside(self, other: Terms) -> Terms:
        """Return the columns of both."""
        return Terms(self.names + other.names, np.hstack([self.values, other.values]))


@dataclass(frozen=True, slots=True, eq=False)
class Orthonormal:
    """Columns turned so that they are orthogonal, each with mean square 1.

    Attributes
    ----------
    values
        ``float64[R, K]``.
    back
        ``float64[K, K]`` that takes coefficients of `values` to those of the columns.
    """

    values: Floats
    back: Floats


def frontier_terms(table: Table, inputs: Sequence[str], form: Form, trend: Trend, centre: bool, fixed: bool) -> Terms:
    """Return the terms of a frontier.

    Parameters
    ----------
    table
        Producers.
    inputs
        Columns.
    form
        Functional form.
    trend
        Technical change.
    centre
        Whether logs are measured from their mean over all rows.
    fixed
        Whether each unit has an intercept of its own; else one intercept.

    Raises
    ------
    MethodError
        A value without a logarithm; a term that follows from others.
    """
    x = table.columns(inputs) if form == "given" else table.logs(inputs)
    if centre:
        x = x - x.mean(axis=0)
    own = Terms(tuple(inputs), x)
    if form == "translog":
        own = own.beside(_second_order(own))
    first = _unit_effects(table) if fixed else Terms(("intercept",), np.ones((len(x), 1)))
    return first.beside(own).beside(_trend(table, Terms(tuple(inputs), x), trend))


def effect_terms(table: Table, effects: Sequence[str], intercept: bool) -> Terms:
    """Return what inefficiency depends on, with an intercept if it is to have one."""
    own = Terms(tuple(effects), table.columns(effects) if effects else np.empty((table.frame.height, 0)))
    return Terms(("intercept",), np.ones((len(own.values), 1))).beside(own) if intercept else own


def _second_order(x: Terms) -> Terms:
    k = len(x.names)
    squares = Terms(tuple(f"{name}^2/2" for name in x.names), x.values**2 / 2)
    pairs = list(combinations(range(k), 2))
    products = [x.values[:, i] * x.values[:, j] for i, j in pairs]
    names = tuple(f"{x.names[i]}*{x.names[j]}" for i, j in pairs)
    return squares.beside(Terms(names, np.stack(products, axis=1))) if pairs else squares


def _unit_effects(table: Table) -> Terms:
    return Terms(table.names, (table.unit[:, None] == np.arange(len(table.names))).astype(float))


def _trend(table: Table, x: Terms, trend: Trend) -> Terms:
    if trend == "none" or table.year is None:
        return Terms((), np.empty((len(x.values), 0)))
    years = np.unique(table.year)
    if trend == "years":
        return Terms(tuple(f"year:{t}" for t in years[1:]), (table.year[:, None] == years[1:]).astype(float))
    t = (table.year - years[0]).astype(float)[:, None]
    found = Terms(("trend",), t)
    if trend in ("quadratic", "biased"):
        found = found.beside(Terms(("trend^2/2",), t**2 / 2))
    if trend == "biased":
        found = found.beside(Terms(tuple(f"trend*{name}" for name in x.names), t * x.values))
    return found


def orthonormal(terms: Terms) -> Orthonormal:
    """Return columns turned to be orthogonal, so that neither their units nor their likeness matters to a search.

    Raises
    ------
    MethodError
        A column follows from those before it; it and they are named.
    """
    rows, count = terms.values.shape
    length = np.sqrt((terms.values**2).mean(axis=0))
    zero = np.flatnonzero(length == 0)
    if zero.size:
        raise MethodError("sfa_zero_column", where=Where(indicator=terms.names[int(zero[0])]))
    scaled = terms.values / length
    if rows < count:
        raise MethodError("sfa_too_few", rows=rows, parameters=count)
    q, r = np.linalg.qr(scaled)
    follows = np.flatnonzero(np.abs(np.diag(r)) < NEARLY_ZERO * np.sqrt(rows))
    if follows.size:
        j = int(follows[0])
        part = np.linalg.lstsq(r[:j, :j], r[:j, j], rcond=None)[0] if j else np.empty(0)
        others = [terms.names[i] for i in np.flatnonzero(np.abs(part) > 1e-6)]
        raise MethodError("sfa_collinear", where=Where(indicator=terms.names[j]), others=listing(others))
    turn = np.sign(np.diag(r))
    q, r, root = q * turn, r * turn[:, None], np.sqrt(rows)
    back = np.linalg.solve(r, np.eye(count)) * root / length[:, None]
    return Orthonormal(q * root, back)
