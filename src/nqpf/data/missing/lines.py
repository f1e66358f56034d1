"""Straight lines between the neighbouring years: of the values, or of their logarithms (constant growth)."""

from __future__ import annotations

import numpy as np

from nqpf.data.missing.layer import Layer, Proposal, between
from nqpf.data.missing.options import Options


def linear(layer: Layer, options: Options) -> Proposal:
    """Fill between two known years by the straight line in time."""
    return Proposal(between(layer, layer.x), layer.span)


def loglinear(layer: Layer, options: Options) -> Proposal:
    """Fill between two known years at constant growth.

    Raises
    ------
    DataError
        A neighbour of a hole is not positive.
    """
    layer.need_positive(layer.anchors())
    with np.errstate(divide="ignore", invalid="ignore"):  # what is not positive stands beside no hole
        values = np.exp(between(layer, np.log(layer.x)))
    return Proposal(values, layer.span)
