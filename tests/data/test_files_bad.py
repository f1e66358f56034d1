"""Files that cannot be read, folders with more than tables in them: one clear message each, and never a crash."""

from __future__ import annotations

import random
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from make_books import BOOKS, biff, ods, record, repacked, sheets, xlsb

from nqpf.data.grid import expand, grids
from nqpf.errors import DataError
from nqpf.messages import say
from nqpf.results import Note

TABLE = "地区,2019\n北京,1\n"


def fault(source: Any, **options: Any) -> DataError:
    with pytest.raises(DataError) as caught:
        list(grids(source, **options))
    return caught.value


@pytest.fixture
def book(tmp_path: Path) -> Path:
    rows = [["地区", 2019], *([f"市{i}", i * 1.5] for i in range(50))]
    return sheets(tmp_path / "t.xlsx", {"数据": rows, "二": [["x"]]})


def test_workbooks_with_a_password(tmp_path: Path) -> None:
    assert fault(BOOKS / "password.xlsx").code == "encrypted"
    assert "去掉打开密码" in fault(BOOKS / "password.xlsx").text().zh
    old = tmp_path / "t.xls"
    old.write_bytes(biff({"a": [[1.0]]}, version=8, after_bof=record(0x2F, bytes(6))))
    assert (fault(old).code, fault(old).where.file) == ("encrypted", str(old))
    locked = ods(tmp_path / "t.ods", "", "<manifest><encryption-data/></manifest>")
    assert fault(locked).code == "encrypted"


@pytest.mark.parametrize("share", [0.05, 0.5, 0.99])
def test_a_download_that_was_cut_off(share: float, book: Path) -> None:
    raw = book.read_bytes()
    book.write_bytes(raw[: int(len(raw) * share)])
    error = fault(book)
    assert (error.code, error.where.file) == ("cut_short", str(book))


def test_a_member_that_was_changed(book: Path) -> None:
    raw = bytearray(book.read_bytes())
    with zipfile.ZipFile(book) as file:
        at = file.getinfo("xl/worksheets/sheet1.xml").header_offset + 80
    raw[at : at + 8] = bytes(8)
    book.write_bytes(bytes(raw))
    assert fault(book).code == "damaged"


@pytest.mark.parametrize(
    ("member", "before", "after"),
    [
        ("xl/worksheets/sheet1.xml", b'r="B51"', b'r="B99999999999"'),
        ("xl/worksheets/sheet1.xml", b'r="B51"', b'r="ABCDE51"'),
        ("xl/sharedStrings.xml", b'uniqueCount="', b'uniqueCount="99999999'),
        ("xl/sharedStrings.xml", b"<si>", b"<x>"),
        ("xl/workbook.xml", b"<sheets>", b"<sheets"),
    ],
)
def test_parts_that_are_not_what_they_should_be(member: str, before: bytes, after: bytes, book: Path) -> None:
    assert fault(repacked(book, book.with_name("bad.xlsx"), (member, before, after))).code in (
        "damaged",
        "sheet_too_large",
    )


def test_a_stray_cell_far_away_is_named(book: Path) -> None:
    far = repacked(book, book.with_name("far.xlsx"), ("xl/worksheets/sheet1.xml", b'r="B51"', b'r="XFD1048576"'))
    error = fault(far)
    assert (error.code, error.where.sheet, error.values["cell"]) == ("sheet_too_large", "数据", "XFD1048576")
    assert [g.sheet for g in grids(far, sheet="二")] == ["二"]
    other = fault(xlsb(book.with_name("far.xlsb"), "a", [["x"]] + [[]] * 2500 + [[None] * 16383 + [1.0]]))
    assert (other.code, other.values["cell"]) == ("sheet_too_large", "XFD2502")
    cell = '<table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="float"'
    full = cell + ' office:value="1" table:number-columns-repeated="1024"/></table:table-row>'
    full = f'<table:table table:name="a">{full}</table:table>'
    assert fault(ods(book.with_name("far.ods"), full)).code == "sheet_too_large"


def test_a_zip_bomb_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", "<workbook/>")
        with file.open("xl/worksheets/sheet1.xml", "w") as member:
            for _ in range(120):
                member.write(bytes(1 << 20))
    error = fault(path)
    assert (error.code, error.values["size"]) == ("zip_bomb", 120)
    assert "would unpack to 120 MB" in error.text().en


def test_a_bomb_that_states_a_small_size(book: Path) -> None:
    """The directory of the archive says how large a member is; one that lies is found while it is unpacked."""
    raw = book.read_bytes()
    with zipfile.ZipFile(book) as file:
        info = file.getinfo("xl/sharedStrings.xml")
    packed, stated, small = (n.to_bytes(4, "little") for n in (info.compress_size, info.file_size, 9))
    assert raw.count(packed + stated) == 2
    book.write_bytes(raw.replace(packed + stated, packed + small))
    assert fault(book).code == "damaged"


