"""The triple: three marks a unit on one scale, the score beside them, the span between them."""

import polars as pl
import pytest

from nqpf.charts.triple import triple
from nqpf.errors import DataError

SCHEMA = ["unit", "unit_zh", "unit_en", "strength_score", "efficiency_score", "potential_score", "score", "rank"]
ROWS = [
    ("110000", "北京", "Beijing", 10.0, 100.0, 0.0, 34.0, 2),
    ("310000", "上海", "Shanghai", 100.0, 55.0, 40.0, 68.5, 1),
    ("540000", "西藏", "Tibet", None, None, None, None, None),
]


@pytest.fixture
def frame() -> pl.DataFrame:
    return pl.DataFrame(ROWS, schema=SCHEMA, orient="row")


def test_specification(frame, words, check) -> None:
    specs = check(triple(frame, id="t", **words))
    assert [layer["mark"]["type"] for layer in specs["zh"]["layer"]] == ["rule", "point", "text", "text", "text"]


def test_each_unit_has_its_three_marks(frame, words, check) -> None:
    spec = check(triple(frame, id="t", **words))["en"]
    points = spec["datasets"][spec["layer"][1]["data"]["name"]]
    found = {(row["unit"], row["reading_en"]): row["points"] for row in points}
    assert len(points) == 6  # a unit without data has none
    assert found["110000", "efficiency"] == 100.0
    assert found["310000", "potential"] == 40.0


def test_the_numbers_beside_the_picture_hold_no_rank(frame, words) -> None:
    assert "rank" not in triple(frame, id="t", **words).data.columns


def test_order(frame, words, shown) -> None:
    names = frame["unit_en"].to_list()
    by_value, given = (triple(frame, id="t", by_value=b, **words) for b in (True, False))
    assert [text for text in shown(by_value, "en") if text in names] == ["Shanghai", "Beijing", "Tibet"]
    assert [text for text in shown(given, "en") if text in names] == names


def test_words(frame, words, shown) -> None:
    texts = shown(triple(frame, id="t", **words), "zh")
    assert {"实力", "效率", "潜力", "效用值", "68.5", "34.0", "无数据"} <= set(texts)


def test_missing_column(frame, words) -> None:
    with pytest.raises(DataError, match="potential_score"):
        triple(frame.drop("potential_score"), id="t", **words)
