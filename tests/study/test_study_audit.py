"""The audit as a user runs it: published results on a study's data, or on a panel and a framework of their own."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from ruamel.yaml import YAML

from nqpf.cli import command
from nqpf.index import build
from nqpf.study import Study, audit_files, demo_path
from nqpf.study.prepare import prepare

STUDY = demo_path("oecd")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the weights and scores that the demo's index has, printed to four decimals."""
    folder = tmp_path_factory.mktemp("published")
    study = Study.load(STUDY)
    index = build(prepare(study).panel, study.framework, study.spec.recipe)
    leaves = [i.id for i in study.framework.indicators]
    weights = index.weights_frame().filter(pl.col("node").is_in(leaves)).select(指标="node", 权重="whole")
    weights.write_csv(folder / "weights.csv", float_precision=4)
    root = study.framework.root.id
    scores = index.to_frame().filter(pl.col("node") == root).select("unit", "period", "score", "rank")
    scores.write_csv(folder / "scores.csv", float_precision=4)
    return folder


def test_a_study_s_own_index_is_told(results: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    arguments = ["audit", str(results / "weights.csv"), str(results / "scores.csv"), "--study", str(STUDY)]
    assert command([*arguments, "--out", str(tmp_path / "tried.csv")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "entropy weights, min-max to 0–1, all years together" in lines[0]
    assert "to all 4 decimals" in lines[0]
    assert "weighted sum, min-max to 0–1, with entropy weights" in lines[1]
    tried = pl.read_csv(tmp_path / "tried.csv")
    assert tried.filter(pl.col("agrees"))["of"].unique().sort().to_list() == ["scores", "weights"]


def test_a_panel_and_a_framework_do_as_well(results: Path, tmp_path: Path) -> None:
    yaml = YAML(typ="safe")
    content = yaml.load(STUDY.read_text(encoding="utf-8"))
    with (tmp_path / "framework.yaml").open("w", encoding="utf-8") as file:
        yaml.dump(content["framework"], file)
    found = audit_files(
        [results / "weights.csv"], panel=STUDY.with_name("oecd.csv"), framework=tmp_path / "framework.yaml"
    )
    assert [f.code for f in found.findings] == ["audit_weights_right"]


def test_what_is_needed_is_told(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["audit", str(results / "weights.csv")]) == 2
    assert "give --study, or both --panel and --framework" in capsys.readouterr().err
    assert command(["audit"]) == 2
    assert "FILES is missing" in capsys.readouterr().err
