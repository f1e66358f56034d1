"""Curve: points along a price in its order, each with its price, and points beside it with a name."""

import polars as pl
import pytest

from nqpf.charts.curve import curve
from nqpf.errors import DataError
from nqpf.messages import Text

AXES = {"x_title": Text("扎堆程度", "Herding"), "y_title": Text("价值", "Value")}


@pytest.fixture
def prices():
    return pl.DataFrame(
        {
            "price": [1.0, 0.0, 0.25, None],
            "x": [23.0, 57.0, 30.0, 62.0],
            "y": [88.0, 100.0, 97.0, 99.0],
            "name_zh": [None, None, None, "各行其是"],
            "name_en": [None, None, None, "each alone"],
            "chosen": [False, False, True, False],
        }
    )


def test_specification(prices, words, check) -> None:
    specs = check(curve(prices, id="c", **AXES, **words))
    kinds = ["line", "point", "point", "rule", "text", "text", "text"]
    assert [layer["mark"]["type"] for layer in specs["zh"]["layer"]] == kinds


def test_points_are_in_the_order_of_their_price(prices, words) -> None:
    figure = curve(prices, id="c", **AXES, **words)
    assert figure.data["price"].to_list() == [0.0, 0.25, 1.0, None]
    assert set(figure.data.columns) == set(prices.columns)


def test_prices_and_names_are_written(prices, words, shown) -> None:
    figure = curve(prices, id="c", **AXES, **words)
    assert {"0", "1", "0.25 (taken)", "each alone"} <= set(shown(figure, "en"))
    assert {"0.25（采用）", "各行其是", "点旁数字：拥挤的价格"} <= set(shown(figure, "zh"))
    own = curve(prices, id="c", price_title=Text("权重", "weight"), **AXES, **words)
    assert "Numbers beside points: weight" in shown(own, "en")


def test_names_do_not_lie_on_the_line(prices, words, check) -> None:
    steep = pl.DataFrame({"price": [0.0, 1.0, 2.0], "x": [0.0, 1.0, 2.0], "y": [5.0, 5.0, 5.0]})
    spec = check(curve(steep, id="c", **AXES, **words))["en"]
    found = pl.DataFrame(spec["datasets"][spec["data"]["name"]], infer_schema_length=None)
    assert found["align_en"].to_list()[1] == "center"  # above or below, where the line runs to both sides


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_or_one_point(prices, count, words, check) -> None:
    check(curve(prices.head(count), id="c", **AXES, **words))


def test_missing_column(prices, words) -> None:
    with pytest.raises(DataError, match="“price”"):
        curve(prices.drop("price"), id="c", **AXES, **words)
