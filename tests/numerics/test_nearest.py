"""The nearest others: beside all distances, and equals in the order of the points."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from nqpf.numerics.nearest import nearest


@pytest.mark.parametrize("whole", [False, True])
def test_the_nearest_are_those_of_all_distances(whole: bool) -> None:
    x = np.random.default_rng(1).normal(size=(80, 3)) * (2 if whole else 1)
    if whole:
        x = x.round()  # many points coincide, and many distances are equal
    apart = cdist(x, x)
    np.fill_diagonal(apart, np.inf)
    order = np.argsort(apart.round(9), axis=1, kind="stable")[:, :6]
    places, far = nearest(x, 6)
    assert (places == order).all()
    np.testing.assert_allclose(far, np.take_along_axis(apart, order, axis=1), atol=1e-12)


def test_equals_come_in_order() -> None:
    x = np.array([[0.0], [1.0], [-1.0], [1.0], [0.0]])
    places, far = nearest(x, 2)
    assert places.tolist() == [[4, 1], [3, 0], [0, 4], [1, 0], [0, 1]]
    assert far.tolist() == [[0, 1], [0, 1], [1, 1], [0, 1], [0, 1]]


def test_there_are_no_more_than_there_are() -> None:
    assert nearest(np.array([[0.0], [2.0]]), 5)[0].tolist() == [[1], [0]]
    assert nearest(np.array([[0.0]]), 5)[0].shape == (1, 0)
