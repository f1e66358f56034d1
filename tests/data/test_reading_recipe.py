"""Reading recipes: what was found is written, edited and applied again; what none can say is told with its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from test_layouts import ACROSS

from nqpf.data import Reading, read
from nqpf.data.reading.recipe import ReadingRecipe
from nqpf.errors import DataError, NqpfError, SpecError, Where

Write = Callable[..., Path]


@pytest.fixture
def file(tmp_path: Path) -> Write:
    def write(text: str, name: str = "t.csv") -> Path:
        path = tmp_path / name
        path.write_text(text.strip("\n") + "\n", encoding="utf-8")
        return path

    return write


def same(one: Reading, other: Reading) -> bool:
    parts = ("frame", "totals", "unplaced", "marks")
    return all(getattr(one, part).equals(getattr(other, part), null_equal=True) for part in parts)


TABLES = ACROSS | {
    "side by side": "各地区产值(亿元)\n地区,2019,2020,,地区,2019,2020\n北京,1,2,,上海,3,4\n注：初步数,,,,,,\n",
    "stacked": "表1 能耗(万吨)\n地区,2019\n北京,1\n表2 用电(万千瓦时)\n地区,2019\n北京,2\n注：不含农村。\n",
    "marks and parts": "地区,年份,行业,就业①\n北京,2020,农业,1(p)\n北京,2020,工业,…\n天津,2020,农业,2\n①初步。\n",
    "a bilingual header": "地区,产值,人口\nRegion,Output,Population\n,(亿元),(万人)\n2019年,,\n北京,1,2\n",
}


@pytest.mark.parametrize("name", TABLES)
def test_what_was_found_can_be_written_and_applied_again(name: str, file: Write) -> None:
    path = file(TABLES[name])
    found = read(path)
    recipe = ReadingRecipe.of(file(found.recipe().to_yaml(), "recipe.yaml"))
    assert recipe == found.recipe()
    assert same(read(path, recipe=recipe), found)


def test_the_text_of_a_recipe(file: Write) -> None:
    text = read(file("指标：产值(亿元)\n地区,2019,2020\n北京,1,2\n天津,3,4\n注：初步数。\n")).recipe().to_yaml()
    assert text.splitlines()[2:] == [
        *("tables:", "- file: t.csv", "  header:", "    2: period", "  columns:", "    A: unit", "  values: B:C"),
        *("  rows: 3:4", "  notes: 5:5", "  fixed:", "    indicator: 产值", "    measure: 亿元"),
    ]
    assert text.startswith("# 读取规则")


def test_an_edited_recipe(file: Write) -> None:
    path = file("指标：产值(亿元)\n地区,2019,2020\n北京,1,2\n天津,3,4\n")
    text = read(path).recipe().to_yaml()
    edited = text.replace("B:C", "C").replace("3:4", "4:4").replace("产值", "总产值").replace("亿元", "万元")
    found = read(path, recipe=file(edited + "    vintage: '2024'\n    scope: 规上\n", "r.yaml"))
    assert found.frame.select("unit", "period", "indicator", "value", "measure", "vintage", "scope").rows() == [
        ("天津", 2020, "总产值", 4.0, "万元", "2024", "规上")
    ]


def test_what_a_table_does_not_say_is_supplied(file: Write) -> None:
    path = file("地区,产值(亿元)\n北京,1\n")
    with pytest.raises(DataError):
        read(path)
    rule = "tables:\n- file: t.csv\n  fixed: {period: 2019, source: 年鉴}\n"
    found = read(path, recipe=file(rule, "r.yaml"))
    assert found.frame.select("period", "source").rows() == [(2019, "年鉴")]
    again = read(path, recipe=ReadingRecipe().knowing("t.csv", None, period="2020"))
    assert again.frame["period"].to_list() == [2020]


def test_a_table_without_a_header_and_one_with_it_below(file: Write) -> None:
    bare = file("北京,2020,1\n天津,2020,2\n")
    places = "columns: {A: unit, B: period}, values: C, fixed: {indicator: x}"
    rule = f"tables:\n- {{file: t.csv, header: {{1: name}}, rows: '1:2', {places}}}\n"
    assert read(bare, recipe=file(rule, "r.yaml")).frame["value"].to_list() == [1.0, 2.0]
    below = file("北京,2020,1\n省份,年份,x\n天津,2020,2\n", "b.csv")
    rule = "tables:\n- {file: b.csv, header: {2: indicator}, rows: '1:1, 3:3', columns: {A: unit, B: period}}\n"
    found = read(below, recipe=file(rule, "r.yaml")).frame
    assert found.select("unit", "indicator", "value").rows() == [("北京", "x", 1.0), ("天津", "x", 2.0)]


def test_districts_that_no_rule_of_ours_knows(file: Write) -> None:
    path = file("指标,全市,老城,新城\n人口(万人),3,1,2\n")
    rule = (
        "tables:\n- {file: '*.csv', header: {1: unit}, columns: {A: indicator}, values: 'C:D', fixed: {period: 2019}}\n"
    )
    found = read(path, recipe=file(rule, "r.yaml")).frame
    assert found.select("unit", "indicator", "value").rows() == [("老城", "人口", 1.0), ("新城", "人口", 2.0)]


def test_side_calculations_that_stop_the_search_do_not_stop_a_recipe(file: Write) -> None:
    path = file("地区,年份,x\n北京,2019,1,99\n天津,2019,2\n上海,2019,3\n")
    with pytest.raises(DataError, match="99"):
        read(path)
    rule = "tables:\n- {file: t.csv, header: {1: indicator}, columns: {A: unit, B: period}, values: C}\n"
    assert read(path, recipe=file(rule, "r.yaml")).frame["value"].to_list() == [1.0, 2.0, 3.0]


def test_rows_that_a_longer_file_of_next_year_has_not_yet(file: Write) -> None:
    path = file("地区,年份,x\n北京,2019,1\n")
    places = "columns: {A: unit, B: period}, values: 'C:Z', rows: '2:999'"
    rule = f"tables:\n- {{file: 't*.csv', header: {{1: indicator}}, {places}}}\n"
    assert read(path, recipe=file(rule, "r.yaml")).frame["value"].to_list() == [1.0]


def test_files_and_sheets_by_pattern(file: Write) -> None:
    rule = "tables:\n- {file: '产值[20??].csv', skip: true}\n"
    recipe = file(rule, "r.yaml")
    good = file("地区,年份,x\n北京,2019,1\n", "a.csv")
    skipped = file("地区,年份,y\n北京,2019,1\n", "产值[2019].csv")
    found = read([good, skipped], recipe=recipe, faults="apart")
    assert found.frame["indicator"].unique().to_list() == ["x"]
    name = file("指标：x\n地区,2019,2020\n北京,1,2\n", "b [1].csv")
    assert same(read(name, recipe=read(name).recipe()), read(name))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("tables:\n- file: t.csv\n  colums: {A: unit}\n", 3, "colums"),
        ("tables:\n- file: t.csv\n  header:\n    1: jahr\n", 4, "period"),
        ("tables:\n- file: t.csv\n  header: {0: unit}\n", 3, "rows by numbers from 1"),
        ("tables:\n- file: t.csv\n  columns: {'1': unit}\n", 3, "columns by letters"),
        ("tables:\n- file: t.csv\n  columns: {A: values}\n", 3, "unit"),
        ("tables:\n- file: t.csv\n  values: 2:5\n", 3, "columns by letters"),
        ("tables:\n- file: t.csv\n  values: F:B\n", 3, "the first one first"),
        ("tables:\n- file: t.csv\n  rows: B:F\n", 3, "rows by numbers"),
        ("tables:\n- file: t.csv\n  rows: 5-35\n", 3, "rows by numbers"),
        ("tables:\n- file: t.csv\n  notes: 0:1\n", 3, "rows by numbers"),
        ("tables:\n- file: t.csv\n  filled: [A, 2]\n", 3, "columns by letters"),
        ("tables:\n- file: t.csv\n  fixed: {year: 2019}\n", 3, "period"),
        ("tables:\n- file: t.csv\n  split: place\n", 3, "unit"),
        ("tables:\n- sheet: a\n", 2, "file"),
        ("tables:\n- file: t.csv\n  rows: [\n", 4, "YAML"),
        ("table: []\n", 1, "tables"),
    ],
)
def test_what_no_recipe_can_say_is_told_with_its_line(text: str, line: int, words: str, file: Write) -> None:
    path = file("地区,年份,x\n北京,2019,1\n")
    recipe = file(text, "r.yaml")
    with pytest.raises(SpecError) as caught:
        read(path, recipe=recipe)
    assert (caught.value.where.file, caught.value.where.line) == (str(recipe), line)
    assert words in caught.value.text().en


def test_a_recipe_that_is_not_there(tmp_path: Path, file: Write) -> None:
    with pytest.raises(SpecError) as caught:
        read(file("地区,年份,x\n北京,2019,1\n"), recipe=tmp_path / "none.yaml")
    assert caught.value.code == "file_not_found"


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ("header: {9: period}, columns: {A: unit}, values: B", "9"),
        ("header: {1: indicator}, columns: {A: unit, Q: period}, values: C", "Q"),
        ("header: {1: indicator}, columns: {A: unit, B: period}, values: X:Z", "X"),
        ("header: {1: indicator}, columns: {A: unit, B: period}, values: C, rows: '7:9'", "7"),
    ],
)
def test_a_recipe_for_another_sheet(rule: str, place: str, file: Write) -> None:
    path = file("地区,年份,x\n北京,2019,1\n")
    with pytest.raises(NqpfError) as caught:
        read(path, recipe=file(f"tables:\n- {{file: t.csv, {rule}}}\n", "r.yaml"))
    assert (caught.value.code, caught.value.values["place"]) == ("recipe_outside", place)
    assert caught.value.where == Where(file="t.csv", row=1)


def test_a_recipe_that_leaves_something_out(file: Write) -> None:
    path = file("地区,年份,x\n北京,2019,1\n")
    rule = "tables:\n- {file: t.csv, header: {1: indicator}, columns: {A: unit}, values: C}\n"
    with pytest.raises(DataError) as caught:
        read(path, recipe=file(rule, "r.yaml"))
    assert (caught.value.code, caught.value.where.row) == ("not_a_year", 2)
