"""Radar: three to twelve axes, names outside the web and inside the picture, gaps shown as gaps."""

import re

import polars as pl
import pytest

from nqpf.charts.radar import radar
from nqpf.errors import DataError
from nqpf.messages import Text

pytestmark = pytest.mark.slow

UNIT = Text("安徽", "Anhui")


def frame(count: int, **changes: object) -> pl.DataFrame:
    rows = [
        (f"a{i}", f"很长很长的方面名称之{i}", f"A rather long name of aspect number {i}", 0.1 + 0.05 * i, 0.5, 1.0)
        for i in range(count)
    ]
    made = pl.DataFrame(rows, schema=["axis", "axis_zh", "axis_en", "value", "median", "best"], orient="row")
    return made.with_columns(**{name: pl.lit(value) for name, value in changes.items()})


@pytest.mark.parametrize("count", [3, 5, 8, 12])
def test_specification(count, words, check) -> None:
    specs = check(radar(frame(count), id="r", unit=UNIT, **words))
    corners = next(rows for rows in specs["zh"]["datasets"].values() if "step" in rows[0] and "column" in rows[0])
    assert len(corners) == 3 * (count + 1)


@pytest.mark.parametrize("count", [3, 5, 8, 12])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_names_lie_inside_the_picture(count, lang, words, check) -> None:
    figure = radar(frame(count), id="r", unit=UNIT, **words)
    spec = check(figure)[lang]
    # Vega widens the picture for what sticks out of the plot; then it is wider than the plot and its padding.
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', figure.svg(lang)).groups()
    assert float(width) <= spec["width"] + 20
    assert float(height) <= spec["height"] + 50  # the legend stands above


def test_words(words, shown) -> None:
    texts = shown(radar(frame(4), id="r", unit=UNIT, **words), "zh")
    assert {"安徽", "同组中位数", "全部单元最高值", "0.25", "0.5", "0.75", "1"} <= set(texts)
    assert any("0.10" in text for text in texts)


def test_best_is_optional(words, shown) -> None:
    assert "best of all" not in shown(radar(frame(4).drop("best"), id="r", unit=UNIT, **words), "en")


def test_a_missing_value_is_named_and_leaves_a_gap(words, check, shown) -> None:
    value = pl.when(pl.col("axis") == "a1").then(None).otherwise("value")
    figure = radar(frame(4).with_columns(value=value), id="r", unit=UNIT, **words)
    whole = radar(frame(4), id="r", unit=UNIT, **words)
    assert any("no data" in text for text in shown(figure, "en"))
    assert len(check(figure)["en"]["layer"]) == len(check(whole)["en"]["layer"]) - 1  # no area without all corners


def test_scale_runs_from_low_to_high(words, shown) -> None:
    texts = shown(
        radar(frame(4, value=60.0, median=70.0, best=100.0), id="r", unit=UNIT, low=0, high=100, **words), "en"
    )
    assert {"25", "50", "75", "100"} <= set(texts)


@pytest.mark.parametrize("count", [2, 13])
def test_too_few_or_too_many_axes(count, words) -> None:
    with pytest.raises(DataError, match=f"there are {count}"):
        radar(frame(count), id="r", unit=UNIT, **words)


def test_value_off_the_scale(words) -> None:
    with pytest.raises(DataError, match=r"range of 0 to 1: A rather long name of aspect number 0"):
        radar(frame(3, value=1.2), id="r", unit=UNIT, **words)
