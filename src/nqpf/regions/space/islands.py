"""Units without a neighbour: an all-zero row would read as "neighbours at zero", so a decision is asked for."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal

import numpy as np
from scipy import sparse

from nqpf.errors import MethodError, SpecError, Where, listing
from nqpf.messages import say
from nqpf.regions.space.near import Metric, nearest
from nqpf.regions.space.sites import Sites, pattern
from nqpf.results import Note
from nqpf.yamlfile import load

Islands = Literal["raise", "guangdong", "nearest", "drop", "keep"]


def settle(
    sites: Sites, near: sparse.csr_array, policy: Islands, metric: Metric
) -> tuple[Sites, sparse.csr_array, tuple[Note, ...]]:
    """Return units and the pattern ``bool[N, N]`` of their neighbours after a decision on islands, and remarks.

    Raises
    ------
    MethodError
        There are islands under ``raise``, or still are under ``guangdong``; under ``drop`` or ``keep`` no unit has a
        neighbour.
    SpecError
        ``guangdong`` for units that are no provinces; ``nearest`` without coordinates.
    """
    alone = np.flatnonzero(np.diff(near.indptr) == 0)
    names = [sites.labels[i] for i in alone]
    if not names:
        return sites, near, ()
    about = {"count": len(names), "units": listing(names)}
    if len(names) == len(sites.labels) and policy in ("keep", "drop"):
        raise MethodError("weights_all_islands")
    if policy == "keep":
        return sites, near, (Note("weights_islands_kept", "warning", about),)
    if policy == "drop":
        left = np.flatnonzero(np.diff(near.indptr) > 0)
        return sites.without(names), near[left][:, left], (Note("weights_islands_dropped", "warning", about),)
    links = {"guangdong": _customary, "nearest": _closest}[policy](sites, alone, metric) if policy != "raise" else []
    joined = near + pattern(links, len(sites.labels))
    still = [sites.labels[i] for i in np.flatnonzero(np.diff(joined.indptr) == 0)]
    if still:
        raise MethodError("weights_islands", where=Where(unit=still[0]), count=len(still), units=listing(still))
    shown = listing([say("weights.pair", one=sites.labels[i], other=sites.labels[j]) for i, j in links])
    return sites, joined, (Note("weights_islands_joined", "info", {"pairs": shown}),)


def _customary(sites: Sites, alone: np.ndarray, metric: Metric) -> list[tuple[int, int]]:
    if sites.codes is None:
        raise SpecError("weights_guangdong")
    place = {code: i for i, code in enumerate(sites.codes)}
    known = [(place[a], place[b]) for a, b in customary_links() if a in place and b in place]
    return [(i, j) for i, j in known if i in alone]


def _closest(sites: Sites, alone: np.ndarray, metric: Metric) -> list[tuple[int, int]]:
    found, _ = nearest(sites.located(), 1, metric, sites.labels)
    return [(int(i), int(found.indices[found.indptr[i]])) for i in alone]


@cache
def customary_links() -> tuple[tuple[str, str], ...]:
    """Return the pairs of province codes that custom joins."""
    with resources.as_file(resources.files("nqpf.regions.space").joinpath("islands.yaml")) as file:
        return tuple((str(a), str(b)) for a, b in load(file).content["guangdong"])
