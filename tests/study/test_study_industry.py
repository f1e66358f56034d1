"""Industries of a study: alone or beside an index, the plan by itself, names, bad input, and what is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf import cli
from nqpf.chapters.blocks import Section
from nqpf.errors import NqpfError, SpecError
from nqpf.industry import complexity, plan
from nqpf.report.walk import walk
from nqpf.study import Assessment, Study, check_study, run, run_plan

UNITS, KINDS, YEARS = 12, 15, (2010, 2015, 2020)

STUDY = """\
study: made
title: {zh: 产业, en: Industries}
industry:
  activity: {file: jobs.csv, unit: region, industry: line, time: year, value: jobs, title: {zh: 就业, en: Jobs}}
  units: units.csv
  industries: lines.csv
  layers: {traditional: {zh: 传统, en: Traditional}, emerging: {zh: 新兴, en: Emerging}}
  new: [emerging]
  entry: {k: 3}
  chain: {file: flows.csv, final: [use], output: output, imports: [abroad], digital: [chips]}
  cautions: {plans: plans.csv, capacity: capacity.csv}
  plan: {per_region: 2, headroom: 0.3, gate: {rule: none}, crowding: {price: 0.2}, draws: 3, alternatives: 1}
"""


def tables() -> dict[str, pl.DataFrame]:
    """Return the tables of a made-up study: regions at places on a line, industries near those they are close to."""
    rng = np.random.default_rng(4)
    place, kind = np.linspace(0, 1, UNITS), np.linspace(0, 1, KINDS)
    rows = []
    for y, year in enumerate(YEARS):
        near = np.exp(-np.abs(place[:, None] - kind[None, :]) * (5 - 1.2 * y))
        jobs = rng.poisson(400 * near * (0.4 + place[:, None]))
        rows += [(f"R{r:02d}", f"i{j:02d}", year, int(jobs[r, j])) for r, j in np.ndindex(UNITS, KINDS) if jobs[r, j]]
    jobs_table = pl.DataFrame(rows, schema=["region", "line", "year", "jobs"], orient="row")
    lines = [(f"i{j:02d}", f"行业{j}", f"Line {j}", "emerging" if j > 9 else "traditional") for j in range(KINDS)]
    flows = [
        ("home", "farm", "farm", 10), ("home", "farm", "chips", 5), ("home", "farm", "use", 85),
        ("home", "chips", "farm", 20), ("home", "chips", "chips", 30), ("home", "chips", "use", 50),
        ("abroad", "chips", "farm", 5), ("abroad", "chips", "chips", 25), ("home", "farm", "output", 100),
        ("home", "chips", "output", 100),
    ]  # fmt: skip
    plans = [(f"R{r:02d}", f"i{j:02d}") for r in range(UNITS) for j in (12, 13, 14 - r % 3) if (j != 13 or r % 2)]
    return {
        "jobs": jobs_table,
        "units": pl.DataFrame([(f"R{r:02d}", f"地区{r}", f"Region {r}") for r in range(UNITS)],
                              schema=["code", "zh", "en"], orient="row"),
        "lines": pl.DataFrame(lines, schema=["code", "zh", "en", "layer"], orient="row"),
        "flows": pl.DataFrame(flows, schema=["supplier_region", "supplier", "user", "value"], orient="row"),
        "plans": pl.DataFrame(plans, schema=["unit", "industry"], orient="row").unique(maintain_order=True),
        "capacity": pl.DataFrame({"industry": ["i12", "i13"], "year": [2020, 2020], "utilisation": [0.6, 0.9]}),
    }  # fmt: skip


def written(folder: Path, text: str = STUDY, **changed: pl.DataFrame) -> Path:
    for name, frame in (tables() | changed).items():
        frame.write_csv(folder / f"{name}.csv")
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return folder / "study.yaml"


@pytest.fixture
def no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the pictures' files, which take seconds and are tested elsewhere."""
    monkeypatch.setattr("nqpf.study.assessment.write_figures", lambda *_: None)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    return run(written(tmp_path_factory.mktemp("made")))


def refusal(study: Path) -> str:
    with pytest.raises(NqpfError) as caught:
        check_study(Study.load(study))
    text = caught.value.text()
    assert text.zh != text.en
    return text.en


@pytest.mark.usefixtures("no_figures")
@pytest.mark.usefixtures("blank_pictures")
def test_a_study_needs_no_index(done: Assessment, tmp_path: Path) -> None:
    assert [chapter.id for chapter in done.chapters] == ["summary", "theory", "industry", "cautions", "plan", "methods"]
    with pytest.raises(SpecError, match="has no index"):
        _ = done.index
    folder = done.write(tmp_path / "out")
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "地区3" in report
    assert "Region 3" in report
    record = json.loads((folder / "assessment.json").read_text(encoding="utf-8"))
    planned = done.industry.found.planned.result  # type: ignore[union-attr]
    assert len(record["industry"]["plan"]) == planned.plan.result.frame.height  # type: ignore[union-attr]
    assert "framework" not in json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    assert len(json.loads((folder / "provenance.json").read_text(encoding="utf-8"))["data"]) == 6


def test_numbers_are_those_of_the_methods(done: Assessment) -> None:
    found = done.industry.found  # type: ignore[union-attr]
    table = tables()["jobs"]
    direct = complexity(table, "jobs", unit="region", industry="line", time="year", anchor=2020, parts="largest")
    mine = found.complexity.result
    assert mine is not None
    np.testing.assert_allclose(mine.regions["eci"], direct.regions["eci"])
    planned = found.planned.result
    assert planned is not None
    again = plan(planned.candidates, unit="unit", industry="industry", spec=found.spec.plan,
                 industries={"industry": sorted(planned.candidates["industry"].unique()),
                             "headroom": [round(0.3 * 12)] * planned.candidates["industry"].n_unique()})  # fmt: skip
    assert again.value == pytest.approx(planned.plan.result.value)  # type: ignore[union-attr]


