"""Grades: every unit in its grade, in the given order, with a dashed rim and an arrow where the grade is not firm."""

import re
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from nqpf.charts.grades import grades
from nqpf.charts.theme import WIDTH
from nqpf.errors import DataError
from nqpf.messages import LANGUAGES, Text

TITLES = (Text("甲档", "Grade A"), Text("乙档", "Grade B"), Text("丙档", "Grade C"))
SCHEMA = ["unit", "unit_zh", "unit_en", "grade", "grade_low", "grade_high", "firm"]
ROWS = [
    ("110000", "北京", "Beijing", 1, 1, 2, False),
    ("310000", "上海", "Shanghai", 1, 1, 1, True),
    ("340000", "安徽", "Anhui", 2, 1, 3, False),
    ("520000", "贵州", "Guizhou", 3, 2, 3, False),
    ("540000", "西藏", "Tibet", None, None, None, None),
]


@pytest.fixture
def figure(words):
    return grades(pl.DataFrame(ROWS, schema=SCHEMA, orient="row"), TITLES, id="g", **words)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_is_one_document_that_names_itself_and_is_the_same_twice(figure, lang) -> None:
    root = ET.fromstring(figure.svg(lang))
    assert root.tag.endswith("svg")
    assert root[0].text == figure.title[lang]
    assert figure.draw(lang) == figure.svg(lang)


def test_units_stand_in_their_grade_in_the_given_order_with_arrows_where_it_is_not_firm(figure, shown) -> None:
    texts = [text for text in shown(figure, "zh") if text]
    assert texts[:10] == ["甲档", "2 个", "北京 ↓", "上海", "乙档", "1 个", "安徽 ↕", "丙档", "1 个", "贵州 ↑"]
    assert texts[10:13] == ["无数据", "1 个", "西藏"]


def test_only_loose_units_have_a_dashed_rim_and_say_where_they_may_be(figure) -> None:
    tiles = re.findall(
        r'<g data-unit="(\d+)"><title>(.*?)</title><rect [^>]*?(stroke-dasharray)?[^>]*?/>', figure.svg("en")
    )
    found = {unit: tip for unit, tip, _ in tiles}
    dashed = {unit for unit in found if "dasharray" in re.search(rf'data-unit="{unit}">.*?</g>', figure.svg("en"))[0]}
    assert dashed == {"110000", "340000", "520000"}
    assert found["340000"] == "Anhui: may be anywhere from Grade A to Grade C"
    assert found["310000"] == "Shanghai"


def test_no_tile_lies_beyond_the_picture_however_many_there_are(words) -> None:
    many = [(str(n), f"很长的单元名称{n}", f"A rather long name {n}", 1, 1, 1, True) for n in range(60)]
    svg = grades(pl.DataFrame(many, schema=SCHEMA, orient="row"), TITLES, id="g", **words).svg("en")
    tiles = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="28"', svg)
    assert len(tiles) == 60
    assert max(float(x) + float(width) for x, _, width in tiles) <= WIDTH
    height = float(re.search(r'viewBox="0 0 [\d.]+ ([\d.]+)"', svg)[1])
    assert max(float(y) + 28 for _, y, _ in tiles) < height
    assert len({(x, y) for x, y, _ in tiles}) == 60


def test_the_numbers_beside_the_picture_hold_no_score(figure) -> None:
    assert figure.data.columns == SCHEMA


def test_missing_column(words) -> None:
    with pytest.raises(DataError, match="firm"):
        grades(pl.DataFrame(ROWS, schema=SCHEMA, orient="row").drop("firm"), TITLES, id="g", **words)
