"""Drift of yearly weights, effective number of indicators, and weights that one or two units decide."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.index.options.weight import DATA_DRIVEN, Weight
from nqpf.index.weights import (
    critic_weights,
    drift,
    drift_of_scores,
    driven_weights,
    entropy_weights,
    weigh,
    weight_drift,
)
from nqpf.messages import speak

NAMES, PERIODS = ["a", "b", "c"], [2020, 2021, 2022]
MOVING = np.array([[0.5, 0.3, 0.2], [0.2, 0.5, 0.3], [0.25, 0.4, 0.35]])


def test_drift_by_hand() -> None:
    frame = drift(MOVING, names=NAMES, periods=PERIODS).to_frame()
    assert frame["first"].to_list() == [0.5, 0.3, 0.2]
    assert frame["last"].to_list() == [0.25, 0.4, 0.35]
    assert frame["range"].to_list() == pytest.approx([0.3, 0.2, 0.15])
    assert frame["largest_move"].to_list() == pytest.approx([-0.3, 0.2, 0.1])
    assert frame["move_to"].to_list() == [2021, 2021, 2021]


def test_effective_number_and_agreement() -> None:
    found = drift(MOVING, names=NAMES, periods=PERIODS)
    np.testing.assert_allclose(found.effective, [1 / 0.38, 1 / 0.38, 1 / (0.0625 + 0.16 + 0.1225)])
    # Ranks 3 2 1, then 1 3 2, then 1 3 2: 1 − 6·(4 + 1 + 1)/24.
    np.testing.assert_allclose(found.agreement, [1, -0.5, -0.5])
    frame = found.by_year()
    assert frame["heaviest"].to_list() == ["a", "b", "b"]
    assert frame["weight"].to_list() == [0.5, 0.5, 0.4]
    level = drift(np.full((2, 4), 0.25), names=list("abcd"), periods=[1, 2])
    assert level.effective.tolist() == [4, 4]
    assert level.by_year()["agreement"].to_list() == [None, None]  # all ties: no order to agree with
    assert drift(np.eye(3)[:1], names=NAMES, periods=[2020]).effective.tolist() == [1]


def test_a_single_year_does_not_move() -> None:
    frame = drift(MOVING[:1], names=NAMES, periods=[2020]).to_frame()
    assert "largest_move" not in frame.columns
    assert frame["range"].to_list() == [0, 0, 0]


@pytest.fixture
def scores() -> Any:
    """Return float64[3, 12, 3]: a is spread over units, b rests on two of them, c on three."""
    rng = np.random.default_rng(3)
    x = rng.uniform(0.2, 1, (3, 12, 3))
    x[:, :, 1] = 0.01 * rng.random((3, 12))
    x[:, [4, 7], 1] = [1.0, 0.8]
    x[:, :, 2] = 0.01 * rng.random((3, 12))
    x[:, [1, 5, 9], 2] = [1.0, 0.9, 0.8]
    return x


UNITS = [f"u{n}" for n in range(12)]


def test_weights_that_two_units_decide(scores: Any) -> None:
    how = Weight(method="sd", basis="scores")
    found = drift_of_scores(scores, how, names=NAMES, periods=PERIODS, units=UNITS)
    assert found.driven is not None
    assert found.driven.flags.tolist() == [False, True, False]
    frame = found.to_frame()
    assert frame["furthest"][1] == "u4"
    assert frame["second"][1] == "u7"
    assert frame["driven"].to_list() == [False, True, False]
    note = next(n for n in found.notes if n.code == "weights_driven")
    assert str(note).endswith("weight of: b.")
    with speak("zh"):
        assert "一两个单元决定：b" in str(note)


@pytest.mark.parametrize(
    "how",
    [Weight(method=m) for m in DATA_DRIVEN if m not in ("merec", "scatter")]
    + [
        Weight(method="merec", basis="scores"),
        Weight(method="scatter", negative="clip"),
        Weight(method="entropy", variant="blended"),
        Weight(method="entropy", basis="scores", shift=0.1),
    ],
    ids=lambda h: f"{h.method}-{h.variant}-{h.shift}",
)
def test_what_is_left_is_the_weight_with_those_cells_missing(scores: Any, how: Weight) -> None:
    """The short way for methods that look at one indicator at a time gives what the long way gives."""
    found = driven_weights(scores, how, names=NAMES, periods=PERIODS)
    for count in (1, 2):
        for k in range(3):
            holed = scores.copy()
            holed[:, found.units[:count, k], k] = np.nan
            expected = weigh(holed, how, names=NAMES, periods=PERIODS, yearly_scores=False)[0, k]
            assert found.without[count - 1, k] == pytest.approx(expected, abs=1e-12)


def test_nothing_left_to_weigh_is_weight_0() -> None:
    x = np.random.default_rng(0).uniform(0.2, 1, (2, 6, 2))
    x[:, :, 1] = 0.0
    x[:, [2, 3], 1] = [1.0, 0.5]
    for method in ("entropy", "critic", "gini"):
        found = driven_weights(x, Weight(method=method), names=["a", "b"], periods=[1, 2])
        assert set(found.units[:, 1].tolist()) == {2, 3}
        assert found.without[1, 1] == 0
        assert found.flags.tolist() == [False, True]


def test_few_units_are_not_judged() -> None:
    x = np.random.default_rng(0).uniform(0.2, 1, (2, 4, 2))
    found = driven_weights(x, Weight(method="entropy"), names=["a", "b"], periods=[1, 2])
    assert np.isnan(found.without).all()
    assert not found.flags.any()


def test_yearly_and_base_weights_are_judged_by_the_years_they_come_from(scores: Any) -> None:
    pooled = driven_weights(scores, Weight(method="entropy"), names=NAMES, periods=PERIODS)
    yearly = driven_weights(scores, Weight(method="entropy", scope="yearly"), names=NAMES, periods=PERIODS)
    np.testing.assert_array_equal(yearly.without, pooled.without)
    base = Weight(method="entropy", scope="base", base=(2020, 2021))
    window = driven_weights(scores, base, names=NAMES, periods=PERIODS)
    expected = driven_weights(scores[:2], Weight(method="entropy"), names=NAMES, periods=PERIODS[:2])
    np.testing.assert_array_equal(window.without, expected.without)
    found = drift_of_scores(scores, base, names=NAMES, periods=PERIODS, units=UNITS)
    assert found.weights.shape == (3, 3)  # the drift is still that of every year


@pytest.fixture
def table() -> pl.DataFrame:
    rng = np.random.default_rng(11)
    rows = [(f"u{n}", year) for year in (2021, 2020, 2022) for n in range(8)]
    x = rng.uniform(0.1, 1, (len(rows), 3))
    return pl.DataFrame(rows, schema=["unit", "year"], orient="row").with_columns(
        **{name: x[:, k] for k, name in enumerate(NAMES)}
    )


def test_drift_of_a_table(table: pl.DataFrame) -> None:
    found = weight_drift(table, NAMES, by="year", unit="unit")
    assert found.periods == (2020, 2021, 2022)
    yearly = entropy_weights(table, NAMES, by="year").frame
    for t, year in enumerate(found.periods):
        expected = yearly.filter(pl.col("year") == year)["weight"]
        np.testing.assert_allclose(found.weights[t], expected, atol=1e-14)
    shuffled = weight_drift(table.sample(fraction=1, shuffle=True, seed=1), NAMES, by="year", unit="unit")
    np.testing.assert_allclose(shuffled.weights, found.weights, atol=1e-14)
    assert shuffled.to_frame()["furthest"].to_list() == found.to_frame()["furthest"].to_list()
    assert found.method.id == "weight_drift"


def test_drift_of_a_table_with_options(table: pl.DataFrame) -> None:
    rolling = weight_drift(table, NAMES, by="year", unit="unit", method="critic", scope="rolling", window=3)
    pooled = critic_weights(table, NAMES).frame["weight"]
    np.testing.assert_allclose(rolling.weights[-1], pooled, atol=1e-12)
    absent = table.filter(~((pl.col("unit") == "u3") & (pl.col("year") == 2021)))
    assert weight_drift(absent, NAMES, by="year", unit="unit").weights.shape == (3, 3)
    named = table.with_columns(year=pl.col("year").cast(pl.String) + "年")
    assert weight_drift(named, NAMES, by="year", unit="unit").periods == ("2020年", "2021年", "2022年")


def test_drift_of_a_table_refuses(table: pl.DataFrame) -> None:
    twice = pl.concat([table, table[3:4]])
    with pytest.raises(DataError, match="stands twice") as caught:
        weight_drift(twice, NAMES, by="year", unit="unit")
    assert (caught.value.where.row, caught.value.where.unit, caught.value.where.period) == (25, "u3", 2021)
    with pytest.raises(DataError, match="“units”"):
        weight_drift(table, NAMES, by="year", unit="units")
    with pytest.raises(SpecError, match="“topsis”"):
        weight_drift(table, NAMES, by="year", unit="unit", method="topsis")  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="variants"):
        weight_drift(table, NAMES, by="year", unit="unit", variants="shannon")
    negative = table.with_columns(a=-pl.col("a"))
    with pytest.raises(MethodError, match="negative") as refused:
        weight_drift(negative, NAMES, by="year", unit="unit")
    assert refused.value.where.period == 2020
