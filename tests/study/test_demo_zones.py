"""Demo “zones”, end to end: a backtest that tells how little relatedness promises, a plan that does not herd."""

from __future__ import annotations

import polars as pl
import pytest

from nqpf.study import Assessment, demo_path, run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def done() -> Assessment:
    return run(demo_path("zones"))


def test_the_backtest_is_that_of_the_literature(done: Assessment) -> None:
    card = done.industry.found.backtest.result.frame.filter(pool="deep")  # type: ignore[union-attr]
    row = {name: card.row(by_predicate=pl.col("model") == name, named=True) for name in ("density", "ubiquity")}
    assert row["density"]["auc_within"] == pytest.approx(0.69, abs=0.01)
    assert row["ubiquity"]["auc_within"] == pytest.approx(0.66, abs=0.01)
    assert row["density"]["precision"] == pytest.approx(0.10, abs=0.01)
    assert row["density"]["verdict"] == "skill"


def test_the_plan_is_proven_and_keeps_its_rules(done: Assessment) -> None:
    planned = done.industry.found.planned.result  # type: ignore[union-attr]
    plan = planned.plan.result
    assert plan.status == "optimal"
    assert plan.gap <= 1e-4
    assert plan.regions["targets"].max() <= 3
    assert plan.frame["p"].min() >= 0.05
    assert plan.frame.filter(pl.col("entry") == "leap").height <= 0.1 * plan.frame.height + 1
    curve = planned.coordination.result.frame
    assert curve["max_regions"][0] > 10 * 36  # each alone
    assert curve.filter(pl.col("rule") == "hard")["max_regions"].item() <= 36


def test_every_sentence_and_name_is_there_in_both_languages(done: Assessment) -> None:
    assert [chapter.id for chapter in done.chapters] == ["summary", "theory", "industry", "cautions", "plan", "methods"]
    for finding in done.findings:
        assert finding.text().zh != finding.text().en
    assert done.to_frame().height == 722 * 397
