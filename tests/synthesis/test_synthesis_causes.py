"""Causes, quality and risk: made scores in which one cause leads, shared indicators left out, growth beside risk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from nqpf import theory
from nqpf.errors import MethodError
from nqpf.index.framework import Framework
from nqpf.synthesis.causes import causes
from nqpf.synthesis.quality import quality
from nqpf.synthesis.risk import risk
from nqpf.synthesis.scores import Scores

TREE = """\
id: made
title: made
tree:
  - {id: patent, title: p, formula: a, unit: x, direction: benefit, theory: [N01], tags: {cause: tech, newdev: innovation}}
  - {id: credit, title: c, formula: b, unit: x, direction: benefit, theory: [K03], tags: {cause: factor}}
  - {id: chips, title: s, formula: c, unit: x, direction: benefit, theory: [F03, N07], tags: {newdev: open}}
  - {id: air, title: e, formula: d, unit: x, direction: benefit, theory: [I01], tags: {newdev: green}}
"""  # noqa: E501
T, N = 16, 40
Maker = Callable[..., Scores]


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> Scores:
    """Return scores of two indicators of an index and two beside it; patents lead the index's other one."""
    file = tmp_path_factory.mktemp("causes") / "tree.yaml"
    file.write_text(TREE, encoding="utf-8")
    rng = np.random.default_rng(8)
    x = rng.normal(size=(T, N, 4))
    x[1:, :, 1] += 0.9 * x[:-1, :, 0]
    x = (x - x.min()) / (x.max() - x.min())
    weights = np.array([0.6, 0.4, 0.0, 0.0])
    units = tuple(f"u{n:02d}" for n in range(N))
    tree = Framework.from_yaml(file)
    filled = np.zeros(x.shape, dtype=bool)
    return Scores(units, tuple(range(2008, 2008 + T)), tree.indicators, x, weights, filled, x @ weights)


def productivity(scores: Scores) -> np.ndarray:
    """Return a level whose growth follows patents a year before."""
    growth = np.random.default_rng(9).normal(0, 0.02, size=(T, N))
    growth[1:] += 0.5 * scores.scores[:-1, :, 0]
    return np.exp(np.cumsum(growth, axis=0))


def test_a_cause_that_leads_is_found_and_its_own_indicators_do_not_count(scores: Scores) -> None:
    found = causes(scores, productivity(scores))
    verdicts = {(r["cause"], r["outcome"]): r["verdict"] for r in found.frame.to_dicts()}
    assert verdicts == {
        ("tech", "productivity"): "leads",
        ("tech", "index"): "leads",
        ("factor", "productivity"): "not_shown",
        ("factor", "index"): "follows",
    }
    lead = found.frame.filter(cause="tech", outcome="productivity").row(0, named=True)
    assert lead["low"] < 0.5 < lead["high"]
    assert lead["indicators"] == 1
    assert found.missing == ("industry",)
    assert found.notes[0].values == {"count": 1, "total": 3}
    np.testing.assert_allclose(found.scores["tech"], scores.scores[:, :, 0].ravel())
    without = causes(scores)
    assert without.frame["outcome"].unique().to_list() == ["index"]


def test_causes_that_cannot_be_tested(scores: Scores) -> None:
    untagged = tuple(replace(one, tags={}) for one in scores.indicators)
    with pytest.raises(MethodError, match="No indicator carries a tag"):
        causes(replace(scores, indicators=untagged))
    same = tuple(replace(one, tags={"cause": "tech"}) for one in scores.indicators)
    with pytest.raises(MethodError, match="belong to one cause"):
        causes(replace(scores, indicators=same))
    with pytest.raises(MethodError, match="zero or below"):
        causes(scores, np.zeros((T, N)))


def filled(scores: Scores) -> dict[str, tuple]:  # type: ignore[type-arg]
    return theory.assign(theory.role_set("concepts"), scores.indicators)


def test_quality_leaves_out_what_the_index_shares(scores: Scores) -> None:
    found = quality(scores, filled(scores), productivity(scores), draws=49)
    assert found.counted == {"concept_green": ("air",), "concept_open": ("chips",)}
    assert set(found.missing) == {"concept_innovation", "concept_coordination", "concept_shared"}
    np.testing.assert_allclose(found.frame["quality"], scores.scores[:, :, 2:].mean(axis=2).ravel())
    np.testing.assert_allclose(found.frame["index"], scores.whole.ravel())
    assert found.coupling.frame.height == T * N
    assert found.lead_lag.result is not None
    assert found.through_productivity.result is not None
    assert quality(scores, filled(scores)).through_productivity.result is None


def test_quality_without_indicators_beside_the_index(scores: Scores) -> None:
    inside = replace(scores, weights=np.full(4, 0.25))
    with pytest.raises(MethodError, match="beside the index"):
        quality(inside, filled(inside))
    lost = scores.scores.copy()
    lost[:, :, 3] = np.nan
    with pytest.raises(MethodError, match="No unit and year"):
        quality(replace(scores, scores=lost), filled(scores))


def test_growth_beside_risk_by_hand(scores: Scores) -> None:
    level = productivity(scores)
    found = risk(scores, level)
    assert found.readings["indicator"].unique(maintain_order=True).to_list() == ["credit", "chips"]
    row = found.frame.row(3, named=True)
    unsafe = 1 - scores.scores[:, 3, 1:3].mean(axis=1)
    growth = np.log(level[-1, 3] / level[0, 3]) / (T - 1)
    assert (row["growth"], row["risk"]) == (pytest.approx(growth), pytest.approx(unsafe[-1]))
    assert row["change"] == pytest.approx(unsafe[-1] - unsafe[0])
    assert row["course"] == ("growth" if growth > 0 else "decline") + ("_safer" if row["change"] < 0 else "_riskier")
    fast = found.frame.filter(pl.col("growth") >= found.frame["growth"].median())
    assert set(fast["place"]) <= {"fast_safe", "fast_risky"}
    assert found.association["units"].to_list() == [N]
    alone = risk(scores, level, items=["N07"])
    assert alone.readings["indicator"].unique().to_list() == ["chips"]


def test_risk_with_missing_figures_and_bad_input(scores: Scores) -> None:
    level = productivity(scores)
    level[0, 0] = np.nan
    found = risk(scores, level)
    first = found.frame.row(0, named=True)
    assert (first["growth"], first["course"], first["place"]) == (None, None, None)
    assert found.notes[0].values == {"count": 1, "total": N}
    with pytest.raises(MethodError, match="items H05"):
        risk(scores, level, items=["H05"])
    with pytest.raises(MethodError, match="zero or below"):
        risk(scores, -level)
