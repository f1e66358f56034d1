"""``weights``: spatial weights from borders, distances, values, or values and geography together.

Provinces of China need no file: their common borders and the coordinates of their capitals are shipped. LeSage and Pace
(2009), Introduction to Spatial Econometrics, doi:10.1201/9781420064254, has the usual forms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where
from nqpf.regions.space.economic import Nesting, alike, nested
from nqpf.regions.space.islands import Islands, settle
from nqpf.regions.space.near import Metric, distances, everyone, nearest, within
from nqpf.regions.space.scaling import Standard
from nqpf.regions.space.sites import Sites, Source, by_unit, sites_of
from nqpf.regions.space.weights import Weights
from nqpf.results import Method, Note

Floats = NDArray[np.float64]
Kind = Literal["contiguity", "nearest", "distance", "economic", "nested"]
Touching = Literal["queen", "rook"]
Geography = Literal["distance", "contiguity"]

DEFAULTS: Mapping[str, Any] = {
    "touching": "queen",
    "k": 4,
    "power": 1.0,
    "cutoff": None,
    "geography": "distance",
    "nesting": "product",
    "share": 0.5,
}
"""What options are where they serve and are not given."""

SERVE: Mapping[str, tuple[str, ...]] = {
    "contiguity": ("touching",),
    "nearest": ("k",),
    "distance": ("power", "cutoff"),
    "economic": ("value",),
    "nested": ("touching", "power", "cutoff", "value", "geography", "nesting", "share"),
}
"""The options that change the weights of each kind."""


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """What has been asked for: options of the kind, and the table."""

    options: Mapping[str, Any]
    metric: Metric
    data: Any
    unit: str | None

    def means(self, labels: Sequence[str]) -> Floats:
        """Return the mean of each unit over the rows of the table."""
        names, values, at = by_unit(self.data, str(self.unit), [self.options["value"]])
        sums = np.bincount(at, weights=values[:, 0]) / np.bincount(at)
        place = {name: i for i, name in enumerate(names)}
        return sums[[place[name] for name in labels]]


def weights(
    kind: Kind = "contiguity",
    data: Any = None,
    *,
    unit: str | None = None,
    coordinates: tuple[str, str] | None = None,
    metric: Metric = "great_circle",
    polygons: Source | None = None,
    touching: Touching | None = None,
    k: int | None = None,
    power: float | None = None,
    cutoff: float | None = None,
    value: str | None = None,
    geography: Geography | None = None,
    nesting: Nesting | None = None,
    share: float | None = None,
    islands: Islands = "raise",
    standard: Standard = "row",
) -> Weights:
    """Build spatial weights.

    A matrix, a list of pairs, a file and libpysal's objects become weights by `Weights.of`, `Weights.from_pairs`,
    `Weights.from_table` and `Weights.from_libpysal`.

    Parameters
    ----------
    kind
        ``contiguity``: units with a common border; ``nearest``: the `k` nearest; ``distance``: 1 / distance^`power`;
        ``economic``: 1 / |ȳ_i − ȳ_j|, ȳ the mean of `value`; ``nested``: geography and `value` together.
    data
        Table with the units (any dataframe that narwhals knows; years may repeat them). Default: the 31 provinces.
    unit
        Column of `data`, or property of `polygons`, that holds the names. Units without `coordinates` or `polygons`
        must be provinces of China, by any name or code that nqpf knows.
    coordinates
        Columns of longitude and latitude in degrees (or x and y); default: the capitals of the provinces.
    metric
        ``great_circle``: km on a sphere; ``plane``: straight, in the unit of the coordinates.
    polygons
        GeoJSON file or its content, for borders; distances are then those of the middles, unless there are
        `coordinates`.
    touching
        A common point is enough (``queen``, default) or there must be a common edge (``rook``); the provinces' borders
        are edges in any case.
    k
        Neighbours of each unit under ``nearest``; default 4.
    power
        Exponent of the distance; default 1.
    cutoff
        Distance beyond which units are no neighbours, in km or the unit of the coordinates; default: none.
    value
        Column of `data` for ``economic`` and ``nested``; averaged over the rows of each unit.
    geography
        For ``nested``: ``distance`` (default) or ``contiguity``.
    nesting
        For ``nested``: ``product`` of geography and 1 / |ȳ_i − ȳ_j| (default); ``diagonal``: geography times ȳ_j / ȳ;
        ``convex``: `share` of geography and the rest of economic distance, both row-standardised.
    share
        Part of geography under ``convex``; default 0.5.
    islands
        Units without a neighbour: ``raise`` an error (default); ``guangdong``: Hainan (and Macao) joined with
        Guangdong; ``nearest``: joined with the nearest unit, both ways; ``drop``: left out; ``keep``: sums over their
        neighbours are 0.
    standard
        ``row`` rows sum to 1 (default); ``none``; ``binary``; ``max_row`` or ``spectral``: all divided by one number.

    Returns
    -------
    Weights

    Raises
    ------
    DataError
        A column is absent or a cell no number; a unit lies at two places; no polygons; two names of one unit.
    PlaceError
        Units without coordinates or polygons are no provinces of China.
    MethodError
        Islands; not enough units for `k`; two units at one point or with the same mean of `value`.
    SpecError
        A word that is no choice, or an option that does not go with the kind.

    References
    ----------
    LeSage and Pace (2009), Introduction to Spatial Econometrics, doi:10.1201/9781420064254.

    Examples
    --------
    >>> w = weights("contiguity", islands="guangdong")
    >>> len(w.labels), w.counts.sum().item(), w.aligned(["海南", "广东"]).to_frame()["weight"].round(3).to_list()
    (31, 138, [1.0, 0.2])
    >>> weights("nearest", {"city": ["a", "b", "c"], "x": [0, 1, 5], "y": [0, 0, 0]}, unit="city",
    ...         coordinates=("x", "y"), metric="plane", k=1).to_frame()["neighbour"].to_list()
    ['b', 'a', 'b']
    """
    given = {
        "touching": touching, "k": k, "power": power, "cutoff": cutoff, "value": value, "geography": geography,
        "nesting": nesting, "share": share,
    }  # fmt: skip
    options = _options(kind, given)
    for key, chosen, words in (
        ("metric", metric, Metric),
        ("islands", islands, Islands),
        ("standard", standard, Standard),
    ):
        choose(key, chosen, get_args(words))
    if "value" in options and data is None:
        raise SpecError("weights_data_needed", option="value")
    sites = sites_of(data, unit, coordinates, polygons, options.get("touching", "queen"), kind != "economic")
    plan = _Plan(options, metric, data, unit)
    near, notes = _neighbours(kind, plan, sites)
    sites, near, more = settle(sites, near, islands, metric)
    if "value" in options:
        more = (*more, Note("weights_of_values", "info", {"value": options["value"]}))
    matrix = _WEIGHED[kind](plan, sites, near)
    stated = {"kind": kind, **options, "metric": metric, "islands": islands}
    found = Weights.of(sites.labels, matrix, Method("regions.weights", stated), (*notes, *more))
    return found.standardised(standard)


def _options(kind: Kind, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a kind, checked."""
    choose("kind", kind, get_args(Kind))
    for option in (o for o, chosen in given.items() if chosen is not None and o not in SERVE[kind]):
        raise SpecError("weights_option_unused", where=Where(key=option), option=option, kind=kind)
    found: dict[str, Any] = {o: DEFAULTS.get(o) if given[o] is None else given[o] for o in SERVE[kind]}
    for option, words in (("touching", Touching), ("geography", Geography), ("nesting", Nesting)):
        if option in found:
            choose(option, found[option], get_args(words))
    if "value" in found and found["value"] is None:
        raise SpecError("weights_value_needed", where=Where(key="value"), kind=kind)
    if "power" in found and not found["power"] > 0:
        raise MethodError("weights_power", power=found["power"])
    if "share" in found and not 0 <= found["share"] <= 1:
        raise MethodError("weights_share", share=found["share"])
    return found


