"""Importance: weight and importance on one line an indicator, in the order given."""

import polars as pl
import pytest

from nqpf.charts.importance import importance
from nqpf.errors import DataError

NAMES = ["indicator", "indicator_zh", "indicator_en", "node_zh", "node_en", "weight_share", "importance"]


@pytest.fixture
def frame():
    rows = [
        ("rd", "研发强度", "R&D intensity", "劳动者", "Labourers", 0.5, 0.3),
        ("edu", "受教育年限", "Schooling", "劳动者", "Labourers", 0.3, 0.7),
        ("co2", "碳强度", "Carbon intensity", "绿色", "Green", 0.2, None),
    ]
    return pl.DataFrame(rows, schema=NAMES, orient="row")


def test_specification(frame, words, check) -> None:
    specs = check(importance(frame, id="i", **words))
    link, weight, effect = specs["en"]["layer"]
    assert (link["encoding"]["x"]["field"], link["encoding"]["x2"]["field"]) == ("weight_share", "importance")
    assert weight["mark"]["shape"] == "square"
    assert effect["encoding"]["x"]["field"] == "importance"
    assert weight["encoding"]["y"]["sort"] == ["R&D intensity", "Schooling", "Carbon intensity"]


def test_names_are_shown(frame, words, shown) -> None:
    texts = shown(importance(frame, id="i", **words), "zh")
    assert {"研发强度", "碳强度", "劳动者", "绿色", "在全部指标中的份额"} <= set(texts)


def test_missing_column(frame, words) -> None:
    with pytest.raises(DataError, match="importance"):
        importance(frame.drop("importance"), id="i", **words)
