"""Files of text: any encoding, any delimiter, the habits of exports; what cannot be told for sure is refused."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.data.files.delimited import delimiter_of
from nqpf.data.grid import Grid, grids
from nqpf.errors import DataError
from nqpf.results import Note

TABLE = "地区,2020年,2019年\n北京市,36102.6,35445.1\n内蒙古自治区,17359.8,17212.5\n"
ROWS = (("地区", "2020年", "2019年"), ("北京市", "36102.6", "35445.1"), ("内蒙古自治区", "17359.8", "17212.5"))


def read(path: Path, raw: bytes | str) -> tuple[Grid, list[Note]]:
    path.write_bytes(raw.encode() if isinstance(raw, str) else raw)
    notes: list[Note] = []
    (grid,) = grids(path, notes=notes)
    return grid, notes


def fault(path: Path, raw: bytes | str) -> DataError:
    with pytest.raises(DataError) as caught:
        read(path, raw)
    return caught.value


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "t.csv"


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("gbk", "GB18030"),
        ("gb2312", "GB18030"),
        ("gb18030", "GB18030"),
        ("utf-16", "UTF-16-LE"),
        ("utf-16-le", "UTF-16-LE"),
        ("utf-16-be", "UTF-16-BE"),
    ],
)
def test_encodings(encoding: str, named: str | None, path: Path) -> None:
    grid, notes = read(path, TABLE.encode(encoding))
    assert grid.rows == ROWS
    assert [n.values["encoding"] for n in notes] == ([named] if named else [])


def test_utf16_with_the_mark_of_the_other_end(path: Path) -> None:
    assert read(path, b"\xfe\xff" + TABLE.encode("utf-16-be"))[0].rows == ROWS


def test_big5_where_it_is_clearly_that(path: Path) -> None:
    text = "地區,生產總值\n臺北市,1\n高雄市,2\n新竹縣,3\n"
    grid, notes = read(path, text.encode("big5"))
    assert grid.rows[:2] == (("地區", "生產總值"), ("臺北市", "1"))
    assert notes[0].text().en == "t.csv was read as BIG5."


def test_rare_characters_stay_gb18030(path: Path) -> None:
    text = "地区,x\n睢阳区,1\n郫都区,2\n濮阳市,3\n儋州市,4\n亳州市,5\n北京市朝阳区,6\n"
    assert read(path, text.encode("gbk"))[0].rows[1] == ("睢阳区", "1")


def test_names_of_europe(path: Path) -> None:
    text = "country,x\nCôte d'Ivoire,1\nRéunion,2\nEspaña,3\n"
    grid, notes = read(path, text.encode("cp1252"))
    assert grid.rows[1] == ("Côte d'Ivoire", "1")
    assert notes[0].values["encoding"] == "WINDOWS-1252"
    assert read(path, text.encode("utf-8"))[0].rows == grid.rows


def test_signs_of_europe(path: Path) -> None:
    for text in ("area (km²),x\na,1\n", "a – b,5\xa0000\n"):
        assert read(path, text.encode("cp1252"))[0].rows[0][0] == text.split(",")[0]


@given(st.lists(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=8), min_size=1))
def test_a_decoded_text_is_never_a_wrong_one(words: list[str]) -> None:
    """Rare characters may leave the encoding undecided, which is refused; a wrong character is never given."""
    for encoding in ("utf-8", "gb18030", "utf-16"):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "t.csv"
            path.write_bytes(("地区,年份\n" + "".join(f"{w},2\n" for w in words)).encode(encoding))
            try:
                found = [row[0] for row in next(grids(path)).rows[1:]]
            except DataError as error:
                found = error.code
        refused = ["unknown_encoding", "mixed_encodings"] if encoding == "gb18030" else []
        assert found == words or found in refused


def test_a_broken_utf8_says_where(path: Path) -> None:
    raw = bytearray(TABLE.encode())
    at = raw.index("内".encode()) + 1
    raw[at] = 0x20
    error = fault(path, bytes(raw))
    assert (error.code, error.where.line, error.values["offset"]) == ("broken_encoding", 3, at - 1)
    assert error.text().en.startswith(f"file {path}, line 3: From byte {at - 1} on the text is not UTF-8")


def test_files_cut_within_a_character(path: Path) -> None:
    for encoding, cut in (("utf-8", TABLE.encode().index("治".encode()) + 1), ("utf-16", 31), ("utf-8-sig", 5)):
        error = fault(path, TABLE.encode(encoding)[:cut])
        assert (error.code, error.values["encoding"][:5]) == (
            "broken_encoding",
            "UTF-8" if "8" in encoding else "UTF-1",
        )
    raw = TABLE.encode("gbk")
    error = fault(path, raw[: raw.index("区".encode("gbk"), 30) + 1])
    assert (error.code, error.where.line, error.values["encoding"]) == ("broken_encoding", 3, "GB18030")


def test_lines_of_another_encoding(path: Path) -> None:
    gbk, utf8 = TABLE.encode("gbk"), "上海市,1,2\n".encode()
    error = fault(path, gbk + utf8 + gbk)
    assert (error.code, error.where.line, error.values["offset"]) == ("mixed_encodings", 4, len(gbk))
    assert "上海市" in error.text().zh
    error = fault(path, TABLE.encode() * 3 + "上海市,1,2\n".encode("gbk"))
    assert (error.code, error.where.line) == ("broken_encoding", 10)


def test_bytes_of_no_encoding(path: Path) -> None:
    assert fault(path, bytes(range(0x80, 0x100)) * 3).code == "unknown_encoding"


def test_what_is_no_text(path: Path) -> None:
    error = fault(path, b"\x89PNG\r\n\x1a\n" + bytes(range(1, 32)) * 9)
    assert error.code == "unknown_file_kind"
    assert ".xlsx" in error.text().zh


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("suffix", [".csv", ".txt", ".tsv", ".xls"])
def test_delimiters_and_line_ends(delimiter: str, newline: str, suffix: str, tmp_path: Path) -> None:
    text = "数据库：分省年度数据\n\n" + TABLE.replace(",", delimiter)
    grid, notes = read(tmp_path / f"t{suffix}", text.replace("\n", newline))
    assert grid.rows == (("数据库：分省年度数据", None, None), (None,) * 3, *ROWS)
    assert [n.code for n in notes] == (["kind_mismatch"] if suffix == ".xls" else [])


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a\n1\n2\n", ","),
        ("", ","),
        ("地区;2019;2020\n北京;1,5;1,6\n天津;1,7;1,8\n", ";"),
        ("北京;1,5;1,6\n天津;1,7;1,8\n", ";"),
        ("北京\t1,234\t2,345\n天津\t1,234\t2,345\n", "\t"),
        ("a,b\t,c\t,\n1\t,2\t,3\t,\n", ","),
        ('x,"a;b;c",1\ny,"a;b;c",2\n', ","),
        ("表1，单位：亿元；年份：2019\na,b\n1,2\n3,4\n", ","),
        ("a|b|c\n1|2,5|3\n", "|"),
    ],
)
def test_which_delimiter(text: str, delimiter: str) -> None:
    assert delimiter_of(text) == delimiter


def test_tabs_after_cells_and_commas_at_the_end(path: Path) -> None:
    """The export of the statistical bureau's new site, as it is written."""
    text = "\ufeff数据库：分省年度数据 \r\n时间：2019年 \r\n"
    text += "地区,地区生产总值 (亿元) ,人口\t,\r\n北京市,37767.0\t,2190\t,\r\n"
    grid, notes = read(path, text)
    assert grid.rows[2:] == (("地区", "地区生产总值 (亿元)", "人口"), ("北京市", "37767.0", "2190"))
    assert notes == []


