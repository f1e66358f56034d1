"""A known value repeated: the last before a hole, the next after it, or at the edges the nearest."""

from __future__ import annotations

import numpy as np

from nqpf.data.missing.layer import Layer, Proposal
from nqpf.data.missing.options import Options


def last(layer: Layer, options: Options) -> Proposal:
    """Repeat the last known value."""
    return Proposal(layer.known(layer.before), lambda t, n: str(layer.panel.periods[layer.before[t, n]]))


def following(layer: Layer, options: Options) -> Proposal:
    """Repeat the next known value."""
    return Proposal(layer.known(layer.after), lambda t, n: str(layer.panel.periods[layer.after[t, n]]))


def nearest(layer: Layer, options: Options) -> Proposal:
    """Repeat the nearest known value before the first known year and after the last."""
    values = np.where(layer.before >= 0, layer.known(layer.before), layer.known(layer.after))
    return Proposal(np.where(layer.inside, np.nan, values), layer.span)
