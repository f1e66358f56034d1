"""Aggregation: scores and weights become one score, and the exact share each score has in a difference.

One file is one method or a small family; `AGGREGATORS` names them for the engine, each with what it measures against
and, where it has such, its exact multipliers (see `aggregator`).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from nqpf.index.aggregate.aggregator import Aggregator
from nqpf.index.aggregate.bod import BOD, bod
from nqpf.index.aggregate.copeland import COPELAND, copeland
from nqpf.index.aggregate.fuzzy import FUZZY, fuzzy
from nqpf.index.aggregate.grey import GREY, grey
from nqpf.index.aggregate.mean_min import MEAN_MIN, mean_min
from nqpf.index.aggregate.means import (
    ARITHMETIC,
    GEOMETRIC,
    HARMONIC,
    MEDIAN,
    POWER,
    aggregate,
    arithmetic,
    geometric,
    geometric_multipliers,
    harmonic,
    harmonic_multipliers,
    logarithmic_mean,
    median,
    power,
    power_multipliers,
)
from nqpf.index.aggregate.owa import OWA, owa
from nqpf.index.aggregate.penalties import AMPI, MPI, ampi, mpi
from nqpf.index.aggregate.promethee import PROMETHEE, promethee
from nqpf.index.aggregate.rows import share_out
from nqpf.index.aggregate.rsr import RSR, rsr
from nqpf.index.aggregate.topsis import TOPSIS, closeness, closeness_multipliers, topsis
from nqpf.index.aggregate.vikor import VIKOR, vikor
from nqpf.index.aggregate.wroclaw import WROCLAW, wroclaw

AGGREGATORS: Mapping[str, Aggregator] = MappingProxyType(
    {
        "arithmetic": ARITHMETIC,
        "geometric": GEOMETRIC,
        "harmonic": HARMONIC,
        "power": POWER,
        "owa": OWA,
        "median": MEDIAN,
        "copeland": COPELAND,
        "mpi": MPI,
        "ampi": AMPI,
        "mean_min": MEAN_MIN,
        "wroclaw": WROCLAW,
        "topsis": TOPSIS,
        "vikor": VIKOR,
        "grey": GREY,
        "rsr": RSR,
        "promethee": PROMETHEE,
        "fuzzy": FUZZY,
        "bod": BOD,
    }
)
"""Methods by the words of `Aggregate.method`, in their order."""

__all__ = [
    "AGGREGATORS",
    "aggregate",
    "ampi",
    "arithmetic",
    "bod",
    "closeness",
    "closeness_multipliers",
    "copeland",
    "fuzzy",
    "geometric",
    "geometric_multipliers",
    "grey",
    "harmonic",
    "harmonic_multipliers",
    "logarithmic_mean",
    "mean_min",
    "median",
    "mpi",
    "owa",
    "power",
    "power_multipliers",
    "promethee",
    "rsr",
    "share_out",
    "topsis",
    "vikor",
    "wroclaw",
]
