"""What a study says of its report: formats, chapters, detail, names; and that each choice is kept in every file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from nqpf.chapters.anonymous import Masks, anonymous
from nqpf.chapters.blocks import Chapter, Column, FindingList, Formula, Paragraph, Section, Table
from nqpf.chapters.selection import chosen, detailed
from nqpf.charts.figure import Figure
from nqpf.cli import command
from nqpf.errors import OutputError, SpecError
from nqpf.messages import Text
from nqpf.results import Finding
from nqpf.study import assessment, run

NAMES = ("北京", "天津", "河北", "山西", "内蒙古", "辽宁", "Beijing", "Tianjin", "Hebei", "Shanxi", "Liaoning")
CODES = ("110000", "120000", "130000", "140000", "150000", "210000")


def words(text: str) -> Text:
    return Text(text, text)


def table(id: str, rows: int) -> Table:
    return Table(id, words(id), pl.DataFrame({"x": range(rows)}), (Column("x", words("x"), "integer"),))


def said(workshop: Any, more: str) -> Path:
    workshop.study.write_text(workshop.study.read_text(encoding="utf-8") + more, encoding="utf-8")
    return Path(workshop.study)


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the files of figures, which take most of the time."""
    monkeypatch.setattr(assessment, "write_figures", lambda *_: ())


def test_only_the_formats_asked_for_are_written(workshop: Any, no_pictures: None) -> None:
    study = said(workshop, "  formats: [xlsx]\n")
    assert command(["run", str(study), "--out", str(workshop.out)]) == 0
    assert {p.name for p in Path(workshop.out).glob("report.*")} == {"report.xlsx"}
    assert command(["run", str(study), "--out", str(workshop.out), "--formats", "html"]) == 0
    assert {p.name for p in Path(workshop.out).glob("report.*")} == {"report.html"}


def test_an_unknown_format_is_named(workshop: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        command(["run", str(workshop.study), "--out", str(workshop.out), "--formats", "html,doc", "--lang", "en"]) == 2
    )
    assert "doc" in capsys.readouterr().err
    with pytest.raises(SpecError):
        run(said(workshop, "  formats: [odt]\n"))


