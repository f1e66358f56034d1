"""Weights of indicators as weights of nodes within their siblings, and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nqpf.index.framework import Framework

Floats = NDArray[np.float64]


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
