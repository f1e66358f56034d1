"""Footnotes stay with the numbers they speak of: by their sign, by name, or with all."""

from __future__ import annotations

from pathlib import Path

import pytest

from nqpf.data import read
from nqpf.data.reading.footnotes import named_in, rows_of, several, sign_of


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("注：①不含私营单位。②含军人。", ["①不含私营单位。", "②含军人。"]),
        ("①甲\n②乙", ["①甲", "②乙"]),
        ("注：甲。\n乙。", ["注：甲。", "乙。"]),
        ("注：数据已修订。", ["注：数据已修订。"]),
        ("注：", ["注："]),
    ],
)
def test_one_text_may_hold_several_notes(text: str, parts: list[str]) -> None:
    assert several(text) == parts


@pytest.mark.parametrize(
    ("note", "sign"),
    [("①不含", "①"), ("注：②不含", "②"), ("* 预计", "*"), ("(1) 初步", "(1)"), ("¹初步", "¹"), ("注：不含", None)],
)
def test_signs(note: str, sign: str | None) -> None:
    assert sign_of(note) == sign


NAMES = ["城镇单位就业人员", "工资总额", "人口"]


@pytest.mark.parametrize(
    ("note", "about"),
    [
        ("注：城镇单位就业人员不含私营单位。", [NAMES[0]]),
        ("注：人口为常住人口。", [NAMES[2]]),
        ("注：2012年行业采用新的分类标准,与前期不可比。", NAMES),
        ("注：2001年及以后人口数据根据第六次人口普查重新修订。", NAMES),
        ("注：本表工资总额按当年价格计算。", NAMES),
        ("注：初步数。", NAMES),
    ],
)
def test_names(note: str, about: list[str]) -> None:
    assert named_in(note, NAMES) == about


def test_english_names_count_as_words() -> None:
    assert named_in("Note: gdp is preliminary", ["gdp", "gdp_pc", "GD"]) == ["gdp"]
    assert named_in("Note: GDP per capita", ["pop", "gdp"]) == ["gdp"]


def test_levels_of_names_count() -> None:
    assert named_in("注：私营单位不含个体。", ["就业:私营单位", "就业:国有单位"]) == ["就业:私营单位"]


def test_a_sign_goes_before_a_name() -> None:
    signs = {"indicator": ["①", "②", None]}
    assert rows_of("①工资总额不含奖金", signs, NAMES) == [True, False, False]
    assert rows_of("③工资总额不含奖金", signs, NAMES) == [False, True, False]
    assert rows_of("*初步", {"number": ["**", "*", None]}, NAMES) == [False, True, False]
    assert rows_of("②丙", {"number": ["①②", "①", None]}, NAMES) == [True, False, False]
    assert rows_of("(2) 丙", {"indicator": ["（1）", "（2）", "2)"]}, NAMES) == [False, True, True]


def notes_of(text: str, tmp_path: Path) -> dict[tuple[str, str], str | None]:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    return {(u, k): note for u, k, note in read(path).frame.select("unit", "indicator", "note").iter_rows()}


def test_notes_on_series_places_and_numbers(tmp_path: Path) -> None:
    text = (
        "地区,年份,就业①(万人),工资(元)\n北京②,2020,1,2③\n天津,2020,3,4\n"
        "注：①不含私营单位。②含开发区。③为预计数。\n来源：统计局\n"
    )
    assert notes_of(text, tmp_path) == {
        ("北京", "就业"): "①不含私营单位。；②含开发区。",
        ("北京", "工资"): "②含开发区。；③为预计数。",
        ("天津", "就业"): "①不含私营单位。",
        ("天津", "工资"): None,
    }


def test_notes_that_are_written_in_a_column_come_first(tmp_path: Path) -> None:
    text = "地区,年份,指标,数值,备注\n北京,2020,就业,1,初步\n天津,2020,就业,2,\n注：不含个体。\n"
    assert notes_of(text, tmp_path) == {("北京", "就业"): "初步；注：不含个体。", ("天津", "就业"): "注：不含个体。"}


def test_each_footnote_is_told_with_what_it_speaks_of(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("地区,年份,就业,工资\n北京,2020,1,2\n注：工资为税前。\n", encoding="utf-8")
    told = [n.text().zh for n in read(path).notes if n.code == "footnote"]
    assert told == ["t.csv，第 3 行脚注（涉及 工资）：注：工资为税前。"]
