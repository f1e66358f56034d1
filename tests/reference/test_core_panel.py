"""A whole study on real provincial data: 21 catalogue indicators, 30 provinces, 2012–2022; one hole, reported."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nqpf.data import Status
from nqpf.errors import DataError
from nqpf.study import Assessment, Study, run
from nqpf.study.prepare import prepare

pytestmark = pytest.mark.reference

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def assessment(shared: Path) -> Assessment:
    return run(HERE / "core_panel.yaml")


def test_twenty_one_indicators_of_the_catalogue(assessment: Assessment) -> None:
    study = assessment.study.document.content["framework"]["tree"]
    used = [leaf["catalogue"] for node in study for leaf in node["children"]]
    assert len(set(used)) == 21
    assert assessment.index.scores.shape[:2] == (11, 30)
    assert np.isfinite(assessment.index.scores[:, :, -1]).all()


def test_the_hole_of_2017_is_reported_not_hidden(assessment: Assessment) -> None:
    panel = assessment.context.panel
    missing = panel.status == Status.MISSING
    assert missing.sum() == 60
    assert missing[panel.periods.index(2017)][:, [panel.index("hitech_revenue"), panel.index("hitech_firms")]].all()
    data = next(f for f in assessment.findings if f.code == "data_holes")
    assert data.numbers["missing"] == 60
    assert data.numbers["filled"] == 0
    present = assessment.index.present[:, :, -1]
    assert (present[panel.periods.index(2017)] < 1).all()
    assert np.delete(present, panel.periods.index(2017), axis=0) == pytest.approx(1)
    assert "scored_with_holes" in {n.code for n in assessment.notes}
    table = next(
        b for c in assessment.chapters if c.id == "data" for b in c.blocks if getattr(b, "id", "") == "missing"
    )
    assert table.frame["period"].unique().to_list() == [2017]


def test_without_the_rule_the_run_stops_and_names_the_cells(shared: Path, tmp_path: Path) -> None:
    text = (HERE / "core_panel.yaml").read_text(encoding="utf-8")
    text = text.replace("../../../shared", shared.as_posix()).replace("hitech_revenue: keep, hitech_firms: keep", "")
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as error:
        prepare(Study.load(tmp_path / "study.yaml"))
    assert error.value.code == "missing_values"
    assert error.value.values["count"] == 60
    assert "2017" in str(error.value)
    assert "hitech_revenue" in str(error.value)


def test_every_conversion_is_in_the_ledger(assessment: Assessment) -> None:
    ledger = assessment.context.ledger.frame
    converted = ["rd", "rd_basic", "contracts", "ind_rd_fte", "co2"]
    assert ledger.group_by("indicator").len().sort("indicator")["len"].to_list() == [330] * len(converted)
    assert sorted(ledger["indicator"].unique()) == sorted(converted)
    beijing = ledger.filter((pl.col("unit") == "110000") & (pl.col("period") == 2022) & (pl.col("indicator") == "rd"))
    assert beijing["new"].item() == pytest.approx(beijing["old"].item() / 10_000)


@pytest.mark.slow
def test_the_report_is_written(assessment: Assessment, tmp_path: Path) -> None:
    assessment.write(tmp_path / "out")
    numbers = json.loads((tmp_path / "out" / "assessment.json").read_text(encoding="utf-8"))
    assert len(numbers["indicators"]) == 11 * 30 * 21
    measured = {i["item"] for i in numbers["theory"] if i["state"] == "measured"}
    assert {"F01", "I01", "F07"} <= measured
    assert "A04" not in measured
