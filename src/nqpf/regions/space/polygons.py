"""Who touches whom among the polygons of a GeoJSON file: a common point (queen) or a common edge (rook).

Polygons touch where they share vertices of the file; slivers and gaps between sloppily drawn borders are no contact,
and what is left without a neighbour is told. GeoJSON: RFC 7946, https://datatracker.ietf.org/doc/html/rfc7946.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nqpf.errors import DataError, Where, hint, listing

Floats = NDArray[np.float64]
Found = tuple[tuple[str, ...], sparse.csr_array, Floats]


def read_polygons(source: str | Path | Mapping[str, Any], name: str, how: str, labels: Sequence[str] | None) -> Found:
    """Return the names of polygons, ``bool[N, N]`` whether they touch, and their middles ``float64[N, 2]``.

    Parameters
    ----------
    source
        Path of a GeoJSON file, or its content: a FeatureCollection of Polygons or MultiPolygons.
    name
        Property that holds the name.
    how
        ``queen`` or ``rook``.
    labels
        Names wanted, in their order, other features are passed over; None: all.

    Raises
    ------
    DataError
        There is no such file; it is no GeoJSON of polygons; a property or a wanted name is absent, or a name stands
        twice.
    """
    rings: dict[str, list[Floats]] = {}
    known: list[str] = []
    for at, feature in enumerate(_features(source)):
        title = (feature.get("properties") or {}).get(name)
        known += [] if title is None else [str(title)]
        if labels is not None and str(title) not in labels:
            continue  # frames, lines at sea and the like stand in such files too
        if title is None:
            raise DataError("polygons_unnamed", number=at + 1, property=name)
        if str(title) in rings:
            raise DataError("weights_label_twice", labels=listing([title]))
        rings[str(title)] = list(_rings(feature.get("geometry") or {}, str(title)))
    names = tuple(rings) if labels is None else tuple(labels)
    for wanted in (n for n in names if n not in rings):
        raise DataError("polygons_absent", where=Where(unit=wanted), hint=hint(wanted, known))
    middles = np.array([_middle(max(rings[n], key=_area)) for n in names])
    return names, _touching([rings[n] for n in names], how), middles


def _features(source: str | Path | Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    place = None if isinstance(source, Mapping) else Where(file=str(source))
    try:
        content = source if isinstance(source, Mapping) else json.loads(Path(source).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise DataError("file_not_found", where=place) from None
    except (ValueError, OSError):
        raise DataError("polygons_format", where=place) from None
    found = content.get("features") if isinstance(content, Mapping) else None
    if not isinstance(found, list) or not found or not all(isinstance(f, Mapping) for f in found):
        raise DataError("polygons_format", where=place)
    return found


def _rings(geometry: Mapping[str, Any], title: str) -> Iterator[Floats]:
    parts = geometry.get("coordinates") or []
    if geometry.get("type") not in ("Polygon", "MultiPolygon") or not parts:
        raise DataError("polygons_kind", where=Where(unit=title), kind=geometry.get("type"))
    for polygon in parts if geometry["type"] == "MultiPolygon" else [parts]:
        for ring in polygon:
            points = np.array([point[:2] for point in ring], dtype=np.float64)
            if len(points) < 4 or (points[0] != points[-1]).any():
                raise DataError("polygons_open", where=Where(unit=title))
            yield points


def _touching(rings: Sequence[Sequence[Floats]], how: str) -> sparse.csr_array:
    flat = [(i, ring) for i, own in enumerate(rings) for ring in own]
    points = np.concatenate([ring for _, ring in flat])
    _, vertex = np.unique(points, axis=0, return_inverse=True)
    ends = np.cumsum([len(ring) for _, ring in flat])
    owner = np.repeat([i for i, _ in flat], [len(ring) for _, ring in flat])
    if how == "queen":
        part = vertex.ravel()
    else:
        inner = np.ones(len(points) - 1, dtype=bool)
        inner[ends[:-1] - 1] = False  # from the end of one ring to the start of the next there is no edge
        pair = np.sort(np.column_stack([vertex.ravel()[:-1], vertex.ravel()[1:]])[inner], axis=1)
        _, part = np.unique(pair, axis=0, return_inverse=True)
        part, owner = part.ravel(), owner[:-1][inner]
    has = sparse.csr_array((np.ones(part.size, dtype=np.int64), (owner, part)), shape=(len(rings), part.max() + 1))
    has.data[:] = 1
    found = (has @ has.T).tocoo()
    apart = found.row != found.col
    shape = (len(rings), len(rings))
    return sparse.csr_array((np.ones(int(apart.sum()), dtype=bool), (found.row[apart], found.col[apart])), shape=shape)


def _area(ring: Floats) -> float:
    x, y = (ring - ring[0]).T
    return float(abs(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2)


def _middle(ring: Floats) -> Floats:
    """Return the centre of gravity of a ring, as if the Earth were flat there; only nearest islands are found by it."""
    x, y = (ring - ring[0]).T
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    if not cross.sum():
        found: Floats = ring.mean(axis=0)
        return found
    sums = np.array([((x[:-1] + x[1:]) * cross).sum(), ((y[:-1] + y[1:]) * cross).sum()])
    centre: Floats = ring[0] + sums / (3 * cross.sum())
    return centre
