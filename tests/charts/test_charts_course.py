"""Course: a line over the years, a band only where there is one, gaps left open."""

import polars as pl
import pytest

from nqpf.charts.course import course
from nqpf.errors import DataError
from nqpf.messages import Text

VALUE = {"value_title": Text("基尼系数", "Gini")}


@pytest.fixture
def years():
    return pl.DataFrame({"period": [2021, 2019, 2020], "value": [0.3, 0.1, None], "low": 0.0, "high": [0.5, 0.4, None]})


def kinds(spec):
    return [layer["mark"]["type"] for layer in spec["layer"]]


def test_specification(years, words, check) -> None:
    assert kinds(check(course(years, id="c", **VALUE, **words))["zh"]) == ["area", "line", "point"]
    assert kinds(check(course(years.drop("low"), id="c", **VALUE, **words))["en"]) == ["line", "point"]


def test_years_rise_and_gaps_stay(years, words) -> None:
    figure = course(years, id="c", **VALUE, **words)
    assert figure.data["period"].to_list() == [2019, 2020, 2021]
    assert figure.data["value"].to_list() == [0.1, None, 0.3]


def test_axes_are_named(years, words, shown) -> None:
    assert {"基尼系数", "年份", "2019", "2021"} <= set(shown(course(years, id="c", **VALUE, **words), "zh"))


def test_missing_column(years, words) -> None:
    with pytest.raises(DataError, match="“value”"):
        course(years.drop("value"), id="c", **VALUE, **words)
