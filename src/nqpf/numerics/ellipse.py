"""Weighted mean centre and standard deviational ellipse of points on a plane, and an equal-area map of the sphere.

Ellipse: Lefever (1926), doi:10.1086/214027; Yuill (1971), doi:10.2307/490885. Map: Lambert's azimuthal equal-area
projection of the sphere (Snyder 1987, Map Projections, doi:10.3133/pp1395, page 182).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nqpf.numerics.sphere import EARTH

Floats = NDArray[np.float64]


def project(points: Floats, centre: Floats) -> Floats:
    """Return points ``float64[N, 2]`` (degrees) on the equal-area map about `centre`, in km east and north of it."""
    lon, lat = np.radians(points).T
    lon0, lat0 = np.radians(centre)
    cosine = np.sin(lat0) * np.sin(lat) + np.cos(lat0) * np.cos(lat) * np.cos(lon - lon0)
    scale = EARTH * np.sqrt(2 / (1 + cosine))
    x = scale * np.cos(lat) * np.sin(lon - lon0)
    y = scale * (np.cos(lat0) * np.sin(lat) - np.sin(lat0) * np.cos(lat) * np.cos(lon - lon0))
    return np.column_stack([x, y])


def unproject(points: Floats, centre: Floats) -> Floats:
    """Return points ``float64[N, 2]`` of the map about `centre` in degrees."""
    lon0, lat0 = np.radians(centre)
    rho = np.hypot(points[:, 0], points[:, 1])
    c = 2 * np.arcsin(np.clip(rho / (2 * EARTH), 0.0, 1.0))
    safe = np.where(rho == 0, 1.0, rho)
    lat = np.arcsin(np.clip(np.cos(c) * np.sin(lat0) + points[:, 1] * np.sin(c) * np.cos(lat0) / safe, -1.0, 1.0))
    east = points[:, 0] * np.sin(c)
    north = rho * np.cos(lat0) * np.cos(c) - points[:, 1] * np.sin(lat0) * np.sin(c)
    lon = lon0 + np.where(rho == 0, 0.0, np.arctan2(east, north))
    return np.asarray(np.degrees(np.column_stack([lon, np.where(rho == 0, lat0, lat)])))


def mean_centre(points: Floats, weight: Floats) -> Floats:
    """Return the weighted mean ``float64[2]``."""
    found: Floats = weight @ points / weight.sum()
    return found


def ellipse_of(points: Floats, weight: Floats, factor: float, lost: int) -> tuple[float, float, float]:
    """Return the long and the short half-axis and the direction of the long one.

    Parameters
    ----------
    points, weight
        ``float64[N, 2]`` on a plane; ``float64[N]``.
    factor
        Number that both axes are multiplied by.
    lost
        Degrees of freedom taken off N.

    Returns
    -------
    float, float, float
        Half-axes in the unit of the points; degrees clockwise from north (the second coordinate), in [0, 180).
    """
    about = points - mean_centre(points, weight)
    share = weight / weight.sum() * len(points) / (len(points) - lost)
    spread, axes = np.linalg.eigh((about * share[:, None]).T @ about)
    short, long = factor * np.sqrt(np.maximum(spread, 0.0))
    east, north = axes[:, 1]
    return float(long), float(short), float(np.degrees(np.arctan2(east, north)) % 180.0)
