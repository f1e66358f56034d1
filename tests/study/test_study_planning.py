"""Planning scores of a study: targets against time, points for ranks, the triple; what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import NqpfError
from nqpf.messages import LANGUAGES
from nqpf.report.walk import outline
from nqpf.results import Finding
from nqpf.study import Assessment, Study, check_study, run


def planned(workshop: Any, planning: str) -> Assessment:
    workshop.study.write_text(workshop.study.read_text(encoding="utf-8") + planning, encoding="utf-8")
    return run(workshop.study)


def refused(workshop: Any, planning: str) -> str:
    workshop.study.write_text(workshop.study.read_text(encoding="utf-8") + planning, encoding="utf-8")
    with pytest.raises(NqpfError) as caught:
        check_study(Study.load(workshop.study))
    return caught.value.text().en


def finding(assessment: Assessment, code: str) -> Finding:
    return next(f for f in assessment.findings if f.code == code)


def values(workshop: Any, column: str, year: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    return pl.read_csv(workshop.data).filter(pl.col("year") == year)[column].to_numpy().astype(float)


def test_without_the_section_there_is_no_chapter(workshop: Any) -> None:
    assessment = planned(workshop, "")
    assert assessment.context.planned is None
    assert "planning" not in {chapter.id for chapter in assessment.chapters}


def test_the_chapter_stands_after_the_profiles_and_every_finding_has_its_place(workshop: Any) -> None:
    planning = "planning: {targets: {gdp: {value: 2000, year: 2022, base: 2018}}, rank_step: {level: [6,5,4,3,2,1]},"
    planning += " triple: {of: [gdp, coal], size: pop, weights: [0.4, 0.3, 0.3], directions: {coal: cost}}}\n"
    assessment = planned(workshop, planning)
    ids = [chapter.id for chapter in assessment.chapters]
    assert ids.index("profiles") < ids.index("planning") < ids.index("data")
    assert outline(assessment.chapters).loose() == ()
    chapter = assessment.chapters[ids.index("planning")]
    codes = [f.code for f in chapter.findings]
    assert codes == ["target_progress", "rank_step_moved", "triple_top", "triple_spread", "triple_top", "triple_spread"]
    for one in chapter.findings:
        for lang in LANGUAGES:
            assert "{" not in one.text()[lang]


def test_completion_against_time(workshop: Any) -> None:
    planning = "planning: {targets: {gdp: {value: 1900, year: 2022, base: 2018, bands: {0.5: 5, 1: 10}}}}\n"
    assessment = planned(workshop, planning)
    (found,) = assessment.context.planned.targets  # type: ignore[union-attr]
    base, now = values(workshop, "gdp", 2018), values(workshop, "gdp", 2021)
    done = (now - base) / (1900 - base)
    assert found.elapsed == 0.75
    assert found.frame["completion"].to_list() == pytest.approx(done.tolist())
    assert found.frame["lead"].to_list() == pytest.approx((done - 0.75).tolist())
    states = ["met" if c >= 1 else "on_time" if c >= 0.75 else "behind" for c in done]
    assert found.frame["state"].to_list() == states
    assert found.frame["points"].to_list() == [10.0 if c >= 1 else 5.0 if c >= 0.5 else 0.0 for c in done]
    numbers = finding(assessment, "target_progress").numbers
    assert {s: numbers[s] for s in ("met", "on_time", "behind", "away")} == {
        "met": states.count("met"), "on_time": states.count("on_time"), "behind": states.count("behind"), "away": 0,
    }  # fmt: skip
    assert numbers["median"] == pytest.approx(100 * np.median(done))


def test_a_target_whose_year_is_over_is_judged_by_that_year(workshop: Any) -> None:
    assessment = planned(workshop, "planning: {targets: {gdp: {value: 1500, year: 2019}}}\n")
    (found,) = assessment.context.planned.targets  # type: ignore[union-attr]
    assert found.at == 2019
    assert found.frame["value"].to_list() == values(workshop, "gdp", 2019).tolist()
    assert found.frame["completion"].to_list() == pytest.approx((values(workshop, "gdp", 2019) / 1500).tolist())
    assert set(found.frame["state"]) == {"met", "short"}
    assert "elapsed" not in finding(assessment, "target_reached").numbers


def test_units_may_have_targets_of_their_own_by_name_or_code(workshop: Any) -> None:
    assessment = planned(workshop, "planning: {targets: {gdp: {value: {天津: 1200, '110000': 1000}, year: 2021}}}\n")
    (found,) = assessment.context.planned.targets  # type: ignore[union-attr]
    assert found.frame.select("unit", "target").rows() == [("110000", 1000.0), ("120000", 1200.0)]


def test_a_cost_comes_to_its_target_by_falling(workshop: Any) -> None:
    assessment = planned(workshop, "planning: {targets: {coal_use: {value: 0.001, year: 2021, base: 2018}}}\n")
    (found,) = assessment.context.planned.targets  # type: ignore[union-attr]
    base, now = (values(workshop, "coal", y) / values(workshop, "gdp", y) for y in (2018, 2021))
    done = (now - base) / (0.001 - base)
    assert found.frame["completion"].to_list() == pytest.approx(done.tolist())
    away = found.frame.filter(pl.col("state") == "away")["unit"].to_list()
    assert away == [u for u, c in zip(found.frame["unit"], done, strict=True) if c < 0]


def test_a_floor_counts_but_does_not_hide_who_moved_away(workshop: Any) -> None:
    report = "planning: {targets: {coal_use: {value: 0.001, year: 2021, base: 2018, floor: 0}}}\n"
    (found,) = planned(workshop, report).context.planned.targets  # type: ignore[union-attr]
    away = found.frame.filter(pl.col("state") == "away")
    assert away.height > 0
    assert set(away["completion"]) == {0.0}
    assert all(lead < -1 for lead in away["lead"])


def test_points_for_ranks_and_places_gained(workshop: Any) -> None:
    planning = "planning: {rank_step: {of: [green, whole], level: [6, 5, 4, 3, 2, 1], gain: 1, loss: 0.5}}\n"
    assessment = planned(workshop, planning)
    green, whole = assessment.context.planned.steps  # type: ignore[union-attr]
    assert (green.node.id, whole.node.id) == ("green", "whole")
    index = assessment.index
    for step in (green, whole):
        ranks = index.ranks[:, :, step.node.at]
        gained = ranks[2] - ranks[3]
        last = step.result.frame.filter(pl.col("period") == 2021)
        expected = 7 - ranks[3] + np.maximum(gained, 0) - 0.5 * np.maximum(-gained, 0)
        assert last["points"].to_list() == pytest.approx(expected.tolist())
        table = next(t for p, t in outline(assessment.chapters).tables() if t.id == f"rank-step-{step.node.id}")
        assert table.frame["points"].to_list() == sorted(expected, reverse=True)
        totals = step.result.frame.group_by("unit").agg(pl.col("points").sum()).sort("unit")["points"].to_list()
        assert table.frame.sort("unit")["points_all"].to_list() == pytest.approx(totals)


def test_all_who_tie_are_named(workshop: Any) -> None:
    assessment = planned(workshop, "planning: {rank_step: {level: {6: 3}}}\n")
    numbers = finding(
        assessment, "rank_step_moved" if "rank_step_moved" in _codes(assessment) else "rank_step_points"
    ).numbers
    assert numbers["points"] == 3
    assert numbers["top"].en.count(",") == 5


def _codes(assessment: Assessment) -> set[str]:
    return {f.code for f in assessment.findings}


def test_ranks_within_groups(workshop: Any) -> None:
    planning = "planning: {rank_step: {level: [3, 2, 1, 0], within_groups: true}}\n"
    (step,) = planned(workshop, planning).context.planned.steps  # type: ignore[union-attr]
    last = step.result.frame.filter(pl.col("period") == 2021)
    east = last.filter(pl.col("unit").is_in(["110000", "120000", "130000"]))
    assert sorted(east["rank"].to_list()) == [1.0, 2.0, 3.0]


def test_strength_efficiency_and_potential(workshop: Any) -> None:
    planning = "planning: {triple: {of: [gdp], size: pop, weights: {strength: 0.5, efficiency: 0.3, potential: 0.2},"
    assessment = planned(workshop, planning + " window: 2}}\n")
    found = assessment.context.planned.triple  # type: ignore[union-attr]
    assert found is not None
    last = found.result.frame.filter(pl.col("period") == 2021)
    x, before, pop = values(workshop, "gdp", 2021), values(workshop, "gdp", 2019), values(workshop, "pop", 2021)

    def points(z: Any) -> Any:
        return 100 * (z - z.min()) / (z.max() - z.min())

    expected = 0.5 * points(x) + 0.3 * points(x / pop) + 0.2 * points(np.sqrt(x / before))
    assert last["score"].to_list() == pytest.approx(expected.tolist())
    top = finding(assessment, "triple_top").numbers
    assert top["score"] == pytest.approx(expected.max())
    above = [points(z) > np.median(points(z)) for z in (x, x / pop, x / before)]
    spread = finding(assessment, "triple_spread").numbers
    assert (spread["strong"], spread["both"]) == (int(above[0].sum()), int((above[0] & above[2]).sum()))
    assert spread["all"] == int((above[0] & above[1] & above[2]).sum())


def test_series_that_no_formula_uses_are_read_for_planning(workshop: Any) -> None:
    lines = workshop.data.read_text(encoding="utf-8").splitlines()
    more = [lines[0] + ",steel", *(f"{line},{10 + i}" for i, line in enumerate(lines[1:]))]
    workshop.data.write_text("\n".join(more) + "\n", encoding="utf-8")
    assessment = planned(workshop, "planning: {targets: {steel: {value: 30, year: 2021}}}\n")
    (found,) = assessment.context.planned.targets  # type: ignore[union-attr]
    assert found.frame["value"].to_list() == [28.0, 29.0, 30.0, 31.0, 32.0, 33.0]
    assert {"steel"} <= {s.id for s in assessment.context.panel.series}


@pytest.mark.usefixtures("blank_pictures")
def test_everything_is_written(workshop: Any) -> None:
    planning = "planning: {targets: {gdp: {value: 2000, year: 2022, base: 2018}}, rank_step: {gain: 1},"
    planning += " triple: {of: [gdp], size: pop, weights: [0.4, 0.3, 0.3]}}\n"
    folder: Path = planned(workshop, planning).write(workshop.out)
    record = json.loads((folder / "assessment.json").read_text(encoding="utf-8"))["planning"]
    assert set(record) == {"targets", "rank_step", "triple"}
    assert record["targets"][0]["elapsed"] == 0.75
    assert len(record["targets"][0]["units"]) == 6
    tables = {p.stem for p in (folder / "tables").glob("*.csv")}
    assert {"targets-overview", "completion-table-gdp", "rank-step-whole", "triple-table-gdp"} <= tables
    assert {"completion-gdp.en.svg", "triple-gdp.en.svg"} <= {p.name for p in (folder / "figures").iterdir()}
    page = (folder / "report.html").read_text(encoding="utf-8")
    for method in ("planning-completion", "planning-rank_step", "planning-triple"):
        assert f'id="method-{method}"' in page


@pytest.mark.parametrize(
    ("planning", "words"),
    [
        ("{}", "one at least of targets, rank_step and triple"),
        ("{targets: {gpd: {value: 1, year: 2021}}}", "targets.gpd: There is no “gpd”. Did you mean “gdp”?"),
        ("{targets: {gdp: {value: 1, year: 2021, base: 2021}}}", "a base year before the target's year"),
        ("{targets: {gdp: {value: 9999, year: 2030, base: 2000}}}", "gdp.base: There are no data for 2000"),
        ("{targets: {gdp: {value: 9999, year: 2030, base: 2025}}}", "There are no data for 2025"),
        ("{targets: {gdp: {value: {Bejing: 1}, year: 2021}}}", "Did you mean “Beijing”?"),
        ("{targets: {gdp: {value: {北京: 1, Beijing: 2}, year: 2021}}}", "The target of “Beijing” stands twice."),
        (
            "{targets: {gdp: {value: 900, year: 2022, base: 2018}}}",
            "unit Beijing, indicator gdp, year 2021: The target 900",
        ),
        ("{rank_step: {of: [wohle], gain: 1}}", "rank_step.of: There is no “wohle”. Did you mean “whole”?"),
        ("{rank_step: {}}", "key planning.rank_step: No rule of points is given."),
        ("{rank_step: {level: [1]}}", "unit Beijing, year 2018: Rank 6 has no points"),
        ("{triple: {of: [gdp], size: popp, weights: [0.4, 0.3, 0.3]}}", "There is no “popp”. Did you mean “pop”?"),
        ("{triple: {of: [gdp], size: {coal: pop}, weights: [0.4, 0.3, 0.3]}}", "“gdp” has no series of size."),
        ("{triple: {of: [gdp], size: pop, weights: [0.4, 0.3]}}", "more items"),
        ("{triple: {of: [gdp], size: pop, weights: [0.4, 0.3, 0.3], window: 9}}", "only 4 years"),
        ("{triple: {of: [], size: pop, weights: [0.4, 0.3, 0.3]}}", "more items"),
    ],
)
def test_what_is_written_wrong_is_told_with_its_line(workshop: Any, planning: str, words: str) -> None:
    text = f"planning: {planning}\n"
    line = workshop.study.read_text(encoding="utf-8").count("\n") + 1
    message = refused(workshop, text)
    assert words in message
    assert f"line {line}" in message


def test_no_groups_to_rank_within(workshop: Any) -> None:
    workshop.edit("  groups: bloc4\n", "  groups: []\n")
    assert "There are no groups" in refused(workshop, "planning: {rank_step: {gain: 1, within_groups: true}}\n")


def test_an_indicator_that_is_best_in_between_needs_a_direction(workshop: Any) -> None:
    workshop.edit(
        "formula: coal / gdp\n          direction: cost",
        "formula: coal / gdp\n          direction: target\n          target: 0.02",
    )
    message = refused(workshop, "planning: {targets: {coal_use: {value: 0.01, year: 2021}}}\n")
    assert "neither more nor less is better" in message
