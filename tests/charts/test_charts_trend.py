"""Trend: a line a unit, means on top, one unit brought out."""

import polars as pl
import pytest

from nqpf.charts.trend import trend
from nqpf.errors import DataError


@pytest.fixture
def means(scores):
    return scores.group_by("group_zh", "group_en", "period", maintain_order=True).agg(pl.col("value").mean())


def test_specification(scores, means, words, value_title, check) -> None:
    specs = check(trend(scores, means, id="t", value_title=value_title, **words))
    assert {param["name"] for param in specs["en"]["params"]} == {"pointed", "clicked"}
    marks = [layer["mark"]["type"] for layer in specs["en"]["layer"]]
    assert marks == ["line", "line", "line", "line", "text", "text"]


def test_every_unit_has_a_line_and_every_mean_a_name(scores, means, words, value_title, shown) -> None:
    figure = trend(scores, means, id="t", value_title=value_title, **words)
    assert figure.svg("zh").count('stroke-width="1"') >= scores["unit"].n_unique()
    assert {"东部", "中部", "西部", "均值：", "年份", "指数（0–1）"} <= set(shown(figure, "zh"))


def test_no_unit_is_named_until_it_is_pointed_at(scores, means, words, value_title, shown) -> None:
    assert "Anhui" not in shown(trend(scores, means, id="t", value_title=value_title, **words), "en")


def test_focus_brings_out_a_unit_in_print(scores, means, words, value_title, shown) -> None:
    figure = trend(scores, means, id="t", value_title=value_title, focus="340000", **words)
    assert "安徽" in shown(figure, "zh")
    assert "贵州" not in shown(figure, "zh")


def test_works_without_means(scores, words, value_title, check) -> None:
    assert len(check(trend(scores, id="t", value_title=value_title, **words))["zh"]["layer"]) == 5


def test_a_null_breaks_the_line(scores, words, value_title) -> None:
    gap = pl.when((pl.col("unit") == "340000") & (pl.col("period") == 2020)).then(None).otherwise("value")
    whole, broken = (
        trend(frame, id="t", value_title=value_title, focus="340000", **words).svg("en")
        for frame in (scores, scores.with_columns(value=gap))
    )
    assert broken.count("L") < whole.count("L")


def test_missing_column(scores, means, words, value_title) -> None:
    with pytest.raises(DataError, match="group_en"):
        trend(scores, means.drop("group_en"), id="t", value_title=value_title, **words)
