"""Plain text and Markdown: encodings told, named and refused; every character keeps its place."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from nqpf.errors import DataError, SpecError
from nqpf.text.reading.files import files_in, read_source, read_sources

TEXT = "村里修路\n\n今年春天，村里修了一条新路。\n从“东”到“西”，共三里。\n" * 5


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
    ],
)
def test_the_encoding_is_told_by_the_bytes(tmp_path: Path, encoding: str, named: str) -> None:
    path = tmp_path / "a.txt"
    text = TEXT if encoding != "utf-16-be" else "1,2,3 " * 50 + TEXT
    path.write_bytes(text.encode(encoding))
    source = read_source(path)
    assert source.text == text
    assert source.encoding == named


def test_big5_is_told_by_its_usual_characters(tmp_path: Path) -> None:
    text = "村裡修路，今年春天，我們的村裡修了一條新路。大家都說好。" * 5
    (tmp_path / "a.txt").write_bytes(text.encode("big5"))
    source = read_source(tmp_path / "a.txt")
    assert (source.text, source.encoding) == (text, "big5")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_and_columns_are_those_of_the_file(tmp_path: Path, end: str) -> None:
    path = tmp_path / "a.txt"
    lines = ["甲乙", "", "丙𠀀丁", "戊"]
    path.write_bytes(end.join(lines).encode("utf-8"))
    source = read_source(path)
    assert source.text == "\n".join(lines)
    place = source.place(source.text.index("丁"))
    assert (place.file, place.line, place.column) == ("a.txt", 3, 3)
    assert place.text().en == "a.txt, line 3, character 3"


def test_two_hundred_spans_lead_back_to_the_file(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    text = "".join(rng.choice(list("甲乙丙丁，。“”𠀀\n ab"), 4000))
    (tmp_path / "a.txt").write_bytes(text.encode("gb18030"))
    source = read_source(tmp_path / "a.txt", encoding="gb18030")
    lines = (tmp_path / "a.txt").read_bytes().decode("gb18030").split("\n")
    for start in rng.integers(0, len(text), 200):
        place = source.place(int(start))
        rest = "\n".join(lines[place.line - 1 :])[place.column - 1 :]
        assert rest[:30] == source.text[start : start + 30]


def test_markdown_says_what_its_lines_are(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# 题\n\n正文\n- 项\n| a | b |\n###### 末", encoding="utf-8")
    source = read_source(tmp_path / "a.md")
    assert source.styles == ("h1", "", "", "list", "cell", "h6")
    assert source.text.startswith("# 题")


def test_a_wrong_encoding_is_named_with_its_line_and_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("第一行\n村里修路".encode("gb18030"))
    with pytest.raises(DataError) as caught:
        read_source(path, encoding="utf-8")
    assert caught.value.code == "text_wrong_encoding"
    assert "not in utf-8" in str(caught.value)
    assert "Leave the encoding out" in str(caught.value)
    assert caught.value.where.line == 1
    with pytest.raises(SpecError, match="no encoding “utf-9”"):
        read_source(path, encoding="utf-9")


def test_an_encoding_that_fits_by_chance_is_doubted(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("今年春天村里修了一条新路", encoding="utf-8")
    source = read_source(path, encoding="latin-1")
    (note,) = [n for n in source.notes if n.code == "text_encoding_doubtful"]
    assert "looks like utf-8" in note.text().en
    assert read_source(path, encoding="utf-8").notes == ()


def test_characters_lost_before_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("甲\n乙\ufffd丙锟斤拷", encoding="utf-8")
    (note,) = read_source(tmp_path / "a.txt").notes
    assert note.values == {"file": "a.txt", "count": 2, "line": 2}


@pytest.mark.parametrize(
    ("name", "content", "code", "word"),
    [
        ("a.txt", b"", "text_empty", "no text"),
        ("a.txt", b" \n\t\n", "text_empty", "no text"),
        ("a.txt", bytes(range(1, 32)) * 200, "text_not_text", "control characters"),
        ("a.txt", b"\x80\xff\x81" * 50, "text_unknown_encoding", "encoding="),
        ("a.jpg", b"\xff\xd8\xff\xe0" * 50, "text_kind_unknown", ".txt"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "text_old_word", "save it as docx"),
        (
            "a.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "encrypted",
            "password",
        ),
        ("a.wps", b"whatever", "text_old_word", "docx"),
        ("a.rtf", b"{\\rtf1 a}", "text_old_word", "docx"),
        ("a.pdf", b"not a pdf", "text_damaged", "damaged"),
        ("a.docx", b"PK\x03\x04 cut", "text_damaged", "damaged"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str, content: bytes, code: str, word: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_source(path)
    assert caught.value.code == code
    assert word in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(("package", "name"), [("pdfplumber", "a.pdf"), ("trafilatura", "a.html")])
def test_an_absent_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, name: str) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    (tmp_path / name).write_bytes(b"%PDF-1.6 <html><p>x</p>" if name == "a.pdf" else b"<html><p>x</p>")
    with pytest.raises(DataError, match=rf"needs {package}.*pip install \"nqpf\[text\]\""):
        read_source(tmp_path / name, main=True)


def test_one_bad_file_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "a.txt").write_text("好", encoding="utf-8")
    (tmp_path / "b" / "empty.txt").write_bytes(b"")
    (tmp_path / "b" / "c.txt").write_text("也好", encoding="utf-8")
    (tmp_path / "~$a.docx").write_bytes(b"lock")
    (tmp_path / ".hidden").write_bytes(b"x")
    sources, refusals = read_sources(tmp_path)
    assert [s.file for s in sources] == ["a.txt", "b/c.txt"]
    assert refusals.select("file", "code").rows() == [("b/empty.txt", "text_empty")]
    assert "文件里没有文字" in refusals["reason_zh"][0]
    with pytest.raises(DataError, match="no such file"):
        read_sources([tmp_path, tmp_path / "absent"])


def test_names_are_the_shortest_that_tell_files_apart(tmp_path: Path) -> None:
    for name in ("x/a.txt", "y/a.txt", "y/b.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    names = [name for name, _ in files_in([tmp_path / "x" / "a.txt", tmp_path / "y", tmp_path / "y" / "b.txt"])]
    assert names[0] == "b.txt"
    assert [n.endswith(t) for n, t in zip(names[1:], ("x/a.txt", "y/a.txt"), strict=True)] == [True, True]


def test_markup_under_another_name_is_read_as_markup(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("<!DOCTYPE html><p>甲</p>", encoding="utf-8")
    assert read_source(tmp_path / "a.txt").kind == "html"
    assert read_source(tmp_path / "a.txt", kind="txt").text.startswith("<!DOCTYPE")
    with pytest.raises(SpecError, match="doc"):
        read_source(tmp_path / "a.txt", kind="doc")  # type: ignore[arg-type]
