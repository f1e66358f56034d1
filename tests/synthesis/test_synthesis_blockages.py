"""The list of blockages: every kind by hand from constructed results, both sides of each condition."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.data import Status
from nqpf.errors import MethodError, SpecError
from nqpf.results import Part
from nqpf.synthesis.blockages import KINDS, Blockages, blockages

UNITS = ("a", "b", "c", "d")
ALL = {unit: UNITS for unit in UNITS}
REFUSED: Part[Any] = Part(None, MethodError("paths_few_units", units=3, least=6))


def obstacles(degree: list[list[float]], filled: tuple[int, int] | None = None) -> Any:
    """Return obstacle degrees of the last year, a row a unit; the year before is the other way round."""
    last = np.array(degree)
    indicators = tuple(SimpleNamespace(id=f"k{n}", theory=(f"A0{n + 1}",)) for n in range(last.shape[1]))
    status = np.full((2, *last.shape), Status.REPORTED, dtype=np.int8)
    if filled is not None:
        status[(1, *filled)] = Status.IMPUTED
    panel = SimpleNamespace(units=UNITS[: len(last)], status=status)
    index = SimpleNamespace(panel=panel, framework=SimpleNamespace(indicators=indicators))
    return SimpleNamespace(index=index, degree=np.stack([last[::-1], last]))


def marked(*ids: str) -> tuple[Any, ...]:
    return tuple(SimpleNamespace(id=id, theory=("H01",)) for id in ids)


def system(
    roles: dict[str, list[float | None]] | None = None,
    filled: dict[str, dict[str, tuple[Any, ...]]] | None = None,
    position: list[float] | None = None,
    circles: dict[str, Part[Any]] | None = None,
) -> Any:
    """Return a system with these roles in the last year (columns ``circle:role``) and this balance of new and old."""
    known = {id: {} for id in ("education_science_talent", "science_industry_finance", "supply_demand", "four_chains")}
    for column in roles or {}:
        id, _, role = column.partition(":")
        known[id][role] = (filled or {}).get(id, {}).get(role, marked(column, f"{column}2"))  # type: ignore[index]
    frame = pl.DataFrame({"unit": UNITS * 2, "period": [2019] * 4 + [2020] * 4})
    frame = frame.with_columns(
        pl.Series(name, [0.0] * 4 + values, dtype=pl.Float64) for name, values in (roles or {}).items()
    )
    balances: dict[str, Part[Any]] = {}
    if position is not None:
        known["new_old"] = {"new_industry": marked("n", "m"), "old_industry": marked("o")}  # type: ignore[assignment]
        table = pl.DataFrame({"unit": UNITS * 2, "period": [2019] * 4 + [2020] * 4, "position": [0.0] * 4 + position})
        balances["new_old"] = Part(SimpleNamespace(frame=table))  # type: ignore[arg-type]
    return SimpleNamespace(filled=known, roles=frame, balances=balances, circles=circles or {})


def ring(turns: str, weakest: str = "supply_demand:demand → supply_demand:supply") -> Part[Any]:
    """Return a circle of supply and demand of which the first edge holds and the second is the weakest."""
    turning = pl.DataFrame({"direction": ["forward", "backward"], "turns": [turns, "shown"], "weakest": [weakest] * 2})
    frame = pl.DataFrame(
        {
            "direction": ["forward", "forward", "backward"],
            "leader": ["supply_demand:supply", "supply_demand:demand", "supply_demand:demand"],
            "follower": ["supply_demand:demand", "supply_demand:supply", "supply_demand:supply"],
            "standardised": [0.4, -0.1, 0.9],
            "standardised_low": [0.2, -0.3, 0.8],
            "standardised_high": [0.6, 0.1, 1.0],
            "q": [0.001, 0.4, 0.001],
        }
    )
    return Part(SimpleNamespace(turning=turning, frame=frame))  # type: ignore[arg-type]


def points(scores: dict[str, float | None]) -> Part[Any]:
    frame = pl.DataFrame(
        {"sector": list(scores), "score": list(scores.values())}, schema={"sector": pl.String, "score": pl.Float64}
    )
    return Part(SimpleNamespace(frame=frame))  # type: ignore[arg-type]


def rows(found: Blockages, kind: str, unit: str | None) -> list[tuple[str, float]]:
    frame = found.frame.filter((pl.col("kind") == kind) & pl.col("unit").eq_missing(unit))
    return [(what, pytest.approx(number)) for what, number in frame.select("what", "number").rows()]


def test_obstacles_go_by_degree_beside_the_median_of_peers() -> None:
    found = blockages(ALL, obstacles([[0.1, 0.5, 0.4, 0.0], [0.7, 0.1, 0.2, 0.0], [0.3, 0.3, 0.4, 0.0], [0, 0, 0, 0]]))
    assert rows(found, "obstacle", "a") == [("k1", 0.5), ("k2", 0.4), ("k0", 0.1)]
    assert rows(found, "obstacle", "d") == []  # best in all
    first = found.of("a").row(0, named=True)
    assert first["compare"] == pytest.approx(0.2)  # the median of .5, .1, .3, 0
    assert (first["tier"], first["items"]) == ("measured", ["A02"])
    assert found.assessed == ("obstacle",)


def test_an_obstacle_on_a_filled_figure_is_but_indicated() -> None:
    found = blockages(ALL, obstacles([[0.6, 0.4]] * 4, filled=(1, 0)))
    tiers = found.frame.filter(pl.col("what") == "k0")["tier"].to_list()
    assert tiers == ["measured", "indicated", "measured", "measured"]


def test_peers_are_those_given() -> None:
    pairs = {"a": ("a", "b"), "b": ("a", "b"), "c": ("c", "d"), "d": ("c", "d")}
    degrees = [[0.2, 0.8], [0.4, 0.6], [0.9, 0.1], [0.7, 0.3]]
    found = blockages(pairs, obstacles(degrees)).frame.filter(pl.col("what") == "k0")
    assert found["compare"].to_list() == pytest.approx([0.3, 0.3, 0.8, 0.8])


def test_the_lowest_role_of_each_circle_is_listed_once() -> None:
    roles: dict[str, list[float | None]] = {
        "education_science_talent:education": [0.1, 0.5, 0.5, 0.9],
        "education_science_talent:science": [0.3, 0.5, 0.5, 0.9],
        "supply_demand:supply": [0.4, 0.5, None, 0.5],
    }
    found = blockages(ALL, system=system(roles))
    assert rows(found, "role", "a") == [("education", -0.4), ("supply", -0.1)]
    assert rows(found, "role", "b") == rows(found, "role", "d") == []  # none below the median
    assert rows(found, "role", "c") == []  # a gap in the data is no gap behind others
    row = found.of("a").row(0, named=True)
    assert (row["set"], row["tier"]) == ("education_science_talent", "indicated")
    assert (row["level"], row["compare"]) == (0.1, 0.5)
    assert row["items"] == ["H01"]


def test_roles_of_the_same_indicators_are_one_blockage_and_of_one_indicator_a_hint() -> None:
    same = marked("talents")
    filled = {"education_science_talent": {"talent": same}, "four_chains": {"talent_chain": same}}
    low: list[float | None] = [0.1, 0.5, 0.5, 0.9]
    found = blockages(
        ALL, system=system({"education_science_talent:talent": low, "four_chains:talent_chain": low}, filled)
    )
    assert rows(found, "role", "a") == [("talent", -0.4)]
    assert found.of("a")["tier"].to_list() == ["suggested"]


def test_a_side_is_listed_where_it_lags_by_more_than_is_usual() -> None:
    found = blockages(ALL, system=system(position=[-0.5, -0.1, -0.2, 0.4]))  # the median is -.15
    assert rows(found, "side", "a") == [("new_industry", -0.5)]
    assert rows(found, "side", "b") == []
    assert rows(found, "side", "c") == [("new_industry", -0.2)]
    assert rows(found, "side", "d") == [("old_industry", -0.4)]
    frame = found.frame.filter(pl.col("kind") == "side")
    assert frame["compare"].to_list() == pytest.approx([-0.15, -0.15, 0.15])
    assert frame["tier"].unique().to_list() == ["suggested"]  # one side rests on one indicator
    level = blockages(ALL, system=system(position=[-0.2] * 4))
    assert level.frame.filter(pl.col("kind") == "side").height == 0
    assert "side" in level.assessed


@pytest.mark.parametrize(("turns", "state"), [("not_shown", "not_shown"), ("broken", "against")])
def test_the_weakest_edge_of_a_circle_that_does_not_turn_is_of_all(turns: str, state: str) -> None:
    found = blockages(ALL, system=system(circles={"supply_demand": ring(turns)}))
    row = found.shared.row(0, named=True)
    assert (row["unit"], row["set"], row["state"]) == (None, "supply_demand", state)
    assert row["what"] == "supply_demand:demand → supply_demand:supply"
    assert (row["number"], row["low"], row["high"], row["level"]) == (-0.1, -0.3, 0.1, 0.4)
    assert set(row["items"]) >= {"H03", "H04", "H05"}
    assert found.circles == ("supply_demand",)


def test_a_circle_that_turns_blocks_nothing() -> None:
    found = blockages(ALL, system=system(circles={"supply_demand": ring("shown")}))
    assert found.shared.height == 0
    assert "edge" in found.assessed


def test_choke_points_block_those_who_are_strong_in_the_sector() -> None:
    active = pl.DataFrame({"unit": ["a", "a", "b", "x"], "industry": ["chips", "farm", "ore", "ore"]})
    found = blockages(ALL, chain=points({"chips": 0.6, "ore": 0.3, "farm": 0.0, "shops": None}), active=active)
    assert rows(found, "chain", "a") == [("chips", 0.6)]  # a score of nothing is no choke point
    assert rows(found, "chain", "b") == [("ore", 0.3)]
    assert found.shared.height == 0
    assert found.frame["compare"].unique().to_list() == pytest.approx([0.3])  # of .6, .3 and 0


@pytest.mark.parametrize("active", [None, pl.DataFrame({"unit": ["a"], "industry": ["C39"]})])
def test_choke_points_are_of_all_where_sectors_are_no_industries(active: pl.DataFrame | None) -> None:
    found = blockages(ALL, chain=points({"s1": 0.1, "s2": 0.4, "s3": 0.3, "s4": 0.2}), active=active)
    assert rows(found, "chain", None) == [("s2", 0.4), ("s3", 0.3), ("s4", 0.2)]


@pytest.mark.parametrize(
    ("kind", "given", "needs"),
    [
        ("obstacle", {"indexed": False}, "index"),
        ("obstacle", {}, "ceiling"),
        ("role", {}, "system"),
        ("role", {"system": system()}, "roles"),
        ("side", {}, "system"),
        ("side", {"system": system()}, "sides"),
        ("chain", {}, "chain"),
        ("chain", {"chain": REFUSED}, "refused"),
        ("chain", {"chain": points({"s": None})}, "components"),
        ("edge", {}, "system"),
        ("edge", {"system": system()}, "all_roles"),
        ("edge", {"system": system(circles={"supply_demand": REFUSED})}, "refused"),
    ],
)
def test_a_kind_without_data_says_what_it_needs(kind: str, given: dict[str, Any], needs: str) -> None:
    found = blockages(ALL, **given)
    assert found.absent[kind] == needs
    assert kind not in found.assessed


def test_kinds_are_kept_apart_and_each_has_at_most_so_many_rows() -> None:
    given: dict[str, Any] = {
        "obstacles": obstacles([[0.4, 0.3, 0.2, 0.1]] * 4),
        "system": system(position=[-0.5, 0.1, 0.2, 0.3], circles={"supply_demand": ring("broken")}),
        "chain": points({"s": 0.9}),
    }
    found = blockages(ALL, **given, most=2)
    assert found.of("a")["kind"].to_list() == ["obstacle", "obstacle", "side"]
    assert found.shared["kind"].to_list() == ["chain", "edge"]
    assert found.frame.group_by("unit", "kind").len()["len"].max() == 2
    assert blockages(ALL, **given).of("a")["kind"].to_list().count("obstacle") == 3
    assert tuple(found.absent) == ("role",)
    assert set(found.frame["kind"]) <= set(KINDS)


def test_what_most_units_have_is_told_by_kind() -> None:
    degrees = [[0.5, 0.3, 0.2], [0.6, 0.4, 0.0], [0.9, 0.0, 0.1], [0.0, 1.0, 0.0]]
    common = blockages(ALL, obstacles(degrees), system(position=[-0.5, 0.1, 0.2, 0.3])).common()
    told = common.select("kind", "what", "units").rows()
    assert told == [
        ("obstacle", "k0", 3),
        ("obstacle", "k1", 3),
        ("obstacle", "k2", 2),
        ("side", "old_industry", 2),
        ("side", "new_industry", 1),
    ]
    assert common["number"][0] == pytest.approx(0.6)
    assert blockages(ALL, obstacles(degrees)).common(1).height == 1


def test_at_least_one_row_is_asked_for() -> None:
    with pytest.raises(SpecError, match="most"):
        blockages(ALL, most=0)
