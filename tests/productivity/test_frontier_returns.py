"""Scale efficiency and returns: by hand, and three rules that must agree."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.productivity.frontier.dea import dea
from nqpf.productivity.frontier.returns import scale_efficiency

SHOPS = {"u": ["A", "B", "C", "D"], "x": [2.0, 3.0, 6.0, 5.0], "y": [1.0, 3.0, 5.0, 2.0]}


def test_by_hand() -> None:
    """D is projected on the segment from A to B, y = 1 + 2 (x − 2): v = 1/5, u = v/2, θ = 2 u − π₀ = 1/2, π₀ = −0.3."""
    found = scale_efficiency(SHOPS, ["x"], ["y"], unit="u").frame
    assert found["scale"].to_list() == pytest.approx([0.5, 1.0, 5 / 6, 0.8])
    assert found["returns"].to_list() == ["increasing", "constant", "decreasing", "increasing"]
    assert found["returns_local"].to_list() == found["returns"].to_list()
    d = found.row(3, named=True)
    assert (d["price_low"], d["price_high"]) == pytest.approx((-0.3, -0.3))
    assert (d["elasticity_low"], d["elasticity_high"]) == pytest.approx((2.5, 2.5))
    assert (d["best_low"], d["best_high"]) == pytest.approx((1.5, 1.5))


def test_corners_have_intervals() -> None:
    found = scale_efficiency(SHOPS, ["x"], ["y"], unit="u").frame.rows(named=True)
    a, b, c = found[:3]
    assert (a["price_low"], a["price_high"]) == pytest.approx((-1.0, -0.75))
    assert (a["elasticity_low"], a["elasticity_high"]) == pytest.approx((4.0, np.inf))
    assert b["price_low"] < 0 < b["price_high"]
    assert c["price_low"] == pytest.approx(0.25)
    assert np.isposinf(c["price_high"])
    assert c["elasticity_low"] == 0.0


def test_the_orientation_decides_where_an_inefficient_unit_is_looked_at() -> None:
    found = scale_efficiency(SHOPS, ["x"], ["y"], unit="u", orientation="output").frame
    assert found["returns"].to_list() == ["increasing", "constant", "decreasing", "decreasing"]
    assert found["vrs"][3] == pytest.approx(13 / 6)
    assert found["scale"].max() <= 1 + 1e-12


@settings(max_examples=min(15, settings().max_examples))
@given(st.integers(0, 10_000), st.sampled_from(["input", "output"]))
def test_three_rules_agree(seed: int, orientation: str) -> None:
    rng = np.random.default_rng(seed)
    x = rng.lognormal(size=(20, 2))
    y = x.prod(axis=1) ** 0.4 * rng.uniform(0.3, 1, 20)
    table = pl.DataFrame({"x1": x[:, 0], "x2": x[:, 1], "y": y})
    found = scale_efficiency(table, ["x1", "x2"], ["y"], orientation=orientation).frame  # type: ignore[arg-type]
    assert found["returns"].to_list() == found["returns_local"].to_list()
    low, high = found["best_low"].to_numpy(), found["best_high"].to_numpy()
    words = np.where(low > 1 + 1e-8, "increasing", np.where(high < 1 - 1e-8, "decreasing", "constant"))
    assert found["returns"].to_list() == words.tolist()
    plain = dea(table, ["x1", "x2"], ["y"], rts="crs", orientation=orientation).frame["efficiency"]  # type: ignore[arg-type]
    whole = dea(table, ["x1", "x2"], ["y"], rts="vrs", orientation=orientation).frame["efficiency"]  # type: ignore[arg-type]
    np.testing.assert_allclose(found["scale"], plain / whole, atol=1e-12)


def test_years_and_empty_cells() -> None:
    table = {"u": ["A", "B"] * 2, "t": [1, 1, 2, 2], "x": [1.0, 2.0, 1.0, None], "y": [1.0, 4.0, 1.0, 4.0]}
    with pytest.raises(DataError, match="unit B, indicator x, year 2"):
        scale_efficiency(table, ["x"], ["y"], unit="u", time="t")
    found = scale_efficiency(table, ["x"], ["y"], unit="u", time="t", missing="skip").frame
    assert found["scale"].to_list() == pytest.approx([0.5, 1.0, 1.0, None])
    assert found["returns"].to_list() == ["increasing", "constant", "constant", None]
    assert found["status"].to_list() == ["optimal"] * 3 + ["missing"]


def test_bad_input_is_named() -> None:
    with pytest.raises(SpecError, match="input, output"):
        scale_efficiency(SHOPS, ["x"], ["y"], orientation="both")  # type: ignore[arg-type]
    with pytest.raises(MethodError, match=r'row 1.*negative.*these data: radial \(rts="vrs", orientation="input"\)'):
        scale_efficiency({**SHOPS, "y": [-1.0, 3.0, 5.0, 2.0]}, ["x"], ["y"], unit="u")