def _neighbours(kind: Kind, plan: _Plan, sites: Sites) -> tuple[sparse.csr_array, tuple[Note, ...]]:
    """Return who neighbours whom ``bool[N, N]``."""
    about = plan.options
    if kind == "contiguity" or about.get("geography") == "contiguity":
        if sites.touching is None:
            raise SpecError("weights_no_borders")
        return sites.touching, ()
    if kind == "nearest":
        found, tied = nearest(sites.located(), about["k"], plan.metric, sites.labels)
        return found, (
            Note("weights_ties", "info", {"count": tied, "k": about["k"], "next": about["k"] + 1}),
        ) if tied else ()
    if kind == "economic":
        return everyone(len(sites.labels)), ()
    return within(sites.located(), about["cutoff"], plan.metric, sites.labels), ()


def _ones(plan: _Plan, sites: Sites, near: sparse.csr_array) -> sparse.csr_array:
    return near.astype(np.float64)


def _inverse(plan: _Plan, sites: Sites, near: sparse.csr_array) -> sparse.csr_array:
    far = distances(sites.located(), near, plan.metric, sites.labels)
    return sparse.csr_array((far ** -plan.options["power"], near.indices, near.indptr), shape=near.shape)


def _economic(plan: _Plan, sites: Sites, near: sparse.csr_array) -> sparse.csr_array:
    data = alike(plan.means(sites.labels), near, sites.labels)
    return sparse.csr_array((data, near.indices, near.indptr), shape=near.shape)


def _nested(plan: _Plan, sites: Sites, near: sparse.csr_array) -> sparse.csr_array:
    about = plan.options
    geography = (_ones if about["geography"] == "contiguity" else _inverse)(plan, sites, near).data
    means = plan.means(sites.labels)
    return nested(near, geography, means, about["nesting"], about["share"], sites.labels)


_WEIGHED: Mapping[Kind, Callable[[_Plan, Sites, sparse.csr_array], sparse.csr_array]] = {
    "contiguity": _ones,
    "nearest": _ones,
    "distance": _inverse,
    "economic": _economic,
    "nested": _nested,
}
