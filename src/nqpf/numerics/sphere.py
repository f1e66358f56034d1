"""Distances on the Earth taken as a sphere.

Haversine formula, exact for near points as for far ones: Sinnott (1984), Virtues of the haversine, Sky and Telescope
68(2), 159.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EARTH = 6371.0088
"""Mean radius of the Earth in km (IUGG, R₁)."""


def great_circle(start: Floats, end: Floats) -> Floats:
    """Return great-circle distances in km between points ``float64[..., 2]`` of longitude and latitude in degrees."""
    one, two = np.radians(start), np.radians(end)
    half = np.sin((two - one) / 2) ** 2
    inner = half[..., 1] + np.cos(one[..., 1]) * np.cos(two[..., 1]) * half[..., 0]
    found: Floats = 2 * EARTH * np.arcsin(np.sqrt(np.minimum(inner, 1.0)))
    return found


def unit_vectors(points: Floats) -> Floats:
    """Return points ``float64[N, 2]`` of longitude and latitude in degrees as unit vectors ``float64[N, 3]``."""
    lon, lat = np.radians(points).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def chord(distance: float) -> float:
    """Return how far two unit vectors are apart whose points lie `distance` km from each other."""
    return float(2 * np.sin(min(distance / EARTH, np.pi) / 2))
