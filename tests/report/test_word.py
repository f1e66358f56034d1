"""The Word document: what Word finds in it, opened back and read node by node."""

from __future__ import annotations

import re
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import polars as pl
import pytest

from nqpf.chapters.blocks import Block, Chapter, Column, Paragraph, Section, Table
from nqpf.charts.figure import Figure
from nqpf.errors import OutputError
from nqpf.messages import LANGUAGES, Lang, Text
from nqpf.report.cells import cells
from nqpf.report.docx import write_docx
from nqpf.report.walk import outline
from nqpf.report.word.nodes import name

TITLE, SUBTITLE = Text("评估报告", "Assessment"), Text("副标题", "Subtitle")
FACTS = [(Text("研究", "Study"), Text.same("thermal"))]
PNG = b"\x89PNG\r\n\x1a\n"

ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore numPr pBdr shd tabs spacing ind jc outlineLvl rPr sectPr",
    "rPr": "rStyle rFonts b bCs color kern sz szCs lang",
    "tblPr": "tblStyle tblW jc tblInd tblBorders tblLayout tblCellMar tblLook tblCaption",
    "tcPr": "tcW tcBorders vAlign",
    "sectPr": "headerReference footerReference type pgSz pgMar pgNumType cols titlePg docGrid",
    "style": "name basedOn next uiPriority qFormat pPr rPr tblPr tblStylePr",
    "settings": "zoom defaultTabStop characterSpacingControl updateFields compat mathPr themeFontLang",
    "numbering": "abstractNum num",
}
"""Order of children as ECMA-376 part 1 has it (wml.xsd), of those that occur; Word refuses any other."""


