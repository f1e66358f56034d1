"""Published systems on a study's own data: matched by formula, catalogue or series, or refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from nqpf.errors import OutputError, SpecError
from nqpf.messages import speak
from nqpf.study import demo_path
from nqpf.study.compare import compare_study

MAPPING = """
systems:
  pinggu_16422357:
    gdp: gdp
    rd_hours: rd
    tertiary_employment: pop / gdp
    green_patents: coal / gdp
"""


@pytest.fixture
def mapped(workshop: Any) -> Any:
    workshop.study.write_text(workshop.study.read_text(encoding="utf-8") + MAPPING, encoding="utf-8")
    return workshop


@pytest.mark.parametrize("demo", ["thermal", "oecd"])
def test_on_demos_that_match_nothing_it_says_so(demo: str) -> None:
    with pytest.raises(SpecError) as caught:
        compare_study(demo_path(demo), ["wang_jue_2024", "han_wenlong_2024", "sun_yanan_2024"])
    said = str(caught.value)
    assert caught.value.code == "no_system_comparable"
    assert (
        "wang_jue_2024 (unverified): 0 of 23 indicators can be computed, less than the 50% asked for; absent: Schooling"
        in said
    )
    assert "han_wenlong_2024 (unverified): its indicator table was not read" in said
    assert "Write systems: {system: {indicator: formula}}" in said
    with speak("zh"):
        assert "可算 0/23 项" in str(caught.value)


def test_a_system_runs_on_what_the_study_maps(mapped: Any) -> None:
    done = compare_study(mapped.study, ["pinggu_16422357"], every_dimension=False)
    coverage = done.coverage[0]
    assert [m.indicator.id for m in coverage.found] == ["gdp", "tertiary_employment", "rd_hours", "green_patents"]
    assert coverage.share == 0.5
    assert done.comparison.names == ("study", "pinggu_16422357")
    system = done.comparison.indices["pinggu_16422357"]
    assert [n.id for n in system.framework.dimensions] == ["base", "innovation", "ecology"]
    assert system.fitted.recipe.weight.method == "entropy"
    lines = [line.en for line in done.lines()]
    assert lines[0] == "study: the study's own index, Index"
    assert lines[1].startswith("pinggu_16422357: 4 of its 8 indicators can be computed from these data; seen in a")
    assert "absent: Innovators per 100 firms, Digitalisation of firms, Internet ports per head" in lines[2]
    assert lines[3].startswith("  Caution: An example of what not to do")


def test_an_empty_dimension_is_refused_by_default(mapped: Any) -> None:
    with pytest.raises(SpecError, match=r"nothing is there of the dimension\(s\) Digital transformation"):
        compare_study(mapped.study, ["pinggu_16422357"])


def test_coverage_can_be_asked_for(mapped: Any) -> None:
    with pytest.raises(SpecError, match="4 of 8 indicators can be computed, less than the 60% asked for"):
        compare_study(mapped.study, ["pinggu_16422357"], min_coverage=0.6)
    with pytest.raises(SpecError, match="A coverage of 7 is not between 0 and 1"):
        compare_study(mapped.study, ["pinggu_16422357"], min_coverage=7)


def test_a_refused_system_stands_beside_those_that_run(mapped: Any) -> None:
    wanted = ["pinggu_16422357", "wang_jue_2024", "cao_dai_2025_counterfactual"]
    done = compare_study(mapped.study, wanted, every_dimension=False)
    assert [c.refused is None for c in done.coverage] == [True, False, False]
    said = [line.en for line in done.lines()]
    assert any(line.startswith("wang_jue_2024 was not run (0 of 23 indicators can be computed)") for line in said)
    assert any("cao_dai_2025_counterfactual was not run" in line and "no composite index" in line for line in said)
    assert set(done.coverage_frame()["system"]) == set(wanted)


def test_the_catalogue_matches_only_what_goes_by_its_own_name(mapped: Any) -> None:
    indicator = (
        "        - id: research\n          weight: 0.5\n          formula: rd / gdp * 100\n          direction: benefit"
    )
    taken = indicator.replace("direction: benefit", "catalogue: rd_intensity")
    mapped.edit(indicator, taken)
    found = compare_study(mapped.study, ["pinggu_16422357", "wang_jue_2024"], every_dimension=False, min_coverage=0.04)
    match = {m.indicator.id: m for m in found.coverage[1].found}
    assert list(match) == ["rd"]
    assert (match["rd"].by, match["rd"].formula) == ("catalogue", "rd / gdp * 100")
    mapped.edit(
        "          catalogue: rd_intensity", "          catalogue: rd_intensity\n          title: Something else"
    )
    again = compare_study(mapped.study, ["pinggu_16422357", "wang_jue_2024"], every_dimension=False, min_coverage=0.04)
    assert again.coverage[1].found == ()


def test_formulas_are_checked_with_their_line(mapped: Any) -> None:
    mapped.edit("    gdp: gdp\n", "    gdp: gpd\n")
    with pytest.raises(SpecError) as caught:
        compare_study(mapped.study, ["pinggu_16422357"], every_dimension=False)
    line = mapped.study.read_text(encoding="utf-8").splitlines().index("    gdp: gpd") + 1
    assert (caught.value.code, caught.value.where.line) == ("unknown_series_in_formula", line)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  pinggu_16422357:", "  pinggu_1642235:", "Did you mean “pinggu_16422357”"),
        ("    rd_hours: rd", "    rd_hour: rd", "Did you mean “rd_hours”"),
    ],
)
def test_unknown_names_in_the_mapping_are_refused_with_their_line(mapped: Any, old: str, new: str, said: str) -> None:
    mapped.edit(old, new)
    with pytest.raises(SpecError, match=said) as caught:
        compare_study(mapped.study, ["pinggu_16422357"], every_dimension=False)
    assert caught.value.where.line == mapped.study.read_text(encoding="utf-8").splitlines().index(new) + 1


def test_an_unknown_system_is_refused(mapped: Any) -> None:
    with pytest.raises(SpecError, match="There is no system “wang2024”"):
        compare_study(mapped.study, ["wang2024"])


def test_the_folder_is_written_whole(mapped: Any) -> None:
    done = compare_study(mapped.study, ["pinggu_16422357", "wang_jue_2024"], every_dimension=False)
    out = done.write(mapped.out)
    names = sorted(p.name for p in out.iterdir())
    tables = ["agreement.csv", "coverage.csv", "scores.csv", "units.csv"]
    assert names == sorted([*tables, "provenance.json", "summary.en.txt", "summary.zh.txt"])
    scores = pl.read_csv(out / "scores.csv")
    assert scores.height == 2 * 4 * 6
    assert set(scores.filter(system="pinggu_16422357")["system_state"]) == {"seen"}
    made = json.loads((out / "provenance.json").read_text(encoding="utf-8"))
    assert made["systems"] == {"pinggu_16422357": "seen", "wang_jue_2024": "recalled"}
    assert "未核实" in (out / "summary.zh.txt").read_text(encoding="utf-8")
    done.write(mapped.out)  # an earlier output of ours is replaced
    strange = mapped.folder / "strange"
    strange.mkdir()
    (strange / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError):
        done.write(strange)


def test_what_it_is_doing_is_told(mapped: Any) -> None:
    told: list[str] = []
    compare_study(mapped.study, ["pinggu_16422357"], every_dimension=False, progress=lambda t: told.append(t.en))
    assert len(told) == 2


def test_a_framework_of_its_own_file_is_matched_too(mapped: Any, tmp_path: Path) -> None:
    text = mapped.study.read_text(encoding="utf-8")
    start, end = text.index("framework:\n"), text.index("recipe:\n")
    body = text[start + len("framework:\n") : end]
    tree = "\n".join(line[2:] for line in body.splitlines()) + "\n"
    tree = tree.replace(
        "formula: rd / gdp * 100\n        direction: benefit",
        "formula: rd / gdp * 100\n        catalogue: rd_intensity",
    )
    (mapped.folder / "tree.yaml").write_text(tree, encoding="utf-8")
    mapped.study.write_text(text[:start] + "framework: tree.yaml\n" + text[end:], encoding="utf-8")
    done = compare_study(mapped.study, ["pinggu_16422357", "wang_jue_2024"], every_dimension=False, min_coverage=0.04)
    assert [m.by for m in done.coverage[1].found] == ["catalogue"]
