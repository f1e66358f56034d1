"""Contributions: parts add up to the total, both signs."""

import polars as pl
import pytest

from nqpf.charts.contributions import change_parts, contributions
from nqpf.errors import DataError


def test_specification(parts, words, value_title, check) -> None:
    specs = check(contributions(parts, id="c", value_title=value_title, **words))
    marks = [layer["mark"]["type"] for layer in specs["en"]["layer"]]
    assert marks == ["bar", "rule", "tick", "text", "text"]
    assert specs["en"]["layer"][0]["encoding"]["x"]["stack"] == "zero"


def test_totals_are_the_sums_and_order_the_units(parts, words, value_title) -> None:
    data = contributions(parts, id="c", value_title=value_title, **words).data
    sums = data.group_by("unit", maintain_order=True).agg(pl.col("value").sum(), pl.col("total").first())
    assert sums["value"].to_list() == pytest.approx(sums["total"].to_list())
    assert sums["unit"].to_list() == ["110000", "340000", "150000", "520000"]


def test_words(parts, words, value_title, shown) -> None:
    texts = shown(contributions(parts, id="c", value_title=value_title, **words), "zh")
    assert {"北京", "劳动者", "劳动对象", "合计", "指数（0–1）", "0.426"} <= set(texts)


def test_changes_carry_their_sign(parts, words, value_title, shown) -> None:
    turned = parts.with_columns(value=pl.when(pl.col("unit") == "520000").then(-pl.col("value")).otherwise("value"))
    figure = change_parts(turned, id="c", value_title=value_title, **words)
    assert {"+0.426", "−0.180"} <= set(shown(figure, "en"))


def test_colours_follow_the_parts_as_given(parts, words, value_title, check) -> None:
    turned = parts.sort("part", descending=True, maintain_order=True)
    scale = check(contributions(turned, id="c", value_title=value_title, **words))["en"]["layer"][0]["encoding"][
        "color"
    ]
    assert scale["scale"]["domain"] == ["Objects", "Labourers"]


@pytest.mark.parametrize("chart", [contributions, change_parts])
def test_units_keep_their_order_where_they_are_not_to_be_ranked(chart, parts, words, value_title) -> None:
    shuffled = parts.sort("unit")
    figure = chart(shuffled, id="c", value_title=value_title, by_value=False, **words)
    assert figure.data["unit"].to_list() == shuffled["unit"].to_list()


def test_missing_column(parts, words, value_title) -> None:
    with pytest.raises(DataError, match="part_zh"):
        contributions(parts.drop("part_zh"), id="c", value_title=value_title, **words)
