"""Weights once an indicator is left out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nqpf.index.framework import Framework


def weights_without(framework: Framework, local: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """Return weights within siblings ``float64[T, nodes]`` once node `k` is gone.

    Its siblings share its weight; where none is left with any weight, the node above goes as well.
    """
    left = np.array(local)
    gone = np.ones(len(left), dtype=bool)
    node = framework.nodes[k]
    while gone.any() and node.parent >= 0:
        left[gone, node.at] = 0.0
        kids = framework.children[node.parent]
        total = left[:, kids].sum(axis=1, keepdims=True)
        left[:, kids] = np.divide(left[:, kids], total, out=left[:, kids], where=gone[:, None] & (total > 0))
        gone &= total[:, 0] <= 0
        node = framework.nodes[node.parent]
    return left
