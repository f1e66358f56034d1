"""The demos, end to end: every file read back, numbers that add up, equal bytes whoever runs them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from python_calamine import CalamineWorkbook

import nqpf
from nqpf.cli import command
from nqpf.index import Framework
from nqpf.messages import speak
from nqpf.report.walk import outline
from nqpf.study import Assessment, Study, demo_names, demo_path, run
from nqpf.theory import diagram, items


@pytest.fixture(scope="module", params=["thermal", pytest.param("oecd", marks=pytest.mark.slow)])
def name(request: pytest.FixtureRequest) -> str:
    """Name a demo; those of firms, pages and zones have tests of their own."""
    return str(request.param)


of_thermal = pytest.mark.parametrize("name", ["thermal"], indirect=True)


@pytest.fixture(scope="module")
def output(name: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run a demo once, as its user would."""
    folder = tmp_path_factory.mktemp("demos") / name
    assert command(["demo", name, "--out", str(folder), "--lang", "en"]) == 0
    return folder


@pytest.fixture(scope="module")
def assessment(name: str) -> Assessment:
    """Return what running a demo from Python gives."""
    return run(demo_path(name))


def assessment_json(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "assessment.json").read_text(encoding="utf-8"))
    return content


def hashes(folder: Path) -> dict[str, str]:
    files = (p for p in sorted(folder.rglob("*")) if p.is_file())
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_the_demos_are_these() -> None:
    assert demo_names() == ["firms", "oecd", "pages", "thermal", "zones"]


def test_every_file_is_there_and_none_beside(name: str, output: Path, assessment: Assessment) -> None:
    plan = outline(assessment.chapters)
    lang = "en"  # asked for on the command line, which goes before the study
    expected = {"report.html", "assessment.json", "provenance.json", "report.xlsx"}
    expected |= {f"tables/{place.anchor}.csv" for place, _ in plan.tables()}
    for place, _ in plan.figures():
        expected |= {f"figures/{place.anchor}.{lang}.svg", f"figures/{place.anchor}.csv"}
    assert set(hashes(output)) == expected
    assert [p.name for p in output.parent.iterdir() if p.name.startswith(".")] == []
    assert all((output / file).stat().st_size > 0 for file in expected)


class Loads(HTMLParser):
    """Collects every address a page would fetch by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.styles: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        for key, value in attrs:
            fetches = key in ("src", "srcset", "data", "poster", "background") or (key == "href" and tag != "a")
            if fetches and value and not value.startswith(("data:", "#")):
                self.found.append(f"{tag} {key}={value}")
            if key == "style" and value:
                self.styles.append(value)

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.styles.append(data)


def test_the_report_fetches_nothing(output: Path) -> None:
    page = (output / "report.html").read_text(encoding="utf-8")
    loads = Loads()
    loads.feed(page)
    assert loads.found == []
    assert re.findall(r"@import|url\(\s*['\"]?(?!data:|#)", "".join(loads.styles)) == []


def test_pictures_fetch_nothing_and_are_whole(output: Path) -> None:
    for picture in (output / "figures").glob("*.svg"):
        text = picture.read_text(encoding="utf-8")
        assert text.rstrip().endswith("</svg>")
        assert not re.search(r"""(?:href|src)\s*=\s*["'](?!#|data:)""", text)


def test_nothing_tells_where_or_when_it_was_made(output: Path) -> None:
    for file in ("report.html", "assessment.json", "provenance.json"):
        text = (output / file).read_text(encoding="utf-8")
        assert str(output.parent) not in text
        assert str(Path(nqpf.__file__).parent) not in text


def test_findings_are_in_both_languages_and_stand_in_the_report(output: Path) -> None:
    findings = assessment_json(output)["findings"]
    page = (output / "report.html").read_text(encoding="utf-8")
    known = {item.id for item in items()}
    assert len(findings) >= 5
    for finding in findings:
        assert re.search(r"[\u4e00-\u9fff]", finding["zh"])
        assert re.search(r"[A-Za-z]{3}", finding["en"])
        assert any(isinstance(v, int | float) for v in finding["numbers"].values())
        assert finding["condition"]
        assert f'id="{finding["place"]}"' in page
        assert set(finding["theory"]) <= known


