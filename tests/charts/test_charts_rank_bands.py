"""Rank bands: order, legible rows, the zones' colours, units nobody ranks."""

import polars as pl
import pytest

from nqpf.charts.rank_bands import rank_bands
from nqpf.errors import DataError


@pytest.fixture
def bands(scores):
    frame = scores.filter(period=2021).select("unit", "unit_zh", "unit_en").with_row_index("rank", 1)
    rank = pl.col("rank").cast(pl.Float64)
    spans = {"median": rank, "low": rank - 0.5, "high": rank + 0.5, "best": rank - 1, "worst": rank + 2}
    return frame.with_columns(pl.col("rank").cast(pl.Int64), zone=pl.Series(["head", "grey", "grey", "tail"]), **spans)


def test_specification(bands, words, check) -> None:
    specs = check(rank_bands(bands, id="b", **words))
    assert [layer["mark"]["type"] for layer in specs["zh"]["layer"]] == ["rule", "bar", "tick", "tick", "point"]
    assert specs["en"]["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0.5, 6.5]


def test_units_stand_in_order_of_the_baseline(bands, words, shown) -> None:
    texts = shown(rank_bands(bands.sort("rank", descending=True), id="b", **words), "en")
    names = [text for text in texts if text in bands["unit_en"].to_list()]
    assert names == bands["unit_en"].to_list()


def test_zones_are_told_in_words(bands, words, shown) -> None:
    assert {"稳居前三分之一", "未定", "稳居后三分之一"} <= set(shown(rank_bands(bands, id="b", **words), "zh"))
    plain = shown(rank_bands(bands.drop("zone"), id="b", **words), "zh")
    assert "未定" not in plain


def test_sixty_units_have_a_row_each(bands, words, shown) -> None:
    many = pl.concat([bands.with_columns(unit_en=pl.format("Unit {}", pl.lit(i))).head(1) for i in range(60)])
    figure = rank_bands(many.with_columns(rank=pl.arange(1, 61)), id="b", **words)
    assert sum(text.startswith("Unit ") for text in shown(figure, "en")) == 60


def test_a_unit_without_ranks_comes_last(bands, words, check) -> None:
    ranks = ["rank", "median", "low", "high", "best", "worst"]
    holes = bands.with_columns(pl.when(pl.col("rank") > 1).then(pl.col(ranks)).name.keep())
    figure = rank_bands(holes, id="b", **words)
    assert figure.data["unit"][-1] == bands["unit"][0]
    check(figure)


def test_missing_column(bands, words) -> None:
    with pytest.raises(DataError, match="median"):
        rank_bands(bands.drop("median"), id="b", **words)
