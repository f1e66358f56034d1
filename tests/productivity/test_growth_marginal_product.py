"""Capital's marginal product: verdicts by made series, returns to scale against dense least squares, bad input."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import MethodError, SpecError
from nqpf.productivity.growth import MarginalProduct, marginal_product


def single(before: float, after: float, **more: Any) -> MarginalProduct:
    t = np.arange(21)
    k = 100 * np.exp(0.08 * t)
    mpk = np.exp(before * np.minimum(t, 10) + after * np.maximum(t - 10, 0))
    data = {"t": t + 2000, "k": k, "y": 0.5 * k * mpk}
    return marginal_product(data, "y", "k", **{"share": 0.4, "time": "t", "split": 2010, **more})


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (-0.03, 0.01, "overcome"),
        (-0.03, 0.0, "overcome"),
        (-0.03, -0.01, "slower"),
        (-0.03, -0.03, "falling"),
        (-0.01, -0.03, "falling"),
        (0.01, -0.02, "falling"),
        (0.01, 0.02, "not_fallen"),
    ],
)
def test_verdicts(before: float, after: float, verdict: str) -> None:
    row = single(before, after).frame.row(0, named=True)
    assert (row["before"], row["after"]) == (pytest.approx(before, abs=1e-12), pytest.approx(after, abs=1e-12))
    assert row["change"] == pytest.approx(after - before, abs=1e-12)
    assert row["verdict"] == verdict


def test_levels_by_hand() -> None:
    found = single(-0.03, 0.01)
    first = found.series.row(0, named=True)
    assert (first["marginal_product"], first["capital_output"]) == (pytest.approx(0.2), pytest.approx(2.0))
    assert single(-0.03, 0.01, split=2003).frame["verdict"].to_list() == ["not_assessed"]
    assert found.returns.height == 0


def panel(scale: float = 1.0, units: int = 12) -> pl.DataFrame:
    rng = np.random.default_rng(4)
    k, labour = np.cumsum(rng.normal(0.05, 0.1, size=(2, 16, units)), axis=1)
    y = scale * (0.4 * k + 0.6 * labour) + rng.normal(0, 0.02, size=(16, units)) + rng.normal(size=units)
    t, n = np.indices((16, units))
    columns = {"y": np.exp(y).ravel(), "k": np.exp(k).ravel(), "l": np.exp(labour).ravel()}
    return pl.DataFrame({"u": [f"u{i:02}" for i in n.ravel()], "t": t.ravel() + 2000, **columns})


def test_returns_are_least_squares_with_dummies() -> None:
    data = panel()
    row = marginal_product(data, "y", "k", "l", share=0.4, time="t", unit="u").returns.row(0, named=True)
    code = data["u"].to_dummies().to_numpy()
    years = data["t"].to_dummies().to_numpy()[:, 1:]
    x = np.column_stack([np.log(data["k"]), np.log(data["l"]), code, years])
    y = np.log(data["y"].to_numpy())
    beta = np.linalg.lstsq(x, y)[0]
    assert (row["capital"], row["labour"]) == (pytest.approx(beta[0]), pytest.approx(beta[1]))
    inverse, scores = np.linalg.inv(x.T @ x), code.T @ (x * (y - x @ beta)[:, None])
    rows, parameters = len(y), 2 + 1 + 15  # units are nested in clusters and count as the constant
    small = 12 / 11 * (rows - 1) / (rows - parameters)
    v = (inverse @ scores.T @ scores @ inverse)[:2, :2] * small
    assert row["error"] == pytest.approx(np.sqrt(v.sum()))
    assert row["verdict"] == "not_rejected"


@pytest.mark.parametrize(("scale", "verdict"), [(1.3, "increasing"), (0.7, "decreasing")])
def test_other_returns_are_found(scale: float, verdict: str) -> None:
    done = marginal_product(panel(scale), "y", "k", "l", share=0.4, time="t", unit="u")
    assert done.returns["verdict"][0] == verdict
    assert done.returns["scale"][0] == pytest.approx(scale, abs=0.05)
    assert {note.code for note in done.notes} == {"marginal_returns", "lead_lag_clusters"}


def test_all_together_and_few_units() -> None:
    data = panel(units=3)
    done = marginal_product(data, "y", "k", "l", share=0.4, time="t", unit="u")
    assert done.returns.height == 0
    last = done.frame.row(-1, named=True)
    assert last["unit"] is None
    assert done.series.filter(period=2000, unit="u01")["capital_labour"][0] == pytest.approx(
        data.filter(t=2000, u="u01").select(pl.col("k") / pl.col("l")).item()
    )


def test_bad_input() -> None:
    with pytest.raises(SpecError, match="split"):
        single(-0.01, 0.01, split=2020)
    with pytest.raises(SpecError, match="level"):
        single(-0.01, 0.01, level=0)
    with pytest.raises(MethodError, match="share"):
        single(-0.01, 0.01, share=1.2)
