"""Slips of a hand that explain a difference: a power of ten, a sign, two digits exchanged."""

from __future__ import annotations

import math
from typing import Literal

from nqpf.data.checks.layers import Layer

Slip = Literal["power", "sign", "digits"]


def mended(x: float, change: float, tolerance: float, grain: float) -> tuple[Slip, float] | None:
    """Return the slip by which a number is off by `change`, and the number without it; None if none explains it.

    Parameters
    ----------
    x
        The number as it stands.
    change
        What must be added to it.
    tolerance
        How far off that may be.
    grain
        Last decimal place the number is written with.

    Examples
    --------
    >>> mended(1234.0, 12340.0 - 1234.0, 0.5, 1.0), mended(1234.0, 90.0, 0.5, 1.0)
    (('power', 12340.0), ('digits', 1324.0))
    """
    better = x + change
    if not (math.isfinite(better) and math.isfinite(x)) or x == 0:
        return None
    if x < 0 and abs(better + x) <= tolerance:
        return "sign", -x
    if better / x > 0:
        power = round(math.log10(better / x))
        if power and abs(x * 10.0**power - better) <= tolerance:
            return "power", x * 10.0**power
    sharp = grain > 1e-9 and tolerance <= 0.1 * abs(change)  # else any number could be turned so
    digits = str(round(abs(x) / grain)) if sharp else ""
    for i in range(len(digits) - 1):
        turned = float(digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :]) * grain
        if digits[i] != digits[i + 1] and abs(turned - better) <= min(tolerance, 0.01 * abs(change) + 0.6 * grain):
            return "digits", turned
    return None


def strain(layer: Layer, t: int, n: int, better: float) -> float:
    """Return how far a number put right is from what its neighbours lead to expect, beside how far it was.

    Below 1 it has come nearer; 1 where there are no neighbours to tell.
    """
    expected = float(layer.neighbours()[t, n])
    if better <= 0 or math.isnan(expected):
        return 1.0
    after = abs(math.log(better) - expected)
    before = abs(float(layer.log[t, n]) - expected)
    if math.isnan(before):  # it was negative or zero
        return 0.0
    return after / before if before > 0 else 1.0
