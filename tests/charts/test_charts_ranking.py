"""Ranking: order, dots, ranks with their intervals."""

import polars as pl
import pytest

from nqpf.charts.ranking import ranking
from nqpf.errors import DataError


@pytest.fixture
def last(scores):
    first = scores.filter(period=2019).select("unit", value_first="value")
    frame = scores.filter(period=2021).join(first, on="unit")
    rank = pl.col("value").rank("ordinal", descending=True).cast(pl.Int64)
    return frame.with_columns(rank=rank, rank_low=rank, rank_high=rank + 1, unasked=pl.lit("x"))


def test_specification(last, words, value_title, check) -> None:
    specs = check(ranking(last, id="r", value_title=value_title, periods=(2019, 2021), **words))
    assert [layer["mark"]["type"] for layer in specs["zh"]["layer"]] == ["bar", "text", "point", "text", "text"]
    assert "unasked" not in str(specs["zh"]["datasets"])


def test_units_stand_in_order_of_value(last, words, value_title, shown) -> None:
    names = [text for text in shown(ranking(last, id="r", value_title=value_title, **words), "en") if text[0].isalpha()]
    rows = [name for name in names if name in last["unit_en"].to_list()]
    assert rows == ["Beijing", "Anhui", "Inner Mongolia", "Guizhou"]


def test_rank_stands_with_its_interval(last, words, value_title, shown) -> None:
    figure = ranking(last, id="r", value_title=value_title, periods=(2019, 2021), **words)
    texts = shown(figure, "zh")
    assert "3  [3–4]" in texts
    assert "名次 [区间]" in texts
    assert "2019年" in texts
    assert {"东部", "中部", "西部"} <= set(texts)


def test_rank_alone_where_no_interval_is_known(last, words, value_title, shown) -> None:
    texts = shown(ranking(last.drop("rank_low"), id="r", value_title=value_title, **words), "en")
    assert {"1", "2", "3", "4", "Rank"} <= set(texts)


def test_one_period_has_no_dots(last, words, value_title, check) -> None:
    marks = [
        layer["mark"]["type"] for layer in check(ranking(last, id="r", value_title=value_title, **words))["en"]["layer"]
    ]
    assert "point" not in marks


def test_unit_without_value_is_listed_last_and_says_so(last, words, value_title, shown) -> None:
    value = pl.when(pl.col("unit") == "110000").then(None).otherwise("value")
    figure = ranking(last.with_columns(value=value), id="r", value_title=value_title, **words)
    assert figure.data["unit"][-1] == "110000"
    assert "no data" in shown(figure, "en")


def test_groups_are_optional(last, words, value_title, check) -> None:
    plain = last.drop("group_zh", "group_en")
    bars = check(ranking(plain, id="r", value_title=value_title, **words))["zh"]["layer"][0]
    assert "value" in bars["encoding"]["color"]


def test_units_stand_in_a_given_order(last, words, value_title, shown) -> None:
    order = ["150000", "520000", "110000", "340000"]
    figure = ranking(last.drop("rank"), id="r", value_title=value_title, order=order, **words)
    assert figure.data["unit"].to_list() == order
    names = figure.data["unit_en"].to_list()
    assert [text for text in shown(figure, "en") if text in names] == names


def test_missing_column(last, words, value_title) -> None:
    with pytest.raises(DataError, match="unit_en"):
        ranking(last.drop("unit_en"), id="r", value_title=value_title, **words)
