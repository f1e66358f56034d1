"""The PDF: what is in it can be read back, user text is never code, and what keeps it from being written is named."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from nqpf.chapters.blocks import Callout, Chapter, Column, Formula, Paragraph, Section, Table
from nqpf.charts.figure import Figure
from nqpf.errors import OutputError
from nqpf.messages import Lang, Text
from nqpf.report import pdf
from nqpf.report.fonts import Faces, faces
from nqpf.report.typst_source import Document, typst_document

CODE = r'#read("/etc/passwd") $x$ *bold* _it_ `raw` <label> @ref \u{41} "quoted" // no comment'
Written = Callable[..., Path]


def document(chapters: tuple[Chapter, ...], lang: Lang = "en", most_rows: int = 60, title: str = "Report") -> Document:
    return typst_document(
        title=Text("报告", title), subtitle=Text("", ""), chapters=chapters,
        facts=[(Text("研究", "Study"), Text.same("thermal"))], lang=lang, most_rows=most_rows,
    )  # fmt: skip


@pytest.fixture
def write(tmp_path: Path) -> Written:
    pytest.importorskip("typst")

    def written(chapters: tuple[Chapter, ...], lang: Lang = "en", **options: Any) -> Path:
        return pdf.write_pdf(
            tmp_path / "report.pdf", title=Text("报告", "Report"), subtitle=Text("副题", "Subtitle"),
            chapters=chapters, facts=[(Text("研究", "Study"), Text.same("thermal"))], lang=lang, **options,
        )  # fmt: skip

    return written


def pages(path: Path) -> list[Any]:
    return list(pytest.importorskip("pdfplumber").open(path).pages)


def flat(page: Any) -> str:
    return re.sub(r"\s+", " ", page.extract_text())


def only(*blocks: Any) -> tuple[Chapter, ...]:
    return (Chapter("one", Text("一", "One"), tuple(blocks)),)


def test_everything_is_there_with_its_number_and_links_to_its_place(
    chapters: tuple[Chapter, ...], write: Written
) -> None:
    read = pages(write(chapters))
    text = " ".join(map(flat, read))
    for words in (
        "Report", "Subtitle", "Study thermal", "Contents", "1 Summary", "2.1 Method", "2.2.1 Details",
        "Table 2-1 Scores: ranks", "Figure 2-1 Spending by province", "Figure 2-2 Logic", "Figure 3-1", "Figure 3-2",
        "Note: Higher is better", "A small sample", "Highest: Guangdong (0.30)", "12,345.68", "Entropy",
    ):  # fmt: skip
        assert words in text
    number = next(i for i, page in enumerate(read, 1) if i > 2 and "Table 2-1 Scores" in flat(page))
    assert f"Numbers: Table 2-1, page {number}" in flat(read[2])
    assert "not-here" not in text
    lines = [{round(note["top"]) for note in page.annots if note["data"]["Subtype"].name == "Link"} for page in read]
    # Contents link to chapters and numbered sections, the summary to the three places that are in the report.
    assert [len(found) for found in lines[1:3]] == [6, 3]


def test_what_can_be_chosen_is_listed_and_starts_on_pages_of_its_own(
    chapters: tuple[Chapter, ...], write: Written
) -> None:
    texts = [flat(page) for page in pages(write(chapters))]
    found = [i for i, text in enumerate(texts) if "Profile of" in text]
    assert len(found) == 2
    listed = next(text for text in texts if "Choose one" in text)
    for zh, page in zip(("Guangdong", "Jiangsu"), found, strict=True):
        assert re.search(rf"{zh}[ .]+{page + 1}\b", listed)


def test_text_of_users_is_shown_and_never_read_as_code(write: Written) -> None:
    named = Text.same(CODE)
    frame = pl.DataFrame({"unit": [CODE], "value": [1.0]})
    columns = (Column("unit", named), Column("value", named, "number"))
    chapters = (
        Chapter(
            "one",
            named,
            (
                Paragraph(named), Callout(named), Formula(r"\undefined{x} #read", named), Section("s", named, ()),
                Table(f"t {CODE}", named, frame, columns, note=named),
            ),
        ),
    )  # fmt: skip
    source = document(chapters, title=CODE).source
    code = re.sub(r'"(?:[^"\\]|\\.)*"', "", source)
    assert "read" not in code
    assert set(re.findall(r"#[a-z-]+", code)) == {
        "#import", "#show", "#titled", "#paragraph", "#callout", "#plain-formula", "#data-table",
    }  # fmt: skip
    text = " ".join(map(flat, pages(write(chapters))))
    assert text.count('#read("/etc/passwd") $x$ *bold* _it_ `raw` <label> @ref \\u{41}') >= 6
    assert "root:" not in text


def test_a_document_reads_no_file_but_its_own(tmp_path: Path) -> None:
    typst = pytest.importorskip("typst")
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    fonts = typst.Fonts(include_system_fonts=False)
    for place in (secret.as_posix(), f"../{tmp_path.name}/secret.txt", "/etc/passwd"):
        with pytest.raises(typst.TypstError, match="file"):
            pdf._set(typst, Document(f'#read("{place}")', {}), faces(()), fonts, "en")


def test_a_picture_loads_nothing_and_asks_for_the_fonts_there_are() -> None:
    svg = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 720 90">
    <image href="/etc/passwd"/><image xlink:href="https://example.org/a.png"/><use href="#a"/><script>x</script>
    <text id="a">A</text></svg>"""
    figure = Figure("f", Text("图", "F"), Text("", ""), pl.DataFrame(), lambda lang: svg)
    (picture,) = document(only(figure)).pictures.values()
    assert picture.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    for gone in ("passwd", "example.org", "script"):
        assert gone not in picture
    assert "width: 446.4" in document(only(figure)).source


