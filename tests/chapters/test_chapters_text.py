"""Chapter on texts: its numbers against brute counts, what counts as repeated, both sides of every finding."""

from __future__ import annotations

import json
import runpy
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from nqpf.chapters.blocks import Block, Callout, Chapter, Paragraph, Section, Table
from nqpf.chapters.text import text_chapter, text_methods, text_record
from nqpf.chapters.text_context import TextContext
from nqpf.chapters.text_findings import text_findings
from nqpf.charts.figure import Figure
from nqpf.errors import DataError, PlaceError, SpecError
from nqpf.messages import LANGUAGES, Text
from nqpf.registry import method
from nqpf.report.walk import outline, walk
from nqpf.results import Finding, Part
from nqpf.study.demos import demo_path
from nqpf.text.material import read_material
from nqpf.text.spec import TextSpec
from nqpf.text.survey import TextFound, survey_text
from nqpf.yamlfile import load, validate

DEMO = demo_path("pages").parent
OPEN = "村里修了一条新路，货车可以开到门口。"
REGIONS = ("甲县", "乙县", "丙县", "丁县", "戊县", "己县")


def surveyed(folder: Path, scores: pl.DataFrame | None = None, **spec: Any) -> TextContext:
    asked = TextSpec.model_validate({"files": ("texts",)} | spec)
    found = survey_text(asked, read_material(asked, folder), scores, 1)
    return TextContext(Text.same("t"), None, found, Text.same("指数"))


def written(folder: Path, pages: Mapping[str, str], table: str | None = None) -> Path:
    (folder / "texts").mkdir()
    for name, text in pages.items():
        (folder / "texts" / f"{name}.txt").write_text(text, encoding="utf-8")
    if table is not None:
        (folder / "known.csv").write_text("file,region,date,level\n" + table, encoding="utf-8")
    return folder


def codes(context: TextContext) -> list[str]:
    return [finding.code for finding in text_findings(context)]


def finding(context: TextContext, code: str) -> Finding:
    return next(one for one in text_findings(context) if one.code == code)


def turned(context: TextContext, **parts: Any) -> TextContext:
    """Return the context with some parts of what was found changed."""
    return replace(context, found=replace(context.found, **parts))


def table(chapter: Chapter, id: str) -> Table:
    return next(block for block in walk(chapter.blocks) if isinstance(block, Table) and block.id == id)


def said(chapter: Chapter) -> str:
    return "\n".join(b.text.en for b in walk(chapter.blocks) if isinstance(b, Paragraph | Callout))


@pytest.fixture(scope="module")
def demo() -> TextContext:
    document = load(DEMO / "study.yaml")
    spec = validate(TextSpec, document, ("text",))
    found = survey_text(spec, read_material(spec, DEMO), None, 1)
    return TextContext(Text.same("pages"), None, found)


@pytest.fixture(scope="module")
def chapter(demo: TextContext) -> Chapter:
    return text_chapter(demo)


def test_the_demos_pages_are_what_its_script_writes() -> None:
    script = runpy.run_path(str(DEMO / "make_pages.py"))
    pages = {name: text for name, text, *_ in script["pages"]()}
    assert {p.name: p.read_text(encoding="utf-8") for p in (DEMO / "pages").iterdir()} == pages
    assert sum(p.stat().st_size for p in DEMO.rglob("*") if p.is_file()) < 120_000
    assert "构造" in (DEMO / "README.md").read_text(encoding="utf-8")


def test_the_chapter_can_be_pointed_at_and_drawn(demo: TextContext, chapter: Chapter) -> None:
    places = outline([chapter]).places
    assert {one.place for one in chapter.findings} <= set(places)
    blocks: list[Block] = list(walk(chapter.blocks))
    assert len([b for b in blocks if isinstance(b, Section)]) == 10
    for block in blocks:
        if isinstance(block, Figure):
            assert all(block.drawn(lang) for lang in LANGUAGES)
        if isinstance(block, Table):
            shown = set(block.frame.columns)
            assert all(c.key in shown or f"{c.key}_zh" in shown for c in block.columns), block.id


