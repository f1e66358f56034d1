"""Metafrontier, windows, two stages and cross-efficiency: by hand and by their identities."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.productivity.frontier.cross import cross_efficiency
from nqpf.productivity.frontier.dea import dea
from nqpf.productivity.frontier.metafrontier import metafrontier
from nqpf.productivity.frontier.network import two_stage
from nqpf.productivity.frontier.windows import window_dea


def cloud(n: int = 40, seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    names = ["x1", "x2", "z1", "z2", "y1", "y2"]
    table = pl.DataFrame(rng.uniform(1, 5, (n, 6)), schema=names, orient="row")
    return table.with_columns(u=pl.Series([f"u{k}" for k in range(n)]), g=pl.Series(["east", "west"] * (n // 2)))


X, Y, Z = ["x1", "x2"], ["y1", "y2"], ["z1", "z2"]


@pytest.mark.parametrize("measure", ["radial", "hyperbolic", "sbm"])
@pytest.mark.parametrize("pool", ["convex", "union"])
def test_no_unit_is_nearer_to_the_metafrontier_than_to_its_own(measure: str, pool: str) -> None:
    found = metafrontier(cloud(), X, Y, group="g", unit="u", measure=measure, pool=pool).frame  # type: ignore[arg-type]
    assert found["gap_ratio"].max() <= 1 + 1e-9
    np.testing.assert_allclose(found["gap_ratio"] * found["efficiency_group"], found["efficiency_meta"], atol=1e-12)
    for name in ("east", "west"):
        alone = dea(cloud().filter(pl.col("g") == name), X, Y, unit="u", measure=measure).frame
        np.testing.assert_allclose(found.filter(pl.col("g") == name)["score_group"], alone["score"], atol=1e-10)
    if pool == "convex":
        np.testing.assert_allclose(
            found["score_meta"], dea(cloud(), X, Y, unit="u", measure=measure).frame["score"], atol=1e-10
        )


def test_the_union_of_groups_lies_between_own_group_and_all() -> None:
    convex = metafrontier(cloud(), X, Y, group="g", unit="u").frame
    union = metafrontier(cloud(), X, Y, group="g", unit="u", pool="union").frame
    assert (union["score_meta"] >= convex["score_meta"] - 1e-10).all()
    assert (union["score_meta"] <= union["score_group"] + 1e-10).all()
    assert (union["score_meta"] > convex["score_meta"] + 1e-6).any()


def test_a_directional_gap_is_a_difference() -> None:
    found = metafrontier(cloud(), X, Y, group="g", unit="u", measure="directional").frame
    assert found["gap_ratio"].null_count() == 40
    assert found["gap"].min() >= -1e-12


def test_groups_that_are_none_are_named() -> None:
    table = cloud(8)
    with pytest.raises(DataError, match="row 2, unit u1, indicator g: The row has no group"):
        metafrontier(table.with_columns(pl.when(pl.col("u") != "u1").then("g").alias("g")), X, Y, group="g", unit="u")
    with pytest.raises(SpecError, match="one group only"):
        metafrontier(table.with_columns(g=pl.lit("east")), X, Y, group="g", unit="u")
    few = metafrontier(table, X, Y, group="g", unit="u").notes
    assert {n.values["group"] for n in few if n.code == "metafrontier_small_group"} == {"east", "west"}


PANEL = {
    "u": ["A", "B"] * 3,
    "t": [2001, 2001, 2002, 2002, 2003, 2003],
    "x": [2.0] * 6,
    "y": [1.0, 2.0, 2.0, 2.0, 2.0, 4.0],
}


def test_windows_by_hand() -> None:
    found = window_dea(PANEL, ["x"], ["y"], unit="u", time="t", width=2, rts="crs")
    assert found.frame["window"].to_list() == [2001] * 4 + [2002] * 4
    assert found.frame["score"].to_list() == [0.5, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 1.0]
    assert found.years.sort("t", "u")["mean"].to_list() == [0.5, 1.0, 0.75, 0.75, 0.5, 1.0]
    assert found.years.sort("t", "u")["windows"].to_list() == [1, 1, 2, 2, 1, 1]
    assert found.units.rows() == [("A", 0.625, 0.5, 0.5), ("B", 0.875, 0.5, 0.5)]


def test_a_window_of_all_years_is_the_global_frontier_and_of_one_its_own() -> None:
    whole = window_dea(PANEL, ["x"], ["y"], unit="u", time="t", width=3).frame["score"]
    assert whole.to_list() == dea(PANEL, ["x"], ["y"], unit="u", time="t", reference="global").frame["score"].to_list()
    one = window_dea(PANEL, ["x"], ["y"], unit="u", time="t", width=1).frame["score"]
    assert one.to_list() == dea(PANEL, ["x"], ["y"], unit="u", time="t").frame["score"].to_list()
    with pytest.raises(SpecError, match=r"4 years wide, the data have 3"):
        window_dea(PANEL, ["x"], ["y"], unit="u", time="t", width=4)


def test_two_stages_multiply() -> None:
    found = two_stage(cloud(), X, Z, Y, unit="u").frame
    np.testing.assert_allclose(found["stage_1"] * found["stage_2"], found["score"], atol=1e-10)
    np.testing.assert_allclose(found["stage_1_low"] * found["stage_2_high"], found["score"], atol=1e-10)
    np.testing.assert_allclose(found["stage_1"], found["stage_1_high"], atol=0)
    assert found.select("stage_1", "stage_2", "stage_2_high").to_numpy().max() <= 1 + 1e-9
    first = dea(cloud(), X, Z, unit="u", rts="crs").frame["score"]
    assert (found["stage_1"] <= first + 1e-10).all()


@pytest.mark.parametrize("rts", ["crs", "vrs"])
def test_two_stages_add_up(rts: str) -> None:
    result = two_stage(cloud(), X, Z, Y, unit="u", form="additive", rts=rts)  # type: ignore[arg-type]
    found = result.frame.filter(pl.col("stage_2").is_not_null())
    w = found["weight_1"].to_numpy()
    np.testing.assert_allclose(w * found["stage_1"] + (1 - w) * found["stage_2"], found["score"], atol=1e-9)
    assert (found["stage_1_low"] <= found["stage_1"] + 1e-9).all()
    assert found["stage_2"].max() <= 1 + 1e-9
    weightless = result.frame["stage_2"].null_count()
    notes = {n.code: n.values["second"] for n in result.notes if n.code == "two_stage_weightless"}
    assert notes == ({"two_stage_weightless": weightless} if weightless else {})
    if rts == "vrs":
        assert weightless


def test_the_network_is_the_whole_of_the_product() -> None:
    product = two_stage(cloud(), X, Z, Y, unit="u").frame["score"]
    network = two_stage(cloud(), X, Z, Y, unit="u", form="network").frame
    np.testing.assert_allclose(network["score"], product, atol=1e-10)
    assert network.columns == ["u", "score", "status"]
    wider = two_stage(cloud(), X, Z, Y, unit="u", form="network", rts="vrs").frame["score"]
    assert (wider >= network["score"] - 1e-10).all()


def test_a_chain_of_single_quantities_by_hand() -> None:
    table = {"u": ["A", "B"], "x": [1.0, 2.0], "z": [2.0, 2.0], "y": [1.0, 2.0]}
    found = two_stage(table, ["x"], ["z"], ["y"], unit="u").frame
    assert found.select("score", "stage_1", "stage_2").rows() == [(0.5, 1.0, 0.5), (0.5, 0.5, 1.0)]
    added = two_stage(table, ["x"], ["z"], ["y"], unit="u", form="additive").frame
    assert added["weight_1"].to_list() == pytest.approx([0.5, 2 / 3])
    assert added["score"].to_list() == pytest.approx([0.75, 2 / 3])
    with pytest.raises(SpecError, match="constant returns"):
        two_stage(table, ["x"], ["z"], ["y"], unit="u", rts="vrs")
    with pytest.raises(MethodError, match=r"unit A.*nothing above zero among z"):
        two_stage({**table, "z": [0.0, 2.0]}, ["x"], ["z"], ["y"], unit="u")


@pytest.mark.parametrize("formulation", ["difference", "ratio"])
@pytest.mark.parametrize("orientation", ["input", "output"])
def test_kind_judges_are_kinder_than_hard_ones(formulation: str, orientation: str) -> None:
    options = {"unit": "u", "formulation": formulation, "orientation": orientation}
    kind, hard = (cross_efficiency(cloud(), X, Y, goal=goal, **options) for goal in ("benevolent", "aggressive"))  # type: ignore[arg-type]
    own = dea(cloud(), X, Y, unit="u", rts="crs", orientation=orientation).frame["score"]  # type: ignore[arg-type]
    for found in (kind, hard):
        np.testing.assert_allclose(found.frame["own"], own, atol=1e-9)
        judged = found.matrix.join(found.frame.select(judged="u", best="own"), on="judged")
        worse = judged["efficiency"] - judged["best"]
        assert (worse.max() if orientation == "input" else -worse.min()) <= 1e-9
    better = kind.frame["score"].mean() - hard.frame["score"].mean()  # type: ignore[operator]
    assert better > 0 if orientation == "input" else better < 0


def test_the_mean_of_the_matrix_is_the_score() -> None:
    found = cross_efficiency(cloud(12), X, Y, unit="u")
    mean = found.matrix.group_by("judged", maintain_order=True).agg(pl.col("efficiency").mean())
    np.testing.assert_allclose(mean["efficiency"], found.frame["score"], atol=1e-14)
    without = cross_efficiency(cloud(12), X, Y, unit="u", own=False)
    others = found.matrix.filter(pl.col("u") != pl.col("judged")).group_by("judged", maintain_order=True)
    by_unit = without.frame.join(others.agg(pl.col("efficiency").mean()), left_on="u", right_on="judged")
    np.testing.assert_allclose(by_unit["efficiency"], by_unit["score"], atol=1e-14)


def test_one_unit_cannot_be_judged_by_others() -> None:
    with pytest.raises(MethodError, match=r"unit A, year 2002: There is one unit in this year only.*at least two"):
        cross_efficiency(
            {"u": ["A", "B", "A"], "t": [2001, 2001, 2002], "x": [1.0, 2.0, 1.0], "y": [1.0, 1.0, 1.0]},
            ["x"], ["y"], unit="u", time="t",
        )  # fmt: skip
    with pytest.raises(SpecError, match="Did you mean “benevolent”"):
        cross_efficiency(cloud(4), X, Y, goal="benevolence")  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [10, 153, 161])
def test_prices_are_found_where_rounding_puts_a_unit_inside_the_frontier(seed: int) -> None:
    """At these points, as rounded, no prices are optimal; those found are optimal to 1e-9."""
    rng = np.random.default_rng(seed)
    x, y, z = rng.lognormal(size=(12, 2)), rng.lognormal(size=(12, 1)), rng.lognormal(size=(12, 2))
    table = pl.DataFrame(np.hstack([x, z, y]), schema=["x0", "x1", "z0", "z1", "y"], orient="row")
    inputs = ["x0", "x1", "z0"]
    best = dea(table, inputs, ["y"], rts="crs").frame["score"]
    for formulation in ("difference", "ratio"):
        scores = {}
        for goal in ("benevolent", "aggressive"):
            found = cross_efficiency(table, inputs, ["y"], goal=goal, formulation=formulation).frame  # type: ignore[arg-type]
            np.testing.assert_allclose(found["own"], best, atol=1e-9)
            scores[goal] = found["score"].mean()
        assert scores["benevolent"] > scores["aggressive"]  # type: ignore[operator]


def test_a_stage_without_inputs_of_worth_has_no_score_but_the_other_has() -> None:
    """B makes as much of z as A with more x, and the most y: its best prices set all on the second stage."""
    table = {"u": ["A", "B"], "x": [1.0, 9.0], "z": [1.0, 1.0], "y": [1.0, 2.0]}
    result = two_stage(table, ["x"], ["z"], ["y"], unit="u", form="additive", rts="vrs")
    b = result.frame.row(1, named=True)
    assert (b["score"], b["stage_1"], b["stage_2"], b["weight_1"]) == (pytest.approx(1), None, pytest.approx(1), 0)
    assert [n.values["first"] for n in result.notes if n.code == "two_stage_weightless"] == [1]