def without_figures(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return blocks without pictures, which take most of the time."""
    kept = (b for b in blocks if not isinstance(b, Figure))
    return tuple(replace(b, blocks=without_figures(b.blocks)) if isinstance(b, Section) else b for b in kept)


@pytest.fixture
def plain(chapters: tuple[Chapter, ...]) -> tuple[Chapter, ...]:
    return tuple(replace(chapter, blocks=without_figures(chapter.blocks)) for chapter in chapters)


def write(folder: Path, chapters: Sequence[Chapter], lang: Lang = "zh", **options: Any) -> Path:
    return write_docx(
        folder / "report.docx", title=TITLE, subtitle=SUBTITLE, chapters=chapters, facts=FACTS, lang=lang, **options
    )


def body(path: Path) -> Any:
    return docx.Document(str(path)).element.body


def style_of(paragraph: Any) -> str:
    found = paragraph.find(f"{name('w:pPr')}/{name('w:pStyle')}")
    return "" if found is None else str(found.get(name("w:val")))


def text(node: Any) -> str:
    return "".join(t.text or "" for t in node.iter(name("w:t")))


def styled(root: Any, style: str) -> list[Any]:
    return [p for p in root.iter(name("w:p")) if style_of(p) == style]


def instructions(root: Any) -> list[str]:
    return [i.text.strip() for i in root.iter(name("w:instrText"))]


def wide_table(id: str) -> Table:
    columns = tuple(Column(f"c{n}", Text.same(f"c{n}"), "number", 3) for n in range(24))
    frame = pl.DataFrame({f"c{n}": [1234.567] for n in range(24)})
    return Table(id, Text("宽表", "A wide table"), frame, columns)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_headings_are_headings_and_bear_the_numbers_of_the_page(
    plain: tuple[Chapter, ...], tmp_path: Path, lang: Lang
) -> None:
    document = docx.Document(str(write(tmp_path, plain, lang)))
    found = [(p.style.name, p.text) for p in document.paragraphs if p.style.name.startswith("Heading")]
    places = [p for p in outline(plain).places.values() if isinstance(p.block, Chapter | Section)]
    assert found == [(f"Heading {p.level}", f"{p.number} {p.block.title[lang]}".strip()) for p in places]
    assert document.paragraphs[0].style.name == "Title"
    assert [document.paragraphs[n].text for n in (0, 1)] == [TITLE[lang], SUBTITLE[lang]]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_captions_count_as_the_page_does(chapters: tuple[Chapter, ...], tmp_path: Path, lang: Lang) -> None:
    root = body(write(tmp_path, chapters, lang))
    places = [p for p in outline(chapters).places.values() if isinstance(p.block, Table | Figure)]
    captions = styled(root, "Caption")
    assert [text(c) for c in captions] == [f"{p.label[lang]}\u2002{p.block.title[lang]}" for p in places]
    kinds = {"zh": {Table: "表", Figure: "图"}, "en": {Table: "Table", Figure: "Figure"}}[lang]
    counted = [rf"SEQ {kinds[type(p.block)]} \* ARABIC" + (r" \r 1" if p.number.endswith("-1") else "") for p in places]
    assert [instructions(c) for c in captions] == [[c] for c in counted]


def test_every_reference_leads_to_a_bookmark(chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    root = body(write(tmp_path, chapters, "en"))
    starts = list(root.iter(name("w:bookmarkStart")))
    names = [s.get(name("w:name")) for s in starts]
    ids = [s.get(name("w:id")) for s in starts]
    assert len(set(names)) == len(names)
    assert sorted(set(ids)) == sorted(ids) == sorted(e.get(name("w:id")) for e in root.iter(name("w:bookmarkEnd")))
    assert all(re.fullmatch(r"_(Toc|Ref)\d{8}", n) for n in names)
    targets = {i.split()[1] for i in instructions(root) if i.startswith("REF ")}
    targets |= {link.get(name("w:anchor")) for link in root.iter(name("w:hyperlink"))}
    assert targets <= set(names)
    traces = [text(p) for p in styled(root, "ListContinue")]
    assert traces == [
        "Numbers: Table 2-1\u2003Theory: A04, B01",
        "Numbers: Figure 2-1\u2003Theory: A04, B01",
        "Numbers: “Jiangsu”\u2003Theory: A04, B01",
        "Theory: A04, B01",
    ]


def test_lists_of_findings_begin_with_one_each(chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    again = (replace(chapters[0], id="again"), *chapters[:1])
    document = docx.Document(str(write(tmp_path, again)))
    numbers = [p.find(f".//{name('w:numId')}").get(name("w:val")) for p in styled(document.element, "ListNumber")]
    assert len(numbers) == 8
    assert len(set(numbers)) == 2
    lists = {n.get(name("w:numId")): n for n in document.part.numbering_part.element.findall(name("w:num"))}
    assert {lists[n].find(f".//{name('w:startOverride')}").get(name("w:val")) for n in set(numbers)} == {"1"}


def test_contents_name_chapters_and_sections_before_word_counts_pages(
    plain: tuple[Chapter, ...], tmp_path: Path
) -> None:
    document = docx.Document(str(write(tmp_path, plain)))
    entries = [(style_of(p), text(p)) for p in document.element.iter(name("w:p")) if re.match(r"TOC\d", style_of(p))]
    assert entries == [
        ("TOC1", "1 摘要"), ("TOC1", "2 得分"), ("TOC2", "2.1 方法"), ("TOC2", "2.2 结果"),
        ("TOC1", "3 地区"), ("TOC2", "3.1 画像"),
    ]  # fmt: skip
    assert r'TOC \o "1-2" \h \z \u' in instructions(document.element)
    assert document.settings.element.find(name("w:updateFields")).get(name("w:val")) == "true"
    opened = [c.get(name("w:fldCharType")) for c in document.element.iter(name("w:fldChar"))]
    assert opened.count("begin") == opened.count("separate") == opened.count("end") == 3


def test_a_table_has_three_rules_and_repeats_its_headings(plain: tuple[Chapter, ...], tmp_path: Path) -> None:
    document = docx.Document(str(write(tmp_path, plain)))
    table = next(t for t in document.element.iter(name("w:tbl")) if t.find(f".//{name('w:tblStyle')}") is not None)
    id = table.find(f".//{name('w:tblStyle')}").get(name("w:val"))
    style = next(s for s in document.styles.element if s.get(name("w:styleId")) == id)
    borders = style.find(f"{name('w:tblPr')}/{name('w:tblBorders')}")
    assert [(b.tag, b.get(name("w:sz"))) for b in borders] == [(name("w:top"), "12"), (name("w:bottom"), "12")]
    under = style.find(f"{name('w:tblStylePr')}/{name('w:tcPr')}/{name('w:tcBorders')}")
    assert [(b.tag, b.get(name("w:sz"))) for b in under] == [(name("w:bottom"), "6")]
    rows = table.findall(name("w:tr"))
    assert [r.find(f".//{name('w:tblHeader')}") is not None for r in rows] == [True] + [False] * 5
    assert all(r.find(f".//{name('w:cantSplit')}") is not None for r in rows)


def test_a_table_shows_what_the_page_shows(plain: tuple[Chapter, ...], tmp_path: Path) -> None:
    document = docx.Document(str(write(tmp_path, plain, "en")))
    source = next(outline(plain).tables())[1]
    shown = document.tables[1]
    assert [c.text for c in shown.rows[0].cells] == [c.title.en for c in source.columns]
    wanted = zip(*([cell.text.en for cell in cells(source.frame, c)] for c in source.columns), strict=True)
    assert [[c.text for c in row.cells] for row in shown.rows[1:]] == [list(row) for row in wanted]
    kinds = [[c.paragraphs[0].style.name for c in row.cells] for row in (shown.rows[0], shown.rows[1])]
    assert kinds == [
        ["Table Heading"] + ["Table Number Heading"] * 4,
        ["Table Text"] + ["Table Number"] * 4,
    ]
    assert "Note: Higher is better" in [p.text for p in document.paragraphs]


def test_a_long_table_says_where_the_rest_is(plain: tuple[Chapter, ...], tmp_path: Path) -> None:
    document = docx.Document(str(write(tmp_path, plain, "en", most_rows=2)))
    assert len(document.tables[1].rows) == 3
    remark = next(p.text for p in document.paragraphs if p.text.startswith("The first 2 of 5 rows"))
    assert remark.endswith("\nNote: Higher is better")
    whole = docx.Document(str(write(tmp_path, plain, "en", most_rows=None)))
    assert len(whole.tables[1].rows) == 6
    assert not any(p.text.startswith("The first") for p in whole.paragraphs)


def test_every_table_fits_its_page_and_a_wide_one_turns_it(tmp_path: Path) -> None:
    first, second = wide_table("one"), wide_table("two")
    words = Paragraph(Text("正文", "Text"))
    parts = (words, Section("wide", Text("宽", "Wide"), (first, second)), Section("rest", Text("余", "Rest"), (words,)))
    root = body(write(tmp_path, [Chapter("a", Text("甲", "A"), parts)]))
    sections = list(root.iter(name("w:sectPr")))
    sizes = [tuple(s.find(name("w:pgSz")).get(name(f"w:{side}")) for side in "wh") for s in sections]
    assert sizes == [("11906", "16838"), ("16838", "11906"), ("11906", "16838")]
    assert [s.find(name("w:titlePg")) is not None for s in sections] == [True, False, False]
    assert all(s.find(name("w:headerReference")) is not None for s in sections)
    # The heading goes to the turned page with its table, and the next one comes back.
    ends = [n for n, p in enumerate(root) if p.find(f"{name('w:pPr')}/{name('w:sectPr')}") is not None]
    assert text(root[ends[0]]) == "正文"
    assert text(root[ends[0] + 1]) == "1.1 宽"
    assert text(root[ends[1] + 1]) == "1.2 余"
    across = sum(int(sections[1].find(name("w:pgMar")).get(name(f"w:{side}"))) for side in ("left", "right"))
    for table in list(root.iter(name("w:tbl")))[1:]:
        assert sum(int(c.get(name("w:w"))) for c in table.iter(name("w:gridCol"))) <= 16838 - across


def test_a_figure_is_a_drawing_with_dots_beside_it_and_words(chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    path = write(tmp_path, chapters, "en")
    part = docx.Document(str(path)).part
    figures = list(outline(chapters).figures())
    drawings = list(part.element.iter(name("wp:inline")))
    assert len(drawings) == len(figures) == 4
    for shown, (place, figure) in zip(drawings, figures, strict=True):
        picture = shown.find(f".//{name('a:blip')}")
        dots = part.related_parts[picture.get(name("r:embed"))]
        vector = part.related_parts[picture.find(f".//{name('asvg:svgBlip')}").get(name("r:embed"))]
        assert dots.blob.startswith(PNG)
        assert vector.blob.decode() == figure.svg("en")
        assert vector.content_type == "image/svg+xml"
        described = shown.find(name("wp:docPr"))
        assert described.get("name") == place.label.en
        assert described.get("descr") == f"{figure.title.en}\n{figure.caption.en}"
        wide, high = (int(shown.find(name("wp:extent")).get(side)) for side in ("cx", "cy"))
        drawn = re.search(r'width="([\d.]+)" height="([\d.]+)"', figure.svg("en"))
        assert drawn is not None
        assert wide / high == pytest.approx(float(drawn[1]) / float(drawn[2]), rel=1e-3)
        assert wide <= 8844 * 635
    assert len({d.find(name("wp:docPr")).get("id") for d in drawings}) == 4


def test_profiles_begin_a_page_each(plain: tuple[Chapter, ...], tmp_path: Path) -> None:
    root = body(write(tmp_path, plain))
    broken = {text(p): p.find(f".//{name('w:pageBreakBefore')}") is not None for p in root.iter(name("w:p"))}
    assert [broken[t] for t in ("3.1 画像", "广东", "江苏", "2.2 结果")] == [True, False, True, False]


def test_formulas_can_be_edited(plain: tuple[Chapter, ...], tmp_path: Path) -> None:
    root = body(write(tmp_path, plain))
    formula = styled(root, "Equation")[0]
    assert [c.tag for c in formula][1:] == [name("m:oMathPara")]
    assert formula.find(f".//{name('m:nary')}") is not None
    assert text(formula.getnext()) == "熵"


def test_callouts_say_what_they_are(plain: tuple[Chapter, ...], tmp_path: Path, hostile: str) -> None:
    root = body(write(tmp_path, plain, "en"))
    assert [text(p) for p in styled(root, "CalloutWarning")] == ["CautionA small sample"]
    assert [text(p) for p in styled(root, "Callout")] == ["Note" + hostile]


def test_pages_are_counted_below_and_named_above(plain: tuple[Chapter, ...], tmp_path: Path) -> None:
    section = docx.Document(str(write(tmp_path, plain))).sections[0]
    assert text(section.footer._element) == "第 1 页，共 1 页"
    assert instructions(section.footer._element) == ["PAGE", "NUMPAGES"]
    assert text(section.header._element) == "评估报告"


def test_chinese_letters_have_chinese_fonts_in_every_style(tmp_path: Path) -> None:
    path = write(tmp_path, [])
    styles = docx.Document(str(path)).styles.element
    for style in styles.findall(name("w:style")):
        if style.get(name("w:type")) == "paragraph":
            fonts = style.find(f"{name('w:rPr')}/{name('w:rFonts')}")
            assert fonts.get(name("w:eastAsia")) in ("宋体", "黑体"), style.get(name("w:styleId"))
            assert fonts.get(name("w:ascii")) == "Times New Roman"
    lang = styles.find(f"{name('w:docDefaults')}//{name('w:lang')}")
    assert (lang.get(name("w:val")), lang.get(name("w:eastAsia"))) == ("en-US", "zh-CN")
    with zipfile.ZipFile(path) as archive:
        assert b"Theme=" not in b"".join(archive.read(n) for n in archive.namelist() if n != "word/settings.xml")


def ordered(root: Any) -> Iterator[str]:
    for element in root.iter():
        kind = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if kind in ORDER and element.tag.startswith(f"{{{name('w:p')[1:].partition('}')[0]}}}"):
            at = [ORDER[kind].split().index(child.tag.rpartition("}")[2]) for child in element]
            if at != sorted(at):
                yield f"{kind}: {[child.tag.rpartition('}')[2] for child in element]}"


def test_nodes_stand_in_the_order_word_asks_for(chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    several = [*chapters, Chapter("w", Text("宽", "W"), (wide_table("wide"),))]
    document = docx.Document(str(write(tmp_path, several)))
    parts = [document.element, document.styles.element, document.settings.element, document.part.numbering_part.element]
    assert [wrong for part in parts for wrong in ordered(part)] == []


def test_what_xml_cannot_hold_is_left_out(tmp_path: Path) -> None:
    odd = Paragraph(Text.same("a\x00b\x0b\ud800c\ufffe\nd\te<&>"))
    root = body(write(tmp_path, [Chapter("a", Text("甲\x01", "A"), (odd,))]))
    found = styled(root, "BodyTextFirstIndent")[0]
    assert text(found) == "abcde<&>"
    assert [found.find(f".//{name(tag)}") is not None for tag in ("w:br", "w:tab")] == [True, True]


def test_the_same_report_has_the_same_bytes(chapters: tuple[Chapter, ...], tmp_path: Path) -> None:
    first = write(tmp_path / "a", chapters).read_bytes()
    assert write(tmp_path / "b", chapters).read_bytes() == first
    with zipfile.ZipFile(tmp_path / "a" / "report.docx") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"


def test_an_empty_report_can_be_opened(tmp_path: Path) -> None:
    document = docx.Document(str(write(tmp_path, [], "en")))
    assert [p.text for p in document.paragraphs if p.text] == ["Assessment", "Subtitle", "Contents"]
    assert [[c.text for c in row.cells] for row in document.tables[0].rows] == [["Study", "thermal"]]
    assert document.core_properties.title == "Assessment"


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError) as caught:
        write_docx(tmp_path / "file" / "a.docx", title=TITLE, subtitle=SUBTITLE, chapters=[], facts=[], lang="zh")
    assert caught.value.code == "cannot_write"
    assert "a.docx" in str(caught.value)


def test_an_absent_library_is_named_with_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(OutputError) as caught:
        write(tmp_path, [])
    assert "python-docx" in str(caught.value)
    assert 'pip install "nqpf[report]"' in str(caught.value)