def test_the_demo_finds_what_was_put_in(demo: TextContext, chapter: Chapter) -> None:
    assert demo.found.articles.height == 30
    assert demo.found.articles["title"].null_count() == 0
    assert demo.found.repeated == ("2024-12-汇编-1", "2024-12-汇编-2", "2024-12-汇编-3")
    assert finding(demo, "text_spread_lag").numbers["having"] == 5
    spread = demo.found.diffusion.result
    assert spread is not None
    late = spread.frame.filter(pl.col("term") == "新质生产力", pl.col("status") == "not_yet")
    assert late["unit"].to_list() == ["石臼县"]
    copied = table(chapter, "text-centre").frame.filter(pl.col("copying") > 0)
    assert copied["unit"].to_list() == ["白鹭县", "青砚县"]
    altered = table(chapter, "text-altered").frame
    assert altered.select("statement", "changed", "edits_zh").row(0) == ("2024-03-05-a", 2, "头等 → 首要")
    assert "第 3 段" in altered["cite_zh"][0]
    timeline = table(chapter, "text-statements").frame
    assert timeline.select("exact", "ellipsis", "altered").rows() == [(1, 0, 0), (1, 0, 1), (0, 1, 0)]
    assert finding(demo, "text_altered").numbers == {"quotations": 4, "altered": 1, "statements": 3}
    assert "text.substance" in said(chapter)


def test_every_text_of_the_chapter_is_in_both_languages(chapter: Chapter) -> None:
    for one in chapter.findings:
        text = one.text()
        assert text.zh != text.en
        assert "{" not in text.zh + text.en


def test_the_record_is_plain_and_names_no_folder(demo: TextContext) -> None:
    record = text_record(demo)
    text = json.dumps(record, ensure_ascii=False, allow_nan=False)
    assert str(DEMO.parent) not in text
    assert record["refused"] == {}
    assert [row["file"] for row in record["refused_files"]] == ["2024-12-空白页.txt"]
    assert {row["item"] for row in record["evidence"]} >= {"A01", "O07"}


def test_methods_are_of_the_registry(demo: TextContext) -> None:
    used = text_methods(demo)
    assert set(used) == {
        "text.duplicates", "text.quotations", "text.count", "text.advantage", "text.cooccurrence", "text.diffusion",
        "text.similarity_to", "text.evidence",
    }  # fmt: skip
    assert all(method(id).title.zh for id in used)


def test_attention_is_what_a_search_for_each_term_finds(demo: TextContext) -> None:
    found = demo.found
    seen = found.attention.result
    assert seen is not None
    texts = dict(found.corpus.texts.select("id", "text").iter_rows())
    rows = seen.articles.filter(~pl.col("id").is_in(list(found.repeated)))
    for id, count, own, quoted in rows.select("id", "count", "own", "quoted").iter_rows():
        assert count == sum(_count(texts[id], term.forms) for term in found.material.dictionary.terms)
        assert count == own + quoted
    whole = seen.by().row(0, named=True)
    assert whole["rate"] == pytest.approx(whole["own_part"] + whole["quoted_part"], abs=1e-9)
    assert seen.by("unit", "year")["count"].sum() == seen.by("unit")["count"].sum()


def _count(text: str, forms: tuple[str, ...]) -> int:
    return len({at for form in forms for at in range(len(text)) if text.startswith(form, at)})


def test_one_of_each_region_and_year_counts(tmp_path: Path) -> None:
    text = "新路\n林小满\n\n" + OPEN + "绿色发展写进了村规，路灯用的是太阳能。\n"
    names = ("a", "b", "c", "d")
    known = "a,甲县,2024-01-05,\nb,甲县,2024-06-05,\nc,甲县,2025-01-05,\nd,,2024-03-01,\n"
    folder = written(tmp_path, dict.fromkeys(names, text), known)
    context = surveyed(folder, metadata="known.csv", evidence="none")
    assert context.found.repeated == ("b-1", "d-1")
    kept = surveyed(folder, metadata="known.csv", evidence="none", duplicates="keep")
    counts = [c.found.attention.result.by("unit", "year")["count"].to_list() for c in (context, kept)]  # type: ignore[union-attr]
    assert counts == [[2, 2], [4, 2]]
    assert "text_duplicates_kept" in codes(kept)
    assert "text_duplicates_dropped" in codes(context)