def test_scores_are_those_of_the_library(output: Path, assessment: Assessment) -> None:
    index = assessment.index
    scores = pl.DataFrame(assessment_json(output)["scores"], infer_schema_length=None)
    written = scores["score"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    np.testing.assert_array_equal(written, index.scores.reshape(-1))
    top = scores.filter(level=0).group_by("period", maintain_order=True).agg(pl.col("rank").sort())
    count = len(index.panel.units)
    assert all(ranks == list(range(1, count + 1)) for ranks in top["rank"].to_list())


def test_weights_add_up(output: Path) -> None:
    content = assessment_json(output)
    weights = pl.DataFrame(content["weights"], infer_schema_length=None)
    parents = {node["node"]: node["parent"] for node in content["framework"]}
    leaves = weights.filter(~pl.col("node").is_in([p for p in parents.values() if p]))
    assert leaves["whole"].sum() == pytest.approx(1, abs=1e-12)
    by_parent = (
        weights.with_columns(parent=pl.col("node").replace(parents)).group_by("parent").agg(pl.col("local").sum())
    )
    np.testing.assert_allclose(by_parent["local"], 1, atol=1e-12)


def test_contributions_add_up(output: Path) -> None:
    content = assessment_json(output)
    scores = pl.DataFrame(content["scores"], infer_schema_length=None).filter(level=0)
    score = {(row["unit"], row["period"]): row["score"] for row in scores.iter_rows(named=True)}
    first = min(period for _, period in score)
    assert content["contributions"]["against"] == "floor"  # min-max to 0–1: contributions start from nought
    assert content["changes"]["since"] == first
    for parts, start in (
        (content["contributions"]["parts"], dict.fromkeys(score, 0.0)),
        (content["changes"]["parts"], {key: score[key[0], first] for key in score}),
    ):
        frame = pl.DataFrame(parts, infer_schema_length=None)
        sums = frame.group_by("unit", "period").agg(pl.col("contribution").sum())
        assert sums.height > 0
        for unit, period, total in sums.iter_rows():
            assert total == pytest.approx(score[unit, period] - start[unit, period], abs=1e-9)


def test_the_theory_is_told_node_by_node_and_item_by_item(output: Path) -> None:
    record = assessment_json(output)
    boxes = {node.id for node in diagram().nodes}
    lit = {row["node"] for row in record["diagram"]["nodes"]}
    assert lit < boxes  # a demo that measured everything would not be honest
    assert [row["item"] for row in record["theory"]] == [item.id for item in items()]
    states = [row["state"] for row in record["theory"]]
    assert 0 < states.count("measured") < len(states)
    assert len(record["diagram"]["edges"]) == len(diagram().edges)
    assert all(0 <= row["value"] <= 1 for row in record["diagram"]["nodes"])


def test_provenance_has_the_hashes_of_what_went_in(name: str, output: Path) -> None:
    made = json.loads((output / "provenance.json").read_text(encoding="utf-8"))
    study = Study.load(demo_path(name))
    assert made["nqpf"]["version"] == nqpf.__version__
    assert made["study"]["id"] == name
    assert made["seed"] == study.spec.seed
    assert made["recipe"]["sha256"] == study.spec.recipe.hash
    assert made["framework"] == {"id": study.framework.id, "indicators": len(study.framework.indicators)}
    assert [(d["file"], d["bytes"], d["sha256"]) for d in made["data"]] == [
        (path.name, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest()) for path in study.paths()
    ]
    assert made["data"][0]["file"] == f"{name}.csv"


def test_the_workbook_opens_and_holds_the_tables(output: Path, assessment: Assessment) -> None:
    path = output / "report.xlsx"
    book = CalamineWorkbook.from_path(path)
    assert len(book.sheet_names) >= len({place.anchor for place, _ in outline(assessment.chapters).tables()})
    assert all(book.get_sheet_by_name(sheet).to_python() for sheet in book.sheet_names)
    assert zipfile.ZipFile(path).testzip() is None


def test_tables_open_as_csv(output: Path) -> None:
    for path in (output / "tables").glob("*.csv"):
        frame = pl.read_csv(path, infer_schema_length=None)
        assert frame.height > 0
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")  # the mark by which Excel knows UTF-8


@pytest.mark.slow
@of_thermal
def test_another_process_writes_the_same_bytes_over_an_earlier_output(output: Path, tmp_path: Path) -> None:
    out = tmp_path / "again"
    shutil.copytree(output, out)
    (out / "report.html").write_text("old", encoding="utf-8")
    (out / "stray.txt").write_text("old", encoding="utf-8")
    line = [sys.executable, "-m", "nqpf", "demo", "thermal", "--out", "again", "--lang", "en"]
    environment = os.environ | {"PYTHONHASHSEED": "12345", "NQPF_LANG": "zh", "TZ": "Asia/Shanghai"}
    paths = [str(Path(p).resolve()) for p in environment.get("PYTHONPATH", "").split(os.pathsep) if p]
    environment["PYTHONPATH"] = os.pathsep.join(paths)
    done = subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "Report: again/report.html".replace("/", os.sep)
    assert hashes(out) == hashes(output)
    assert [p.name for p in tmp_path.iterdir()] == ["again"]


def test_a_changed_cell_changes_the_hash_and_the_scores(workshop: Any, new_workshop: Any) -> None:
    before = run(workshop.study)
    study = new_workshop().study
    assert run(study).provenance == before.provenance
    data = study.with_name("data.csv")
    text = data.read_text(encoding="utf-8")
    assert text.count("北京,2018,1000,") == 1
    data.write_text(text.replace("北京,2018,1000,", "北京,2018,1001,"), encoding="utf-8")
    after = run(study)
    assert after.provenance["data"][0]["sha256"] != before.provenance["data"][0]["sha256"]
    assert after.provenance["study"] == before.provenance["study"]
    assert not np.array_equal(after.index.scores, before.index.scores)


def test_a_changed_option_changes_the_hash_of_study_and_recipe(workshop: Any) -> None:
    before = run(workshop.study).provenance
    study = workshop.study
    text = study.read_text(encoding="utf-8")
    study.write_text("# a remark changes nothing\n" + text, encoding="utf-8")
    assert run(study).provenance == before
    workshop.edit("weight: {method: given}", "weight: {method: entropy}")
    after = run(study).provenance
    assert after["recipe"]["sha256"] != before["recipe"]["sha256"]
    assert after["study"]["sha256"] != before["study"]["sha256"]
    assert after["data"] == before["data"]


@of_thermal
def test_an_assessment_is_a_result(assessment: Assessment) -> None:
    frame = assessment.to_frame()
    assert frame.height == assessment.index.scores.size
    assert {"unit", "unit_zh", "unit_en", "group", "period", "node", "score", "rank"} <= set(frame.columns)
    assert isinstance(assessment.index.framework, Framework)
    with speak("zh"):
        assert all(re.search(r"[\u4e00-\u9fff]", str(finding.text())) for finding in assessment.findings)


def test_demos_come_with_a_readme_and_a_licence_of_their_data() -> None:
    for name in ("thermal", "oecd"):
        files = {p.name for p in demo_path(name).parent.iterdir()}
        assert "README.md" in files
        assert any(file.startswith("LICENSE") for file in files)


@pytest.mark.slow
def test_ids_that_are_words_of_our_own_tables_do_no_harm(tmp_path: Path) -> None:
    study = shutil.copytree(demo_path("thermal").parent, tmp_path / "thermal") / "study.yaml"
    text = study.read_text(encoding="utf-8")
    for old, new in (("labourers", "rank"), ("green", "change"), ("fuel_carbon", "unit"), ("carbon_rate", "total")):
        text = text.replace(f"- id: {old}\n", f"- id: {new}\n")
    study.write_text(text, encoding="utf-8")
    chapters = {c.id: c for c in run(study).chapters}
    levels = next(b for b in chapters["index"].blocks if getattr(b, "id", "") == "levels")
    scores = next(b for b in levels.blocks if getattr(b, "id", "") == "scores").frame
    assert {"rank", "score_rank", "change", "score_change"} <= set(scores.columns)
    assert scores["rank"].to_list() == list(range(1, 31))


@of_thermal
def test_the_one_impossible_cell_of_thermal_is_rejected_not_filled(assessment: Assessment) -> None:
    context = assessment.context
    row = context.ledger.frame.row(0, named=True)
    assert (row["unit"], row["period"], row["indicator"], row["old"]) == ("440000", 2007, "capacity", 471)
    assert (row["new"], row["rule"], row["file"], row["cell"]) == (None, "cell.reject", "thermal.csv", "C20")
    index = context.index
    hours = index.panel.values[:, :, index.panel.index("utilisation_hours")]
    assert np.isnan(hours).sum() == 1
    assert np.nanmax(hours) < 8760
    assert index.present[0, index.panel.units.index("440000"), -1] == pytest.approx(0.75)
