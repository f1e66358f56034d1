"""Word files: paragraphs as places, boxes, tables, notes and changes; macros and bombs refused."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from make_docx import box, make_docx, p, r, table

from nqpf.errors import DataError
from nqpf.text.reading.files import read_source


def test_headings_lists_and_captions_are_told_by_their_styles(tmp_path: Path) -> None:
    body = (
        p("大题", '<w:pStyle w:val="1"/>')
        + p("章", '<w:pStyle w:val="Own"/>')
        + p("图一", '<w:pStyle w:val="C"/>')
        + p("条", '<w:numPr><w:numId w:val="3"/></w:numPr>')
        + p("提纲", '<w:outlineLvl w:val="2"/>')
        + "<w:p>"
        + r("黑体", "<w:b/>")
        + "</w:p>"
        + "<w:p>"
        + r("不黑", '<w:b w:val="0"/>')
        + "</w:p>"
    )
    source = read_source(make_docx(tmp_path / "a.docx", body))
    assert source.styles == ("h1", "h2", "caption", "list", "h3", "bold", "")
    assert [n.code for n in source.notes] == ["text_auto_numbers"]


def test_breaks_and_signs_inside_a_paragraph_keep_its_number(tmp_path: Path) -> None:
    body = (
        p("甲")
        + f"<w:p>{r('乙')}<w:r><w:br/></w:r>{r('丙')}<w:r><w:tab/><w:noBreakHyphen/></w:r>{r('丁')}</w:p>"
        + p("戊")
    )
    source = read_source(make_docx(tmp_path / "a.docx", body))
    assert source.text == "甲\n乙\n丙\t\u2011丁\n戊"
    places = [(source.place(i).line, source.place(i).column) for i in (0, 2, 4, 7, 9)]
    assert places == [(1, 1), (2, 1), (2, 3), (2, 6), (3, 1)]


def test_text_boxes_follow_their_paragraph_once(tmp_path: Path) -> None:
    body = f"<w:p>{r('前')}{box(p('框一') + p('框二'))}{r('后')}</w:p>" + p("末")
    source = read_source(make_docx(tmp_path / "a.docx", body))
    assert source.text == "前后\n框一\n框二\n末"
    assert source.place(source.text.index("末")).line == 4
    assert source.notes[0].values == {"file": "a.docx", "count": 1}


def test_tracked_changes_are_accepted(tmp_path: Path) -> None:
    body = (
        f'<w:p>{r("村")}<w:ins w:id="1">{r("里")}</w:ins><w:del w:id="2"><w:r><w:delText>外</w:delText></w:r></w:del>'
        f'<w:moveFrom w:id="3">{r("旧")}</w:moveFrom><w:moveTo w:id="4">{r("修")}</w:moveTo></w:p>'
        + p("上半", '<w:rPr><w:del w:id="5"/></w:rPr>')
        + p("下半")
    )
    source = read_source(make_docx(tmp_path / "a.docx", body))
    assert source.text == "村里修\n上半下半"
    (note,) = source.notes
    assert note.values == {"file": "a.docx", "inserted": 2, "deleted": 3}
    assert "accepted" in note.text().en


def test_a_table_is_rows_and_one_for_layout_is_columns(tmp_path: Path) -> None:
    nested = "<w:tc>" + p("外") + table([[p("内一"), p("内二")]]) + "</w:tc>"
    body = (
        table([[p("甲"), p("1") + p("2")], [p("乙"), p("")]])
        + table([[p("左" * 60) + p("续"), p("右" * 60)]])
        + f"<w:tbl><w:tr>{nested}</w:tr></w:tbl>"
    )
    source = read_source(make_docx(tmp_path / "a.docx", body))
    assert source.text.split("\n") == ["甲\t1 2", "乙\t", "左" * 60, "续", "右" * 60, "外 内一 内二"]
    assert source.styles == ("cell", "cell", "", "", "", "cell")
    assert [n.code for n in source.notes] == ["text_layout_table"]


def test_notes_follow_and_heads_of_pages_stay_out(tmp_path: Path) -> None:
    notes = '<w:footnote w:type="separator">' + p("线") + "</w:footnote><w:footnote>" + p("注释") + "</w:footnote>"
    source = read_source(make_docx(tmp_path / "a.docx", p("正文"), footnotes=notes, header1=p("某报")))
    assert source.text == "正文\n注释"
    assert source.styles == ("", "note")
    assert "某报" in source.notes[0].text().zh


def test_two_hundred_spans_lead_back_to_paragraphs(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    paragraphs = ["".join(rng.choice(list("甲乙丙丁，。𠀀 x"), rng.integers(0, 60))) for _ in range(80)]
    source = read_source(make_docx(tmp_path / "a.docx", "".join(map(p, paragraphs))))
    for _ in range(200):
        start = int(rng.integers(0, len(source.text)))
        if source.text[start] == "\n":
            continue
        place = source.place(start)
        assert paragraphs[place.line - 1][place.column - 1 :] == source.text[start:].split("\n")[0]


def test_python_docx_sees_the_same_paragraphs(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    document = docx.Document()
    document.add_heading("标题", 1)
    document.add_paragraph("正文，“引”。")
    document.add_paragraph("条目", style="List Bullet")
    document.save(str(tmp_path / "a.docx"))
    source = read_source(tmp_path / "a.docx")
    assert source.text.split("\n") == [x.text for x in docx.Document(str(tmp_path / "a.docx")).paragraphs]
    assert source.styles == ("h1", "", "list")


def test_macros_are_refused(tmp_path: Path) -> None:
    path = make_docx(tmp_path / "a.docx", p("甲"))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"x")
    with pytest.raises(DataError, match="holds macros"):
        read_source(path)
    with pytest.raises(DataError, match="holds macros"):
        read_source(make_docx(tmp_path / "b.docm", p("甲")))


def test_a_bomb_is_not_opened(tmp_path: Path) -> None:
    path = make_docx(tmp_path / "a.docx", p("甲"))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open("x", "w") as part:
        for _ in range(110):
            part.write(bytes(1 << 20))
    with pytest.raises(DataError, match="no ordinary document") as caught:
        read_source(path)
    assert caught.value.code == "text_zip_bomb"


def test_a_damaged_or_empty_document_says_so(tmp_path: Path) -> None:
    path = make_docx(tmp_path / "a.docx", "<w:p><w:r></w:p>")
    with pytest.raises(DataError, match="damaged"):
        read_source(path)
    with pytest.raises(DataError, match="no text"):
        read_source(make_docx(tmp_path / "b.docx", p("")))
