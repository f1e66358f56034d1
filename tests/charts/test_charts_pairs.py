"""Pairs: a point a unit, the line of equality within both reaches, groups in colour."""

import polars as pl
import pytest

from nqpf.charts.pairs import pairs
from nqpf.errors import DataError
from nqpf.messages import Text

AXES = {"x_title": Text("横", "across"), "y_title": Text("纵", "up")}


@pytest.fixture
def points(scores):
    frame = scores.filter(period=2021).select("unit", "unit_zh", "unit_en")
    return frame.with_columns(x=pl.Series([1.0, 2.0, 3.0, 4.0]), y=pl.Series([2.0, 1.5, 5.0, None]))


def test_specification(points, words, check) -> None:
    specs = check(pairs(points, id="p", **AXES, **words))
    assert [layer["mark"]["type"] for layer in specs["zh"]["layer"]] == ["text", "point"]


def _line(spec):
    return spec["datasets"][spec["layer"][0]["data"]["name"]]


def test_the_line_lies_where_both_numbers_reach(points, words, check) -> None:
    specs = check(pairs(points, id="p", equal=True, **AXES, **words))
    assert _line(specs["en"]) == [{"x": 1.5, "y": 1.5}, {"x": 3.0, "y": 3.0}]
    apart = points.with_columns(y=pl.col("y") + 10)
    specs = check(pairs(apart, id="p", equal=True, **AXES, **words))
    assert [layer["mark"]["type"] for layer in specs["en"]["layer"]] == ["text", "point"]


def test_a_unit_without_a_number_is_left_out(points, words, shown) -> None:
    texts = shown(pairs(points, id="p", **AXES, **words), "en")
    assert points["unit_en"][0] in texts
    assert points["unit_en"][3] not in texts


def test_groups_are_told_in_words(points, words, shown) -> None:
    grouped = points.with_columns(
        group_zh=pl.Series(["甲", "甲", "乙", "乙"]), group_en=pl.Series(["A", "A", "B", "B"])
    )
    assert {"A", "B"} <= set(shown(pairs(grouped, id="p", **AXES, **words), "en"))


def test_missing_column(points, words) -> None:
    with pytest.raises(DataError, match="“x”"):
        pairs(points.drop("x"), id="p", **AXES, **words)


def test_names_that_would_cover_each_other_are_left_out(points, words, shown) -> None:
    close = points.with_columns(x=pl.Series([1.0, 1.001, 3.0, 4.0]), y=pl.Series([2.0, 2.001, 5.0, 3.0]))
    names = close["unit_en"].to_list()
    texts = shown(pairs(close, id="p", **AXES, **words), "en")
    assert sum(name in texts for name in names[:2]) <= 1
    assert set(names[2:]) <= set(texts)


def test_lines_at_zero_take_zero_in(points, words, check) -> None:
    spec = check(pairs(points, id="p", zero=True, **AXES, **words))["en"]
    assert [layer["mark"]["type"] for layer in spec["layer"]] == ["rule", "rule", "text", "point"]
    for layer, channel in zip(spec["layer"], ("x", "y"), strict=False):
        low, high = layer["encoding"][channel]["scale"]["domain"]
        assert low < 0 < high