def test_habits_of_exports(path: Path) -> None:
    grid, _ = read(path, 'sep=;\r\n代码;x\r\n="010000";"=""02"""\r\n\x00"a\nb"; " 1,5 "\r\n\x1a')
    assert grid.rows == ((None, None), ("代码", "x"), ("010000", "02"), ("a\nb", '" 1,5 "'))


def test_nul_bytes_are_dropped(path: Path) -> None:
    assert read(path, TABLE.replace("北京市", "北\0京市\0"))[0].rows == ROWS


@pytest.mark.parametrize(
    ("text", "line"), [('a,b\n1,"2\n3,4\n5,6\n', 2), ('a,b\n1,2\n"' + "x" * 200_000, 3), ('"a', 1)]
)
def test_a_quote_left_open_would_swallow_the_rest(text: str, line: int, path: Path) -> None:
    error = fault(path, text)
    assert (error.code, error.where.line) == ("open_quote", line)


def test_quotes_inside_a_cell_are_its_own(path: Path) -> None:
    assert read(path, 'a,b\n5" pipe,"x ""y"" z"\n')[0].rows[1] == ('5" pipe', 'x "y" z')


cells = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cf")), max_size=6)


@given(st.lists(st.tuples(cells, cells, cells), min_size=2, max_size=8))
def test_what_the_csv_module_writes_is_read_back(rows: list[tuple[Any, ...]]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows([("头", "年", "值"), *rows])
    with tempfile.TemporaryDirectory() as folder:
        grid, _ = read(Path(folder) / "t.csv", buffer.getvalue())
    width = len(grid.rows[0])
    assert width == 3
    for row, written in zip(grid.rows[1:], rows, strict=False):
        assert row == tuple(c or None for c in written)
    assert all(not any(row) for row in rows[len(grid.rows) - 1 :])
