"""Completion: bars by how units stand, the target and the time gone by as lines, numbers that are whole."""

import polars as pl
import pytest

from nqpf.charts.completion import completion
from nqpf.errors import DataError

SCHEMA = ["unit", "unit_zh", "unit_en", "completion", "state", "value", "target"]
ROWS = [
    ("110000", "北京", "Beijing", 0.4, "behind", 4.0, 10.0),
    ("310000", "上海", "Shanghai", 4.336, "met", 43.4, 10.0),
    ("340000", "安徽", "Anhui", 0.7, "on_time", 7.0, 10.0),
    ("520000", "贵州", "Guizhou", -2.5, "away", -25.0, 10.0),
    ("540000", "西藏", "Tibet", None, None, None, 10.0),
]


@pytest.fixture
def frame() -> pl.DataFrame:
    return pl.DataFrame(ROWS, schema=SCHEMA, orient="row")


def test_specification(frame, words, check) -> None:
    specs = check(completion(frame, id="c", elapsed=0.6, **words))
    marks = [layer["mark"]["type"] for layer in specs["zh"]["layer"]]
    assert marks == ["bar", "text", "text", "rule", "rule", "text"]


def test_the_highest_completion_is_on_top_and_who_has_none_below(frame, words) -> None:
    figure = completion(frame, id="c", **words)
    assert figure.data["unit_en"].to_list() == ["Shanghai", "Anhui", "Beijing", "Guizhou", "Tibet"]


def test_units_keep_their_order_where_they_are_not_to_be_ranked(frame, words, shown) -> None:
    figure = completion(frame, id="c", by_value=False, **words)
    names = frame["unit_en"].to_list()
    assert figure.data["unit_en"].to_list() == names
    assert [text for text in shown(figure, "en") if text in names] == names


def test_bars_end_inside_the_picture_and_numbers_tell_the_truth(frame, words, check, shown) -> None:
    figure = completion(frame, id="c", elapsed=0.6, **words)
    rows = next(rows for rows in check(figure)["en"]["datasets"].values() if "end" in rows[0])
    assert {row["unit"]: row["end"] for row in rows} == {
        "310000": 2.0, "340000": 0.7, "110000": 0.4, "520000": -1.0, "540000": None,
    }  # fmt: skip
    texts = shown(figure, "en")
    assert {"433.6%", "−250.0%", "70.0%", "no data"} <= set(texts)


def test_the_legend_names_only_what_is_there(frame, words, shown) -> None:
    texts = shown(completion(frame.filter(state="met"), id="c", **words), "zh")
    assert "已达到" in texts
    assert "落后于时间进度" not in texts


def test_without_a_base_no_line_tells_of_time(frame, words, check) -> None:
    layers = check(completion(frame, id="c", **words))["en"]["layer"]
    assert sum(layer["mark"]["type"] == "rule" for layer in layers) == 1


def test_missing_column(frame, words) -> None:
    with pytest.raises(DataError, match="target"):
        completion(frame.drop("target"), id="c", **words)
