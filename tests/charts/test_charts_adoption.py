"""Adoption: a step a day, a line where each thing was first said, a bar to the day by which half had it."""

from datetime import date

import polars as pl
import pytest

from nqpf.charts.adoption import adoption
from nqpf.errors import DataError
from nqpf.messages import Text

VALUE = {"value_title": Text("地区所占比重", "Share of regions")}


@pytest.fixture
def steps():
    days = [date(2023, 6, 1), date(2023, 11, 20), date(2024, 4, 15)]
    one = pl.DataFrame({"thing": "a", "thing_zh": "甲词", "thing_en": "first", "day": days, "share": [0.0, 0.5, 1.0]})
    two = one.with_columns(thing=pl.lit("b"), thing_zh=pl.lit("乙词"), thing_en=pl.lit("second"), share=pl.lit(0.25))
    return pl.concat([one, two])


@pytest.fixture
def starts():
    return pl.DataFrame(
        {"thing": ["a", "b"], "day": [date(2023, 9, 7)] * 2, "half": [date(2023, 11, 20), None],
         "words_zh": "首次表述", "words_en": "first said"}
    )  # fmt: skip


def kinds(spec):
    return [layer["mark"]["type"] for layer in spec["layer"]]


def test_one_line_a_day_and_a_bar_only_where_half_had_it(steps, starts, words, check) -> None:
    spec = check(adoption(steps, starts, id="a", **VALUE, **words))["zh"]
    assert kinds(spec) == ["rule", "text", "line", "point", "rule"]
    assert spec["layer"][2]["mark"]["interpolate"] == "step-after"
    other = starts.with_columns(day=pl.Series([date(2023, 9, 7), date(2023, 12, 1)]))
    assert kinds(check(adoption(steps, other, id="a", **VALUE, **words))["en"]).count("rule") == 3
    assert kinds(check(adoption(steps, starts.clear(), id="a", **VALUE, **words))["en"]) == ["line", "point"]


def test_what_is_written(steps, starts, words, shown) -> None:
    seen = set(shown(adoption(steps, starts, id="a", **VALUE, **words), "zh"))
    assert {"甲词", "乙词", "首次表述", "地区所占比重", "50%", "100%"} <= seen


def test_things_keep_their_order_and_days_stay_days(steps, starts, words) -> None:
    figure = adoption(steps.reverse(), starts, id="a", **VALUE, **words)
    assert figure.data["thing"].unique(maintain_order=True).to_list() == ["b", "a"]
    assert figure.data.schema["day"] == pl.Date


def test_missing_column(steps, starts, words) -> None:
    with pytest.raises(DataError, match="“share”"):
        adoption(steps.drop("share"), starts, id="a", **VALUE, **words)
    with pytest.raises(DataError, match="“half”"):
        adoption(steps, starts.drop("half"), id="a", **VALUE, **words)
