"""Every family of constraints against all choices there are: small cases by enumeration, in plain loops."""

from __future__ import annotations

import itertools
import math
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import MethodError
from nqpf.industry.planning.greedy_plan import greedy
from nqpf.industry.planning.plan import plan

Tables = dict[str, Any]


def draw(seed: int, regions: int = 3, lines: int = 3) -> Tables:
    """Return tables with every column there is, over all pairs of a few regions and industries."""
    rng = np.random.default_rng(seed)
    names, kinds = [f"r{i}" for i in range(regions)], [f"j{i}" for i in range(lines)]
    pairs = [(r, j) for r in names for j in kinds]
    n = len(pairs)
    minimum = rng.uniform(0.5, 2.0, n)
    candidates = {
        "unit": [r for r, _ in pairs],
        "line": [j for _, j in pairs],
        "p": rng.uniform(0.05, 0.95, n),
        "value": rng.uniform(0.2, 3.0, n),
        "density": rng.uniform(0, 1, n),
        "size": rng.uniform(0.5, 1.5, n),
        "cost": rng.uniform(0, 0.2, n),
        "minimum": minimum,
        "cap": minimum + rng.uniform(0, 2, n),
        "gain": rng.uniform(0, 0.4, n),
        "new_jobs": rng.uniform(0, 10, n),
        "activity": (rng.random(n) < 0.15).astype(float),
        "forbidden": rng.random(n) < 0.1,
    }
    table = {
        "unit": names,
        "count": rng.integers(1, lines + 1, regions),
        "funds": rng.uniform(2, 6, regions),
        "cluster": [f"k{i % 2}" for i in range(regions)],
        "jobs": rng.uniform(5, 20, regions),
        "release": rng.uniform(0, 6, regions),
        "absorb": rng.uniform(2, 8, regions),
        "scale": rng.uniform(0.5, 2, regions),
    }
    kind = {
        "line": kinds,
        "headroom": rng.uniform(0.3, 2.0, lines),
        "layer": ["new" if i % 2 else "old" for i in range(lines)],
        "critical": [i == 0 for i in range(lines)],
        "max_share": rng.choice([0.34, 0.67, 1.0], lines),
    }
    gaps = {"gap": ["g", "g", "h"], "line": [kinds[0], kinds[1], kinds[-1]], "target": [0.7, 0.7, 0.5],
            "weight": [1.0, 1.0, 2.0]}  # fmt: skip
    return {"candidates": candidates, "regions": table, "industries": kind, "gaps": gaps}


def trimmed(tables: Tables, **kept: tuple[str, ...]) -> Tables:
    """Return tables with only some of their columns besides keys, p and value."""
    always = {"unit", "line", "p", "value", "gap", "target", "weight"}
    found = {}
    for name, table in tables.items():
        columns = {c: v for c, v in table.items() if c in always or c in kept.get(name, ())}
        if set(columns) - {"unit", "line"} and (name != "gaps" or "gaps" in kept):
            found[name] = columns
    return found


def solve(tables: Tables, spec: dict[str, Any]) -> Any:
    return plan(**tables, unit="unit", industry="line", spec={"gate": {"rule": "none"}, "tolerance": 0.0} | spec)


def brute(tables: Tables, spec: dict[str, Any]) -> float | None:
    """Return the greatest objective of all choices, None where none keeps all constraints."""
    worths = [judged(tables, spec, chosen) for chosen in _choices(tables, spec)]
    return max((w for w in worths if w is not None), default=None)


def _choices(tables: Tables, spec: dict[str, Any]) -> Any:
    pairs = len(tables["candidates"]["unit"])
    return (set(np.flatnonzero(bits)) for bits in itertools.product((0, 1), repeat=pairs))


def passed(tables: Tables, spec: dict[str, Any]) -> list[bool]:
    c, gate = tables["candidates"], spec.get("gate", {"rule": "none"})
    if gate.get("rule") == "none" or "density" not in c:
        return [True] * len(c["unit"])
    found = []
    for r, d in zip(c["unit"], c["density"], strict=True):
        own = [x for u, x in zip(c["unit"], c["density"], strict=True) if u == r]
        found.append(bool(d >= (np.quantile(own, gate["at"]) if gate["rule"] == "quantile" else gate["at"])))
    return found