@pytest.mark.slow
def test_a_million_empty_rows_cost_little(tmp_path: Path) -> None:
    import tracemalloc

    import xlsxwriter

    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as file:
        sheet, bold = file.add_worksheet(), file.add_format({"bold": True})
        sheet.write_row(0, 0, ["地区", "年份"])
        for i in range(1, 200_000):
            sheet.write_blank(i, 0, None, bold)
        sheet.write_blank(1_048_575, 20, None, bold)
    tracemalloc.start()
    (grid,) = grids(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert grid.rows == (("地区", "年份"),)
    assert peak < 60 << 20


def test_kinds_of_file_that_are_no_tables(tmp_path: Path) -> None:
    archive = tmp_path / "t.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.csv", TABLE)
    assert fault(archive).code == "archive"
    assert "Unpack it first" in fault(Path(shutil.copy(archive, tmp_path / "t.xlsx"))).text().en
    for name, raw in (
        ("t.pdf", b"%PDF-1.7"),
        ("t.csv.gz", b"\x1f\x8b\x08"),
        ("t.docx", archive.read_bytes()),
        ("t.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("t.py", b"print(1)\n"),
        ("t.parquet", b"x"),
        ("t.dta", b"x"),
    ):
        path = tmp_path / name
        path.write_bytes(raw)
        error = fault(path)
        assert error.code == ("archive" if name.endswith("gz") else "unknown_file_kind"), name
        assert error.where.file == str(path)
    assert ".xlsx, .xlsm" in error.text().en
    assert ".parquet" in error.text().en


def test_damaged_columnar_files(tmp_path: Path) -> None:
    for name, raw in (
        ("t.parquet", b"PAR1xxxx"),
        ("t.feather", b"ARROW1xx"),
        ("t.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ):
        path = tmp_path / name
        path.write_bytes(raw)
        assert fault(path).code == "damaged"


def test_a_path_that_leads_nowhere(tmp_path: Path) -> None:
    assert fault(tmp_path / "none.csv").code == "file_not_found"
    assert fault([{"x": [1]}, str(tmp_path / "none")]).code == "file_not_found"


JUNK = {
    "._t.csv": (TABLE, "apple"),
    "~$t.xlsx": ("x", "lock"),
    ".DS_Store": ("x", "system"),
    "Thumbs.db": ("x", "system"),
    ".hidden.csv": (TABLE, "hidden"),
    "empty.csv": ("", "empty"),
    "apple.xls": ("\0\x05\x16\x07\0\2", "apple"),
}


@pytest.mark.parametrize("name", JUNK)
def test_junk_is_skipped_with_a_note(name: str, tmp_path: Path) -> None:
    content, why = JUNK[name]
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    notes: list[Note] = []
    assert list(grids(path, notes=notes)) == []
    assert [n.code for n in notes] == ["junk_skipped"]
    assert notes[0].text().en == f"Skipped {name}: {say('junk.' + why).en}."


def test_a_folder_gives_its_tables_in_order(tmp_path: Path, book: Path) -> None:
    for name in ("b.csv", "a.txt"):
        (tmp_path / name).write_text(TABLE, encoding="utf-8")
    for name, (content, _) in JUNK.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    (tmp_path / "notes.md").write_text("# x")
    (tmp_path / "paper.pdf").write_bytes(b"%PDF")
    (tmp_path / "cut.xlsx").write_bytes(book.read_bytes()[:100])
    (tmp_path / "inside").mkdir()
    notes: list[Note] = []
    found = expand(tmp_path, notes)
    assert [p.name for p in found] == ["a.txt", "b.csv", "cut.xlsx", "t.xlsx"]
    assert len([n for n in notes if n.code == "junk_skipped"]) == len(JUNK)
    assert [str(n) for n in notes[-2:]] == [
        f"Files in the folder {tmp_path.name} that are no tables were not read: notes.md, paper.pdf.",
        f"Folders inside the folder {tmp_path.name} were not read: inside.",
    ]
    assert expand([tmp_path / "b.csv", {"x": [1]}, str(tmp_path / "inside")]) == [tmp_path / "b.csv", {"x": [1]}]


def test_a_folder_is_read_file_by_file(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv"):
        (tmp_path / name).write_text(TABLE, encoding="utf-8")
    assert [g.file for g in grids(tmp_path)] == ["a.csv", "b.csv"]


@pytest.mark.parametrize("name", ["office.xls", "t.xlsx", "t.csv", "t.html", "t.xlsb"])
def test_damage_of_any_kind_is_a_data_error(name: str, tmp_path: Path, book: Path) -> None:
    raw = {
        "office.xls": lambda: (BOOKS / "office.xls").read_bytes(),
        "t.xlsx": book.read_bytes,
        "t.csv": lambda: (TABLE * 9).encode("gbk"),
        "t.html": lambda: f"<html><table><tr><td rowspan=2>{TABLE}</td></tr></table></html>".encode(),
        "t.xlsb": lambda: xlsb(tmp_path / "b.xlsb", "a", [["地区", 1.0]] * 9).read_bytes(),
    }[name]()
    chance = random.Random(7)
    path = tmp_path / f"bad_{name}"
    read, faults = 0, []
    for _ in range(150):
        bad = bytearray(raw)
        for _ in range(chance.choice((1, 1, 3, 40))):
            bad[chance.randrange(len(bad))] = chance.randrange(256)
        if chance.random() < 0.3:
            del bad[chance.randrange(len(bad)) :]
        path.write_bytes(bytes(bad))
        try:
            read += len(list(grids(path)))
        except DataError as error:
            faults.append(error)
    assert {error.where.file for error in faults} == {str(path)}
    assert all(str(error) for error in faults)
    assert read > 0
