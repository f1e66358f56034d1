"""Tile map: every province-level unit has its tile, with data or without."""

import polars as pl
import pytest

from nqpf.charts.tilemap import tile_map
from nqpf.data.places import provinces
from nqpf.errors import DataError, PlaceError


@pytest.fixture
def figure(scores, words, value_title):
    return tile_map(scores, id="map", value_title=value_title, **words)


def test_specification(figure, check) -> None:
    specs = check(figure)
    (data,) = [rows for rows in specs["zh"]["datasets"].values() if len(rows) > 1]
    assert len(data) == 34 * 3


def test_all_34_units_are_visible(figure, shown) -> None:
    zh, en = shown(figure, "zh"), shown(figure, "en")
    assert set(provinces()["short_zh"]) <= set(zh)
    assert {"台湾", "香港", "澳门"} <= set(zh)
    assert set(provinces()["letters"]) <= set(en)


def test_units_without_data_say_so_and_the_legend_explains(figure, shown) -> None:
    # 30 tiles and the legend
    assert shown(figure, "zh").count("无数据") == 31
    assert shown(figure, "en").count("no data") == 31


def test_null_counts_as_no_data(scores, words, value_title, shown) -> None:
    empty = scores.with_columns(pl.lit(None, dtype=pl.Float64).alias("value"))
    assert shown(tile_map(empty, id="map", value_title=value_title, **words), "zh").count("无数据") == 35


def test_last_period_is_shown_and_the_others_can_be_picked(figure, check, shown) -> None:
    (period,) = check(figure)["zh"]["params"]
    assert period["value"] == 2021
    assert (period["bind"]["min"], period["bind"]["max"], period["bind"]["step"]) == (2019, 2021, 1)
    assert "2021年" in shown(figure, "zh")
    assert "0.75" in shown(figure, "zh")


def test_uneven_periods_come_with_a_list(scores, words, value_title, check) -> None:
    uneven = scores.with_columns(pl.col("period").replace({2019: 2010}))
    (period,) = check(tile_map(uneven, id="map", value_title=value_title, **words))["en"]["params"]
    assert period["bind"]["options"] == [2010, 2020, 2021]


def test_one_period_needs_no_control(scores, words, value_title, check) -> None:
    one = tile_map(scores.filter(period=2020), id="map", value_title=value_title, **words)
    assert "bind" not in check(one)["zh"]["params"][0]


def test_one_scale_for_all_periods(figure, check) -> None:
    colors = [layer.get("encoding", {}).get("color", {}) for layer in check(figure)["zh"]["layer"]]
    (scale,) = [color["scale"] for color in colors if "scale" in color]
    assert scale["domain"] == pytest.approx([0.30, 0.75])


def test_unknown_code(scores, words, value_title) -> None:
    with pytest.raises(PlaceError, match="999999"):
        tile_map(scores.with_columns(pl.lit("999999").alias("unit")), id="map", value_title=value_title, **words)


def test_missing_column(scores, words, value_title) -> None:
    with pytest.raises(DataError, match="value"):
        tile_map(scores.drop("value"), id="map", value_title=value_title, **words)
