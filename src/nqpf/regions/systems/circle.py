"""A circle of systems, looked at from every side: what is near, what leads, how long it takes, what comes round.

Coupling coordination of the nodes stands beside what it cannot say: the test of every edge in both directions
(`lead_lag`), the profile of its lags (`lag_profile`), the gain once around, and the responses of a panel vector
autoregression to a shock (Holtz-Eakin, Newey and Rosen 1988, doi:10.2307/1913103), free of the bias of fixed effects
(Hahn and Kuersteiner 2002, doi:10.1111/1468-0262.00344). Intervals of gain and responses: units drawn with all their
years.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import narwhals as nw
import numpy as np
import polars as pl

from nqpf.columns import choose
from nqpf.errors import SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.numerics.resample import turns
from nqpf.regions.panels.regression import check_level, check_number
from nqpf.regions.systems.circle_draws import Draws
from nqpf.regions.systems.circle_tables import edges_table, notes_of, profile_table, turning_table
from nqpf.regions.systems.coupling import Coupling, coupling
from nqpf.regions.systems.lag_profile import Shape, profiled
from nqpf.regions.systems.lagged import by_unit
from nqpf.regions.systems.lead_lag import Correction, Given, LeadLag, lead_lag
from nqpf.results import Method, Note, Part, Result


@dataclass(frozen=True, slots=True, eq=False)
class Circle(Result):
    """A circle: its edges, its gain, its lags and its responses beside the coupling of its nodes.

    Attributes
    ----------
    frame
        A row for each edge, ``direction`` ``forward`` or ``backward`` (circles of three and more): ``leader``,
        ``follower`` and what `lead_lag` says of it (forward and backward edges are a family of tests each);
        ``standardised`` with ``standardised_low``, ``standardised_high``; ``over_reverse`` by how much it is stronger
        than the edge the other way round, both standardised, with ``over_reverse_low``, ``over_reverse_high``;
        ``peak``, ``peak_share``, ``cumulated``, ``cumulated_low``, ``cumulated_high`` of its lags.
    turning
        A row for each direction: ``circle``, ``edges``, ``shown``, ``turns`` (``shown``, ``not_shown``, ``broken``),
        ``weakest`` as `lead_lag` has them; ``gain`` (product of the standardised effects), ``gain_low``, ``gain_high``,
        ``all_positive`` (share of draws in which every edge is positive).
    profile
        ``direction`` and `LagProfile.frame` of every edge.
    responses
        ``shock``, ``response``, ``horizon`` (years), ``effect`` of a shock of one standard deviation, in the units of
        the response, with ``low``, ``high``; shocks are told apart by the order of the nodes.
    coefficients
        Of the vector autoregression: ``follower``, ``leader``, ``lag``, ``estimate``, ``low``, ``high``.
    stability
        One row: ``root`` (largest of the vector autoregression, below 1 where shocks fade), ``low``, ``high``,
        ``rows``, ``units``, ``draws`` that have an estimate.
    coupling
        Coupling coordination by unit and year, or why there is none (levels beyond 0 to 1, or missing).
    method, notes
        How they came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    turning: pl.DataFrame
    profile: pl.DataFrame
    responses: pl.DataFrame
    coefficients: pl.DataFrame
    stability: pl.DataFrame
    coupling: Part[Coupling]
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def circle(
    data: Any,
    nodes: Sequence[str],
    *,
    unit: str,
    time: str,
    lags: int = 2,
    given: Given = "all",
    correction: Correction = "analytic",
    reach: int = 4,
    degree: int | None = None,
    horizon: int = 8,
    importance: Mapping[str, float] | Sequence[float] | None = None,
    level: float = 0.95,
    draws: int = 499,
    seed: int = 0,
) -> Circle:
    """Look at a circle of systems: coupling, edges both ways, lags, gain and responses.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit and year; years may be missing, but not for coupling.
    nodes
        Columns in the order in which the circle turns, two or more; also the order by which shocks are told apart.
    unit, time
        Columns of units and years.
    lags
        Years back in the tests of edges and in the vector autoregression.
    given
        What else stands in the test of an edge: ``all`` the lags of every node, as in the vector autoregression;
        ``pair`` the follower's own lags only, which takes what comes by way of a third node for the edge's own.
    correction
        ``analytic``: the bias of fixed effects is computed and taken out; ``none``.
    reach
        Last lag of the profiles.
    degree
        Degree of the polynomial in the lag of the profiles (Almon); None: each lag by itself.
    horizon
        Years that responses are followed.
    importance
        What each node counts in coupling, summing to 1; default: all the same.
    level
        Of intervals; an edge is shown at 1 − level.
    draws, seed
        Draws of units with all their years, and their seed.

    Raises
    ------
    DataError
        A column is absent, holds what is no number, or two rows have the same unit and year.
    SpecError
        No such option, fewer than two nodes or one of them twice.
    MethodError
        Too few rows or units, a column that follows from the others, or a follower that follows exactly.

    References
    ----------
    Holtz-Eakin, Newey and Rosen (1988), doi:10.2307/1913103. Hahn and Kuersteiner (2002),
    doi:10.1111/1468-0262.00344. Sims (1980). Macroeconomics and reality. doi:10.2307/1912017

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=(3, 14, 40))
    >>> for year in range(1, 14):
    ...     x[:, year] += 0.3 * x[:, year - 1] + 0.4 * np.roll(x[:, year - 1], 1, axis=0)
    >>> t, n = np.indices((14, 40))
    >>> names = ["education", "science", "talent"]
    >>> table = {"unit": n.ravel(), "year": 2000 + t.ravel(), **{k: v.ravel() for k, v in zip(names, x)}}
    >>> found = circle(table, names, unit="unit", time="year", lags=1, draws=99)
    >>> found.turning.select("direction", "turns", pl.col("gain") > 0.01).rows()
    [('forward', 'shown', True), ('backward', 'not_shown', False)]
    """
    nodes = [str(node) for node in nodes]
    named = " → ".join([*nodes, *nodes[:1]])
    if len(nodes) < 2 or len(set(nodes)) < len(nodes):
        raise SpecError("lead_lag_circle", where=Where(key="nodes"), circle=named)
    choose("given", given, get_args(Given))
    shape = Shape(1, reach, degree)
    shape.check()
    check_level(level)
    check_number("horizon", horizon, isinstance(horizon, int) and horizon >= 1, "one_or_more")
    check_number("draws", draws, isinstance(draws, int) and draws >= 1, "one_or_more")
    tests = _tests(data, nodes, unit=unit, time=time, lags=lags, given=given, correction=correction, level=level)
    units, _, values = by_unit(data, nodes, unit, time)
    cubes = dict(zip(nodes, values, strict=True))
    weights = turns(len(units), draws, np.random.default_rng(seed))
    drawn = Draws.of(cubes, lags, given, correction, weights, named)
    profiles = {
        (direction, a, b): profiled(cubes[a], cubes[b], (a, b), shape, level, weights)
        for direction, test in tests.items()
        for a, b in test.frame.select("leader", "follower").iter_rows()
    }
    frame = edges_table(tests, drawn, profiles, level)
    stability = drawn.stability(level)
    near = Part.of(lambda: coupling(data, nodes, unit=unit, time=time, importance=importance))
    options = {
        "nodes": nodes, "lags": lags, "given": given, "correction": correction, "reach": reach, "degree": degree,
        "horizon": horizon, "importance": importance, "level": level, "draws": draws, "seed": seed,
    }  # fmt: skip
    notes = notes_of(tests, frame, stability, near, draws, level)
    return Circle(
        frame, turning_table(tests, drawn, level), profile_table(profiles), drawn.responses(horizon, level),
        drawn.coefficients(level), stability, near, Method("regions.circle", options), notes, backend_of(data),
    )  # fmt: skip


def _tests(data: Any, nodes: Sequence[str], **options: Any) -> dict[str, LeadLag]:
    """Return the tests of the edges of either direction; of two nodes there is one way round."""
    rings = {"forward": list(nodes), "backward": [nodes[0], *nodes[:0:-1]]}
    found = {}
    for direction, ring in list(rings.items())[: 1 if len(nodes) == 2 else 2]:
        found[direction] = lead_lag(data, circles={" → ".join([*ring, ring[0]]): ring}, **options)
    return found