def speaking(folder: Path) -> Path:
    """Write six regions with six articles each that speak of 绿色 more and more."""
    pages, known = {}, ""
    for r, region in enumerate(REGIONS):
        for k in range(6):
            words = "".join(f"第{r}{k}{n}户。" for n in range(12)) + "种树讲绿色。" * (2 * r + k % 2)
            pages[f"{r}-{k}"] = f"{region}第{k}篇\n林小满\n\n{OPEN}{words}\n"
            known += f"{r}-{k},{region},2024-0{k + 1}-05,\n"
    return written(folder, pages, known)


@pytest.fixture(scope="module")
def speakers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return speaking(tmp_path_factory.mktemp("speakers"))


def scores(values: list[float]) -> pl.DataFrame:
    return pl.DataFrame({"unit": REGIONS, "year": [2024] * 6, "score": values})


def test_talk_against_the_index_both_ways(speakers: Path) -> None:
    how: dict[str, Any] = {"metadata": "known.csv", "evidence": "none", "substance": "nqpf"}
    against = surveyed(speakers, scores([6.0, 5, 4, 3, 2, 1]), **how)
    apart = finding(against, "text_substance_apart")
    assert (apart.numbers["year"], apart.numbers["regions"]) == (2024, 6)
    assert apart.numbers["ahead"] >= 2
    assert "己县" in apart.numbers["names"].en
    assert apart.theory == ("L05",)
    shown = text_chapter(against)
    assert table(shown, "text-gaps").frame.height == 6
    assert "指数" in said(shown)
    part = against.found.substance
    assert part.result is not None
    even = part.result.frame.with_columns(pl.lit("no_evidence").alias("verdict"))
    assert "text_substance_even" in codes(turned(against, substance=Part(replace(part.result, frame=even))))
    silent = part.result.frame.with_columns(pl.lit("not_assessed").alias("verdict"))
    assert "text_substance_unjudged" in codes(turned(against, substance=Part(replace(part.result, frame=silent))))


def test_talk_in_step_with_the_index_shows_nobody_ahead_by_far(speakers: Path) -> None:
    how: dict[str, Any] = {"metadata": "known.csv", "evidence": "none", "substance": "nqpf"}
    alike = surveyed(speakers, scores([1.0, 3, 5, 7, 9, 11]), **how)
    found = alike.found.substance.result
    assert found is not None
    assert found.frame["light"].to_list() == ["none"] * 6
    assert found.agreement["rho"][0] == pytest.approx(1.0)


def test_regions_and_years_without_texts_are_not_listed(speakers: Path) -> None:
    index = pl.concat([scores([1.0, 3, 5, 7, 9, 11]), pl.DataFrame({"unit": ["庚县"], "year": [2001], "score": [1.0]})])
    context = surveyed(speakers, index, metadata="known.csv", substance="nqpf", dictionary="nqpf_starter")
    shown = table(text_chapter(context), "text-gaps").frame
    assert shown["documents"].min() > 0  # type: ignore[operator]
    assert shown["unit_en"].null_count() == 0
    assert "2001" not in said(text_chapter(context))


def test_the_curve_of_adoption_is_drawn_with_the_lag(demo: TextContext, chapter: Chapter) -> None:
    figure = next(b for b in walk(chapter.blocks) if isinstance(b, Figure) and b.id == "text-adoption")
    spread = demo.found.diffusion.result
    assert spread is not None
    for term in spread.frame["term"].unique():
        own = figure.data.filter(thing=term).sort("day", "share")
        first = spread.frame.filter(term=term)["first"]
        assert own["share"].to_list()[-1] == pytest.approx(first.drop_nulls().len() / first.len())
        assert own["share"].is_sorted()
    called = " ".join(figure.data["thing_en"].unique())
    assert "新质生产力: half of the regions 221 days after the first statement" in called
    assert "数字化转型: half of the regions by 2024-10" in called


def test_tables_hold_every_row(tmp_path: Path) -> None:
    pages = {f"p{k:03}": f"第{k}号桥\n林小满\n\n{OPEN}今年第{k}座桥通了车。\n" for k in range(70)}
    chapter = text_chapter(surveyed(written(tmp_path, pages), evidence="none"))
    assert table(chapter, "text-articles").frame.height == 70


