"""Reports without ranks: nothing that is written tells who stands before whom, in grades or without."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from nqpf.chapters.blocks import Chapter, Column, FindingList, Paragraph, Section, Table
from nqpf.chapters.unranked import is_rank, unranked, unranked_notes
from nqpf.cli import command
from nqpf.errors import MethodError, NqpfError, SpecError
from nqpf.index.planning.index_grades import index_grades
from nqpf.index.planning.spec import GradesSpec
from nqpf.messages import Text
from nqpf.results import Finding, Note
from nqpf.study import Assessment, Study, check_study, run

GROUPS = "  ranks: groups\n  grades: {method: natural, count: 3}\n"
NONE = "  ranks: none\n"
RANKS = re.compile(r"名次|排名|位次|第 ?\d+ ?名|\b[Rr]ank(s|ed|ing|ings)?\b|(?<![a-z])ranks?_|_ranks?(?![a-z])")


def write(workshop: Any, report: str, more: str = "") -> Path:
    """Run the workshop's study with another report and return the folder of its results."""
    study: Path = workshop.study
    study.write_text(study.read_text(encoding="utf-8") + report + more, encoding="utf-8")
    assert command(["run", str(study), "--out", str(workshop.out)]) == 0
    return Path(workshop.out)


def strings(content: Any) -> Iterator[str]:
    """Yield every key and string of a JSON file."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield str(key)
            yield from strings(value)
    elif isinstance(content, list):
        for value in content:
            yield from strings(value)
    elif isinstance(content, str):
        yield content


def page(path: Path) -> str:
    """Return what a reader sees of a page and the data of its charts, but for the annex, which names methods."""
    html = path.read_text(encoding="utf-8")
    html = re.sub(r'<script(?! type="application/json").*?</script>', "", html, flags=re.DOTALL)
    html = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    contents = re.compile(r'<li><a href="#method.*?</li>', re.DOTALL)
    chapter = re.compile(r'<section class="chapter" id="methods".*?</main>', re.DOTALL)
    assert chapter.search(html)
    return contents.sub("", chapter.sub("", html))


def said(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield every text that is written, with the file it stands in; provenance repeats the recipe's options."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != "provenance.json"):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".xlsx":
            book = CalamineWorkbook.from_path(str(path))
            for sheet in book.sheet_names:
                yield name, sheet
                for row in book.get_sheet_by_name(sheet).to_python():
                    yield from ((name, cell) for cell in row if isinstance(cell, str))
        elif path.suffix == ".json":
            yield from ((name, text) for text in strings(json.loads(path.read_text(encoding="utf-8"))))
        elif path.suffix == ".html":
            yield from ((name, line) for line in page(path).splitlines())
        else:
            yield from ((name, line) for line in path.read_text(encoding="utf-8").splitlines())


def ranks_in(folder: Path) -> list[tuple[str, str]]:
    return [(name, found[0]) for name, text in said(folder) if (found := RANKS.search(text))]


SYSTEM = "system:\n  peers: {endowment: {size: pop, output: gdp}}\n"


@pytest.fixture(scope="module")
def graded(new_workshop: Callable[[], Any]) -> Path:
    """Return the results of a study in grades that asks for its system too."""
    return write(new_workshop(), GROUPS, SYSTEM)


@pytest.fixture(scope="module")
def plain(new_workshop: Callable[[], Any]) -> Path:
    """Return the results of a study without ranks that asks for its system too."""
    return write(new_workshop(), NONE, SYSTEM)


@pytest.mark.usefixtures("blank_pictures")
def test_the_search_finds_ranks_where_a_report_shows_them(workshop: Any) -> None:
    names = {name.partition("/")[2] or name for name, _ in ranks_in(write(workshop, ""))}
    assert {"assessment.json", "report.html", "scores.csv", "ranking.csv", "report.xlsx"} <= names


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["graded", "plain"])
def test_no_file_holds_a_rank(mode: str, request: pytest.FixtureRequest) -> None:
    assert ranks_in(request.getfixturevalue(mode)) == []


@pytest.mark.slow
@pytest.mark.parametrize("report", [GROUPS, NONE])
def test_nor_does_one_without_the_system(workshop: Any, report: str) -> None:
    assert ranks_in(write(workshop, report)) == []


@pytest.mark.slow
@pytest.mark.parametrize("report", [GROUPS, NONE])
def test_nor_does_one_with_imputed_draws_a_multiverse_and_sizes(workshop: Any, report: str) -> None:
    lines = workshop.data.read_text(encoding="utf-8").splitlines()
    lines[9] = ",".join([*lines[9].split(",")[:4], "", *lines[9].split(",")[5:]])
    workshop.data.write_text("\n".join(lines) + "\n", encoding="utf-8")
    workshop.edit("missing: {rule: stop}", "missing: {rule: em, draws: 4}")
    workshop.edit("recipe:\n", "size: [pop]\nmultiverse: {}\nrecipe:\n")
    folder = write(workshop, report)
    assert ranks_in(folder) == []
    assert "imputed" in pl.read_csv(folder / "tables" / "imputed.csv").columns
    codes = {f["code"] for f in json.loads((folder / "assessment.json").read_text(encoding="utf-8"))["findings"]}
    assert bool(codes & {"grades_firm_ways", "grades_all_firm_ways"}) == (report == GROUPS)


def test_without_grades_levels_stand_in_the_given_order(plain: Path) -> None:
    units = ["110000", "120000", "130000", "140000", "150000", "210000"]
    for name in ("tables/scores.csv", "figures/levels-figure.csv", "figures/change.csv", "figures/contributions.csv"):
        frame = pl.read_csv(plain / name, schema_overrides={"unit": pl.String})
        assert frame["unit"].unique(maintain_order=True).to_list() == units, name
    assert not (plain / "figures" / "ranking.csv").exists()
    record = json.loads((plain / "assessment.json").read_text(encoding="utf-8"))
    assert "scores" in record
    assert "rank_intervals" not in record
    assert "grades" not in record


def test_in_grades_no_unit_has_a_score_of_the_whole_index(graded: Path) -> None:
    record = json.loads((graded / "assessment.json").read_text(encoding="utf-8"))
    assert {row["node"] for row in record["scores"]} == {"output", "green", "income", "research", "coal_use"}
    assert {"contributions", "changes", "rank_intervals"} & record.keys() == set()
    totals = [f for f in graded.rglob("*.csv") if {"total", "value"} & set(pl.read_csv(f, n_rows=1).columns)]
    for file in totals:
        if file.stem in ("trend", "change", "change-table", "contributions", "contributions-table"):
            unit = pl.read_csv(file, schema_overrides={"unit": pl.String})["unit"].drop_nulls()
            assert set(unit) <= {"grade_1", "grade_2", "grade_3"}, file.name


def test_in_grades_the_system_tells_no_level_of_a_unit_in_the_whole(graded: Path) -> None:
    record = json.loads((graded / "assessment.json").read_text(encoding="utf-8"))
    assert {row["unit"] for row in record["diagram"]["nodes"]} == {""}
    names = {file.stem for file in (graded / "tables").glob("*.csv")}
    assert "attainable" not in names
    targets = [pl.read_csv(f) for f in (graded / "tables").glob("profile-targets-*.csv")]
    assert targets
    assert all("·whole" not in table["target"].to_list() for table in targets)


def test_without_ranks_the_diagram_tells_none(plain: Path) -> None:
    rows = json.loads((plain / "assessment.json").read_text(encoding="utf-8"))["diagram"]["nodes"]
    assert {row["unit"] for row in rows} > {""}
    assert {row.get(key) for row in rows for key in ("rank", "low", "high")} == {None}


def test_grades_are_those_of_the_scores_and_firm_where_no_indicator_moves_them(workshop: Any) -> None:
    report = "  ranks: groups\n  grades: {method: fixed, cuts: [0.3, 0.6], labels: [{zh: 甲, en: A}, 乙, 丙]}\n"
    study: Path = workshop.study
    ranked = run(study)
    scores = dict(zip(ranked.index.panel.units, ranked.index.scores[-1, :, -1], strict=True))
    low, high = ranked.context.rank_interval()
    study.write_text(study.read_text(encoding="utf-8") + report, encoding="utf-8")
    graded = run(study).context.graded
    assert graded is not None
    rows = graded.frame.to_dicts()
    assert {r["unit"]: r["grade"] for r in rows} == {
        u: 1 if s >= 0.6 else 2 if s >= 0.3 else 3 for u, s in scores.items()
    }
    above = [sum(r["grade"] <= g for r in rows) for g in (1, 2)]
    for n, row in enumerate(rows):  # a grade holds a run of ranks
        best, worst = (1 + sum(rank > end for end in above) for rank in (low[-1, n], high[-1, n]))
        assert (row["grade_low"], row["grade_high"], row["firm"]) == (best, worst, best == worst)
    assert [t.zh for t in graded.titles] == ["甲", "乙", "丙"]


def test_other_ways_to_build_the_index_widen_the_grades_a_unit_may_be_in(workshop: Any) -> None:
    index = run(workshop.study).index
    ranks = index.ranks[-1, :, -1]
    assert sorted(ranks) == [1, 2, 3, 4, 5, 6]
    how = GradesSpec(method="quantile", count=3)  # ranks 1 and 2, 3 and 4, 5 and 6
    alone = index_grades(index, how, ranks, ranks)
    assert alone.frame["firm"].all()
    runs = pl.DataFrame({"unit": index.panel.units, "low": ranks, "high": ranks})
    second, fifth = ranks == 2, ranks == 5
    runs = runs.with_columns(high=np.where(second, 2.4, ranks), low=np.where(fifth, 1.0, ranks))
    wider = index_grades(index, how, ranks, ranks, runs).frame
    # An end of 2.4 lies between the ranks 2 and 3, and 3 belongs to the second grade.
    assert wider.filter(pl.Series(second)).select("grade_low", "grade_high", "firm").rows() == [(1, 2, False)]
    assert wider.filter(pl.Series(fifth)).select("grade_low", "grade_high", "firm").rows() == [(1, 3, False)]
    assert wider.filter(~pl.Series(second | fifth))["firm"].all()


def test_within_a_grade_units_stand_in_the_given_order(graded: Path) -> None:
    table = pl.read_csv(graded / "tables" / "grades-table.csv", schema_overrides={"unit": pl.String})
    assert table["grade"].to_list() == sorted(table["grade"].to_list())
    for part in table.partition_by("grade"):
        assert part["unit"].to_list() == sorted(part["unit"].to_list())


@pytest.mark.parametrize("report", ["", GROUPS, NONE])
def test_who_was_screened_out_stands_in_no_chapter(workshop: Any, report: str) -> None:
    workshop.edit("recipe:\n", "recipe:\n  screen: {drop: [河北]}\n")
    more = "planning: {targets: {gdp: {value: 1900, year: 2021}}}\n"
    workshop.study.write_text(workshop.study.read_text(encoding="utf-8") + report + more, encoding="utf-8")
    assessment = run(workshop.study)
    assert assessment.context.panel.units == ("110000", "120000", "140000", "150000", "210000")
    assert {u for t in _tables(assessment) if "unit" in t.frame.columns for u in t.frame["unit"]} & {"130000"} == set()


@pytest.mark.slow
@pytest.mark.parametrize("report", [GROUPS, NONE])
def test_findings_name_nobody_as_highest_or_lowest(workshop: Any, report: str) -> None:
    write(workshop, report)
    found = run(workshop.study).findings
    codes = {finding.code for finding in found}
    assert codes & {"top_and_bottom", "top_firm", "rank_stability", "change_up", "change_mixed", "change_down"} == set()
    assert "change_mean" in codes
    assert ("graded" in codes) == (report == GROUPS)
    assert ("mean_level" in codes) == (report == NONE)


def test_means_of_grades_are_means_of_their_units(workshop: Any) -> None:
    plain = run(workshop.study)
    workshop.study.write_text(workshop.study.read_text(encoding="utf-8") + GROUPS, encoding="utf-8")
    graded = run(workshop.study)
    table = next(b for b in _tables(graded) if b.id == "contributions-table").frame
    by_unit = next(b for b in _tables(plain) if b.id == "contributions-table").frame
    assert graded.context.graded is not None
    grade = graded.context.graded.frame.select("unit", "grade")
    means = by_unit.join(grade, on="unit").group_by("grade").agg(pl.col("total").mean()).sort("grade")
    assert table["total"].to_list() == pytest.approx(means["total"].to_list())


def _tables(assessment: Assessment) -> Iterator[Table]:
    def inside(blocks: Any) -> Iterator[Table]:
        for block in blocks:
            if isinstance(block, Table):
                yield block
            elif isinstance(block, Section):
                yield from inside(block.blocks)

    for chapter in assessment.chapters:
        yield from inside(chapter.blocks)


# What the pass does to chapters it has never seen.


@pytest.fixture
def context(workshop: Any) -> Callable[[str], Any]:
    def made(report: str) -> Any:
        workshop.study.write_text(workshop.study.read_text(encoding="utf-8") + report, encoding="utf-8")
        return run(workshop.study).context

    return made


def both(text: str) -> Text:
    return Text(text, "…")


def table(frame: dict[str, list[Any]], title: str = "表", **titles: str) -> Table:
    kind: Any = "number"
    columns = [Column("unit", both("单元"))]
    columns += [Column(key, both(titles.get(key, key)), kind) for key in frame if key != "unit"]
    return Table("t", both(title), pl.DataFrame(frame), tuple(columns), both("第 1 名为最高。"))


def strange(*blocks: Any, findings: tuple[Finding, ...] = ()) -> Chapter:
    return Chapter("strange", both("别的一章"), blocks, findings)


def test_columns_of_ranks_go_by_key_and_by_title_and_units_stand_in_order(context: Any) -> None:
    frame = {"unit": ["150000", "110000"], "score": [2.0, 1.0], "rank_per_head": [1, 2], "best": [1, 1]}
    (chapter,) = unranked(context(NONE), [strange(table(frame, best="最好名次"))])
    (kept,) = chapter.blocks
    assert kept.frame.columns == ["unit", "score"]
    assert kept.frame["unit"].to_list() == ["110000", "150000"]
    assert [column.key for column in kept.columns] == ["unit", "score"]
    assert kept.note is None


def test_what_holds_ranks_alone_goes_and_the_findings_that_stand_on_it(context: Any) -> None:
    ranks = Section("s", both("一节"), (table({"unit": ["110000"], "rank": [1]}), Paragraph(both("名次不变。"))))
    lost = Finding("change_mean", {"first": 1, "last": 2, "count": 1, "rose": 1, "mean": 0.1}, "", "t")
    chapters = unranked(context(NONE), [strange(ranks, Paragraph(both("得分。")), findings=(lost,))])
    assert [type(block) for block in chapters[0].blocks] == [Paragraph]
    assert chapters[0].findings == ()


def test_findings_that_speak_of_ranks_go_and_others_stay(context: Any) -> None:
    numbers = {"first": 1, "last": 2, "count": 1, "rose": 1, "mean": 0.1}
    stays = Finding("change_mean", numbers, "", "strange")
    goes = Finding("rank_all_stable", {"indicators": 3, "count": 6}, "", "strange")
    chapter = strange(FindingList((stays, goes)), findings=(stays, goes))
    (found,) = unranked(context(NONE), [chapter])
    assert found.findings == (stays,)
    assert found.blocks == (FindingList((stays,)),)


def test_names_that_the_user_gave_are_no_ranks(workshop: Any, context: Any) -> None:
    workshop.edit("title: {zh: 产出, en: Output}", "title: {zh: 大学排名, en: Universities}")
    kept = Paragraph(both("“大学排名”的得分为 0.5。"))
    (chapter,) = unranked(context(NONE), [strange(kept, Paragraph(both("“大学排名”的名次为 1。")))])
    assert chapter.blocks == (kept,)


def test_with_intervals_nothing_is_touched(context: Any) -> None:
    chapter = strange(table({"unit": ["150000", "110000"], "rank": [1, 2]}))
    made = context("")
    assert unranked(made, [chapter]) == (chapter,)
    notes = (Note("units_differ"),)
    assert unranked_notes(made, notes) == notes


@pytest.mark.parametrize(("name", "answer"), [("rank", True), ("node_rank", True), ("draws_low", True), ("low", False)])
def test_names_of_columns(name: str, answer: bool) -> None:
    assert is_rank(name) == answer


# What is written wrong.


@pytest.mark.parametrize(
    "report", ["  ranks: groups\n", "  grades: {method: natural, count: 3}\n", NONE + "  grades: {method: sd}\n"]
)
def test_grades_go_with_groups(workshop: Any, report: str) -> None:
    workshop.study.write_text(workshop.study.read_text(encoding="utf-8") + report, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        Study.load(workshop.study)
    assert "ranks: groups together with grades" in caught.value.text().en


def said_of(workshop: Any, report: str, kind: type[NqpfError]) -> str:
    workshop.study.write_text(workshop.study.read_text(encoding="utf-8") + report, encoding="utf-8")
    with pytest.raises(kind) as caught:
        check_study(Study.load(workshop.study))
    return str(caught.value.text().en)


def test_more_grades_than_units_are_refused_with_their_line(workshop: Any) -> None:
    message = said_of(workshop, "  ranks: groups\n  grades: {method: natural, count: 9}\n", MethodError)
    line = 1 + workshop.study.read_text(encoding="utf-8").splitlines().index("  grades: {method: natural, count: 9}")
    assert f"line {line}, key report.grades: There are only 6 different values" in message


def test_a_label_for_each_grade(workshop: Any) -> None:
    message = said_of(workshop, "  ranks: groups\n  grades: {method: sd, cuts: [0], labels: [x]}\n", SpecError)
    assert "1 labels are given, 2 are needed" in message


def test_points_for_ranks_do_not_go_with_a_report_without_ranks(workshop: Any) -> None:
    message = said_of(workshop, NONE + "planning: {rank_step: {level: {6: 1}}}\n", SpecError)
    assert "planning.rank_step" in message
    assert "ranks: interval" in message
