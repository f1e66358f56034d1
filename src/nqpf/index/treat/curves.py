"""Logarithms and Box-Cox transformations that draw in a long tail, and all keep the order of the values.

y = ± B((± (x − a)) f + c) with B(u) = ln u for λ = 0 and (u^λ − 1)/λ otherwise: Box and Cox (1964), An Analysis of
Transformations, doi:10.1111/j.2517-6161.1964.tb00553.x. The shifts are those of the OECD/JRC's COIN Tool and of COINr
(Becker et al. 2022, doi:10.21105/joss.04567), where ``gii``, the logarithm of the Global Innovation Index, is described
but returns its argument as it was (version 1.1.14).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

Floats = NDArray[np.float64]
Index = NDArray[np.intp]

OFFSET = 0.01
"""Share of the range that ``shifted`` and ``mirrored`` add, so that the extreme value has a logarithm."""


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Transformations u = factor · (x − origin) + addend, y = sign(factor) · B(u), of any number of columns.

    Attributes
    ----------
    origin, addend, factor
        Inner part; `factor` is negative for what is mirrored.
    exponent
        λ; 0 is the logarithm, NaN no transformation.
    """

    origin: Floats
    addend: Floats
    factor: Floats
    exponent: Floats

    def at(self, columns: Index) -> Curves:
        """Return some columns of curves ``[G, K]``, laid out to go with ``[T, N, columns]``."""

        def some(part: Floats) -> Floats:
            return np.asarray(part[:, None, columns])

        return Curves(some(self.origin), some(self.addend), some(self.factor), some(self.exponent))

    def inner(self, x: Floats) -> Floats:
        """Return u; it must be positive."""
        return np.asarray(self.factor * (x - self.origin) + self.addend)

    def outer(self, u: Floats) -> Floats:
        """Return y of positive u."""
        return np.asarray(np.sign(self.factor) * special.boxcox(u, self.exponent))


def logarithm(x: Floats, kind: str, skewness: Floats) -> Curves:
    """Return the logarithm of each column.

    Parameters
    ----------
    x
        ``float64[C, M]``, NaN where missing; each column has a value.
    kind
        ``shifted``, ``mirrored``, ``plus_one``, ``plain`` or ``gii``.
    skewness
        ``float64[C]``, which tells ``mirrored`` the side of the tail.
    """
    low: Floats = np.fmin.reduce(x, axis=1)
    high: Floats = np.fmax.reduce(x, axis=1)
    zero, one = np.zeros_like(low), np.ones_like(low)
    if kind == "plain":
        return Curves(zero, zero, one, zero)
    if kind == "plus_one":
        return Curves(low, one, one, zero)
    if kind == "gii":
        return Curves(low, one, (high - 1.0) / (high - low), zero)
    right = skewness > 0 if kind == "mirrored" else np.ones(len(x), dtype=bool)
    return Curves(np.where(right, low, high), OFFSET * (high - low), np.where(right, 1.0, -1.0), zero)


def boxcox(x: Floats, exponent: float | None, shift: str) -> Curves:
    """Return the Box-Cox transformation of each column.

    Parameters
    ----------
    x
        ``float64[C, M]``, NaN where missing; each column varies, and is positive without a shift.
    exponent
        λ for all; None: of each column, where its likelihood is largest.
    shift
        ``none``: of x; ``plus_one``: of x − min + 1.
    """
    zero, one = np.zeros(len(x)), np.ones(len(x))
    inner = Curves(zero, zero, one, zero) if shift == "none" else Curves(np.fmin.reduce(x, axis=1), one, one, zero)
    if exponent is not None:
        powers = np.full(len(x), exponent)
    else:
        u = inner.inner(x.T).T
        powers = np.array([_likeliest(np.log(row[~np.isnan(row)])) for row in u], dtype=float)
    return Curves(inner.origin, inner.addend, inner.factor, powers)


def _likeliest(logs: Floats) -> float:
    """Return the λ of the largest likelihood for values whose logarithms are `logs`.

    With u divided by its geometric mean the Jacobian is 1, and what is left to minimise is the variance.
    """
    centred = logs - logs.mean()

    def spread(exponent: float) -> float:
        with np.errstate(over="ignore"):  # an absurd λ is infinitely bad
            return float(np.log(np.var(special.boxcox(np.exp(centred), exponent))))

    return float(optimize.brent(spread, brack=(-2.0, 2.0)))
