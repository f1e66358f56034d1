"""Tables of web pages and XML workbooks, which travel under the name .xls."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from nqpf.data.grid import Grid, grids
from nqpf.errors import DataError
from nqpf.results import Note

PAGE = """<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"><title>t</title>
<style>td {{ color: red }}</style></head><body><table border=1>
<tr><th rowspan=2>地区</th><th colspan=2>生产总值<br>(亿元)</th></tr>
<tr><th>2019年</th><th>2020年</th></tr>
<tr><td>北&nbsp;京</td><td x:num="35445.1234">35445.12</td><td x:num>36102.6</td></tr>
<tr><td>天津</td><td x:err="#DIV/0!">#DIV/0!</td><td> 14 007.9 </td></tr></table></body></html>"""
ROWS = (
    ("地区", "生产总值\n(亿元)", None),
    (None, "2019年", "2020年"),
    ("北\xa0京", 35445.1234, "36102.6"),
    ("天津", None, "14 007.9"),
)


def read(path: Path, raw: bytes | str, **options: Any) -> tuple[list[Grid], list[Note]]:
    path.write_bytes(raw.encode() if isinstance(raw, str) else raw)
    notes: list[Note] = []
    return list(grids(path, notes=notes, **options)), notes


def fault(path: Path, raw: bytes | str, **options: Any) -> DataError:
    with pytest.raises(DataError) as caught:
        read(path, raw, **options)
    return caught.value


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.xls"


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        ("gb2312", "gbk"),
        ("utf-8", "utf-8"),
        ("GBK", "gb18030"),
        ("utf-8", "gbk"),
        ("x-none", "gbk"),
        ("utf-16", "utf-16"),
    ],
)
def test_a_page_named_xls(charset: str, encoding: str, path: Path) -> None:
    (grid,), notes = read(path, PAGE.format(charset=charset).encode(encoding))
    assert grid.rows == ROWS
    assert grid.merged == ((0, 0, 1, 0), (0, 1, 0, 2))
    assert grid.errors == {(3, 1): "#DIV/0!"}
    assert grid.sheet is None
    assert notes[0].text().en == "t.xls is named .xls but is a web page; it was read as that."


def test_a_page_under_its_own_name(tmp_path: Path) -> None:
    assert read(tmp_path / "t.html", PAGE.format(charset="utf-8"))[1] == []


@pytest.mark.parametrize(
    ("number", "shown", "cell"),
    [
        ("35445.1234", "35,445.1", 35445.1234),
        ("2019", "2019", 2019.0),
        ("43831", "2020/1/1", "2020/1/1"),
        ("43831", "2020", "2020"),
        ("0.123", "12.3%", "12.3%"),
        ("x", "7", "7"),
    ],
)
def test_whole_numbers_behind_rounded_ones(number: str, shown: str, cell: Any, path: Path) -> None:
    (grid,), _ = read(path, f'<table><tr><td x:num="{number}">{shown}</td></tr></table>')
    assert grid.rows == ((cell,),)


def test_several_tables_are_numbered(path: Path) -> None:
    page = "<table><caption>表1</caption><tr><td>a</table><p><table><tr></tr></table>"
    page += "<TABLE><TR><TD>b<TD>c<TR><TD>d</TABLE>"
    found, _ = read(path, page)
    assert [(g.sheet, g.rows) for g in found] == [("#1", (("表1",), ("a",))), ("#2", (("b", "c"), ("d", None)))]
    assert [g.rows for g in read(path, page, sheet="#2")[0]] == [(("b", "c"), ("d", None))]
    assert fault(path, page, sheet="#3").code == "unknown_sheet"


def test_tables_that_arrange_the_page_are_left_out(path: Path) -> None:
    page = "<table><tr><td>menu<table><tr><td>a</td></tr></table></td><td>foot</td></tr></table>"
    (grid,), _ = read(path, page)
    assert grid.rows == (("a",),)


def test_pictures_and_scripts_in_cells(path: Path) -> None:
    page = "<table><tr><td><img src=a.png><img src=b.png></td><td>1<script>var a = '<td>2';</script></td></tr></table>"
    (grid,), notes = read(path, page)
    assert grid.rows == ((None, "1"),)
    assert [(n.code, n.values.get("count")) for n in notes] == [("kind_mismatch", None), ("pictures_unread", 2)]


