"""Numbers that cannot be: shares above one, and a measure given as 0–1 in some cells and in percent in others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nqpf.data.checks.found import Found, Severity
from nqpf.data.checks.layers import Layer, median

RARE = 0.1
"""Most of a series of pure numbers that may lie above the whole for it to be held for a share without saying so."""


def shares(layer: Layer) -> Iterator[Found]:
    """Find shares above the whole: 1 for a 比例, 100 for a %."""
    whole = _whole(layer)
    if whole is None or (layer.kind.signed and not layer.kind.share):
        return
    known = np.isfinite(layer.x)
    with np.errstate(invalid="ignore"):
        above = known & (layer.x > whole * (1 + 1e-9))
    if not layer.kind.share and above.sum() > RARE * known.sum():
        return
    for t, n in np.argwhere(above):
        value = float(layer.x[t, n])
        cell = (layer.cell(int(t), int(n)),)
        severity: Severity = "error" if layer.kind.share else "warning"
        values = {"value": value, "whole": whole}
        yield Found("share", severity, layer.id, cell, "share", values, value, whole, value / whole)


def _whole(layer: Layer) -> float | None:
    """Return what a share cannot be above; where no unit of measure says it, what most of its numbers stay below."""
    if layer.kind.whole is not None or not layer.kind.share:
        return layer.kind.whole
    if layer.kind.dimension is not None:  # a share of a kind that is no pure number: sets per 100 persons
        return None
    return 1.0 if float(median(layer.x.reshape(-1), axis=0)) <= 1 else 100.0
