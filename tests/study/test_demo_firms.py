"""The demo on constructed firms: labelled as such, made by its script, run by the ordinary path."""

from __future__ import annotations

import importlib.util
import io
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import polars as pl
import pytest

from nqpf.cli import command
from nqpf.index.firm import firm_index
from nqpf.index.firm_table import firm_columns, read_firms
from nqpf.study import Assessment, Study, demo_names, demo_path, run
from nqpf.study.compare import StudyComparison, compare_study

FOLDER = demo_path("firms").parent


@pytest.fixture(scope="module")
def assessment() -> Assessment:
    return run(demo_path("firms"))


@pytest.fixture(scope="module")
def comparison() -> StudyComparison:
    return compare_study(demo_path("firms"), ["song_jia_2024_firm", "firm_11_digital_variant"])


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_firms", FOLDER / "make_firms.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_is_a_demo_and_says_everywhere_that_it_is_constructed(assessment: Assessment) -> None:
    assert "firms" in demo_names()
    study = assessment.study.spec
    assert study.about is not None
    for text in (study.title, study.about, assessment.index.framework.title):
        assert "构造" in text.zh
        assert "constructed" in text.en
    assert all("constructed" in str(s.source) for s in assessment.context.panel.series)
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert "全部数字都是用程序构造的" in readme
    assert "were constructed by a program and belong to no real firm" in readme


def test_the_script_makes_the_table_byte_for_byte(script: ModuleType) -> None:
    out = io.StringIO()
    out.write("".join(",".join(row) + "\n" for row in script.rows()))
    assert out.getvalue().encode() == (FOLDER / "firms.csv").read_bytes()


def test_the_table_has_the_features_of_a_real_one() -> None:
    firms = read_firms(FOLDER / "firms.csv")
    values = firms.panel.values[firms.there]
    assert firms.panel.values.shape == (6, 60, 11)
    assert 0.8 < firms.there.mean() < 0.95
    assert all(unit.startswith("099") for unit in firms.panel.units)  # no A-share's code
    column = {name: values[:, k] for k, name in enumerate(firm_columns())}
    assert (column["RDPLeaseCostsRatio"] == 0).mean() > 0.7
    assert 0.1 < (column["RDPSalaryRatio"] == 0).mean() < 0.4
    assert (column["EquityMultiplierRec"] < 0).any()
    assert (column["ManufacturCostsRatio"] < 0).any()
    missing = np.isnan(values)
    assert 0 < missing.mean() < 0.02
    assert not missing[:, [k for k, name in enumerate(firm_columns()) if "Person" not in name]].any()


def test_absent_firm_years_are_not_scored_and_nothing_is_filled(assessment: Assessment) -> None:
    there = read_firms(FOLDER / "firms.csv").there
    index = assessment.index
    scored = ~np.isnan(index.scores[:, :, -1])
    np.testing.assert_array_equal(scored, there)
    assert assessment.context.filled.ledger.frame.height == 0
    assert {"scored_with_holes", "unscored"} <= {n.code for n in assessment.notes}


def test_the_study_and_the_function_agree(assessment: Assessment) -> None:
    direct = firm_index(FOLDER / "firms.csv", availability=0.7)
    np.testing.assert_allclose(direct.index.scores[:, :, -1], assessment.index.scores[:, :, -1], atol=1e-12)


@pytest.mark.slow
def test_the_output_is_whole_and_of_sensible_size(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert command(["demo", "firms", "--out", str(out), "--lang", "en"]) == 0
    page = (out / "report.html").read_text(encoding="utf-8")
    assert page.count("constructed data") > 2
    assert len(page) < 6_000_000
    assert len(list((out / "tables").glob("profile-table-*.csv"))) == 60
    numbers = json.loads((out / "assessment.json").read_text(encoding="utf-8"))
    assert len(numbers["findings"]) >= 5
    top = pl.DataFrame(numbers["scores"], infer_schema_length=None).filter(level=0)
    assert top["score"].null_count() == 360 - 320


def test_two_published_systems_run_on_the_vendors_columns(comparison: StudyComparison) -> None:
    song, digital = comparison.coverage
    assert (len(song.found), song.refused) == (11, None)
    assert {m.by for m in song.found} == {"series"}
    assert (len(digital.found), len(digital.matches)) == (7, 11)
    ranks = dict(zip(comparison.comparison.names, comparison.comparison.ranks, strict=True))
    np.testing.assert_array_equal(ranks["study"], ranks["song_jia_2024_firm"])  # the demo's recipe is that system's
    lines = [line.en for line in comparison.lines()]
    assert "2023, study and song_jia_2024_firm (unverified): 55 units, Spearman 1.00, Kendall 1.00" in lines
    assert any("absent: Innovation of the firm, Share of digital assets" in line for line in lines)


def test_the_demos_study_reads(comparison: StudyComparison) -> None:
    study = Study.load(demo_path("firms"))
    assert [i.id for i in study.framework.indicators] == [i.indicator.id for i in comparison.coverage[0].matches]