def test_a_median_before_the_first_statement_is_told_as_such(demo: TextContext) -> None:
    spread = demo.found.diffusion.result
    assert spread is not None
    early = spread.frame.with_columns(lag=-pl.col("lag"))
    found = finding(turned(demo, diffusion=Part(replace(spread, frame=early))), "text_spread_early")
    assert found.numbers["early"] == 221
    assert "早于首次表述 221 天" in found.text().zh


def test_a_statement_without_a_date_says_so(demo: TextContext) -> None:
    quoted = demo.found.quoted.result
    assert quoted is not None
    undated = quoted.timeline.with_columns(date=pl.lit(None, pl.String))
    shown = table(text_chapter(turned(demo, quoted=Part(replace(quoted, timeline=undated)))), "text-statements").frame
    assert set(shown["date_zh"]) == {"日期不详"}
    assert set(shown["date_en"]) == {"undated"}
    assert all(source for source in shown["source"])


def test_talk_needs_an_index(speakers: Path) -> None:
    with pytest.raises(SpecError, match=r"text\.substance") as caught:
        surveyed(speakers, metadata="known.csv", substance="nqpf")
    assert (caught.value.code, caught.value.where.key) == ("text_no_index", "text.substance")


def test_findings_take_both_sides(demo: TextContext) -> None:
    found = demo.found
    same, said_, seen = found.duplicates.result, found.quoted.result, found.attention.result
    spread, near, words = found.diffusion.result, found.likeness.result, found.advantage.result
    assert same is not None
    assert said_ is not None
    assert seen is not None
    assert spread is not None
    assert near is not None
    assert words is not None
    none = turned(
        demo, duplicates=Part(replace(same, pairs=same.pairs.clear(), groups=same.groups.clear())), repeated=()
    )
    assert codes(none)[:2] == ["text_files_refused", "text_no_duplicates"]
    right = said_.timeline.with_columns(pl.lit(0, pl.Int64).alias("altered"))
    assert "text_as_said" in codes(turned(demo, quoted=Part(replace(said_, timeline=right))))
    swapped = seen.articles.with_columns(own="quoted", quoted="own")
    assert "text_quoted_words" in codes(turned(demo, attention=Part(replace(seen, articles=swapped))))
    zero = seen.articles.with_columns(count=pl.lit(0), own=pl.lit(0), quoted=pl.lit(0), with_term=pl.lit(0))
    assert "text_no_attention" in codes(turned(demo, attention=Part(replace(seen, articles=zero))))
    nowhere = spread.frame.with_columns(first=pl.lit(None, pl.String), lag=pl.lit(None, pl.Int64))
    assert codes(turned(demo, diffusion=Part(replace(spread, frame=nowhere)))).count("text_not_spread") == 2
    unknown = spread.frame.with_columns(lag=pl.lit(None, pl.Int64))
    assert codes(turned(demo, diffusion=Part(replace(spread, frame=unknown)))).count("text_spread") == 2
    own = near.frame.with_columns(shared=pl.lit(0.0))
    assert "text_centre_own" in codes(turned(demo, likeness=Part(replace(near, frame=own))))
    few = words.frame.with_columns(few=pl.lit(True))
    assert "text_words_few" in codes(turned(demo, advantage=Part(replace(words, frame=few))))
    sure = words.frame.with_columns(few=pl.lit(False))
    assert finding(turned(demo, advantage=Part(replace(words, frame=sure))), "text_words_stressed").numbers["rca"] > 1
    assert "text_words_even" in codes(demo)
    assert {"text_item_found", "text_item_absent", "text_items_found"} <= set(codes(demo))


def test_texts_without_regions_say_what_to_add(tmp_path: Path) -> None:
    folder = written(tmp_path, {"a": "新路\n林小满\n\n" + OPEN + "\n"})
    context = surveyed(folder, evidence=("A01",), follow=("新质生产力",))
    chapter = text_chapter(context)
    for words in ("text.metadata", "two regions", "text.follow", "text.centre", "text.substance"):
        assert words in said(chapter)
    assert {"text_no_attention", "text_items_none"} <= set(codes(context))
    assert text_record(context)["refused"] == {}


