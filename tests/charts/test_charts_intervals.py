"""Estimates with intervals: order, what has no interval, the line, the ends of the axis, states in words."""

import polars as pl
import pytest

from nqpf.charts.intervals import intervals
from nqpf.errors import DataError
from nqpf.messages import Text

VALUE = Text("份额", "share")


@pytest.fixture
def estimates(scores):
    frame = scores.filter(period=2021).select("unit", "unit_zh", "unit_en")
    value = pl.Series("value", [0.2, 0.9, -0.4, 0.5])
    return frame.with_columns(value, low=value - 0.1, high=value + 0.2)


def test_specification(estimates, words, check) -> None:
    specs = check(intervals(estimates, id="i", value_title=VALUE, line=0.5, reach=(-1, 1), **words))
    assert [layer["mark"]["type"] for layer in specs["zh"]["layer"]] == ["rule", "rule", "point"]
    assert specs["en"]["layer"][1]["encoding"]["x"]["scale"] == {"domain": [-1, 1], "clamp": True}


def test_largest_on_top_or_as_given(estimates, words) -> None:
    assert intervals(estimates, id="i", value_title=VALUE, **words).data["value"].to_list() == [0.9, 0.5, 0.2, -0.4]
    given = intervals(estimates, id="i", value_title=VALUE, by_value=False, **words)
    assert given.data["value"].to_list() == [0.2, 0.9, -0.4, 0.5]


def test_a_unit_without_a_value_is_left_out_and_one_without_interval_kept(estimates, words, shown) -> None:
    holes = estimates.with_columns(
        value=pl.Series([None, 0.9, -0.4, 0.5]), low=pl.Series([None, None, -0.5, 0.4], dtype=pl.Float64)
    )
    figure = intervals(holes, id="i", value_title=VALUE, **words)
    assert figure.data.height == 3
    assert estimates["unit_en"][0] not in shown(figure, "en")
    assert estimates["unit_en"][1] in shown(figure, "en")


def test_states_are_told_in_words(estimates, words, shown) -> None:
    state = pl.Series(["a", "b", "b", "a"])
    told = estimates.with_columns(state=state, state_zh="状态" + state, state_en="state " + state)
    assert {"状态a", "状态b"} <= set(shown(intervals(told, id="i", value_title=VALUE, **words), "zh"))


def test_missing_column(estimates, words) -> None:
    with pytest.raises(DataError, match="low"):
        intervals(estimates.drop("low"), id="i", value_title=VALUE, **words)
