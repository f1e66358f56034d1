"""Generalised entropy and Atkinson's measure of many groups at once, near their limits as exact as elsewhere.

GE(α) = [Σ p (y/μ)^α − 1] / (α(α − 1)); α = 0 is the mean log deviation (Theil's L), α = 1 Theil's T. Around 0 and 1 the
two terms of the difference all but cancel, so that expm1 takes it (Shorrocks 1980, doi:10.2307/1913126).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]


def terms(ratio: Floats, order: float) -> Floats:
    """Return what a value of `ratio` times the mean adds to GE(`order`), zero values included.

    The sum of weight × term is the measure whichever way a term is written that adds a multiple of ratio − 1: it is
    −log r at 0 and r log r at 1, as these are always written, and goes over into both without a jump.
    """
    if order <= 0:
        log = np.log(ratio)
        return -log if order == 0 else np.asarray(np.expm1(order * log) / (order * (order - 1)))
    there = ratio > 0
    log = np.log(ratio, out=np.full_like(ratio, -np.inf), where=there)
    if order < 0.5:
        return np.asarray(np.expm1(order * log) / (order * (order - 1)))
    slope = log if order == 1 else np.expm1((order - 1) * np.where(there, log, 0.0)) / (order - 1)
    return np.multiply(ratio, slope, out=np.zeros_like(ratio), where=there) / order


def entropy(y: Floats, w: Floats, group: Integers, k: int, order: float) -> Floats:
    """Return GE(`order`) within each of k groups, ``float64[k]``; 0 in a group where all values are zero."""
    weight, value = (np.bincount(group, x, minlength=k) for x in (w, w * y))
    mean = (value / weight)[group]
    ratio = np.divide(y, mean, out=np.ones_like(y), where=mean > 0)
    inside = np.bincount(group, w * terms(ratio, order), minlength=k) / weight
    return np.asarray(np.maximum(inside, 0.0))


def atkinson_loss(ratio: Floats, w: Floats, aversion: float) -> float:
    """Return 1 − (Σ w r^(1−ε))^(1/(1−ε)), w summing to 1; for ε = 1 its limit, 1 − exp Σ w log r."""
    log = np.log(ratio, out=np.full_like(ratio, -np.inf), where=ratio > 0)
    power = 1 - aversion
    if power == 0:
        return float(-np.expm1(w @ log))
    most = float((power * log).max())
    return float(-np.expm1((most + np.log1p(w @ np.expm1(power * log - most))) / power))
