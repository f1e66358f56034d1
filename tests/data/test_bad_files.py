"""A folder with everything that goes wrong beside a good table: each fault is told with its place, the rest is read."""

from __future__ import annotations

import shutil
import zipfile

import pytest
from make_books import BOOKS, png, sheets, xlsx
from xlsxwriter import Workbook

from nqpf.data import Tidied, tidy


def _pictured(book: Workbook) -> None:
    sheet = book.add_worksheet("图")
    sheet.write_row(0, 0, ["省份", "年份", "煤炭"])
    sheet.write_row(1, 0, ["北京", 2020, 7])
    sheet.insert_image("F2", "scan.png", {"image_data": png()})


def _faulty(book: Workbook) -> None:
    sheet = book.add_worksheet("公式")
    sheet.write_row(0, 0, ["省份", "年份", "能耗"])
    for i, unit in enumerate(("北京", "天津"), 1):
        sheet.write_row(i, 0, [unit, 2020])
        sheet.write_formula(i, 2, "=1/0", value="#DIV/0!" if unit == "天津" else 5)


def _sparse(book: Workbook) -> None:
    sheet = book.add_worksheet("空行")
    sheet.write_row(0, 0, ["省份", "年份", "电力"])
    sheet.write_row(1, 0, ["北京", 2020, 8])
    sheet.write_blank(1_048_575, 0, None, book.add_format({"bold": True}))


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Tidied:
    folder = tmp_path_factory.mktemp("bad")
    xlsx(folder / "picture.xlsx", _pictured)
    xlsx(folder / "error.xlsx", _faulty)
    xlsx(folder / "million.xlsx", _sparse)
    shutil.copy(BOOKS / "password.xlsx", folder / "password.xlsx")
    tables = {"无年份": [["省份", "产值"], ["北京", 1]], "无地区": [["年份", "产值"], [2020, 1]]}
    sheets(folder / "unsaid.xlsx", {"好": [["省份", "年份", "人口"], ["北京", 2020, 9]], **tables})
    beside = [["省份", "年份", "钢", None, "省份", "年份", "水泥"], ["北京", 2020, 1, None, "天津", 2020, 2]]
    sheets(folder / "beside.xlsx", {"并列": beside})
    page = "<table><tr><th>省份<th>年份<th>粮食<tr><td>北京<td>2020<td>3</table>"
    (folder / "page.xls").write_text(f"<html><body>{page}</body></html>", encoding="utf-8")
    with zipfile.ZipFile(folder / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("[Content_Types].xml", "<Types/>")
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 300_000_000)
    (folder / "good.csv").write_text("省份,年份,产值(亿元)\n北京,2020,1\n天津,2020,2\n", encoding="utf-8")
    return tidy(folder)


def note(done: Tidied, code: str, *words: str) -> str:
    """Return the note of this code that has these words."""
    texts = [str(n) for n in done.notes if n.code == code and all(word in str(n) for word in words)]
    assert len(texts) == 1, [str(n) for n in done.notes]
    return texts[0]


def value(done: Tidied, unit: str, indicator: str) -> float:
    panel = done.panel
    return float(panel.values[0, panel.units.index(unit), panel.index(indicator)])


def test_the_good_table_is_read(done: Tidied) -> None:
    assert (value(done, "110000", "产值"), value(done, "120000", "产值")) == (1, 2)
    assert done.panel.series[done.panel.index("产值")].measure == "亿元"


def test_a_picture_is_told_and_the_numbers_beside_it_are_read(done: Tidied) -> None:
    note(done, "pictures_unread", "picture.xlsx", "图")
    assert value(done, "110000", "煤炭") == 7


def test_a_formula_s_error_is_missing_and_told_with_its_cell(done: Tidied) -> None:
    note(done, "error_cells", "error.xlsx", "公式", "C3 #DIV/0!")
    assert value(done, "110000", "能耗") == 5
    assert value(done, "120000", "能耗") != value(done, "120000", "能耗")


def test_a_password_is_told(done: Tidied) -> None:
    assert "password" in note(done, "file_apart", "password.xlsx")


def test_a_million_empty_rows_are_no_rows(done: Tidied) -> None:
    assert value(done, "110000", "电力") == 8


def test_a_bomb_is_told(done: Tidied) -> None:
    assert "bomb" in note(done, "file_apart", "bomb.xlsx")


def test_tables_without_year_or_place_are_questions(done: Tidied) -> None:
    asked = {(q.sheet, q.key) for q in done.questions if q.file == "unsaid.xlsx"}
    assert asked == {("无年份", "period"), ("无地区", "unit")}
    assert value(done, "110000", "人口") == 9


def test_two_tables_side_by_side_are_two(done: Tidied) -> None:
    assert (value(done, "110000", "钢"), value(done, "120000", "水泥")) == (1, 2)


def test_a_page_that_is_named_like_a_workbook_is_read(done: Tidied) -> None:
    note(done, "kind_mismatch", "page.xls")
    assert value(done, "110000", "粮食") == 3
