"""Tile map of kinds: every province has a tile, its kind a colour, and what is absent is told apart."""

import polars as pl
import pytest

from nqpf.charts import theme
from nqpf.charts.tile_kinds import tile_kinds
from nqpf.errors import DataError, PlaceError
from nqpf.messages import Text

KINDS = {"HH": Text("高—高", "high–high"), "LL": Text("低—低", "low–low"), "none": Text("不显著", "not significant")}


@pytest.fixture
def units():
    return pl.DataFrame({"unit": ["110000", "120000", "130000", "140000"], "kind": ["HH", "none", "LL", None]})


def test_specification(units, words, check) -> None:
    specs = check(tile_kinds(units, KINDS, plain="none", id="t", **words))
    scale = specs["en"]["layer"][0]["encoding"]["color"]["scale"]
    assert scale["domain"] == ["high–high", "low–low", "not significant", "no data"]
    assert scale["range"] == [*theme.CATEGORIES[:2], theme.GRID, theme.NO_DATA]


def test_every_province_has_a_tile(units, words, shown) -> None:
    figure = tile_kinds(units, KINDS, plain="none", id="t", **words)
    assert figure.data.height == 34
    assert figure.data["kind"].null_count() == 31
    assert {"北京", "高—高", "无数据"} <= set(shown(figure, "zh"))


def test_strangers_are_refused(units, words) -> None:
    with pytest.raises(PlaceError, match="999999"):
        tile_kinds(units.with_columns(unit=pl.lit("999999")), KINDS, plain="none", id="t", **words)
    with pytest.raises(DataError, match="“kind”"):
        tile_kinds(units.drop("kind"), KINDS, plain="none", id="t", **words)
