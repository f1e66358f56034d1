"""Skewness and kurtosis of columns, corrected for the size of the sample, and whether they pass as free of outliers.

G1 and G2 of Joanes and Gill (1998), Comparing measures of sample skewness and kurtosis, The Statistician 47(1),
183–189, doi:10.1111/1467-9884.00122; the rule (|skewness| < 2 or kurtosis < 3.5) is the one of composite indicators.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """Shape of C columns.

    Attributes
    ----------
    skewness
        ``float64[C]`` G1; NaN for fewer than 3 values or where nothing varies.
    kurtosis
        ``float64[C]`` G2, 0 for a normal distribution; NaN for fewer than 4 values or where nothing varies.
    """

    skewness: Floats
    kurtosis: Floats

    def passes(self, skew: float, kurt: float) -> Bools:
        """Return where the skewness is below `skew` in absolute value or the kurtosis below `kurt`."""
        return (np.abs(self.skewness) < skew) | (self.kurtosis < kurt)

    @property
    def known(self) -> Bools:
        """Where both can be told."""
        return ~np.isnan(self.skewness + self.kurtosis)


def shape(x: Floats) -> Shape:
    """Return skewness and kurtosis along the last axis.

    Parameters
    ----------
    x
        ``float64[..., M]``, NaN where missing.

    Examples
    --------
    >>> found = shape(np.array([1.0, 2.0, 3.0, 4.0, 10.0]))
    >>> round(float(found.skewness), 4), round(float(found.kurtosis), 4)
    (1.6971, 3.152)
    """
    present = ~np.isnan(x)
    n = present.sum(axis=-1).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):  # too few values or none that differs: NaN
        mean = np.where(present, x, 0.0).sum(axis=-1) / n
        d = np.where(present, x - mean[..., None], 0.0)
        d /= np.abs(d).max(axis=-1, keepdims=True, initial=0.0)  # fourth powers of any unit stay finite
        square = d * d
        two, three, four = square.sum(axis=-1), (square * d).sum(axis=-1), (square * square).sum(axis=-1)
        g1 = np.sqrt(n) * three / two**1.5
        g2 = n * four / two**2 - 3.0
        skewness = g1 * np.sqrt(n * (n - 1.0)) / (n - 2.0)
        kurtosis = ((n + 1.0) * g2 + 6.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0))
    return Shape(np.where(n < 3, np.nan, skewness), np.where(n < 4, np.nan, kurtosis))
