"""A user's own template: what is theirs stays, what is ours goes where they say, and what is wrong is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import polars as pl
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from nqpf.chapters.blocks import Chapter, Column, FindingList, Paragraph, Section, Table
from nqpf.errors import OutputError
from nqpf.messages import Text
from nqpf.report.docx import write_docx
from nqpf.report.word.nodes import name

TITLE, SUBTITLE = Text("评估报告", "Assessment"), Text("副标题", "Subtitle")
FACTS = [(Text("研究", "Study"), Text.same("thermal")), (Text("数据", "Data"), Text.same("a.csv"))]
FRAME = pl.DataFrame({"unit": ["甲", "乙"], "score": [0.1, 0.2]})
COLUMNS = (Column("unit", Text("单元", "Unit")), Column("score", Text("得分", "Score"), "number", 2))
CHAPTERS = (
    Chapter(
        "one",
        Text("要点", "Summary"),
        (
            Paragraph(Text("首段", "First words")),
            FindingList(()),
            Section("part", Text("得分", "Scores"), (Table("t", Text("得分", "Scores"), FRAME, COLUMNS),)),
        ),
    ),
)

Template = Callable[[Callable[[Any], None]], Path]


@pytest.fixture
def template(tmp_path: Path) -> Template:
    def make(change: Callable[[Any], None]) -> Path:
        document = docx.Document()
        change(document)
        path = tmp_path / "template.docx"
        document.save(str(path))
        return path

    return make


def written(folder: Path, template: Path, told: list[Text] | None = None, **options: Any) -> Any:
    path = write_docx(
        folder / "report.docx", title=TITLE, subtitle=SUBTITLE, chapters=options.pop("chapters", CHAPTERS), facts=FACTS,
        lang="en", template=template, tell=None if told is None else told.append, **options,
    )  # fmt: skip
    return docx.Document(str(path))


def texts(document: Any) -> list[str]:
    return [p.text for p in document.paragraphs if p.text]


def test_the_report_goes_where_its_field_stands_and_the_rest_stays(template: Template, tmp_path: Path) -> None:
    def change(document: Any) -> None:
        for line in ("Before", "{{ Report }}", "After"):
            document.add_paragraph(line)

    found = texts(written(tmp_path, template(change)))
    assert found[:3] == ["Before", "1 Summary", "First words"]
    assert found[-1] == "After"
    assert "{{" not in "".join(found)


def test_without_a_field_the_report_stands_at_the_end(template: Template, tmp_path: Path) -> None:
    document = written(tmp_path, template(lambda d: d.add_paragraph("Before")))
    assert texts(document)[:2] == ["Before", "1 Summary"]
    assert document.element.body[-1].tag == name("w:sectPr")


def test_fields_are_filled_in_text_headers_and_cells_even_if_word_has_split_them(
    template: Template, tmp_path: Path
) -> None:
    def change(document: Any) -> None:
        split = document.add_paragraph()
        for piece in ("On {", "{tit", "le}} and {{sub", "title}}."):
            split.add_run(piece)
        document.add_paragraph("{{STUDY}}, {{数据}}: {{Data}}")
        document.add_table(1, 1).cell(0, 0).text = "{{title}}"
        document.sections[0].header.paragraphs[0].text = "H {{subtitle}}"
        document.sections[0].footer.paragraphs[0].text = "{{pages}}"

    told: list[Text] = []
    document = written(tmp_path, template(change), told)
    assert texts(document)[:2] == ["On Assessment and Subtitle.", "thermal, a.csv: a.csv"]
    assert document.tables[0].cell(0, 0).text == "Assessment"
    assert document.sections[0].header.paragraphs[0].text == "H Subtitle"
    assert document.sections[0].footer.paragraphs[0].text == "Page 1 of 1"
    assert told == []


def test_unknown_fields_are_named_with_those_there_are_and_the_rest_is_written(
    template: Template, tmp_path: Path
) -> None:
    def change(document: Any) -> None:
        for line in ("{{tilte}} {{title}}", "{{report}}", "{{author}}", "{{ tilte }}", "x {{report}}"):
            document.add_paragraph(line)

    told: list[Text] = []
    found = texts(written(tmp_path, template(change), told))
    assert len(told) == 1
    assert told[0].en.startswith("The template has unknown fields: tilte, author, report;")
    assert "title, subtitle, 研究, study, 数据, data" in told[0].en
    assert found[0] == "{{tilte}} Assessment"
    assert found[-3:] == ["{{author}}", "{{ tilte }}", "x {{report}}"]
    assert "1 Summary" in found


def test_what_the_report_quotes_is_no_field(template: Template, tmp_path: Path) -> None:
    quoting = (Chapter("one", Text("{{title}}", "{{title}}"), (Paragraph(Text("{{x}}", "{{x}} {{subtitle}}")),)),)
    told: list[Text] = []
    found = texts(written(tmp_path, template(lambda d: d.add_paragraph("{{report}}")), told, chapters=quoting))
    assert found == ["1 {{title}}", "{{x}} {{subtitle}}"]
    assert told == []


def test_facts_and_contents_go_where_the_template_has_them(template: Template, tmp_path: Path) -> None:
    def change(document: Any) -> None:
        for line in ("{{facts}}", "{{contents}}", "{{report}}"):
            document.add_paragraph(line)

    document = written(tmp_path, template(change))
    assert [[c.text for c in row.cells] for row in document.tables[0].rows] == [
        ["Study", "thermal"],
        ["Data", "a.csv"],
    ]
    kinds = [e.tag for e in document.element.body]
    assert kinds.index(name("w:sdt")) == 2


def test_the_templates_styles_and_pages_are_kept_and_absent_styles_added_without_fonts(
    template: Template, tmp_path: Path
) -> None:
    def change(document: Any) -> None:
        document.styles["Heading 1"].font.size = Pt(31)
        document.styles["Normal"].font.name = "Garamond"
        section = document.sections[0]
        section.page_width, section.left_margin, section.right_margin = Mm(150), Mm(20), Mm(20)

    document = written(tmp_path, template(change))
    assert document.styles["Heading 1"].font.size == Pt(31)
    added = document.styles["Table Text"].element
    assert added.find(f".//{name('w:rFonts')}") is None
    assert added.find(name("w:basedOn")).get(name("w:val")) == "Normal"
    assert document.sections[0].page_width.mm == pytest.approx(150, abs=0.1)
    width = sum(int(c.get(name("w:w"))) for c in document.tables[0]._tbl.iter(name("w:gridCol")))
    assert width == pytest.approx(Mm(110).twips, abs=2)
    lang = document.styles.element.find(f"{name('w:docDefaults')}//{name('w:lang')}")
    assert lang.get(name("w:eastAsia")) == "zh-CN"


def test_a_style_whose_id_is_taken_gets_another(template: Template, tmp_path: Path) -> None:
    def change(document: Any) -> None:
        document.styles.add_style("Mine", 1).element.set(qn("w:styleId"), "TableText")

    document = written(tmp_path, template(change))
    ids = [s.get(name("w:styleId")) for s in document.styles.element.findall(name("w:style"))]
    assert len(set(ids)) == len(ids)
    assert document.tables[0].cell(1, 0).paragraphs[0].style.name == "Table Text"
    assert document.styles["Table Number"].base_style.name == "Table Text"


def test_a_template_that_numbers_its_headings_does_so_alone(template: Template, tmp_path: Path) -> None:
    def change(document: Any) -> None:
        numbered = OxmlElement("w:numPr")
        number = OxmlElement("w:numId")
        number.set(qn("w:val"), "1")
        numbered.append(number)
        document.styles["Heading 1"].element.get_or_add_pPr().append(numbered)

    found = texts(written(tmp_path, template(change)))
    assert found[:1] == ["Summary"]
    assert "1.1 Scores" in found


def test_numbers_already_given_are_not_given_again(template: Template, tmp_path: Path) -> None:
    def change(document: Any) -> None:
        for tag in ("w:bookmarkStart", "w:bookmarkEnd"):
            mark = OxmlElement(tag)
            mark.set(qn("w:id"), "7")
            if tag == "w:bookmarkStart":
                mark.set(qn("w:name"), "mine")
            document.add_paragraph()._p.append(mark)

    document = written(tmp_path, template(change))
    ids = [int(m.get(name("w:id"))) for m in document.element.iter(name("w:bookmarkStart"))]
    assert ids[0] == 7
    assert sorted(set(ids)) == sorted(ids)
    assert min(ids[1:]) == 8


def test_a_template_without_numbered_lists_gets_them(template: Template, tmp_path: Path) -> None:
    def change(document: Any) -> None:
        part = document.part
        for id, relation in list(part.rels.items()):
            if relation.reltype.endswith("/numbering"):
                del part.rels[id]

    document = written(tmp_path, template(change))
    numbering = document.part.numbering_part.element
    assert [c.tag for c in numbering] == [name("w:abstractNum"), name("w:num")]


def test_the_section_the_field_stands_in_says_how_wide_a_page_is(template: Template, tmp_path: Path) -> None:
    def change(document: Any) -> None:
        document.add_paragraph("{{report}}")
        document.add_section()
        document.sections[0].page_width = Mm(100)
        document.sections[0].left_margin = document.sections[0].right_margin = Mm(10)

    document = written(tmp_path, template(change))
    width = sum(int(c.get(name("w:w"))) for c in document.tables[0]._tbl.iter(name("w:gridCol")))
    assert width == pytest.approx(Mm(80).twips, abs=2)
    assert len(document.sections) == 2


def test_a_template_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught:
        written(tmp_path, tmp_path / "absent.docx")
    assert caught.value.code == "file_not_found"
    assert "absent.docx" in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + b"\0" * 18])
def test_a_template_that_is_no_docx_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "old.doc").write_bytes(content)
    with pytest.raises(OutputError) as caught:
        written(tmp_path, tmp_path / "old.doc")
    assert caught.value.code == "word_template_no_docx"
    assert "old.doc" in str(caught.value)
    assert "save it as" in str(caught.value)
    assert not (tmp_path / "report.docx").exists()


def test_a_template_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught:
        written(tmp_path, tmp_path)
    assert caught.value.code == "word_template_unreadable"


def test_the_same_template_gives_the_same_bytes(template: Template, tmp_path: Path) -> None:
    path = template(lambda d: d.add_paragraph("{{report}}"))
    written(tmp_path / "a", path)
    written(tmp_path / "b", path)
    assert (tmp_path / "a" / "report.docx").read_bytes() == (tmp_path / "b" / "report.docx").read_bytes()