def judged(tables: Tables, spec: dict[str, Any], chosen: set[int]) -> float | None:
    """Return the objective of a choice, None where it breaks a constraint."""
    c, q, k = tables["candidates"], tables.get("regions", {}), tables.get("industries", {})
    units, lines = sorted(set(c["unit"])), sorted(set(c["line"]))
    near = passed(tables, spec)
    leap = spec.get("leap") or {"count": 0}
    if any(c.get("forbidden", [False] * 99)[i] or c["p"][i] < spec.get("min_p", 0) for i in chosen):
        return None
    jumps = [i for i in chosen if not near[i]]
    for group in [[r] for r in units] if leap.get("per") == "region" else [units]:
        here = [i for i in chosen if c["unit"][i] in group]
        most = leap["count"] if "count" in leap else leap["share"] * len(here)
        if len([i for i in here if i in jumps]) > most + 1e-9:
            return None
    total = sum(c["p"][i] * c["value"][i] - c.get("cost", np.zeros(99))[i] for i in chosen)
    total += spec.get("spread", 0.0) * len({c["line"][i] for i in chosen})
    of_region = {r: [i for i in chosen if c["unit"][i] == r] for r in units}
    of_line = {j: [i for i in chosen if c["line"][i] == j] for j in lines}
    cluster = dict(zip(q["unit"], q["cluster"], strict=True)) if "cluster" in q else {r: r for r in units}
    layer = dict(zip(k["line"], k["layer"], strict=True)) if "layer" in k else {}
    for at, r in enumerate(units):
        got = _region(tables, spec, of_region[r], at, near, layer)
        if got is None:
            return None
        total += got
    for at, j in enumerate(lines):
        got = _line(tables, spec, of_line[j], at, cluster, len(units))
        if got is None:
            return None
        total += got
    seats = [(cluster[c["unit"][i]], c["line"][i]) for i in chosen]
    if any(seats.count(seat) > spec.get("cluster_cap", 99) for seat in seats):
        return None
    if "gaps" in tables:
        g, price = tables["gaps"], spec.get("gaps", {}).get("price")
        for name in sorted(set(g["gap"])):
            rows = [i for i, n in enumerate(g["gap"]) if n == name]
            members = {i for i in chosen if c["line"][i] in {g["line"][row] for row in rows}}
            missed = math.prod(1 - c["p"][i] for i in members)
            need = 1 - g["target"][rows[0]]
            short = max(0.0, 1 - math.log(missed) / math.log(need))
            if price is None and short > 1e-9:
                return None
            total -= (price or 0.0) * g["weight"][rows[0]] * short
    fair = spec.get("fairness")
    if fair:
        gains = [sum(c["p"][i] * c["value"][i] for i in of_region[r]) / q["scale"][at] for at, r in enumerate(units)]
        total += fair["weight"] * min(gains)
    return total


def _region(
    tables: Tables, spec: dict[str, Any], own: list[int], at: int, near: list[bool], layer: dict[str, str]
) -> float | None:
    c, q = tables["candidates"], tables.get("regions", {})
    total = 0.0
    if len(own) > (q["count"][at] if "count" in q else spec.get("per_region", 99)):
        return None
    for name, most in spec.get("layer_most", {}).items():
        if sum(layer[c["line"][i]] == name for i in own) > most:
            return None
    floor = spec.get("floor")
    if floor:
        counted = [i for i in own if near[i] and (not floor.get("layers") or layer[c["line"][i]] in floor["layers"])]
        short = max(0, floor["count"] - len(counted))
        if short and floor["otherwise"] == "strict":
            return None
        total -= floor.get("price", 0.0) * short
    if "funds" in q:
        price = spec.get("funds", {}).get("price", 0.0)
        left = q["funds"][at] - sum(c["minimum"][i] for i in own)
        if left < -1e-9:
            return None
        total -= price * sum(c["minimum"][i] for i in own)
        for i in sorted(own, key=lambda i: -c["p"][i] * c.get("gain", np.zeros(99))[i]):
            profit = c["p"][i] * c.get("gain", np.zeros(99))[i] - price
            more = min(left, c["cap"][i] - c["minimum"][i]) if profit > 0 else 0.0
            total, left = total + profit * more, left - more
    if "release" in q:
        rule = spec["transition"]
        best = sorted((c["p"][i] * c["new_jobs"][i] for i in own), reverse=True)
        taken = sum(best[: math.floor(rule.get("first", 1.0) * len(own) + 1e-9)])
        released = min(taken, q["absorb"][at], rule.get("exit_rate", 1.0) * q["jobs"][at])
        short = max(0.0, q["release"][at] - released)
        if short > 1e-9 and rule.get("price") is None:
            return None
        total += rule.get("gain", 0.0) * released - (rule.get("price") or 0.0) * short
    return total


