"""Task content: parts by hand, exact sums, the paper's weights, invariances and bad input."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.productivity.growth import Displacement, displacement

YEARS, INDUSTRIES = 12, 4


def panel(seed: int = 3) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    t, i = np.indices((YEARS, INDUSTRIES))
    grown = np.exp(np.cumsum(rng.normal(0.03, 0.03, (5, YEARS, INDUSTRIES)), axis=1))
    share = 1 / (1 + np.exp(-np.cumsum(rng.normal(0, 0.1, (YEARS, INDUSTRIES)), axis=0)))
    value = 100 * grown[0] * (1 + i)
    columns = {"va": value, "lab": value * share, "w": grown[1], "r": grown[2]}
    per = 1000 * 1.03**t
    keys = {"i": [f"i{k}" for k in i.ravel()], "t": t.ravel() + 2000}
    return pl.DataFrame(keys | {name: one.ravel() for name, one in columns.items()} | {"per": per.ravel()})


def made(data: Any = None, **more: Any) -> Displacement:
    words: dict[str, Any] = {"industry": "i", "time": "t", "wage": "w", "rental": "r", "per": "per"}
    return displacement(panel() if data is None else data, "va", "lab", **{**words, **more})


@given(st.integers(0, 500), st.floats(0, 2), st.sampled_from([1, 3, 5]))
def test_the_parts_add_up_exactly(seed: int, sigma: float, window: int) -> None:
    frame = made(panel(seed), sigma=sigma, augmenting=0.01, window=window).frame
    sums = frame.select(pl.sum_horizontal("productivity", "composition", "substitution", "task_content")).to_series()
    np.testing.assert_allclose(sums, frame["wage_bill"], atol=1e-12)
    np.testing.assert_allclose(frame["residual"], 0, atol=1e-12)
    split = frame.select(pl.sum_horizontal("displacement", "reinstatement", "passing")).to_series()
    np.testing.assert_allclose(split, frame["task_content"], atol=1e-12)
    assert (frame["displacement"] <= 0).all()
    assert (frame["reinstatement"] >= 0).all()


def test_the_papers_formulas_by_hand() -> None:
    data = panel()
    last = made(weights="base", sigma=0.8, augmenting=0.0146).frame.row(-1, named=True)
    va, lab, w, r = (data[c].to_numpy().reshape(YEARS, INDUSTRIES) for c in ("va", "lab", "w", "r"))
    chi, s, per = va / va.sum(1, keepdims=True), lab / va, data["per"].to_numpy().reshape(YEARS, INDUSTRIES)[:, 0]
    weight = lab[0] / lab[0].sum()
    assert last["wage_bill"] == pytest.approx(np.log(lab[-1].sum() / per[-1] / (lab[0].sum() / per[0])))
    assert last["productivity"] == pytest.approx(np.log(va[-1].sum() / per[-1] / (va[0].sum() / per[0])))
    assert last["composition"] == pytest.approx(np.log((chi[-1] * s[-1]).sum() / (chi[0] * s[-1]).sum()))
    substitution = 0.2 * (1 - s[0]) * (np.diff(np.log(w / r), axis=0) - 0.0146)
    task = np.diff(np.log(s), axis=0) - substitution
    assert last["substitution"] == pytest.approx((weight * substitution).sum())
    assert last["task_content"] == pytest.approx((weight * task).sum())
    smooth = np.array([task[max(k - 2, 0) : k + 3].mean(axis=0) for k in range(YEARS - 1)])
    assert last["displacement"] == pytest.approx((weight * np.minimum(smooth, 0)).sum())
    assert last["reinstatement"] == pytest.approx((weight * np.maximum(smooth, 0)).sum())
    assert last["residual"] != pytest.approx(0, abs=1e-6)


def test_industries_sum_to_the_whole_and_verdicts() -> None:
    found = made()
    parts = found.industries.group_by("period", maintain_order=True).agg(
        pl.col("task_content", "displacement", "reinstatement").sum()
    )
    for name in ("task_content", "displacement", "reinstatement"):
        np.testing.assert_allclose(parts[name], found.frame[name], atol=1e-12)
    falling = pl.DataFrame(
        {"i": ["a", "b"] * 6, "t": np.repeat(np.arange(6), 2) + 2000, "va": [10.0] * 12,
         "lab": [6 * 0.95**k if a else 4 * 1.01**k for k in range(6) for a in (True, False)]}
    )  # fmt: skip
    one = made(falling, wage=None, rental=None, per=None, sigma=1)
    verdict = one.verdicts.row(0, named=True)
    assert verdict["verdict"] == "displaced"
    by = {r["industry"]: r for r in one.industries.filter(period=2005).to_dicts()}
    assert by["a"]["displacement"] < 0 == by["a"]["reinstatement"]
    assert by["b"]["reinstatement"] > 0 == by["b"]["displacement"]
    assert one.frame["passing"].abs().max() < 1e-12
    assert one.frame["composition"].abs().max() < 1e-12
    assert one.notes == ()


def test_order_units_and_units_of_measurement() -> None:
    found = made()
    both = pl.concat([panel().with_columns(u=pl.lit("x")), panel(9).with_columns(u=pl.lit("y"))])
    several = made(both.sample(fraction=1.0, shuffle=True, seed=2).sort("u", maintain_order=True), unit="u")
    np.testing.assert_allclose(
        several.frame.filter(unit="x").drop("unit").to_numpy(), found.frame.drop("unit").to_numpy(), atol=1e-12
    )
    money = made(panel().with_columns(pl.col("va", "lab") * 7, pl.col("w") * 3))
    np.testing.assert_allclose(money.frame.drop("unit").to_numpy(), found.frame.drop("unit").to_numpy(), atol=1e-9)


def test_bad_input() -> None:
    with pytest.raises(SpecError, match="wage, rental"):
        made(rental=None)
    with pytest.raises(SpecError, match="odd number"):
        made(window=4)
    with pytest.raises(SpecError, match="weights"):
        made(weights="paper")
    with pytest.raises(SpecError, match="sigma"):
        made(sigma=-1)
    with pytest.raises(DataError, match="2004"):
        made(panel().filter((pl.col("t") != 2004) | (pl.col("i") != "i2")))
    with pytest.raises(DataError, match="differs between industries"):
        made(panel().with_row_index("k").with_columns(per=pl.col("per") + (pl.col("k") == 5)))
    with pytest.raises(MethodError, match="indicator r"):
        made(panel().with_columns(r=pl.col("r") - 1.2))
    short = made(panel().filter(pl.col("t") < 2004))
    assert [note.code for note in short.notes] == ["displacement_short"]
