"""Productivity of a study: its sections, its numbers against the room's own functions, gaps, what is refused."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import NqpfError
from nqpf.messages import LANGUAGES
from nqpf.report.walk import outline
from nqpf.results import Finding
from nqpf.study import Assessment, Study, check_study, run

PART = "productivity: {output: gdp, capital: rd, labour: pop, bad: {coal: coal}, share: 0.4, draws: 199}\n"


def written(workshop: Any, part: str) -> None:
    workshop.study.write_text(workshop.study.read_text(encoding="utf-8") + part, encoding="utf-8")


def surveyed(workshop: Any, part: str = PART) -> Assessment:
    written(workshop, part)
    return run(workshop.study)


def refused(workshop: Any, part: str) -> str:
    written(workshop, part)
    with pytest.raises(NqpfError) as caught:
        check_study(Study.load(workshop.study))
    return caught.value.text().en


def finding(assessment: Assessment, place: str) -> Finding:
    return next(f for f in assessment.findings if f.place == place)


def test_without_the_section_there_is_no_chapter(workshop: Any) -> None:
    assessment = surveyed(workshop, "")
    assert assessment.context.productivity is None
    assert "productivity" not in {chapter.id for chapter in assessment.chapters}


def test_every_finding_has_its_place_and_every_text_its_numbers(workshop: Any) -> None:
    assessment = surveyed(workshop)
    ids = [chapter.id for chapter in assessment.chapters]
    assert ids.index("coherence") < ids.index("productivity") < ids.index("profiles")
    assert outline(assessment.chapters).loose() == ()
    chapter = assessment.chapters[ids.index("productivity")]
    assert len(chapter.findings) >= 6
    for one in chapter.findings:
        for lang in LANGUAGES:
            assert "{" not in one.text()[lang]


@pytest.mark.slow
def test_growth_and_parts_add_up(workshop: Any) -> None:
    assessment = surveyed(workshop)
    assessment.write(workshop.out)
    record = json.loads((workshop.out / "assessment.json").read_text(encoding="utf-8"))["productivity"]
    whole = record["growth"].pop()
    assert (whole["unit"], whole["capital"]) == ("all", None)
    for row in record["growth"]:
        assert row["capital"] + row["labour"] + row["tfp"] == pytest.approx(row["output"])
    for row in record["causes"]:
        assert row["technology"] + row["catching_up"] + row["allocation"] == pytest.approx(row["total"])
    table = pl.read_csv(workshop.data)
    first, last = (table.filter(pl.col("year") == year)["gdp"].to_numpy() for year in (2018, 2021))
    grown = 100 * np.log(last / first) / 3
    assert [row["output"] for row in record["growth"]] == pytest.approx(grown.tolist())
    for row in record["change"]:
        assert row["ec"] * row["tc"] == pytest.approx(row["index"])
    counts = finding(assessment, "frontier-table").numbers
    assert counts["lead"] + counts["pace"] + counts["follow"] == 6
    assert counts["lead"] >= 1


@pytest.mark.slow
def test_without_share_and_bad_outputs_it_says_what_is_not_assessed(workshop: Any) -> None:
    assessment = surveyed(workshop, "productivity: {output: gdp, capital: rd, labour: pop, draws: 100}\n")
    found = assessment.context.productivity
    assert found is not None
    assert (found.accounted, found.green) == (None, None)
    assessment.write(workshop.out)
    html = (workshop.out / "report.html").read_text(encoding="utf-8")
    assert "Not assessed: growth accounts need" in html
    assert "Not assessed: there are no bad outputs" in html
    assert {"tfp-share", "green-tfp"}.isdisjoint(f.place for f in assessment.findings)


def test_a_missing_cell_is_left_out_and_named(workshop: Any) -> None:
    workshop.edit("missing: {rule: stop}", "missing: {rule: keep}")
    workshop.edit("aggregate: {method: arithmetic}", "aggregate: {method: arithmetic}\n  availability: 0.5")
    hole = pl.when((pl.col("province") == "天津") & (pl.col("year") == 2019)).then(None).otherwise("gdp").alias("gdp")
    pl.read_csv(workshop.data).with_columns(hole).write_csv(workshop.data)
    assessment = surveyed(workshop)
    found = assessment.context.productivity
    assert found is not None
    (note,) = found.notes
    assert "1 observations lack an input or output" in note.text().en
    assert "Tianjin 2019" in note.text().en
    assert np.isnan(found.level[1, 1])
    assert np.isfinite(np.delete(found.level.ravel(), 7)).all()
    assert found.causes.units.tolist() == [5, 5, 6]


@pytest.mark.slow
def test_sectors_tell_the_third_cause(workshop: Any) -> None:
    sectors = "sectors: {a: {output: coal, labour: pop / 3}, b: {output: gdp - coal, labour: pop * 2 / 3}}"
    assessment = surveyed(workshop, PART.replace("share: 0.4", f"{sectors}, share: 0.4"))
    found = assessment.context.productivity
    assert found is not None
    assert found.structure is not None
    for row in found.structure.frame.to_dicts():
        assert row["structural"] == pytest.approx(0, abs=1e-12)  # labour keeps its shares
        assert row["within"] == pytest.approx(row["growth"])
    assert finding(assessment, "labour-structure").numbers["count"] == 6
    assessment.write(workshop.out)
    assert "the deep upgrading of industry, is measured" in (workshop.out / "report.html").read_text(encoding="utf-8")


def test_an_estimated_share_is_within_its_ends_or_refused(workshop: Any) -> None:
    message = refused(workshop, PART.replace("0.4", "regression"))
    assert "The capital share estimated from the data is" in message
    assert "productivity.share" in message


def test_in_grades_or_without_ranks_nothing_tells_who_is_first(workshop: Any) -> None:
    workshop.edit("  groups: bloc4", "  groups: bloc4\n  ranks: none")
    assessment = surveyed(workshop)
    chapter = next(c for c in assessment.chapters if c.id == "productivity")
    plan = outline((chapter,))
    order = list(assessment.context.panel.units)
    for _, table in plan.tables():
        if table.frame.height == 6 and "unit" in table.frame.columns:
            assert table.frame["unit"].to_list() == order
    for _, figure in plan.figures():
        if figure.id in ("tfp-share", "frontier-gap"):
            units = [u for u in figure.data["unit"].to_list() if u]
            assert units == [u for u in order if u in units]


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (PART.replace("capital: rd", "capital: rdd"), r"key productivity\.capital.*“rdd”.*Did you mean “rd”"),
        (PART.replace("coal: coal", "labour: coal"), "a name of its own"),
        (PART.replace("share: 0.4", "share: 1.4"), r"productivity\.share"),
        (PART.replace("share: 0.4", "share_range: [0.2, 0.3]"), "share_range together with share"),
        (PART.replace("output: gdp", "output: gdp - 2000"), r"productivity.*must be positive"),
        (PART.replace("share: 0.4", "sectors: {a: {output: gdp, labour: pop}}"), r"productivity\.sectors"),
        (PART.replace("draws: 199", "draws: 9"), r"productivity\.draws"),
        (PART.replace("draws: 199", "reference: worldwide"), r"productivity\.reference.*sequential"),
    ],
)
def test_bad_input(workshop: Any, part: str, told: str) -> None:
    assert re.search(told, refused(workshop, part), re.DOTALL)


def test_one_year_is_too_few(workshop: Any) -> None:
    workshop.edit("  missing: {rule: stop}", "  missing: {rule: stop}\n  periods: [2021, 2021]")
    written(workshop, PART)
    with pytest.raises(NqpfError, match=r"one year|一个年份"):
        check_study(Study.load(workshop.study))