def _line(
    tables: Tables, spec: dict[str, Any], own: list[int], at: int, cluster: dict[str, str], regions: int
) -> float | None:
    c, k = tables["candidates"], tables.get("industries", {})
    total = 0.0
    if len(own) > math.floor(k["max_share"][at] * regions + 1e-9 if "max_share" in k else 99):
        return None
    if "headroom" in k:
        rule = spec.get("crowding", {})
        over = max(0.0, sum(c.get("size", np.ones(99))[i] for i in own) - k["headroom"][at])
        if "price" not in rule:
            if over > 1e-9:
                return None
        else:
            for step in rule.get("steps", [{}]):
                here = min(over, step.get("upto", math.inf) * k["headroom"][at])
                total -= rule["price"] * step.get("times", 1.0) * here
                over -= here
            if over > 1e-9:
                return None
    if "critical" in k and k["critical"][at]:
        rule = spec.get("resilience", {})
        j = k["line"][at]
        there = {cluster[u] for u, line, a in zip(c["unit"], c["line"], c.get("activity", np.zeros(99)), strict=False)
                 if line == j and a > 0 and rule.get("existing", True)}  # fmt: skip
        short = max(0, rule.get("clusters", 2) - len(there | {cluster[c["unit"][i]] for i in own}))
        if short and "price" not in rule:
            return None
        total -= rule.get("price", 0.0) * short
    return total


STEPS = [{"upto": 0.5, "times": 1.0}, {"times": 3.0}]
FAMILIES: dict[str, tuple[dict[str, Any], dict[str, tuple[str, ...]]]] = {
    "count": ({}, {"regions": ("count",)}),
    "per_region": ({"per_region": 1}, {}),
    "floor_strict": ({"floor": {"count": 2, "otherwise": "strict"}, "crowding": {}}, {"industries": ("headroom",)}),
    "floor_priced": (
        {"floor": {"count": 2, "layers": ["new"], "otherwise": "priced", "price": 0.4}},
        {"industries": ("layer", "headroom"), "candidates": ("cost",)},
    ),
    "layers": ({"layer_most": {"old": 1}}, {"industries": ("layer",)}),
    "gate_no_leap": ({"gate": {"rule": "quantile", "at": 0.5}}, {"candidates": ("density",)}),
    "leap_count": (
        {"gate": {"rule": "absolute", "at": 0.6}, "leap": {"count": 1}, "per_region": 2},
        {"candidates": ("density",)},
    ),
    "leap_share": (
        {"gate": {"rule": "quantile", "at": 0.6}, "leap": {"share": 0.4, "per": "region"}},
        {"candidates": ("density",)},
    ),
    "min_p": ({"min_p": 0.5}, {"candidates": ("forbidden",)}),
    "funds": ({"funds": {"price": 0.05}}, {"candidates": ("minimum", "cap", "gain"), "regions": ("funds",)}),
    "funds_without_gain": ({}, {"candidates": ("minimum",), "regions": ("funds",)}),
    "headroom_hard": ({}, {"industries": ("headroom",), "candidates": ("size",)}),
    "headroom_priced": (
        {"crowding": {"price": 0.5, "steps": STEPS}},
        {"industries": ("headroom",), "candidates": ("size", "cost")},
    ),
    "headroom_with_end": (
        {"crowding": {"price": 0.1, "steps": [{"upto": 0.5}]}},
        {"industries": ("headroom",), "candidates": ("size",)},
    ),
    "share": ({}, {"industries": ("max_share",)}),
    "cluster": ({"cluster_cap": 1}, {"regions": ("cluster",)}),
    "gaps_hard": ({"per_region": 2}, {"gaps": ("gap",)}),
    "gaps_priced": ({"per_region": 1, "gaps": {"price": 0.8}}, {"gaps": ("gap",)}),
    "resilience": (
        {"per_region": 1},
        {"industries": ("critical",), "regions": ("cluster",), "candidates": ("activity",)},
    ),
    "resilience_priced": (
        {"per_region": 1, "resilience": {"price": 0.7, "existing": False}},
        {"industries": ("critical",), "regions": ("cluster",), "candidates": ("activity",)},
    ),
    "release": (
        {"transition": {"first": 0.5, "exit_rate": 0.4, "gain": 0.05, "price": 0.3}},
        {"regions": ("jobs", "release", "absorb"), "candidates": ("new_jobs", "cost")},
    ),
    "release_hard": (
        {"transition": {"exit_rate": 0.6}},
        {"regions": ("jobs", "release", "absorb"), "candidates": ("new_jobs", "cost")},
    ),
    "spread": ({"spread": 0.5, "per_region": 1}, {}),
    "fairness": (
        {"fairness": {"rule": "weighted", "weight": 2.0}},
        {"regions": ("scale",), "industries": ("headroom",)},
    ),
}