@pytest.mark.parametrize("span", ["0", "-3", "x", "99999999999", ""])
def test_odd_spans(span: str, path: Path) -> None:
    (grid,), _ = read(path, f'<table><tr><td colspan="{span}" rowspan="{span}">a</td><td>b</td></tr></table>')
    assert grid.rows == (("a", "b"),)


def test_a_span_over_rows_that_are_not_there(path: Path) -> None:
    (grid,), _ = read(path, '<table><tr><td rowspan="9">a</td><td>b</td></tr><tr><td>c</td></tr></table>')
    assert (grid.rows, grid.merged) == ((("a", "b"), (None, "c")), ((0, 0, 1, 0),))


def test_a_page_without_a_table(path: Path) -> None:
    assert "holds no table" in fault(path, "<html><body>请登录</body></html>").text().en
    assert fault(path, "<html><table></table></html>").code == "no_table_in_page"


def test_a_row_too_wide_for_a_sheet(path: Path) -> None:
    wide = '<table><tr><td colspan="16384">a</td><td>b</td></tr></table>'
    assert fault(path, wide).code == "sheet_too_large"


def test_a_page_in_one_file(tmp_path: Path) -> None:
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n'
    one = b'--b\r\nContent-Type: text/html; charset="gb2312"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%s\r\n'
    pages = one % b"<html><frameset></html>" + one % PAGE.format(charset="gb2312").encode("gbk")
    (grid,), notes = read(tmp_path / "t.xls", head + pages + b"--b--")
    assert grid.rows == ROWS
    assert [n.code for n in notes] == ["kind_mismatch"]
    assert fault(tmp_path / "t.mht", head + one % b"<html></html>" + b"--b--").code == "no_table_in_page"


XML = """<?xml version="1.0"{encoding}?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="数据"><Table>
<Row ss:Index="2"><Cell ss:Index="2" ss:MergeAcross="1" ss:MergeDown="1"><Data ss:Type="String">地区</Data></Cell>
<Cell><Data ss:Type="Number">2019</Data></Cell></Row>
<Row><Cell ss:Index="4"><Data ss:Type="Error">#N/A</Data></Cell></Row>
<Row><Cell><Data ss:Type="DateTime">2020-12-31T00:00:00.000</Data></Cell><Cell/><Cell><Data ss:Type="Boolean">1</Data>
</Cell><Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40">a<B>b</B></ss:Data></Cell></Row></Table>
</Worksheet><Worksheet ss:Name="隐藏"><Table><Row><Cell><Data ss:Type="String">x</Data></Cell></Row></Table>
<WorksheetOptions xmlns="urn:schemas-microsoft-com:office:excel"><Visible>SheetHidden</Visible></WorksheetOptions>
</Worksheet></Workbook>"""


@pytest.mark.parametrize(("stated", "encoding"), [("", "utf-8"), (' encoding="gb2312"', "gbk"), ("", "utf-16")])
def test_an_xml_workbook_named_xls(stated: str, encoding: str, path: Path) -> None:
    found, notes = read(path, XML.format(encoding=stated).encode(encoding))
    assert [g.sheet for g in found] == ["数据", "隐藏"]
    assert found[0].rows == (
        (None,) * 4,
        (None, "地区", None, 2019.0),
        (None,) * 4,
        (dt.date(2020, 12, 31), None, True, "ab"),
    )
    assert (found[0].merged, found[0].errors) == (((1, 1, 2, 2),), {(2, 3): "#N/A"})
    assert [n.code for n in notes] == ["kind_mismatch", "sheet_hidden"]


def test_broken_xml_workbooks(path: Path) -> None:
    xml = XML.format(encoding="")
    assert fault(path, xml[:-40]).code == "damaged"
    assert fault(path, xml.replace('ss:Index="2"', 'ss:Index="99999999"', 1)).code == "sheet_too_large"
    assert fault(path, xml.replace("2020-12-31T", "2020-13-31T")).where.sheet == "数据"
    assert fault(path, xml, sheet="无").code == "unknown_sheet"


def test_other_xml_is_no_table(tmp_path: Path) -> None:
    assert fault(tmp_path / "t.xml", "<?xml version='1.0'?><a/>").code == "unknown_file_kind"
