"""Workbooks of every kind: values, merged cells, errors, hidden sheets, charts and pictures."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import struct
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from make_books import BOOKS, biff, ods, png, record, repacked, sheets, xlsb, xlsx

from nqpf.data.grid import Grid, grids
from nqpf.errors import DataError
from nqpf.results import Note

SHEET = "xl/worksheets/sheet1.xml"


def read(source: Any, **options: Any) -> tuple[dict[str | None, Grid], list[Note]]:
    notes: list[Note] = []
    return {grid.sheet: grid for grid in grids(source, notes=notes, **options)}, notes


def codes(notes: list[Note]) -> list[str]:
    return [note.code for note in notes]


@pytest.fixture
def rich(tmp_path: Path) -> Path:
    """A workbook with everything: merged cells, errors, dates, a hidden sheet, a chart sheet, pictures."""

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("数据")
        sheet.merge_range("B2:D2", "表1")
        sheet.write("B3", "地区")
        sheet.write_formula("C3", "=1/0", None, "#DIV/0!")
        sheet.write_formula("D3", "=NA()", None, "#N/A")
        sheet.write_formula("E3", "=1+1", None, 2)
        sheet.write("B4", True)
        for cell, form in (("C4", "yyyy-mm-dd"), ("D4", 'yyyy"年"m"月"')):
            sheet.write_datetime(cell, dt.datetime(2020, 12, 31), book.add_format({"num_format": form}))
        sheet.write_number("E4", 2019, book.add_format({"num_format": '0"年"'}))
        sheet.insert_image("G2", "a.png", {"image_data": png()})
        sheet.insert_image("G9", "b.png", {"image_data": png()})
        sheet.protect("editing only")
        hidden = book.add_worksheet("隐藏")
        hidden.hide()
        hidden.write(0, 0, 1)
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=数据!$E$3:$E$4"})
        book.add_chartsheet("图").set_chart(chart)

    return xlsx(tmp_path / "rich.xlsx", fill)


def test_xlsx(rich: Path) -> None:
    found, notes = read(rich)
    assert list(found) == ["数据", "隐藏"]
    date = dt.date(2020, 12, 31)
    assert found["数据"].rows == (
        (None,) * 5,
        (None, "表1", None, None, None),
        (None, "地区", None, None, 2.0),
        (None, True, date, date, 2019.0),
    )
    assert found["数据"].merged == ((1, 1, 1, 3),)
    assert found["数据"].errors == {(2, 2): "#DIV/0!", (2, 3): "#N/A"}
    assert found["隐藏"].errors == {}
    assert codes(notes) == ["pictures_unread", "sheet_hidden", "sheet_without_cells"]
    assert notes[0].text().en == "rich.xlsx [数据] shows pictures (2); figures inside a picture are not read."
    assert notes[1].text().zh == "rich.xlsx [隐藏] 是隐藏的工作表，已读取。"


def test_one_sheet_is_asked_for(rich: Path) -> None:
    found, notes = read(rich, sheet="隐藏")
    assert (list(found), codes(notes)) == (["隐藏"], ["sheet_hidden"])
    with pytest.raises(DataError) as caught:
        read(rich, sheet="无")
    assert caught.value.text().en.endswith("The sheets are: 数据, 隐藏, 图.")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'<c r="B3"', b"<c r='B3'"),
        (b'<c r="B3" ', b"<c "),
        (b'<c r="C3" t="e"', b'<c t="e" r="C3"'),
        (b'<c r="C3" t="e"', b"<c r='C3' t='e'"),
        (b' t="e"><f>1/0', b'\n t="e" ><f>1/0'),
        (b'<dimension ref="B2:E4"/>', b'<dimension ref="A1:XFD1048576"/>'),
    ],
)
def test_errors_are_found_however_the_xml_is_written(rich: Path, before: bytes, after: bytes) -> None:
    path = repacked(rich, rich.with_name("other.xlsx"), (SHEET, before, after))
    if after == b"<c ":  # without an address a cell follows the one before it
        assert read(path)[0]["数据"].rows[2][0] == "地区"
    else:
        assert read(path)[0]["数据"].rows == read(rich)[0]["数据"].rows
    assert read(path)[0]["数据"].errors == {(2, 2): "#DIV/0!", (2, 3): "#N/A"}


def test_namespaces_with_a_prefix(rich: Path) -> None:
    changes = [(SHEET, b"<" + t, b"<x:" + t) for t in (b"worksheet", b"sheetData", b"row ", b"c ", b"f>", b"v>")]
    changes += [(SHEET, b"</" + t, b"</x:" + t) for t in (b"worksheet", b"sheetData", b"row>", b"c>", b"f>", b"v>")]
    path = repacked(rich, rich.with_name("other.xlsx"), *changes, (SHEET, b"xmlns=", b"xmlns:x="))
    grid = read(path)[0]["数据"]
    assert grid.errors == {(2, 2): "#DIV/0!", (2, 3): "#N/A"}
    assert grid.rows[2] == (None, "地区", None, None, 2.0)


@pytest.mark.parametrize("value", [b"", b"<v></v>", b"<v/>"])
def test_formulas_saved_without_results_are_told(rich: Path, value: bytes) -> None:
    path = repacked(rich, rich.with_name("other.xlsx"), (SHEET, b"<f>1+1</f><v>2</v>", b"<f>1+1</f>" + value))
    found, notes = read(path)
    note = next(n for n in notes if n.code == "formulas_uncomputed")
    assert "rich" not in note.text().en
    assert note.text().en.endswith("spreadsheet: E3.")
    assert found["数据"].rows[2][-1] is None


def test_a_formula_whose_result_is_no_text_is_computed(rich: Path) -> None:
    change = (SHEET, b'<c r="E3"><f>1+1</f><v>2</v>', b'<c r="E3" t="str"><f>1+1</f><v></v>')
    assert "formulas_uncomputed" not in codes(read(repacked(rich, rich.with_name("other.xlsx"), change))[1])


def test_pictures_in_cells_are_told(rich: Path) -> None:
    change = (SHEET, b"<f>1+1</f><v>2</v>", b"<f>_xlfn.DISPIMG(&quot;ID_1&quot;,1)</f><v>0</v>")
    _, notes = read(repacked(rich, rich.with_name("other.xlsx"), change))
    assert notes[0].values["count"] == 3


def test_xls() -> None:
    found, notes = read(BOOKS / "office.xls")
    assert found["数据"].rows == (
        (None,) * 4,
        (None,) * 4,
        (None, "表1 地区生产总值", None, None),
        (None, "地区", "2020年", "2019年"),
        (None, "北京", 36102.6, None),
        (None, "天津", "14,083.7", None),
        (None, dt.date(2020, 12, 31), dt.datetime(2020, 12, 31, 8, 30), True),
    )
    assert found["数据"].merged == ((2, 1, 2, 3),)
    assert found["数据"].errors == {(4, 3): "#N/A", (5, 3): "#DIV/0!"}
    assert found["隐藏"].rows == ((1.0,),)
    assert codes(notes) == ["pictures_unread", "sheet_hidden"]
    assert notes[0].values == {"table": "office.xls [数据]", "count": 1}


@pytest.mark.parametrize(
    ("version", "encoding", "codepage"),
    [(8, "utf-16-le", 1200), (5, "gbk", 936), (5, "gbk", 10008), (5, "gbk", None), (5, "gbk", 1252), (5, "big5", 950)],
)
def test_xls_of_any_code_page(version: int, encoding: str, codepage: int | None, tmp_path: Path) -> None:
    path = tmp_path / "t.xls"
    path.write_bytes(
        biff({"地區": [["北京市", 2019.0], ["上海市", 1.5]]}, version=version, encoding=encoding, codepage=codepage)
        if encoding == "big5"
        else biff({"数据": [["北京市", 2019.0], ["上海市", 1.5]]}, version=version, codepage=codepage)
    )
    found, _ = read(path)
    assert [(sheet, grid.rows) for sheet, grid in found.items()] == [
        ("地區" if encoding == "big5" else "数据", (("北京市", 2019.0), ("上海市", 1.5)))
    ]


def test_xls_of_web_scripts_without_even_a_workbook(tmp_path: Path) -> None:
    """Cells between two marks, texts in whatever encoding the page had: what countless PHP pages hand out."""

    def label(row: int, column: int, text: str) -> bytes:
        raw = text.encode("gbk")
        return record(0x204, struct.pack("<4H", row, column, 0, len(raw)) + raw)

    number = record(0x203, struct.pack("<3Hd", 1, 1, 0, 2019))
    cells = label(0, 0, "地区") + label(0, 1, "年份") + label(1, 0, "北京市") + number
    (tmp_path / "t.xls").write_bytes(record(0x809, struct.pack("<4H", 0, 0x10, 0, 0)) + cells + record(0x0A))
    found, notes = read(tmp_path / "t.xls")
    assert [grid.rows for grid in found.values()] == [(("地区", "年份"), ("北京市", 2019.0))]
    assert codes(notes) == ["encoding"]


def test_western_xls_stays_western(tmp_path: Path) -> None:
    path = tmp_path / "t.xls"
    path.write_bytes(biff({"a": [["Côte d'Ivoire", 1.0], ["España", 2.0]]}, encoding="cp1252", codepage=1252))
    assert read(path)[0]["a"].rows[0][0] == "Côte d'Ivoire"


def test_charts_and_pictures_in_xls(tmp_path: Path) -> None:
    picture, shape = (record(0x5D, b"\x15\0\x12\0" + bytes((kind, 0)) + bytes(16)) for kind in (8, 2))
    for version in (5, 8):
        path = tmp_path / "t.xls"
        tables = {"一": [[1.0]], "图": [], "二": [[2.0]]}
        more = {"一": shape, "二": picture + shape + picture}
        path.write_bytes(biff(tables, version=version, kinds={"图": 2}, visible={"一": 2}, more=more))
        found, notes = read(path)
        assert list(found) == ["一", "二"]
        assert [(n.code, n.values["table"]) for n in notes] == [
            ("sheet_without_cells", "t.xls [图]"),
            ("sheet_hidden", "t.xls [一]"),
            ("pictures_unread", "t.xls [二]"),
        ]
        assert notes[2].values["count"] == 2


def test_xlsb(tmp_path: Path) -> None:
    path = xlsb(tmp_path / "t.xlsb", "数据", [["地区", 2019.0], [None, "#DIV/0!"], ["北京", 1.5]], [(0, 0, 1, 0)])
    grid = read(path)[0]["数据"]
    assert grid.rows == (("地区", 2019.0), (None, None), ("北京", 1.5))
    assert grid.errors == {(1, 1): "#DIV/0!"}
    assert grid.merged == ((0, 0, 1, 0),)


def test_ods(tmp_path: Path) -> None:
    cells = """<table:table-cell office:value-type="string" table:number-rows-spanned="2"><text:p>地区</text:p>
     </table:table-cell><table:table-cell office:value-type="float" office:value="2019"><text:p>2019</text:p>
     </table:table-cell><table:table-cell office:value-type="string" office:string-value=""
     calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>"""
    rest = """<table:table-row><table:covered-table-cell/><table:table-cell office:value-type="float"
     office:value="1.5"><text:p>1.5</text:p></table:table-cell></table:table-row>
     <table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="1024"/>
     </table:table-row>"""
    table = f'<table:table table:name="数据"><table:table-row>{cells}</table:table-row>{rest}</table:table>'
    grid = read(ods(tmp_path / "t.ods", re.sub(r"\s*\n\s*(?=<)", "", table)))[0]["数据"]
    assert grid.rows == (("地区", 2019.0), (None, 1.5))
    assert grid.merged == ((0, 0, 1, 0),)
    assert grid.errors == {(0, 2): "#DIV/0!"}


@pytest.mark.parametrize("suffix", [".xls", ".xlsb", ".csv", ".et", ".txt"])
def test_a_workbook_under_another_name(rich: Path, suffix: str) -> None:
    path = Path(shutil.copy(rich, rich.with_name("other" + suffix)))
    found, notes = read(path)
    assert found["数据"].rows == read(rich)[0]["数据"].rows
    assert notes[0].text().en == f"other{suffix} is named {suffix} but is an xlsx workbook; it was read as that."


def test_an_xls_under_the_name_of_an_xlsx(tmp_path: Path) -> None:
    found, notes = read(shutil.copy(BOOKS / "office.xls", tmp_path / "t.xlsx"))
    assert found["数据"].rows[4][2] == 36102.6
    assert notes[0].text().zh == "t.xlsx 的扩展名是 .xlsx，内容却是旧式 xls 工作簿，已按内容读取。"


def test_names_of_any_case_and_macros(rich: Path) -> None:
    for name in ("T.XLSX", "t.xlsm"):
        assert codes(read(shutil.copy(rich, rich.with_name(name)))[1])[0] == "pictures_unread"


def test_a_text_that_looks_like_an_error_stays_a_text(tmp_path: Path) -> None:
    grid = read(sheets(tmp_path / "t.xlsx", {"a": [["#N/A", 't="e"']]}))[0]["a"]
    assert (grid.rows, grid.errors) == ((("#N/A", 't="e"'),), {})


def test_few_texts_used_many_times_are_no_damage(tmp_path: Path) -> None:
    rows = [["北京", "2019年"]] * 4000
    grid = next(grids(sheets(tmp_path / "t.xlsx", {"a": rows})))
    assert (len(grid.rows), grid.rows[-1]) == (4000, ("北京", "2019年"))
