"""Free disposal hull and hyperbolic efficiency: by hand, against all pairs, against each other."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from nqpf.errors import SpecError
from nqpf.productivity.frontier.dea import dea

SHOPS = {"u": ["A", "B", "C", "D"], "x": [2.0, 3.0, 6.0, 5.0], "y": [1.0, 3.0, 5.0, 2.0]}


def cloud(n: int, seed: int = 0) -> tuple[pl.DataFrame, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x, y = rng.integers(1, 9, (n, 2)).astype(float), rng.integers(1, 9, (n, 2)).astype(float)
    return pl.DataFrame(np.hstack([x, y]), schema=["x1", "x2", "y1", "y2"], orient="row"), x, y


def score(table: object, measure: str = "radial", **options: object) -> np.ndarray:
    found = dea(table, ["x1", "x2"], ["y1", "y2"], measure=measure, hull="free", **options)  # type: ignore[arg-type]
    return found.frame["score"].to_numpy()


def test_by_hand() -> None:
    found = dea(SHOPS, ["x"], ["y"], unit="u", hull="free", slacks=True)
    assert found.frame["score"].to_list() == pytest.approx([1.0, 1.0, 1.0, 0.6])
    assert found.peers["peer"].to_list() == ["A", "B", "C", "B"]
    assert found.slacks is not None
    assert found.slacks.row(3) == pytest.approx(("D", 0.0, 1.0))
    assert found.targets.row(3) == pytest.approx(("D", 3.0, 3.0))
    assert found.frame["gap"].to_list() == [0.0] * 4
    assert found.multipliers is None
    assert found.method.options["hull"] == "free"


@pytest.mark.parametrize("orientation", ["input", "output"])
def test_all_pairs_give_the_same(orientation: str) -> None:
    table, x, y = cloud(60)
    got = score(table, orientation=orientation)
    for u in range(60):
        if orientation == "input":
            there = (y >= y[u]).all(axis=1)
            assert got[u] == pytest.approx((x[there] / x[u]).max(axis=1).min(), abs=1e-14)
        else:
            there = (x <= x[u]).all(axis=1)
            assert got[u] == pytest.approx((y[there] / y[u]).min(axis=1).max(), abs=1e-14)


@pytest.mark.parametrize("rts", ["crs", "drs", "irs"])
def test_scaled_observations_by_search_over_the_scale(rts: str) -> None:
    table, x, y = cloud(25, seed=1)
    inward, outward = score(table, rts=rts), score(table, rts=rts, orientation="output")
    low, high = {"crs": (0.0, np.inf), "drs": (0.0, 1.0), "irs": (1.0, np.inf)}[rts]
    for u in range(25):
        need, room = (y[u] / y).max(axis=1), (x[u] / x).min(axis=1)
        scale, most = np.maximum(need, low), np.minimum(room, high)
        theta, phi = scale * (x / x[u]).max(axis=1), most * (y / y[u]).min(axis=1)
        assert inward[u] == pytest.approx(theta[scale <= high].min(), abs=1e-14)
        assert outward[u] == pytest.approx(phi[most >= low].max(), abs=1e-14)
    if rts == "crs":
        np.testing.assert_allclose(inward * outward, 1, atol=1e-14)


def test_any_direction_by_all_pairs() -> None:
    table, x, y = cloud(40, seed=2)
    got = score(table, "directional", direction={"x1": -1.0, "y2": 2.0})
    for u in range(40):
        there = (x[:, 1] <= x[u, 1]) & (y[:, 0] >= y[u, 0])
        beta = np.minimum(x[u, 0] - x[there, 0], (y[there, 1] - y[u, 1]) / 2)
        assert got[u] == pytest.approx(beta.max(), abs=1e-14)


def test_a_direction_may_let_an_input_grow() -> None:
    table = {"x1": [1.0, 3.0], "x2": [3.0, 1.0], "y1": [1.0, 1.0], "y2": [1.0, 1.0]}
    assert score(table, "directional", direction={"x1": 1.0, "x2": -1.0}).tolist() == [2.0, 0.0]
    none = dea(table, ["x1", "x2"], ["y1"], measure="directional", hull="free", direction={"x1": 1.0})
    assert none.frame["status"].to_list() == ["unbounded", "unbounded"]


def test_super_efficiency_of_the_free_hull() -> None:
    found = dea(SHOPS, ["x"], ["y"], unit="u", hull="free", super_efficiency=True)
    assert found.frame["score"].to_list() == [1.5, 2.0, None, 0.6]
    assert found.frame["status"][2] == "infeasible"


def test_order_of_rows_is_nothing_to_the_free_hull() -> None:
    table, _, _ = cloud(80, seed=3)
    order = np.random.default_rng(0).permutation(80)
    for measure in ("radial", "directional", "hyperbolic"):
        np.testing.assert_array_equal(score(table[order], measure), score(table, measure)[order])


@pytest.mark.parametrize("hull", ["convex", "free"])
def test_bad_outputs_as_inputs(hull: str) -> None:
    table, _, _ = cloud(30, seed=4)
    options = {"measure": "directional", "hull": hull}
    as_bad = dea(table, ["x1"], ["y1", "y2"], ["x2"], disposability="strong", **options)  # type: ignore[arg-type]
    as_input = dea(table, ["x1", "x2"], ["y1", "y2"], **options)  # type: ignore[arg-type]
    np.testing.assert_allclose(as_bad.frame["score"], as_input.frame["score"], atol=1e-12)


def test_what_the_free_hull_does_not_have_is_said() -> None:
    with pytest.raises(SpecError, match="variable returns only"):
        dea(SHOPS, ["x"], ["y"], hull="free", rts="crs", measure="directional")
    with pytest.raises(SpecError, match="variable returns only"):
        dea(SHOPS, ["x"], ["y"], hull="free", rts="crs", measure="hyperbolic")
    table = {**SHOPS, "b": [1.0, 2.0, 3.0, 4.0]}
    with pytest.raises(SpecError, match="equalities"):
        dea(table, ["x"], ["y"], ["b"], hull="free", measure="directional")


def test_hyperbolic_by_hand() -> None:
    """D = (5, 2) moves to (5 G, 2 / G) on the segment from B to C, y = 1 + 2 x / 3: 2 / G = 1 + 10 G / 3."""
    found = dea(SHOPS, ["x"], ["y"], unit="u", measure="hyperbolic").frame
    assert found["score"].to_list() == pytest.approx([1.0, 1.0, 1.0, 0.15 * (np.sqrt(1 + 80 / 3) - 1)], abs=1e-13)
    assert found["efficiency"].to_list() == found["score"].to_list()
    free = dea(SHOPS, ["x"], ["y"], unit="u", measure="hyperbolic", hull="free").frame
    assert free["score"].to_list() == pytest.approx([1.0, 1.0, 1.0, 2 / 3])


def test_hyperbolic_is_the_root_of_the_radial_score_under_constant_returns() -> None:
    table, _, _ = cloud(50, seed=5)
    g = dea(table, ["x1", "x2"], ["y1", "y2"], rts="crs", measure="hyperbolic").frame["score"]
    theta = dea(table, ["x1", "x2"], ["y1", "y2"], rts="crs").frame["score"]
    np.testing.assert_allclose(g.to_numpy() ** 2, theta, atol=1e-12)


@pytest.mark.parametrize("rts", ["crs", "vrs", "drs", "irs"])
def test_hyperbolic_targets_lie_on_the_frontier(rts: str) -> None:
    table, _, _ = cloud(30, seed=6)
    table = table.with_columns(unit=pl.Series([str(k) for k in range(30)]))
    options = {"unit": "unit", "rts": rts, "measure": "hyperbolic", "slacks": True}
    found = dea(table, ["x1", "x2"], ["y1", "y2"], **options)  # type: ignore[arg-type]
    moved = found.targets.select(table.columns).with_columns(pl.col("unit") + " moved")
    again = dea(pl.concat([table, moved]), ["x1", "x2"], ["y1", "y2"], **options)  # type: ignore[arg-type]
    np.testing.assert_allclose(again.frame["score"][30:], 1, atol=1e-9)
    assert again.slacks is not None
    assert again.slacks[30:].drop("unit").to_numpy().max() < 1e-8


def test_hyperbolic_super_efficiency_exceeds_1() -> None:
    found = dea(SHOPS, ["x"], ["y"], unit="u", measure="hyperbolic", super_efficiency=True).frame
    assert found["status"].to_list() == ["optimal"] * 4
    assert found["score"][0] == pytest.approx(1.5, abs=1e-12)
    assert found["score"][2] == pytest.approx(5 / 3, abs=1e-12)