@cache
def unbound(seed: int) -> float | None:
    """Return the best of all choices where nothing is asked."""
    return brute(trimmed(draw(seed)), {})


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_alone_reaches_the_best_of_all_choices(family: str) -> None:
    spec, columns = FAMILIES[family]
    binding = 0
    for seed in range(3):
        tables = trimmed(draw(seed), **columns)
        expected = brute(tables, spec)
        free = unbound(seed)
        if expected is None:
            with pytest.raises(MethodError) as caught:
                solve(tables, spec)
            assert caught.value.code == "plan_infeasible"
        else:
            found = solve(tables, spec)
            assert found.value == pytest.approx(expected, abs=1e-6)
            assert found.status == "optimal"
            assert found.objective["amount"][-1] == math.fsum(found.objective["amount"][:-1])
            assert judged(tables, spec, _indices(tables, found.frame)) == pytest.approx(found.value, abs=1e-6)
        binding += expected is None or abs(expected - free) > 1e-9
    assert binding, "the family changes nothing in any of the cases"


def _indices(tables: Tables, frame: pl.DataFrame) -> set[int]:
    keys = list(zip(tables["candidates"]["unit"], tables["candidates"]["line"], strict=True))
    return {keys.index(pair) for pair in frame.select("unit", "line").rows()}


EVERYTHING: dict[str, Any] = {
    "gate": {"rule": "quantile", "at": 0.3},
    "leap": {"count": 1},
    "min_p": 0.1,
    "floor": {"count": 1, "layers": ["new"], "otherwise": "priced", "price": 0.5},
    "layer_most": {"old": 1},
    "crowding": {"price": 0.4, "steps": STEPS},
    "cluster_cap": 1,
    "gaps": {"price": 0.6},
    "resilience": {"price": 0.3},
    "funds": {"price": 0.02},
    "transition": {"first": 0.6, "exit_rate": 0.5, "gain": 0.02, "price": 0.05},
    "fairness": {"rule": "weighted", "weight": 0.5},
    "spread": 0.1,
}


@pytest.mark.parametrize("seed", range(6))
def test_all_families_together_reach_the_best_of_all_choices(seed: int) -> None:
    tables = draw(seed)
    found = solve(tables, EVERYTHING)
    assert found.value == pytest.approx(brute(tables, EVERYTHING), abs=1e-6)
    assert {"on"} == set(found.terms["state"]) - {"not_assessed"}
    assert found.terms.filter(pl.col("state") == "not_assessed")["term"].to_list() == ["negative"]


@pytest.mark.parametrize("seed", [*range(10), *(pytest.param(s, marks=pytest.mark.slow) for s in range(10, 50))])
def test_no_greedy_plan_is_worth_more(seed: int) -> None:
    rng = np.random.default_rng(1000 + seed)
    tables = draw(seed, int(rng.integers(3, 7)), int(rng.integers(3, 8)))
    spec = {key: value for key, value in EVERYTHING.items() if rng.random() < 0.7}
    spec["transition"] = EVERYTHING["transition"]
    spec.setdefault("gaps", {"price": 0.6})
    spec.setdefault("resilience", {"price": 0.3})
    best = greedy(**tables, unit="unit", industry="line", spec=spec)
    found = plan(**tables, unit="unit", industry="line", spec=spec)
    assert best.value == best.orders["objective"].max() == best.objective["amount"][-1]
    assert found.value >= best.value - 1e-9


def test_greedy_loses_where_one_choice_bars_two() -> None:
    tables = {
        "candidates": {"unit": ["a", "a", "b", "b"], "line": ["x", "y", "x", "y"], "p": [0.5, 0.4, 0.5, 0.2],
                       "value": [1.0, 1.0, 1.0, 1.0]},
        "industries": {"line": ["x", "y"], "headroom": [1, 1]},
    }  # fmt: skip
    best = greedy(**tables, unit="unit", industry="line", spec={"per_region": 1})
    found = plan(**tables, unit="unit", industry="line", spec={"per_region": 1})
    assert best.value == pytest.approx(0.7)
    assert found.value == pytest.approx(0.9)


def test_a_greedy_choice_that_cannot_serve_what_has_to_be_says_so() -> None:
    tables = {
        "candidates": {"unit": ["a"], "line": ["x"], "p": [0.5], "value": [1.0]},
        "gaps": {"gap": ["g"], "line": ["x"], "target": [0.9]},
    }
    with pytest.raises(MethodError, match="No greedy order serves"):
        greedy(**tables, unit="unit", industry="line")