def test_a_format_that_cannot_be_had_is_named_and_the_rest_written(
    workshop: Any, no_pictures: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OutputError("output_is_file")

    monkeypatch.setattr(assessment, "write_workbook", refuse)
    assert command(["run", str(workshop.study), "--out", str(workshop.out), "--lang", "en"]) == 2
    captured = capsys.readouterr()
    assert "report.xlsx" in captured.err
    assert "draft" not in captured.err
    assert captured.out.startswith("· ")
    assert {"report.html", "tables", "assessment.json"} <= {p.name for p in Path(workshop.out).iterdir()}


def test_chapters_are_chosen_and_the_summary_stays(workshop: Any) -> None:
    made = run(said(workshop, "  chapters: [index, data]\n"))
    assert [c.id for c in made.chapters] == ["summary", "index", "data"]
    kept = {f.code for c in made.chapters[1:] for f in c.findings}
    listed = next(b for b in made.chapters[0].blocks if isinstance(b, FindingList))
    assert {f.code for f in listed.findings} == kept


def test_a_chapter_that_is_not_there_is_named_with_its_line(workshop: Any) -> None:
    study = said(workshop, "  chapters: [indx]\n")
    with pytest.raises(SpecError, match="indx") as error:
        run(study)
    assert error.value.where.line is not None
    assert "index" in str(error.value)


def test_what_is_left_out_is_listed_with_the_reason(workshop: Any) -> None:
    left = next(b for b in run(workshop.study).chapters[0].blocks if isinstance(b, Table))
    assert {"productivity", "regions", "industry", "text", "circles"} <= set(left.frame["chapter"])
    assert "index" not in set(left.frame["chapter"])
    assert left.frame["needs_zh"].null_count() == 0


def test_brief_keeps_what_is_short() -> None:
    picked = Section("one", words("one"), (Paragraph(words("p")),))
    inside = (
        Paragraph(words("p")),
        Formula("x", words("x")),
        table("short", 20),
        table("long", 21),
        Section("pick", words("pick"), (picked,), choose=True),
        Section("empty", words("empty"), (table("longer", 30),)),
    )
    chapters = (Chapter("index", words("i"), inside), Chapter("methods", words("m"), inside))
    brief = detailed(chapters, "brief")
    assert [c.id for c in brief] == ["index"]
    assert [getattr(b, "id", "") for b in brief[0].blocks] == ["", "short"]
    assert detailed(chapters, "standard") == detailed(chapters, "full") == chapters


def test_chosen_keeps_the_order_of_the_report() -> None:
    chapters = tuple(Chapter(id, words(id), ()) for id in ("a", "b", "c"))
    assert [c.id for c in chosen(chapters, ["c", "summary", "a"])] == ["a", "c"]
    assert chosen(chapters, None) == chapters


def test_no_name_is_left_anywhere(workshop: Any) -> None:
    study = said(workshop, "  anonymous: true\n")
    assert command(["run", str(study), "--out", str(workshop.out), "--lang", "zh"]) == 0
    for path in (p for p in Path(workshop.out).rglob("*") if p.is_file()):
        if path.suffix == ".xlsx":
            book = CalamineWorkbook.from_path(path)
            text = " ".join(
                str(cell) for s in book.sheet_names for row in book.get_sheet_by_name(s).to_python() for cell in row
            )
        else:
            text = path.read_text(encoding="utf-8-sig")
        text = re.sub(r"<script(?! type=\"application/json\").*?</script>", "", text, flags=re.DOTALL)
        found = [name for name in NAMES if name in text]
        found += [code for code in CODES if re.search(rf"(?<![\d.]){code}(?![\d.])", text)]
        assert not found, (path.name, found)
        assert not [name for name in (*NAMES, *CODES) if name in path.name]
    record = json.loads((Path(workshop.out) / "assessment.json").read_text(encoding="utf-8"))
    assert {row["unit"] for row in record["scores"]} == {f"Unit {k}" for k in range(1, 7)}


def test_numbers_stay_when_names_go(workshop: Any) -> None:
    plain = run(workshop.study)
    masked = run(said(workshop, "  anonymous: true\n"))
    assert masked.to_frame()["score"].equals(plain.to_frame()["score"])
    assert [f.code for f in masked.findings] == [f.code for f in plain.findings]


def test_codes_do_not_follow_the_order_of_units() -> None:
    names = {f"{k:06d}": Text(f"省{k:02d}", f"Province{k:02d}") for k in range(30)}
    masks = Masks.of(names, seed=5)
    order = [masks.codes["en"][id] for id in names]
    assert sorted(order) != order
    assert len(set(order)) == 30
    assert Masks.of(names, seed=5).codes == masks.codes


def test_a_name_within_another_word_stays() -> None:
    masks = Masks.of({"a": Text("南", "Man"), "b": Text("南海", "Manland")}, seed=1)
    assert masks.words("Mandate of Man", "en").startswith("Mandate of Unit")
    assert "海" not in masks.words("南海", "zh")


def test_maps_go_and_pictures_are_masked() -> None:
    masks = Masks.of({"u1": Text("甲省", "Alpha")}, seed=1)
    frame = pl.DataFrame({"unit": ["u1"], "unit_zh": ["甲省"], "unit_en": ["Alpha"], "value": [1.0]})

    def draw(lang: str) -> dict[str, Any]:
        return {"data": {"values": [{"unit": "u1", "name": "甲省" if lang == "zh" else "Alpha"}]}, "width": 3}

    shown = Figure("bars", words("Alpha"), words("x"), frame, draw)
    placed = Figure("map", words("Alpha"), words("x"), frame, draw, placed=True)
    finding = Finding("index_top", {"unit": Text("甲省", "Alpha"), "score": 1.0}, "of Alpha", "profile-u1")
    chapter = Chapter("index", words("i"), (shown, placed), (finding,))
    (masked,) = anonymous((chapter,), masks)
    (picture,) = masked.blocks
    assert isinstance(picture, Figure)
    assert picture.drawn("en") == {"data": {"values": [{"unit": "Unit 1", "name": "Unit 1"}]}, "width": 3}
    assert picture.drawn("zh")["data"]["values"][0]["name"] == "单元1"  # type: ignore[index]
    assert picture.data["unit_zh"].to_list() == ["单元1"]
    assert masked.findings[0].numbers["unit"].en == "Unit 1"
    assert masked.findings[0].place == "profile-Unit 1"


@pytest.mark.slow
def test_the_page_is_the_same_twice(workshop: Any) -> None:
    outs = []
    for name in ("one", "two"):
        folder = Path(workshop.folder) / name
        run(workshop.study).write(folder, formats=("html", "xlsx"))
        outs.append([(folder / f"report.{form}").read_bytes() for form in ("html", "xlsx")])
    assert outs[0] == outs[1]