def test_a_corpus_without_a_readable_file_is_a_report_of_refusals(tmp_path: Path) -> None:
    context = surveyed(written(tmp_path, {"a": "", "bb": ""}))
    chapter = text_chapter(context)
    assert codes(context) == ["text_files_refused"]
    assert finding(context, "text_files_refused").numbers == {"refused": 2, "files": 2}
    assert table(chapter, "text-refusals").frame["file"].to_list() == ["a.txt", "bb.txt"]
    assert str(tmp_path) not in str(table(chapter, "text-refusals").frame.rows())
    assert "no article" in said(chapter)
    assert list(text_methods(context)) == []


@pytest.mark.parametrize(
    ("spec", "code", "key"),
    [
        ({"first": "2024-99-99", "follow": ("绿色",)}, "text_first", "text.first"),
        ({"first": "vanguard", "follow": ("绿色",)}, "text_first", "text.first"),
        ({"first": {"绿": "2023-09-07"}, "follow": ("绿色",)}, "bad_choice", "text.first"),
        ({"centre": "city"}, "text_no_centre", "text.centre"),
        ({"dictionary": "absent.yaml"}, "data_file_not_found", "text.dictionary"),
        ({"dictionary": "absent"}, "measure_dictionary_unknown", "text.dictionary"),
        ({"metadata": "absent.csv"}, "data_file_not_found", "text.metadata"),
        ({"files": ("absent",)}, "data_file_not_found", "text.files"),
    ],
)
def test_what_is_wrong_in_a_study_is_named_by_its_key(
    speakers: Path, spec: dict[str, Any], code: str, key: str
) -> None:
    with pytest.raises(SpecError) as caught:
        surveyed(speakers, **({"metadata": "known.csv"} | spec))
    assert (caught.value.code, caught.value.where.key) == (code, key)


def test_unknown_places_are_refused(speakers: Path) -> None:
    with pytest.raises(PlaceError, match="甲县"):
        surveyed(speakers, metadata="known.csv", places="provinces")


def test_provinces_go_by_their_codes_whatever_they_are_called(tmp_path: Path) -> None:
    texts = {name: f"新路{name}\n林小满\n\n{OPEN}第{name}处讲绿色。\n" for name in "abc"}
    folder = written(tmp_path, texts, "a,江苏,2024-01-05,\nb,江苏省,2024-02-05,\nc,全国,2024-03-05,\n")
    found: TextFound = surveyed(folder, metadata="known.csv", places="provinces", evidence="none").found
    assert found.articles["unit"].to_list() == ["320000", "320000", None]
    assert found.regions["320000"].en == "Jiangsu"


def test_the_first_statement_is_a_date_or_the_id_of_a_statement(tmp_path: Path) -> None:
    texts = {"a": f"路\n林小满\n\n{OPEN}\n", "b": f"新路\n林小满\n\n{OPEN}大家说起新质生产力。\n"}
    folder = written(tmp_path, texts, "a,甲县,2023-09-01,\nb,甲县,2023-09-17,\n")
    for first in (date(2023, 9, 7), "2023-09-07", "2023-09-07-a", {"新质生产力": date(2023, 9, 7)}):
        context = surveyed(folder, metadata="known.csv", evidence="none", follow=("新质生产力",), first=first)
        spread = context.found.diffusion.result
        assert spread is not None
        assert spread.frame.select("lag", "status").row(0) == (10, "adopted")
    other = surveyed(folder, metadata="known.csv", evidence="none", follow=("货车",), first="2023-09-07-a")
    assert other.found.diffusion.result is not None
    assert other.found.diffusion.result.centre["date"].to_list() == [None]


def test_a_study_lists_its_files() -> None:
    spec = TextSpec(files=("pages",), metadata="metadata.csv")
    names = [path.name for path in spec.paths(DEMO)]
    assert len(names) == 30
    assert (names[-1], len(set(names))) == ("metadata.csv", 30)
    with pytest.raises(DataError):
        TextSpec(files=("absent",)).paths(DEMO)
