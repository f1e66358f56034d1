"""Correlation map: a cell a pair, framed by dimension, numbered where there is room."""

import polars as pl
import pytest

from nqpf.charts import correlation_map as module
from nqpf.charts.correlation_map import DIVERGING, correlation_map
from nqpf.errors import DataError

NAMES = ["indicator", "indicator_zh", "indicator_en", "node_zh", "node_en", "r_dimension", "r_index", "n"]


@pytest.fixture
def rows():
    return pl.DataFrame(
        [
            ("rd", "研发强度", "R&D intensity", "劳动者", "Labourers", 0.8, 0.71, 30),
            ("edu", "受教育年限", "Schooling", "劳动者", "Labourers", 0.9, 0.5, 30),
            ("co2", "碳强度", "Carbon intensity", "绿色", "Green", None, -0.2, 28),
        ],
        schema=NAMES,
        orient="row",
    )


@pytest.fixture
def pairs():
    cells = [("rd", "edu", 0.85, 30), ("co2", "rd", -0.4, 28), ("edu", "co2", 0.05, 28), ("rd", "D", 0.3, 30)]
    return pl.DataFrame(cells, schema=["first", "second", "r", "n"], orient="row")


def test_specification(rows, pairs, words, check) -> None:
    specs = check(correlation_map(rows, pairs, id="m", **words))
    squares = specs["en"]["layer"][0]
    assert squares["encoding"]["color"]["scale"]["range"] == list(DIVERGING)
    assert squares["encoding"]["color"]["scale"]["domain"] == [-1, -0.5, 0, 0.5, 1]


def test_every_pair_stands_on_both_sides_and_the_diagonal_is_empty(rows, pairs, words) -> None:
    data = correlation_map(rows, pairs, id="m", **words).data
    r = {(a, b): x for a, b, x in data.select("first", "second", "r").iter_rows()}
    assert r["rd", "edu"] == r["edu", "rd"] == 0.85
    assert r["rd", "co2"] == r["co2", "rd"] == -0.4
    assert ("rd", "rd") not in r
    assert ("rd", "D") not in r
    assert r["edu", "index"] == 0.5
    assert r["co2", "dimension"] is None


def test_names_numbers_and_the_two_columns_at_the_right(rows, pairs, words, shown) -> None:
    texts = shown(correlation_map(rows, pairs, id="m", **words), "zh")
    assert {"研发强度", "碳强度", "1", "2", "3", "维度", "指数", "劳动者", "绿色"} <= set(texts)
    assert {"0.85", "−0.40", "0.71"} <= set(texts)


def test_many_indicators_carry_numbers_at_the_right_only(rows, pairs, words, shown, monkeypatch) -> None:
    monkeypatch.setattr(module, "NUMBERED", 2)
    texts = shown(correlation_map(rows, pairs, id="m", **words), "en")
    assert "0.85" not in texts
    assert "0.71" in texts


def test_missing_column(rows, pairs, words) -> None:
    with pytest.raises(DataError, match="r_index"):
        correlation_map(rows.drop("r_index"), pairs, id="m", **words)
    with pytest.raises(DataError, match="second"):
        correlation_map(rows, pairs.drop("second"), id="m", **words)
