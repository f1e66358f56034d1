"""What blocks each unit, in one list: obstacles of the index, weak roles and sides, choke points, weak edges.

Each kind keeps its own number and is ordered by it alone: unlike numbers are neither added nor ranked together. What
is true of all units alike (an edge of a circle, a chain that is not told by region) has no unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import polars as pl

from nqpf import theory
from nqpf.data.missing import is_filled
from nqpf.index.obstacle import Obstacles
from nqpf.industry.chain_risk.chokepoints import Chokepoints
from nqpf.industry.options import check_least
from nqpf.industry.warning.lights import Tier
from nqpf.results import Method, Note, Part, Result
from nqpf.synthesis.survey import System

Kind = Literal["obstacle", "role", "side", "chain", "edge"]
KINDS: tuple[Kind, ...] = get_args(Kind)
WORSE: Mapping[str, int] = {"obstacle": 1, "role": -1, "side": -1, "chain": 1, "edge": -1}
"""Whether a large number of a kind is worse (1), or a small one (−1)."""
FEW = 2
"""Indicators of a role from which its reading is more than a hint."""
SCHEMA: Mapping[str, Any] = {
    "kind": pl.String,
    "unit": pl.String,
    "set": pl.String,
    "what": pl.String,
    "number": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "level": pl.Float64,
    "compare": pl.Float64,
    "state": pl.String,
    "tier": pl.String,
    "items": pl.List(pl.String),
}
_Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Blockages(Result):
    """What blocks each unit.

    Attributes
    ----------
    frame
        A row a unit and blockage, the worst of a kind first: ``kind``; ``unit`` (null: all units alike); ``set``
        (circle or balance; else null); ``what`` (indicator, role, sector, or ``leader → follower``); ``number``: of an
        ``obstacle`` its degree (share of the distance to the best score), of a ``role`` how far it stands below the
        median of peers, of a ``side`` how far below the other side (both on 0 to 1, negative), of the ``chain`` the
        score as a choke point, of an ``edge`` the standardised effect with ``low``, ``high``; ``level`` (of a role;
        q of an edge); ``compare`` (median of peers, or of assessed sectors); ``state`` (of an edge: ``not_shown``,
        ``against``); ``tier``; ``items`` of the theory.
    absent
        Kinds that are not assessed, and what they need.
    circles
        Circles whose edges were tested.
    units
        Units that the list is for.
    method, notes
        How it came about.
    """

    frame: pl.DataFrame
    absent: Mapping[str, str]
    circles: tuple[str, ...]
    units: tuple[str, ...]
    method: Method
    notes: tuple[Note, ...] = ()

    @property
    def assessed(self) -> tuple[Kind, ...]:
        """Kinds that are assessed, with something found or not."""
        return tuple(kind for kind in KINDS if kind not in self.absent)

    @property
    def shared(self) -> pl.DataFrame:
        """What is true of all units alike."""
        return self.frame.filter(pl.col("unit").is_null())

    def of(self, unit: str) -> pl.DataFrame:
        """Return what blocks a unit."""
        return self.frame.filter(pl.col("unit") == unit)

    def common(self, most: int = 3) -> pl.DataFrame:
        """Return what most units have, at most so many of a kind: kind, set, what, units, number (median), items."""
        own = self.frame.filter(pl.col("unit").is_not_null())
        counted = own.group_by("kind", "set", "what", maintain_order=True).agg(
            pl.len().cast(pl.Int64).alias("units"), pl.col("number").median(), pl.col("items").first()
        )
        worse = pl.col("kind").replace_strict(WORSE, return_dtype=pl.Int64) * pl.col("number")
        order = pl.col("kind").cast(pl.Enum(KINDS))
        ranked = counted.sort(order, "units", worse, descending=[False, True, True], maintain_order=True)
        return ranked.group_by("kind", maintain_order=True).head(most)

    def to_frame(self) -> pl.DataFrame:
        """Return the list."""
        return self.frame


def blockages(
    peers: Mapping[str, Sequence[str]],
    obstacles: Obstacles | None = None,
    system: System | None = None,
    chain: Part[Chokepoints] | None = None,
    active: pl.DataFrame | None = None,
    *,
    indexed: bool = True,
    most: int = 3,
) -> Blockages:
    """Return what blocks each unit.

    Parameters
    ----------
    peers
        By unit those it is held against, itself among them.
    obstacles
        Obstacle degrees; None where the index has no best score.
    system
        The system put together; None where the study does not ask for it.
    chain
        Choke points; None where there is no input–output table.
    active
        unit, industry of those who are strong in it; a choke point blocks those who are, where sectors and industries
        have ids in common, and else all alike.
    indexed
        Whether the study has an index.
    most
        Rows of a kind and unit, at most.

    Returns
    -------
    Blockages

    Raises
    ------
    SpecError
        `most` is less than one.

    Examples
    --------
    >>> blockages({"a": ["a"]}, indexed=False).absent["chain"]
    'chain'
    """
    check_least("most", most, 1)
    absent: dict[str, str] = {}
    rows: list[_Row] = []
    if obstacles is not None:
        rows += _obstacles(obstacles, peers)
    else:
        absent["obstacle"] = "ceiling" if indexed else "index"
    rows += _roles(system, peers, absent)
    rows += _sides(system, peers, absent)
    rows += _chain(chain, active, peers, absent)
    rows += _edges(system, absent)
    frame = pl.DataFrame(rows, schema=dict(SCHEMA), orient="row")
    worse = pl.col("kind").replace_strict(WORSE, default=None, return_dtype=pl.Int64) * pl.col("number")
    place = pl.col("unit").replace_strict({u: n for n, u in enumerate(peers)}, default=None, return_dtype=pl.Int64)
    ordered = frame.sort(
        place, pl.col("kind").cast(pl.Enum(KINDS)), worse, descending=[False, False, True], nulls_last=True,
        maintain_order=True,
    )  # fmt: skip
    kept = ordered.group_by("unit", "kind", maintain_order=True).head(most).select(list(SCHEMA))
    tested = () if system is None else tuple(id for id, part in system.circles.items() if part.result is not None)
    return Blockages(kept, absent, tested, tuple(peers), Method("synthesis.blockages", {"most": most}))


def _row(kind: Kind, unit: str | None, what: str, number: float, tier: Tier, items: Iterable[str], **more: Any) -> _Row:
    known = {"kind": kind, "unit": unit, "what": what, "number": number, "tier": tier}
    return dict.fromkeys(SCHEMA) | known | {"items": list(dict.fromkeys(items))} | more


def _obstacles(found: Obstacles, peers: Mapping[str, Sequence[str]]) -> Iterator[_Row]:
    """Yield the obstacles of the last year; one that rests on a filled figure is but indicated."""
    index = found.index
    degree, filled = found.degree[-1], is_filled(index.panel.status)[-1]
    place = {unit: n for n, unit in enumerate(index.panel.units)}
    for unit in (unit for unit in peers if unit in place):
        n, others = place[unit], degree[[place[one] for one in peers[unit]]]
        for k, indicator in enumerate(index.framework.indicators):
            if not degree[n, k] > 0:
                continue
            tier: Tier = "indicated" if filled[n, k] else "measured"
            median = float(np.nanmedian(others[:, k]))
            yield _row("obstacle", unit, indicator.id, float(degree[n, k]), tier, indicator.theory, compare=median)


def _roles(system: System | None, peers: Mapping[str, Sequence[str]], absent: dict[str, str]) -> Iterator[_Row]:
    """Yield of each unit and circle the role that stands farthest below the median of peers; no indicators twice."""
    filled = {} if system is None else {one.id: system.filled[one.id] for one in theory.circles()}
    if system is None or not any(any(roles.values()) for roles in filled.values()):
        absent["role"] = "system" if system is None else "roles"
        return
    last = _last(system.roles, "period")
    lowest: dict[tuple[str, str], tuple[float, str]] = {}
    gaps = {}
    for column in (f"{id}:{role}" for id, roles in filled.items() for role, found in roles.items() if found):
        known = {unit: value for unit, value in last.select("unit", column).iter_rows() if value is not None}
        for unit in (unit for unit in peers if unit in known):
            median = _median(known, peers[unit])
            gap = known[unit] - median
            gaps[unit, column] = known[unit], median
            id = column.partition(":")[0]
            if gap < min(0.0, lowest.get((unit, id), (0.0, ""))[0]):
                lowest[unit, id] = gap, column
    seen = set()
    for (unit, id), (gap, column) in lowest.items():
        role = column.partition(":")[2]
        own = filled[id][role]
        if (unit, same := tuple(one.id for one in own)) in seen:
            continue
        seen.add((unit, same))
        value, median = gaps[unit, column]
        items = (theory.role(role).item, *(item for one in own for item in one.theory))
        yield _row("role", unit, role, gap, _tier(len(own)), items, set=id, level=value, compare=median)


def _sides(system: System | None, peers: Mapping[str, Sequence[str]], absent: dict[str, str]) -> Iterator[_Row]:
    """Yield the side of a balance that lags behind the other, where it does so by more than is usual among peers."""
    found = {} if system is None else {id: part.result for id, part in system.balances.items() if part.result}
    if system is None or not found:
        absent["side"] = "system" if system is None else "sides"
        return
    for id, one in found.items():
        known = dict(_last(one.frame, "period").select("unit", "position").iter_rows())
        first, second = theory.role_set(id).roles
        for unit in (unit for unit in peers if unit in known):
            position, usual = known[unit], _median(known, peers[unit])
            lagging, gap, usual = (first, position, usual) if position < 0 else (second, -position, -usual)
            if gap < min(usual, 0.0):
                tier = _tier(min(len(system.filled[id][role.id]) for role in (first, second)))
                yield _row("side", unit, lagging.id, gap, tier, (lagging.item,), set=id, compare=usual)


def _chain(
    part: Part[Chokepoints] | None,
    active: pl.DataFrame | None,
    peers: Mapping[str, Sequence[str]],
    absent: dict[str, str],
) -> Iterator[_Row]:
    """Yield choke points: of those who are strong in the sector where that is known, else of all alike."""
    if part is None or part.result is None:
        absent["chain"] = "chain" if part is None or part.refused is None else "refused"
        return
    points = part.result.frame.filter(pl.col("score") > 0).select("sector", "score")
    if part.result.frame["score"].null_count() == part.result.frame.height:
        absent["chain"] = "components"
        return
    median = float(np.median(part.result.frame["score"].drop_nulls().to_numpy()))
    known = set() if active is None else set(active["industry"])
    told = active is not None and not known.isdisjoint(part.result.frame["sector"])
    having = set(active.select("unit", "industry").iter_rows()) if active is not None and told else set()
    for sector, score in points.iter_rows():
        for unit in [unit for unit in peers if (unit, sector) in having] if told else [None]:
            yield _row("chain", unit, sector, score, "indicated", ("F03", "G10"), compare=median)


def _edges(system: System | None, absent: dict[str, str]) -> Iterator[_Row]:
    """Yield the weakest edge of each circle that does not turn."""
    found = {} if system is None else {id: part.result for id, part in system.circles.items() if part.result}
    if not found:
        refused = system is not None and any(part.refused for part in system.circles.values())
        absent["edge"] = "system" if system is None else "refused" if refused else "all_roles"
    for id, one in found.items():
        turning = one.turning.filter(pl.col("direction") == "forward").row(0, named=True)
        if turning["turns"] == "shown":
            continue
        edges = one.frame.filter(pl.col("direction") == "forward")
        names = pl.concat_str("leader", "follower", separator=" → ")
        row = edges.filter(names == turning["weakest"]).row(0, named=True)
        state = "against" if turning["turns"] == "broken" else "not_shown"
        numbers = {"low": row["standardised_low"], "high": row["standardised_high"], "level": row["q"]}
        ends = [row[end].partition(":")[2] for end in ("leader", "follower")]
        items = (theory.role_set(id).item or "", *(theory.role(end).item for end in ends))
        yield _row(
            "edge", None, turning["weakest"], row["standardised"], "indicated", filter(None, items), set=id,
            state=state, **numbers,
        )  # fmt: skip


def _last(frame: pl.DataFrame, time: str) -> pl.DataFrame:
    return frame.filter(pl.col(time) == pl.col(time).max())


def _median(known: Mapping[str, float], units: Sequence[str]) -> float:
    return float(np.median([known[unit] for unit in units if unit in known]))


def _tier(indicators: int) -> Tier:
    return "indicated" if indicators >= FEW else "suggested"
