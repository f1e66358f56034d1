"""Published systems on real provincial figures: how far they can be given from them, and how alike they rank."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from nqpf.errors import SpecError
from nqpf.study.compare import StudyComparison, compare_study

pytestmark = [pytest.mark.reference, pytest.mark.slow]

STUDY = Path(__file__).parent / "compare_provinces.yaml"
SYSTEMS = ["wang_jue_2024", "lu_jiang_2024", "han_wenlong_2024"]


@pytest.fixture(scope="module")
def done(shared: Path) -> StudyComparison:
    return compare_study(STUDY, SYSTEMS, min_coverage=0.2, every_dimension=False)


def test_by_default_they_are_refused_with_the_list_of_what_is_absent(shared: Path) -> None:
    with pytest.raises(SpecError) as caught:
        compare_study(STUDY, SYSTEMS)
    said = str(caught.value)
    assert "wang_jue_2024 (unverified): 5 of 23 indicators can be computed" in said
    assert "lu_jiang_2024 (unverified): 7 of 18 indicators can be computed" in said
    assert "Forest cover" in said
    assert "Telecommunications" in said


def test_what_was_matched_and_how(done: StudyComparison) -> None:
    found = {c.system.id: {m.indicator.id: m.by for m in c.found} for c in done.coverage}
    assert found["wang_jue_2024"] == {
        "output_per_head": "mapping",
        "environment_budget": "catalogue",
        "energy": "catalogue",
        "patents": "mapping",
        "rd": "catalogue",
    }
    assert found["lu_jiang_2024"]["energy"] == "catalogue"
    assert "ports" not in found["wang_jue_2024"]  # the study's stand-in for ports is not the same thing
    assert done.coverage[2].refused is not None


def test_scores_ranks_and_their_likeness(done: StudyComparison) -> None:
    side = done.comparison
    assert side.names == ("study", "wang_jue_2024", "lu_jiang_2024")
    assert side.ranks.shape == (3, 11, 30)
    assert np.isfinite(side.ranks).all()
    lines = side.agreement_frame().filter(period=2022)
    for row in lines.iter_rows(named=True):
        a, b = (side.ranks[side.names.index(row[key]), -1] for key in ("first", "second"))
        assert row["spearman"] == pytest.approx(spearmanr(a, b).statistic, abs=1e-12)
        assert row["spearman"] > 0.6


def test_totals_favour_large_provinces_where_ratios_do_not(done: StudyComparison) -> None:
    """Nine of Lu Jiang's indicators are totals: Guangdong leads there, Beijing by ratios."""
    side = done.comparison
    first = {name: side.units[int(side.ranks[s, -1].argmin())] for s, name in enumerate(side.names)}
    assert first["lu_jiang_2024"] == "440000"
    assert first["wang_jue_2024"] == "110000"
    spread = side.units_frame().filter(period=2022, unit="110000")["spread"].item()
    assert spread >= 5


def test_the_summary_says_what_is_unverified(done: StudyComparison) -> None:
    text = "\n".join(line.zh for line in done.lines())
    assert text.count("未核实") >= 5
    assert "http://qks.cqu.edu.cn/html/cqdxskcn/2024/3/20240301.htm" in text
    assert "广东" in text