def test_every_part_gave_something(done: Assessment) -> None:
    found = done.industry.found  # type: ignore[union-attr]
    parts = [found.space, found.complexity, found.opportunity, found.similarity, found.diversity, found.portfolios]
    parts += [found.shift_share, found.backtest, found.entry, found.planned, found.warned.plan_similarity]
    parts += [found.warned.headroom, found.warned.crowding, found.chain.digital, found.chain.extraction]  # type: ignore[union-attr]
    parts += [found.chain.linkages, found.chain.imports, found.chain.upstreamness, found.chain.meters]  # type: ignore[union-attr]
    assert [part.refused for part in parts if part.result is None] == []
    lit = found.warned.headroom.result.lights  # type: ignore[union-attr]
    assert lit.filter(pl.col("measure") == "utilisation")["light"].to_list() == ["warn", "none"]


def test_the_table_of_pairs_is_what_it_returns(done: Assessment) -> None:
    frame = done.to_frame()
    assert frame.height == UNITS * KINDS
    assert {"unit", "industry", "rca", "density", "p", "low", "high"} <= set(frame.columns)
    assert frame.filter(~pl.col("present"))["p"].null_count() == 0


@pytest.mark.slow
@pytest.mark.usefixtures("no_figures")
def test_the_plan_by_itself(done: Assessment, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = written(tmp_path)
    assert cli.command(["plan", str(study), "--out", str(tmp_path / "plan")]) == 0
    assert "targets" in capsys.readouterr().out
    alone = pl.read_csv(tmp_path / "plan" / "tables" / "plan-targets.csv")
    planned = done.industry.found.planned.result.plan.result  # type: ignore[union-attr]
    assert alone["industry"].to_list() == planned.frame["industry"].to_list()  # type: ignore[union-attr]
    without = written(tmp_path, STUDY.partition("  plan:")[0])
    with pytest.raises(SpecError, match="asks for no plan"):
        run_plan(without)


def test_beside_an_index_the_chapters_stand_in_it(workshop: Any) -> None:
    names = ("北京", "天津", "山西", "内蒙古", "辽宁")
    rng = np.random.default_rng(1)
    rows = [(n, k, y, int(rng.integers(1, 50))) for n in names for k in "abcdef" for y in (2019, 2020)]
    pl.DataFrame(rows, schema=["unit", "industry", "year", "value"], orient="row").write_csv(
        workshop.study.parent / "jobs.csv"
    )
    part = "industry:\n  activity: {file: jobs.csv, places: provinces, title: Jobs}\n"
    workshop.study.write_text(workshop.study.read_text(encoding="utf-8") + part, encoding="utf-8")
    assessment = run(workshop.study)
    ids = [chapter.id for chapter in assessment.chapters]
    assert ids.index("cautions") == ids.index("industry") + 1
    assert "plan" not in ids
    assert assessment.industry is not None
    assert str(assessment.industry.units["110000"]) == "Beijing"
    annex = {block.id for block in walk(assessment.chapters[-1].blocks) if isinstance(block, Section)}
    assert {"method-industry-space", "method-aggregate-arithmetic"} <= annex
    assert assessment.to_frame()["node"].n_unique() > 1


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("file: jobs.csv", "file: no.csv", ("no.csv", "industry.activity.file")),
        ("value: jobs", "value: people", ("people", "jobs")),
        ("industries: lines.csv", "industries: units2.csv", ("units2.csv",)),
        ("plans: plans.csv", "plans: lines.csv", ("unit",)),
        ("final: [use], ", "", ("final",)),
        ("industry:\n  activity", "recipe: {}\nindustry:\n  activity", ("recipe", "index")),
        ("imports: [abroad]", "imports: [nowhere]", ("nowhere",)),
        ("per_region: 2", "per_region: -2", ("per_region",)),
        ("  chain:", "  chains:", ("chains", "chain")),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, words: tuple[str, ...]) -> None:
    assert old in STUDY
    text = refusal(written(tmp_path, STUDY.replace(old, new)))
    assert all(word in text for word in words), text


def test_names_must_be_those_of_the_activity(tmp_path: Path) -> None:
    stray = pl.DataFrame({"unit": ["R01", "R99"], "industry": ["i01", "i02"]})
    text = refusal(written(tmp_path, plans=stray))
    assert "R99" in text
    assert "cautions.plans" in text


def test_a_plan_nobody_can_keep_names_what_conflicts(tmp_path: Path) -> None:
    tight = STUDY.replace("gate: {rule: none}", "min_p: 0.9999, floor: {count: 2, otherwise: strict}")
    assessment = run(written(tmp_path, tight))
    refused = assessment.industry.found.planned.result.plan.refused  # type: ignore[union-attr]
    assert refused is not None
    assert refused.code == "plan_infeasible"


def test_half_an_index_is_refused(tmp_path: Path) -> None:
    study = tmp_path / "study.yaml"
    study.write_text("study: x\ntitle: X\ndata: {tables: [{file: a.csv}]}\n", encoding="utf-8")
    with pytest.raises(SpecError, match="framework"):
        Study.load(study)
    study.write_text("study: x\ntitle: X\n", encoding="utf-8")
    with pytest.raises(SpecError, match="data"):
        Study.load(study)
