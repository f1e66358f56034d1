"""Quadrant: points in four fields, the chosen few named and in front, medians or given lines across."""

import numpy as np
import polars as pl
import pytest

from nqpf.charts.quadrant import AREAS, MANY, quadrant
from nqpf.charts.theme import CATEGORIES
from nqpf.errors import DataError
from nqpf.messages import Text

AXES = {"x_title": Text("关联密度", "Density"), "y_title": Text("复杂度", "Complexity")}
CORNERS = (Text("甲", "one"), Text("乙", "two"), Text("丙", "three"), Text("丁", "four"))


@pytest.fixture
def points():
    rng = np.random.default_rng(3)
    names = [f"Trade {i}" for i in range(30)]
    frame = pl.DataFrame({"unit": names, "unit_zh": [f"行业{i}" for i in range(30)], "unit_en": names})
    return frame.with_columns(x=pl.Series(rng.uniform(0.1, 0.3, 30)), y=pl.Series(rng.normal(size=30)))


def kinds(spec):
    return [layer["mark"]["type"] for layer in spec["layer"]]


def rows(spec):
    return pl.DataFrame(spec["datasets"][spec["data"]["name"]], infer_schema_length=None)


def test_specification(points, words, check) -> None:
    plain = check(quadrant(points, id="q", **AXES, **words))
    assert kinds(plain["zh"]) == ["rule", "rule", "point", "rule", "text", "text"]
    full = points.with_columns(
        size=pl.lit(0.5), named=pl.Series(range(30)) < 4, group_zh=pl.lit("新兴"), group_en=pl.lit("emerging")
    )
    both = check(quadrant(full, id="q", size_title=Text("概率", "Probability"), corners=CORNERS, **AXES, **words))
    assert kinds(both["en"]) == ["rule", "rule", *["text"] * 4, "point", "rule", "text", "text"]


def test_lines_are_medians_or_as_given_and_inside(points, words, check) -> None:
    spec = check(quadrant(points, id="q", **AXES, **words))["en"]
    line = spec["datasets"][spec["layer"][0]["data"]["name"]][0]
    assert line == {"across": pytest.approx(points["x"].median()), "up": pytest.approx(points["y"].median())}
    spec = check(quadrant(points, id="q", lines=(1.0, 5.0), **AXES, **words))["en"]
    low, high = spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert low < 0.1 < 1.0 < high


def test_the_chosen_are_named_and_lie_in_front(points, words, check, shown) -> None:
    chosen = points.with_columns(named=pl.col("unit").is_in(["Trade 4", "Trade 9", "Trade 21"]))
    figure = quadrant(chosen, id="q", **AXES, **words)
    assert {text for text in shown(figure, "en") if text.startswith("Trade")} == {"Trade 4", "Trade 9", "Trade 21"}
    assert {text for text in shown(figure, "zh") if text.startswith("行业")} == {"行业4", "行业9", "行业21"}
    assert rows(check(figure)["en"])["named"].to_list()[-3:] == [True] * 3


def test_what_is_grey_lies_behind(points, words, check) -> None:
    grouped = points.with_columns(
        group_zh=pl.when(pl.int_range(30) < 5).then(pl.lit("选中")).otherwise(pl.lit("未选")),
        group_en=pl.when(pl.int_range(30) < 5).then(pl.lit("chosen")).otherwise(pl.lit("not chosen")),
    )
    spec = check(quadrant(grouped, id="q", muted=Text("未选", "not chosen"), **AXES, **words))["en"]
    assert rows(spec)["group_en"].to_list() == ["not chosen"] * 25 + ["chosen"] * 5
    color = spec["layer"][2]["encoding"]["color"]["scale"]
    assert color["domain"] == ["chosen", "not chosen"]
    assert color["range"][1] == "#b9c4ca"


def test_colours_follow_the_order_that_is_given(points, words, check) -> None:
    grouped = points.with_columns(group_zh=pl.lit("新兴"), group_en=pl.lit("emerging"))
    layers = (Text("传统", "traditional"), Text("新兴", "emerging"))
    first, second = (
        check(quadrant(grouped, id="q", groups=groups, **AXES, **words))["en"]["layer"][2]["encoding"]["color"]["scale"]
        for groups in ((), layers)
    )
    assert first["domain"] == second["domain"] == ["emerging"]
    assert (first["range"], second["range"]) == ([CATEGORIES[0]], [CATEGORIES[1]])


def test_size_is_area_from_nought(points, words, check) -> None:
    sized = points.with_columns(size=pl.Series([None, *np.linspace(0, 0.4, 29)]))
    spec = check(quadrant(sized, id="q", size_title=Text("概率", "Probability"), **AXES, **words))["en"]
    scale = spec["layer"][2]["encoding"]["size"]["scale"]
    assert scale["domain"] == [0, pytest.approx(0.4)]
    assert scale["range"] == list(AREAS)


def test_of_many_none_is_named_unless_somebody_says_whom(points, words, shown) -> None:
    many = pl.concat([points] * 3).with_columns(pl.col("x") + pl.int_range(pl.len()) * 1e-4)
    assert many.height > MANY
    assert not any(text.startswith("Trade") for text in shown(quadrant(many, id="q", **AXES, **words), "en"))


def test_corners_are_written(points, words, shown) -> None:
    assert {"one", "two", "three", "four"} <= set(
        shown(quadrant(points, id="q", corners=CORNERS, **AXES, **words), "en")
    )


def test_a_unit_without_a_number_is_left_out(points, words, check) -> None:
    gaps = points.with_columns(y=pl.Series([None, float("nan"), *points["y"].to_list()[2:]], dtype=pl.Float64))
    figure = quadrant(gaps, id="q", **AXES, **words)
    assert figure.data.height == 28
    check(figure)


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_or_one_point(points, count, words, check) -> None:
    check(quadrant(points.head(count), id="q", **AXES, **words))


def test_missing_column(points, words) -> None:
    with pytest.raises(DataError, match="“y”"):
        quadrant(points.drop("y"), id="q", **AXES, **words)
