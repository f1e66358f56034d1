"""What a plan answers: reasons, refusals, prices, fairness, conflicts, and what does not depend on the writing."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.errors import MethodError, SpecError
from nqpf.industry.planning.case import case_of
from nqpf.industry.planning.conflict import _oracle, conflict
from nqpf.industry.planning.plan import plan
from nqpf.industry.planning.read import read
from nqpf.industry.planning.spec import PlanSpec
from nqpf.messages import speak


def pairs(seed: int = 0, regions: int = 6, lines: int = 8) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    density = rng.uniform(0, 1, (regions, lines))
    p = 1 / (1 + np.exp(3 - 4 * density + rng.normal(0, 0.5, lines)))
    r, j = np.divmod(np.arange(regions * lines), lines)
    return pl.DataFrame(
        {
            "unit": [f"r{i}" for i in r],
            "line": [f"j{i}" for i in j],
            "p": p.ravel(),
            "value": np.tile(rng.uniform(0.5, 2, lines), regions),
            "density": density.ravel(),
        }
    )


def lines(headroom: list[float] | None = None, **more: Any) -> pl.DataFrame:
    return pl.DataFrame({"line": [f"j{i}" for i in range(8)], "headroom": headroom or [1.0] * 8} | more)


def solve(table: Any, **options: Any) -> Any:
    return plan(table, unit="unit", industry="line", **options)


PRICED = {"per_region": 2, "crowding": {"price": 0.2}, "tolerance": 0.0}


def test_the_order_of_rows_changes_nothing() -> None:
    found = solve(pairs(), industries=lines(), spec=PRICED)
    other = solve(pairs().sample(fraction=1.0, shuffle=True, seed=1), industries=lines().reverse(), spec=PRICED)
    again = solve(pairs(), industries=lines(), spec=PRICED)
    for name in ("frame", "refused", "regions", "crowding", "prices", "bindings", "objective"):
        assert getattr(found, name).equals(getattr(other, name)), name
        assert getattr(found, name).equals(getattr(again, name)), name


def test_equals_are_chosen_by_their_keys() -> None:
    table = pl.DataFrame({"unit": ["b", "a", "b", "a"], "line": ["y", "y", "x", "x"], "p": 0.5, "value": 1.0})
    found = solve(table, spec={"per_region": 1})
    assert found.frame.select("unit", "line").rows() == [("a", "x"), ("b", "x")]
    one_each = solve(table, industries={"line": ["x", "y"], "headroom": [1, 1]}, spec={"per_region": 1})
    assert one_each.value == 1.0


@given(st.floats(1e-6, 1e6))
def test_the_unit_of_value_changes_nothing(factor: float) -> None:
    table = pairs()
    found = solve(table, industries=lines(), spec=PRICED)
    scaled = {**PRICED, "crowding": {"price": 0.2 * factor}}
    other = solve(table.with_columns(pl.col("value") * factor), industries=lines(), spec=scaled)
    assert other.frame.select("unit", "line").equals(found.frame.select("unit", "line"))
    assert other.value == pytest.approx(found.value * factor, rel=1e-9)


def test_the_unit_of_size_changes_nothing() -> None:
    table = pairs().with_columns(size=pl.Series(np.random.default_rng(2).uniform(0.5, 1.5, 48)))
    found = solve(table, industries=lines(), spec=PRICED)
    other = solve(
        table.with_columns(pl.col("size") * 1e4),
        industries=lines([1e4] * 8),
        spec={**PRICED, "crowding": {"price": 0.2e-4}},
    )
    assert other.frame.select("unit", "line").equals(found.frame.select("unit", "line"))
    relative = [
        solve(t, industries=lines([h] * 8), spec={**PRICED, "crowding": {"price": 1.0, "unit": "mean"}}).frame
        for t, h in ((table, 1.0), (table.with_columns(pl.col("size") * 1e4), 1e4))
    ]
    assert relative[0].select("unit", "line").equals(relative[1].select("unit", "line"))


def test_a_dearer_crowd_is_smaller_and_worth_less() -> None:
    found = [
        solve(pairs(), industries=lines(), spec={**PRICED, "crowding": {"price": price}}) for price in (0, 0.1, 0.3, 1)
    ]
    excess = [one.crowding["excess"].sum() for one in found]
    expected = [one.objective["amount"][0] for one in found]
    assert excess == sorted(excess, reverse=True)
    assert excess[0] > excess[-1]
    for falling in (expected, [one.value for one in found]):
        assert all(a >= b - 1e-9 for a, b in pairwise(falling))


def test_unknown_headroom_is_not_assessed_rather_than_zero() -> None:
    nothing = solve(pairs(), spec={"per_region": 2})
    state = nothing.terms.filter(pl.col("term") == "crowding").row(0)
    assert state == ("crowding", "not_assessed", "industries.headroom")
    assert nothing.crowding["headroom"].null_count() == 8
    assert "crowding (industries.headroom)" in str(next(n for n in nothing.notes if n.code == "plan_not_assessed"))
    some = solve(pairs(), industries=lines([0.0] * 7 + [None]), spec={"per_region": 2})
    assert set(some.frame["line"]) == {"j7"}
    assert some.crowding.row(7)[2:] == (None, None, None)
    assert "j7" in str(next(n for n in some.notes if n.code == "plan_headroom_unknown"))


def test_every_target_and_refusal_has_its_reason() -> None:
    table = pairs().with_columns(forbidden=pl.col("line") == "j3")
    spec = {**PRICED, "gate": {"at": 0.65}, "leap": {"count": 1}, "min_p": 0.1}
    found = solve(table, industries=lines(), spec=spec)
    assert found.frame.height + found.refused.height == 48
    reasons = dict(found.refused.select(pl.concat_str("unit", "line"), "reason").rows())
    told = {(u, j): (p, d) for u, j, p, d in table.select("unit", "line", "p", "density").rows()}
    threshold = dict(table.group_by("unit").agg(pl.col("density").quantile(0.65, "linear")).rows())
    for (u, j), (p, d) in told.items():
        reason = reasons.get(u + j)
        if j == "j3":
            assert reason == "negative"
        elif p < 0.1:
            assert reason == "min_p"
        elif reason is None:
            row = found.frame.filter((pl.col("unit") == u) & (pl.col("line") == j)).row(0, named=True)
            assert row["entry"] == ("gate" if d >= threshold[u] else "leap")
            assert row["threshold"] == pytest.approx(threshold[u])
        else:
            assert reason in ("count", "headroom", "leap", "whole")
    assert set(reasons.values()) >= {"negative", "min_p", "count", "headroom", "leap"}
    best = table.with_columns(e=pl.col("p") * pl.col("value")).sort("e", descending=True).filter(pl.col("unit") == "r0")
    ranked = pl.concat([found.frame, found.refused], how="diagonal").filter(pl.col("unit") == "r0").sort("rank")
    assert ranked["line"].to_list() == best["line"].to_list()


def test_a_binding_limit_charges_its_price() -> None:
    table = pl.DataFrame({"unit": ["a", "b"], "line": ["x", "x"], "p": [0.9, 0.5], "value": [1.0, 1.0]})
    found = solve(table, industries={"line": ["x"], "headroom": [1.0]})
    assert found.prices.select("constraint", "line", "price").rows() == [("headroom", "x", pytest.approx(0.5, abs=0.4))]
    assert found.bindings.select("unit", "constraint").rows() == [("a", "headroom")]
    assert found.refused.select("unit", "reason").rows() == [("b", "headroom")]
    assert found.not_advised.rows() == [("b", 1, 1, 0.5, "headroom")]
    told = found.explain("b", "x", force=True)
    assert (told.chosen, told.reason, told.rank) == (False, "headroom", 1)
    assert told.forced == pytest.approx(0.4)
    assert "other regions take up its headroom" in str(told.text())
    assert "falls by 0.4" in str(told.text())
    kept = found.explain("a", "x", force=True)
    assert kept.forced == pytest.approx(0.4)
    with speak("zh"):
        assert "产业容量" in str(kept.text())


def test_a_region_without_a_target_is_a_legal_answer() -> None:
    table = pairs().with_columns(p=pl.when(pl.col("unit") == "r5").then(0.01).otherwise("p"))
    floor = {"count": 1, "otherwise": "not_advised"}
    found = solve(table, spec={**PRICED, "min_p": 0.05, "floor": floor})
    assert found.not_advised.rows() == [("r5", 8, 0, 0.01, "min_p")]
    assert found.regions.filter(pl.col("unit") == "r5")["targets"].item() == 0
    assert any(note.code == "plan_not_advised" for note in found.notes)
    with pytest.raises(MethodError) as caught:
        solve(table, spec={**PRICED, "min_p": 0.05, "floor": {**floor, "otherwise": "strict"}})
    assert {(c.code, c.unit) for c in caught.value.values["constraints"]} == {("floor", "r5"), ("min_p", None)}
    nothing = solve(pairs(), spec={"min_p": 1.0})
    assert nothing.frame.height == 0
    assert nothing.value == 0.0
    assert nothing.not_advised["reason"].to_list() == ["min_p"] * 6


def test_the_least_gain_grows_within_what_may_be_given_up() -> None:
    greedy = solve(pairs(3), industries=lines(), spec={**PRICED, "crowding": {}})
    spec = {**PRICED, "crowding": {}, "fairness": {"within": 0.05}}
    fair = solve(pairs(3), industries=lines(), spec=spec)
    assert fair.value == pytest.approx(greedy.value)
    total = fair.objective["amount"][-1]
    assert total >= 0.95 * greedy.value - 1e-9
    assert fair.least_gain > greedy.least_gain
    assert fair.least_gain == pytest.approx(fair.regions["gain"].min())
    assert fair.least_gain <= fair.least_gain_bound + 1e-9
    assert fair.least_gain_bound == pytest.approx(fair.least_gain, rel=0.02)


def test_gaps_are_mended_by_any_pair_there_is() -> None:
    gaps = {"gap": ["g"], "line": ["j0"], "target": [0.6]}
    found = solve(pairs(), gaps=gaps, spec={**PRICED, "gate": {"rule": "absolute", "at": 0.99, "chain": "free"}})
    assert set(found.frame.filter(pl.col("line") == "j0")["entry"]) == {"chain"}
    p = found.frame.filter(pl.col("line") == "j0")["p"]
    row = found.gaps.row(0, named=True)
    assert row["covered"] == pytest.approx(1 - (1 - p).product())
    assert row["covered"] >= 0.6
    assert (row["mended"], row["open"], row["cost"]) == (True, 0.0, 0.0)
    half = solve(pairs(), gaps={**gaps, "target": [0.9999], "weight": [2.0]}, spec={**PRICED, "gaps": {"price": 0.1}})
    row = half.gaps.row(0, named=True)
    assert not row["mended"]
    assert row["open"] == pytest.approx(1 - np.log(1 - row["covered"]) / np.log(1 - 0.9999))
    assert row["cost"] == pytest.approx(0.2 * row["open"])
    assert half.objective.filter(pl.col("part") == "gaps")["amount"].item() == pytest.approx(-row["cost"])
    none = solve(pairs(), gaps={"gap": ["g"], "line": ["elsewhere"]}, spec={"gaps": {"price": 1.0}})
    assert none.gaps.row(0)[2:6] == (0.0, 0, 0, 1.0)
    assert "g" in str(next(n for n in none.notes if n.code == "plan_gap_without_pair"))


def test_a_gap_can_be_bound_to_a_region_and_to_a_column_of_industries() -> None:
    gaps = {"gap": ["g", "g"], "unit": ["r2", None], "line": ["j0", "j1"], "target": [0.2, 0.2]}
    found = solve(pairs(), gaps=gaps, spec={"gaps": {"price": 1.0}})
    assert found.gaps["candidates"].to_list() == [1 + 6]
    other = solve(pairs(), industries=lines(gap=["g"] + [None] * 7), spec={"gaps": {"price": 1.0, "target": 0.3}})
    assert other.gaps.select("gap", "target", "candidates").rows() == [("g", 0.3, 6)]


def test_a_critical_industry_stands_in_two_clusters() -> None:
    regions = {"unit": [f"r{i}" for i in range(6)], "cluster": ["n", "n", "n", "s", "s", "s"]}
    critical = lines([9.0] * 8, critical=[True] + [False] * 7)
    spec = {**PRICED, "gate": {"rule": "none"}, "per_region": 1}
    free = solve(pairs(), industries=lines([9.0] * 8), regions=regions, spec=spec)
    held = solve(pairs(), industries=critical, regions=regions, spec=spec)
    clusters = dict(zip(regions["unit"], regions["cluster"], strict=True))
    seats = {clusters[u] for u in held.frame.filter(pl.col("line") == "j0")["unit"]}
    assert seats == {"n", "s"}
    assert held.industries["clusters"][0] == 2
    assert held.value < free.value
    there = pairs().with_columns(activity=((pl.col("unit") == "r0") & (pl.col("line") == "j0")).cast(pl.Float64))
    eased = solve(there, industries=critical, regions=regions, spec=spec)
    assert held.value <= eased.value <= free.value
    assert "s" in {clusters[u] for u in eased.frame.filter(pl.col("line") == "j0")["unit"]}


def test_jobs_are_released_after_others_took_them_up() -> None:
    table = pl.DataFrame({"unit": "a", "line": ["x", "y", "z"], "p": [0.5, 0.4, 0.5], "value": [1.0, 1.0, 1.0],
                          "new_jobs": [100.0, 50.0, 20.0]})  # fmt: skip
    regions = {"unit": ["a"], "jobs": [200.0], "absorb": [60.0], "release": [45.0]}
    spec = {"transition": {"first": 0.67, "exit_rate": 0.5, "price": 0.01}, "gate": {"rule": "none"}}
    found = solve(table, regions=regions, spec=spec)
    assert found.release.row(0) == ("a", 200.0, 70.0, 10.0, 60.0, 60.0, 45.0, 0.0)
    assert dict(found.frame.select("line", "period").rows()) == {"x": 1, "y": 1, "z": 2}
    slow = solve(table, regions=regions, spec={**spec, "transition": {"exit_rate": 0.1, "price": 0.01}})
    assert slow.release.row(0)[4:] == (20.0, 20.0, 45.0, 25.0)
    assert slow.objective.filter(pl.col("part") == "release_short")["amount"].item() == pytest.approx(-0.25)
    few = solve(table, regions={**regions, "count": [1]}, spec=spec)
    assert few.frame["line"].to_list() == ["x"]
    assert few.release["released_2"].item() == 0.0  # two thirds of one target are none


CONFLICTS: dict[str, tuple[dict[str, Any], dict[str, Any], set[tuple[Any, ...]]]] = {
    "headroom against strict floors": (
        {"floor": {"count": 2, "otherwise": "strict"}, "gate": {"rule": "none"}},
        {"industries": lines([0.0] * 7 + [9.0])},
        {("floor", "r0", None), *(("headroom", None, f"j{i}") for i in range(7))},
    ),
    "a gap and its region's place": (
        {"gate": {"rule": "none"}},
        {
            "gaps": {"gap": ["g"], "unit": ["r1"], "line": ["j0"], "target": [0.001]},
            "regions": {"unit": ["r1"], "count": [0]},
        },
        {("gap", None, None), ("count", "r1", None)},
    ),
    "a gap and the negative list": (
        {"gate": {"rule": "none"}},
        {
            "gaps": {"gap": ["g"], "line": ["j0"], "target": [0.5]},
            "negative": {"unit": [None], "line": ["j0"]},
        },
        {("gap", None, None), ("negative", None, None)},
    ),
}


@pytest.mark.parametrize("name", CONFLICTS)
def test_a_conflict_is_named_and_nothing_in_it_is_idle(name: str) -> None:
    spec, tables, expected = CONFLICTS[name]
    with pytest.raises(MethodError, match="No plan keeps these constraints together") as caught:
        solve(pairs(), spec=spec, **tables)
    found = caught.value.values["constraints"]
    assert {(c.code, c.unit, c.industry) for c in found} == expected or name.startswith("headroom")
    whole = {"regions": None, "industries": None, "gaps": None, "negative": None} | tables
    asked = PlanSpec.model_validate(spec)
    q, _ = read(pairs(), *whole.values(), unit="unit", industry="line", columns={}, spec=asked)
    feasible = _oracle(case_of(q), True)
    assert list(found) == conflict(case_of(q))
    assert not feasible(found)
    for one in found:
        assert feasible([other for other in found if other != one]), one
    assert all(str(one.text()) in str(caught.value) for one in found)


def test_a_conflict_of_whole_numbers_only() -> None:
    """Half of each of two targets would do: the relaxation has a solution, the plan has none."""
    table = pl.DataFrame({"unit": ["a", "b"], "line": ["x", "x"], "p": [0.4, 0.4], "value": [1.0, 1.0], "size": 0.7})
    tables = {"industries": {"line": ["x"], "headroom": [1.0]}, "gaps": {"gap": ["g"], "line": ["x"], "target": [0.5]}}
    with pytest.raises(MethodError) as caught:
        solve(table, **tables)
    assert {c.code for c in caught.value.values["constraints"]} == {"gap", "headroom"}


def test_a_search_that_is_stopped_says_so() -> None:
    rng = np.random.default_rng(0)
    n, k = 30, 40
    table = pl.DataFrame(
        {
            "unit": np.repeat(np.arange(n), k),
            "line": np.tile(np.arange(k), n),
            "p": rng.uniform(0.2, 0.9, n * k),
            "value": 1.0,
            "size": rng.uniform(0.5, 1.5, n * k),
            "minimum": rng.uniform(0.5, 2, n * k),
        }
    )
    found = solve(
        table,
        regions={"unit": list(range(n)), "funds": [4.0] * n},
        industries={"line": list(range(k)), "headroom": [2.0] * k},
        spec={"seconds": 0.05, "tolerance": 0.0},
    )
    assert found.status == "stopped"
    assert found.gap > 0
    assert found.bound > found.value
    note = next(n for n in found.notes if n.code == "plan_stopped")
    assert "not proven to be best" in str(note)
    assert found.frame.schema["unit"] == pl.Int64


def test_alternatives_are_others_and_nearly_as_good() -> None:
    found = solve(pairs(), industries=lines(), spec=PRICED)
    others = found.alternatives(within=0.05, count=3)
    assert others.frame["alternative"].to_list() == [0, 1, 2, 3]
    assert (others.frame["share"] >= 0.95 - 1e-9).all()
    sets = [frozenset(part.select("unit", "line").rows()) for part in others.assignments.partition_by("alternative")]
    assert len(set(sets)) == 4
    assert others.frame["kept"].to_list() == [len(one & sets[0]) for one in sets]
    assert others.core["times"].max() <= 4
    assert sum(others.core["times"]) == others.assignments.height
    none = found.alternatives(within=0.0, count=3)
    assert none.frame.height == 1
    assert none.notes[0].code == "plan_few_alternatives"
    with pytest.raises(SpecError, match="within a share"):
        found.alternatives(within=1.5)


def test_frequencies_follow_the_intervals() -> None:
    table = pairs().with_columns(low=pl.col("p") * 0.6, high=pl.col("p") * 0.6 + 0.4)
    found = solve(table, industries=lines(), spec=PRICED)
    sampled = found.robustness(30, seed=1)
    assert sampled.frame.equals(found.robustness(30, seed=1, workers=2).frame)
    assert not sampled.draws.equals(found.robustness(30, seed=2).draws)
    assert sampled.frame["frequency"].is_between(0, 1).all()
    assert sampled.frame.filter("chosen").height == found.frame.height
    assert (sampled.draws["regret"] >= -1e-9).all()
    assert 0 < sampled.frame.filter("chosen")["frequency"].mean() < 1
    narrow = solve(pairs().with_columns(low="p", high="p"), industries=lines(), spec=PRICED).robustness(5)
    assert narrow.frame["frequency"].to_list() == [1.0] * found.frame.height
    assert narrow.notes[0].code == "plan_draws_few"
    with pytest.raises(MethodError, match="no interval of probabilities"):
        solve(pairs(), spec=PRICED).robustness(5)


def test_draws_can_be_those_of_the_model() -> None:
    table = pairs()
    draws = pl.concat([table.select("unit", "line", "p", draw=pl.lit(d)) for d in range(20)])
    found = solve(table, industries=lines(), spec=PRICED)
    sampled = found.robustness(draws.reverse())
    assert sampled.frame["frequency"].to_list() == [1.0] * found.frame.height
    assert sampled.draws["regret"].to_list() == pytest.approx([0.0] * 20)
    with pytest.raises(Exception, match="Draw 3 has no probability of this pair"):
        found.robustness(draws.filter(~((pl.col("draw") == 3) & (pl.col("unit") == "r1") & (pl.col("line") == "j2"))))


def test_coordination_runs_from_alone_to_a_hard_limit() -> None:
    found = solve(pairs(), industries=lines(), spec=PRICED)
    curve = found.coordination().frame
    assert curve["rule"].to_list() == ["alone", *["priced"] * 7, "hard"]
    best = pairs().with_columns(e=pl.col("p") * pl.col("value"))
    gate = best.filter(pl.col("density") >= pl.col("density").quantile(0.5, "linear").over("unit"))
    own = gate.group_by("unit").agg(pl.col("e").top_k(2).sum())["e"].sum()
    assert curve["expected"][0] == pytest.approx(own)
    assert curve["given_up"][0] == 0
    assert curve["expected"].to_list() == sorted(curve["expected"], reverse=True)
    assert curve["excess"][-1] == pytest.approx(0, abs=1e-9)
    assert curve["excess"][0] == curve["excess"].max() > 0
    assert curve["expected"][-2] == pytest.approx(curve["expected"][-1])  # at the last price nothing beyond pays
    assert curve["hhi"][0] >= curve["hhi"][-1]
    assert curve["max_regions"][-1] == 1
    assert curve["similarity"][-1] == 0
    few = found.coordination([0.1, 0.5]).frame
    assert few["price"].to_list() == [None, 0.1, 0.5, None]
    with pytest.raises(MethodError, match="No headroom is known"):
        solve(pairs(), spec=PRICED).coordination()
    with pytest.raises(SpecError, match="a number from 0 up"):
        found.coordination([-1.0])


def test_what_a_plan_is_made_of_is_not_changed_by_asking() -> None:
    found = solve(pairs(), industries=lines(), spec=PRICED)
    before = replace(found)
    found.explain("r0", "j0", force=True)
    found.alternatives(count=1)
    assert found.frame.equals(before.frame)
    assert found.answer is before.answer
    assert found.method.id == "industry.plan"
    assert found.method.options["per_region"] == 2
    with pytest.raises(Exception, match="The pair is no candidate"):
        found.explain("r0", "j99")