def test_the_same_report_has_the_same_bytes(chapters: tuple[Chapter, ...], write: Written) -> None:
    first = write(chapters).read_bytes()
    assert write(chapters).read_bytes() == first
    assert b"CreationDate" not in first


def test_chinese_is_set_in_fonts_that_travel_with_the_file(chapters: tuple[Chapter, ...], write: Written) -> None:
    typst = pytest.importorskip("typst")
    if faces(typst.Fonts().families()).serif is None:
        pytest.skip("no Chinese font is installed")
    path = write(chapters, "zh")
    text = " ".join(map(flat, pages(path)))
    for words in (
        "目录",
        "表 2-1 得分[位次]",
        "图 2-1 各省经费",
        "注：越大越好",
        "最高为广东（0.30）",
        "数据见表 2-1（第",
    ):
        assert words in text
    # In the figures as well.
    assert "劳动者" in text
    assert b"/FontFile" in path.read_bytes() or b"/ObjStm" in path.read_bytes()


def test_rows_beyond_the_most_are_said_to_be_elsewhere(chapters: tuple[Chapter, ...]) -> None:
    source = document(chapters, most_rows=2).source
    assert "The first 2 of 5 rows are listed here" in source
    assert "Jiangsu" in source
    assert "@B" not in source
    assert "rows are listed here" not in document(chapters).source


def test_a_wide_table_turns_its_page_and_takes_its_heading_along(write: Written) -> None:
    wide = pl.DataFrame({f"c{i}": [123456.789] for i in range(17)})
    table = Table("t", Text("宽", "Wide"), wide, tuple(Column(c, Text.same(c), "number") for c in wide.columns))
    chapters = only(
        Paragraph(Text("先", "Before")), Section("s", Text("节", "Part"), (table,)), Paragraph(Text("后", "After"))
    )
    shapes = {text: page.width > page.height for page in pages(write(chapters)) if (text := flat(page))}
    before, turned, after = list(shapes)[-3:]
    assert [shapes[text] for text in (before, turned, after)] == [False, True, False]
    assert "1.1 Part" in turned
    assert "123,456.789" in turned
    assert "Before" in before
    assert "After" in after


def test_a_report_with_chinese_needs_a_chinese_font(
    chapters: tuple[Chapter, ...], write: Written, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pdf, "faces", lambda families: faces(()))
    with pytest.raises(OutputError) as caught:
        write(chapters, "zh")
    assert caught.value.code == "no_chinese_font"
    for words in ("report.pdf", "fonts-noto-cjk", "google-noto-sans-cjk-fonts", "Supplemental Fonts", "macOS"):
        assert words in caught.value.text().en
    assert list(tmp_path.iterdir()) == []
    latin = only(Paragraph(Text("中", "Only Latin — “quoted” ≥ 1")))
    assert write(latin, "en").exists()


def test_without_typst_the_package_is_named(
    chapters: tuple[Chapter, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(OutputError) as caught:
        pdf.write_pdf(
            tmp_path / "r.pdf", title=Text("a", "a"), subtitle=Text("", ""), chapters=chapters, facts=[], lang="en"
        )
    assert caught.value.code == "pdf_extra"
    assert 'pip install "nqpf[report]"' in str(caught.value)


def test_a_file_that_a_reader_holds_is_named(write: Written, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def held(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", held)
    with pytest.raises(OutputError) as caught:
        write(only(Paragraph(Text("文", "Text"))))
    assert caught.value.code == "cannot_write"
    assert "report.pdf" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_fault_in_setting_is_told_as_one(write: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Document('#import "report.typ": *\n#unheard-of()', {})
    monkeypatch.setattr(pdf, "typst_document", lambda **_: broken)
    with pytest.raises(OutputError) as caught:
        write(only())
    assert caught.value.code == "pdf_not_set"
    assert "unheard-of" in caught.value.text().en


def test_faces_are_those_of_the_system(chapters: tuple[Chapter, ...], write: Written) -> None:
    """A face that is not there is never asked for, so typst finds nothing to warn of."""
    typst = pytest.importorskip("typst")
    found = faces(typst.Fonts().families())
    asked = {name for name in (*found.text, *found.heading) if name}
    assert asked <= set(typst.Fonts().families())
    assert isinstance(replace(found, serif=None), Faces)
