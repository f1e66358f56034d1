"""Weights: bars for one set, lines for a set a year, labels that do not collide."""

import itertools

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.charts.weights import spread, weights
from nqpf.errors import DataError


@pytest.fixture
def frame():
    rows = [
        ("rd", "研发强度", "R&D intensity", "创新", "Innovation", 0.3),
        ("edu", "受教育年限", "Schooling", "劳动者", "Labourers", 0.5),
        ("pat", "专利", "Patents", "创新", "Innovation", 0.2),
    ]
    columns = ["indicator", "indicator_zh", "indicator_en", "node_zh", "node_en", "weight"]
    return pl.DataFrame(rows, schema=columns, orient="row")


@pytest.fixture
def yearly(frame):
    years = [
        frame.with_columns(period=pl.lit(year), weight=pl.col("weight") * share)
        for year, share in ((2020, 1), (2021, 0.9))
    ]
    return pl.concat(years)


def test_bars(frame, words, check, shown) -> None:
    figure = weights(frame, id="w", **words)
    assert [layer["mark"]["type"] for layer in check(figure)["zh"]["layer"]] == ["bar", "text"]
    texts = shown(figure, "en")
    assert {"Innovation", "Labourers", "Effective weight", "30.0%", "50.0%", "20.0%"} <= set(texts)
    assert [t for t in texts if t in ("R&D intensity", "Patents", "Schooling")] == [
        "R&D intensity",
        "Patents",
        "Schooling",
    ]


def test_lines_over_years(yearly, words, check, shown) -> None:
    figure = weights(yearly, id="w", **words)
    assert [layer["mark"]["type"] for layer in check(figure)["en"]["layer"]] == ["line", "rule", "text"]
    assert {"研发强度", "受教育年限", "专利", "年份", "2020", "2021"} <= set(shown(figure, "zh"))


def test_a_gap_in_the_last_year_leaves_its_label_out(yearly, words, shown) -> None:
    gone = pl.when((pl.col("indicator") == "pat") & (pl.col("period") == 2021)).then(None).otherwise("weight")
    assert "Patents" not in shown(weights(yearly.with_columns(weight=gone), id="w", **words), "en")


def test_missing_column(frame, words) -> None:
    with pytest.raises(DataError, match="node_zh"):
        weights(frame.drop("node_zh"), id="w", **words)


@given(st.lists(st.floats(0, 400), min_size=1, max_size=20))
def test_labels_keep_their_distance_and_their_order(wanted: list[float]) -> None:
    places = spread(sorted(wanted), 15.0, 420.0)
    assert all(b - a >= 15 - 1e-9 for a, b in itertools.pairwise(places))
    assert places[-1] <= 420


def test_labels_with_room_stay_where_they_belong() -> None:
    assert spread([10.0, 50.0, 90.0], 15.0, 100.0) == [10.0, 50.0, 90.0]
