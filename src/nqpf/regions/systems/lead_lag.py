"""Whether a circle turns, tested edge by edge: whether a change of the one comes before a change of the other.

Each edge a → b is a regression of b on its own lags and those of a, with effects of units and years, and a test that
the lags of a say nothing (Granger 1969, doi:10.2307/1912791; for panels Holtz-Eakin, Newey and Rosen 1988,
doi:10.2307/1913103). Fixed effects with a lagged regressand are biased by about 1/T, also in the coefficients of the
leader (Nickell 1981, doi:10.2307/1911408), so that an edge that is not there is found far too often where another is;
the bias is therefore computed and taken out (after Hahn and Kuersteiner 2002, doi:10.1111/1468-0262.00344).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations
from typing import Any, Literal, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special, stats

from nqpf.columns import choose
from nqpf.data.keyed import Keyed
from nqpf.errors import MethodError, SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.messages import say
from nqpf.numerics.nickell import unbiased
from nqpf.numerics.within import covariance, fit
from nqpf.regions.systems.lagged import Lagged, past_of
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]
Given = Literal["pair", "all"]
Correction = Literal["analytic", "none"]
SHORT, FEW_CLUSTERS = 20, 40
EXACT = 1e-10
"""A follower of which less than this share is left follows exactly."""


@dataclass(frozen=True, slots=True, eq=False)
class LeadLag(Result):
    """Edges between nodes, each with its estimate.

    Attributes
    ----------
    frame
        A row for each edge: ``leader``, ``follower``, ``effect`` (sum of the coefficients of the leader's lags: change
        of the follower a year on, in its units, for one unit of the leader; least squares as it is), ``corrected``
        (without the bias of fixed effects; null where it is not asked for), and of the corrected effect (of `effect`
        where it is not asked for) ``se``, ``low``, ``high``, ``t``, ``p``, ``p_joint`` (no lag says anything), ``q``
        (p, Benjamini–Hochberg over the edges), ``standardised`` (in standard deviations without unit and year
        effects); ``own`` (sum of the follower's own lags, corrected likewise), ``rows``, ``units``.
    circles
        ``circle``, ``edges``, ``shown`` (edges whose effect is positive, q below 1 − level), ``turns``: ``shown`` if
        all are, ``broken`` if some edge is shown to be negative, else ``not_shown``; ``weakest`` edge (largest q, or
        the negative one).
    method, notes
        How they came about, and remarks.
    backend
        Library of the table that was given.
    """

    frame: pl.DataFrame
    circles: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


@dataclass(frozen=True, slots=True)
class _Edge:
    """Estimate of one edge."""

    effect: float
    corrected: float
    se: float
    joint: float
    own: float
    standardised: float
    rows: int
    units: int


def lead_lag(
    data: Any,
    nodes: Sequence[str] = (),
    *,
    unit: str,
    time: str,
    edges: Sequence[tuple[str, str]] = (),
    circles: Mapping[str, Sequence[str]] | None = None,
    lags: int = 1,
    given: Given = "pair",
    correction: Correction = "analytic",
    level: float = 0.95,
) -> LeadLag:
    """Test edge by edge which node's changes come before which other's.

    Parameters
    ----------
    data
        Any dataframe that narwhals knows, a row for each unit and year; years may be missing.
    nodes
        Columns; without `edges` and `circles` every ordered pair of them is an edge.
    unit, time
        Columns of units and years.
    edges
        Pairs (leader, follower) of columns.
    circles
        Columns by the circle's name, in the order in which it turns; its edges are tested too.
    lags
        How many years back.
    given
        What else stands in the regression: ``pair`` the follower's own lags; ``all`` those of every node too.
    correction
        ``analytic``: the bias of fixed effects, computed from the estimates, is taken out, twice over, which tests and
        intervals are of; ``none``: least squares as it is.
    level
        Of intervals, and 1 − level is what an edge is shown at.

    Raises
    ------
    DataError
        A column is absent, holds what is no number, or two rows have the same unit and year.
    SpecError
        No such option, no edge, an edge that is no pair of columns, or a circle in which a column stands twice.
    MethodError
        Too few rows or units for an edge, a column that follows from the others, or a follower that follows exactly.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a, b = rng.normal(size=(2, 12, 30))
    >>> b[1:] += 0.8 * a[:-1]
    >>> t, n = np.indices((12, 30))
    >>> table = {"unit": n.ravel(), "year": t.ravel() + 2000, "science": a.ravel(), "industry": b.ravel()}
    >>> found = lead_lag(table, ["science", "industry"], unit="unit", time="year")
    >>> found.frame.select("leader", "follower", pl.col("q") < 0.05).rows()
    [('science', 'industry', True), ('industry', 'science', False)]
    """
    choose("given", given, get_args(Given))
    choose("correction", correction, get_args(Correction))
    if lags < 1 or lags != int(lags):
        raise SpecError("lead_lag_lags", where=Where(key="lags"), value=lags)
    if not 0 < level < 1:
        raise SpecError("bad_value", where=Where(key="level"), value=level, expected=say("systems.between_0_and_1"))
    rings = dict(circles or {})
    asked = _edges(nodes, edges, rings)
    every = list(dict.fromkeys([*nodes, *(node for edge in asked for node in edge)]))
    keyed = Keyed.of(data, unit, time)
    cubes = {node: keyed.cube(node) for node in every}
    found = [_edge(cubes, one, int(lags), every if given == "all" else one, correction) for one in asked]
    frame = _table(asked, found, level, correction)
    options = {"lags": int(lags), "given": given, "correction": correction, "level": level}
    return LeadLag(
        frame,
        _circles(frame, rings, 1.0 - level),
        Method("regions.lead_lag", options),
        tuple(_notes(found, keyed.years.size, correction)),
        backend_of(data),
    )


def _edges(
    nodes: Sequence[str], edges: Sequence[tuple[str, str]], rings: Mapping[str, Sequence[str]]
) -> list[tuple[str, str]]:
    """Return every edge that is asked for, once."""
    for edge in (e for e in edges if len(e) != 2 or e[0] == e[1]):
        raise SpecError("lead_lag_edge", where=Where(key="edges"), edge=" → ".join(map(str, edge)))
    for name, ring in rings.items():
        if len(ring) < 2 or len(set(ring)) < len(ring):
            raise SpecError("lead_lag_circle", where=Where(key="circles"), circle=name)
    around = [edge for ring in rings.values() for edge in pairwise([*ring, *ring[:1]])]
    asked = [(str(a), str(b)) for a, b in [*edges, *around]] or list(permutations(nodes, 2))
    if not asked:
        raise SpecError("lead_lag_nodes", where=Where(key="nodes"))
    return list(dict.fromkeys(asked))


def _edge(
    cubes: Mapping[str, Floats], edge: tuple[str, str], lags: int, given: Sequence[str], correction: Correction
) -> _Edge:
    """Return the regression of an edge over ``float64[T, N]`` of each node, rows that have every node and lag."""
    leader, follower = edge
    named = " → ".join(edge)
    order = [leader, follower, *(node for node in given if node not in edge)]
    m, years = len(order), len(cubes[follower])
    if years <= lags:
        raise MethodError("lead_lag_short", where=Where(), rows=0, parameters=m * lags, edge=named)
    past = [moved for node in order for moved in past_of(cubes[node], lags)]
    rows = Lagged.of([cubes[node][lags:] for node in order], past, named, lags + 2)
    values, n, units = rows.values, rows.unit, rows.units
    plain, effects = rows.plain()
    y, x = plain[:, :m], plain[:, m:]
    sizes = np.sqrt((values**2).sum(axis=0))
    fitted = fit(y[:, 1], x, effects, sizes[m:])
    if fitted.aliased:
        raise MethodError("lead_lag_no_variation", where=Where(), column=order[fitted.aliased[0] // lags], edge=named)
    if np.sqrt(fitted.residuals @ fitted.residuals) <= EXACT * np.sqrt(y[:, 1] @ y[:, 1]):
        raise MethodError("lead_lag_exact", where=Where(), column=follower, edge=named)
    v = covariance(fitted, x, n, nested=units - 1)  # one effect of units stands for the constant
    beta = unbiased(y, x, rows.there, lags)[:, 1] if correction == "analytic" else fitted.coefficients
    mine = slice(0, lags)
    effect = float(beta[mine].sum())
    wald = float(beta[mine] @ np.linalg.solve(v[mine, mine], beta[mine])) / lags
    return _Edge(
        effect=float(fitted.coefficients[mine].sum()),
        corrected=effect,
        se=float(np.sqrt(v[mine, mine].sum())),
        joint=float(stats.f.sf(wald, lags, units - 1)),
        own=float(beta[lags : 2 * lags].sum()),
        standardised=effect * float(x[:, 0].std() / y[:, 1].std()),
        rows=len(values),
        units=units,
    )


def _table(
    asked: Sequence[tuple[str, str]], found: Sequence[_Edge], level: float, correction: Correction
) -> pl.DataFrame:
    effect, se = (np.array([getattr(e, name) for e in found]) for name in ("corrected", "se"))
    freedom = np.array([e.units - 1 for e in found])
    t = effect / se
    p = 2 * special.stdtr(freedom, -np.abs(t))
    reach = special.stdtrit(freedom, (1 + level) / 2) * se
    return pl.DataFrame(
        {
            "leader": [a for a, _ in asked],
            "follower": [b for _, b in asked],
            "effect": [e.effect for e in found],
            "corrected": pl.Series(effect if correction == "analytic" else [None] * len(found), dtype=pl.Float64),
            "se": se,
            "low": effect - reach,
            "high": effect + reach,
            "t": t,
            "p": p,
            "p_joint": [e.joint for e in found],
            "q": stats.false_discovery_control(p),
            "standardised": [e.standardised for e in found],
            "own": [e.own for e in found],
            "rows": [e.rows for e in found],
            "units": [e.units for e in found],
        }
    )


def _circles(frame: pl.DataFrame, rings: Mapping[str, Sequence[str]], alpha: float) -> pl.DataFrame:
    """Return of each circle whether every edge is shown, and which is the weakest."""
    rows = []
    place = {(a, b): k for k, (a, b) in enumerate(frame.select("leader", "follower").iter_rows())}
    for name, ring in rings.items():
        edges = [edge for edge in pairwise([*ring, *ring[:1]])]
        part = frame[[place[edge] for edge in edges]]
        shown = (part["t"] > 0) & (part["q"] < alpha)
        broken = (part["t"] < 0) & (part["q"] < alpha)
        turns = "broken" if broken.any() else ("shown" if shown.all() else "not_shown")
        weakest = edges[int((part["q"] + 2 * broken.cast(pl.Int8)).arg_max() or 0)]
        rows.append(
            {
                "circle": name, "edges": len(edges), "shown": int(shown.sum()), "turns": turns,
                "weakest": " → ".join(weakest),
            }
        )  # fmt: skip
    schema = {"circle": pl.String, "edges": pl.Int64, "shown": pl.Int64, "turns": pl.String, "weakest": pl.String}
    return pl.DataFrame(rows, schema=schema)


def _notes(found: Sequence[_Edge], years: int, correction: Correction) -> list[Note]:
    notes = [Note("lead_lag_precedence", "info")]
    clusters = min(e.units for e in found)
    if years < SHORT:
        code = "lead_lag_short" if correction == "analytic" else "lead_lag_biased"
        notes.append(Note(code, "warning", {"years": years}))
    if clusters < FEW_CLUSTERS:
        notes.append(Note("lead_lag_clusters", "warning", {"clusters": clusters}))
    return notes
