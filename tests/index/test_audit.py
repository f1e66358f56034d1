"""The audit finds the recipe behind published weights and scores, or the known fault."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from nqpf.data import Panel
from nqpf.errors import DataError, MethodError
from nqpf.index import Framework, Recipe, audit, build
from nqpf.index.audit import published
from nqpf.index.audit.match import digits_agreed
from nqpf.index.audit.published import decimals
from nqpf.index.audit.wrong import entropy_over, ranks_from_argsort

YEARS, UNITS = 5, 12
NAMES = ["a", "b", "c", "d", "e"]


@pytest.fixture(scope="module")
def framework(grow: Any) -> Framework:
    return grow({"D": {"a": "benefit", "b": "cost", "c": "benefit"}, "E": {"d": "benefit", "e": "benefit"}})  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def panel(fill: Any) -> Panel:
    rng = np.random.default_rng(7)
    values = rng.lognormal(sigma=[0.3, 0.5, 0.8, 1.0, 1.3], size=(YEARS, UNITS, 5))
    return fill({name: values[:, :, k] for k, name in enumerate(NAMES)})  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def unit_scores(panel: Panel) -> NDArray[np.float64]:
    directed = panel.values * np.array([1, -1, 1, 1, 1.0])
    low, high = directed.min(axis=(0, 1)), directed.max(axis=(0, 1))
    return np.asarray((directed - low) / (high - low))


def table(weights: NDArray[np.float64], digits: int = 4) -> pl.DataFrame:
    return pl.DataFrame({"indicator": NAMES, "weight": np.round(weights, digits)})


def codes(found: Any) -> list[str]:
    return [finding.code for finding in found.findings]


def test_right_weights_are_told_to_their_last_digit(
    panel: Panel, framework: Framework, unit_scores: NDArray[np.float64]
) -> None:
    right = entropy_over(unit_scores.reshape(-1, 5), np.log(YEARS * UNITS))
    for digits in (3, 6):
        found = audit(table(right, digits), panel, framework)
        assert codes(found) == ["audit_weights_right"]
        one, gap = found.nearest[0]
        assert (one.method, one.scaled.id, one.scope, one.faults) == ("entropy", "minmax", "pooled", ())
        assert gap <= 0.5 * 10**-digits
        assert f"to all {digits} decimals" in found.lines()[0].en
    frame = found.to_frame()
    assert frame["agrees"][0]
    assert frame["digits"][0] >= 6
    assert (np.diff(frame["difference"].to_numpy()) > -1e-11).all()


def test_the_index_itself_is_reproduced(panel: Panel, framework: Framework) -> None:
    index = build(panel, framework, Recipe.model_validate({"weight": {"method": "critic"}}))
    scores = index.to_frame().filter(pl.col("node") == "I").select("unit", "period", "score", "rank")
    weights = index.weights_frame().filter(pl.col("node").is_in(NAMES)).select(indicator="node", weight="whole")
    found = audit([weights, scores], panel, framework)
    assert codes(found) == ["audit_weights_right", "audit_scores_right"]
    assert found.nearest[0][0].method == "critic"
    assert found.scorings[0].way == "linear"
    assert found.scorings[0].count == YEARS * UNITS


def test_reversed_weights_are_those_of_the_logarithm_of_years(
    panel: Panel, framework: Framework, unit_scores: NDArray[np.float64]
) -> None:
    rows = unit_scores.reshape(-1, 5)
    wrong, right = entropy_over(rows, np.log(YEARS)), entropy_over(rows, np.log(YEARS * UNITS))
    assert np.argsort(wrong).tolist() == np.argsort(right)[::-1].tolist()
    found = audit(table(wrong), panel, framework)
    assert codes(found) == ["audit_weights_wrong", "audit_reversed"]
    assert found.nearest[0][0].faults == ("entropy_over_years",)
    assert found.findings[1].numbers["spearman"] == pytest.approx(-1.0)
    assert "ln(年数)" in found.lines()[0].zh


@pytest.mark.parametrize(
    ("fault", "make"),
    [
        ("shifted", lambda v, x: entropy_over(x.reshape(-1, 5) + 0.01, np.log(60))),
        ("shifted", lambda v, x: entropy_over(x.reshape(-1, 5) + 1.0, np.log(60))),
        ("normalised_twice", lambda v, x: entropy_over(1 + 99 * x.reshape(-1, 5), np.log(60))),
        ("entropy_over_units", lambda v, x: entropy_over(x.reshape(-1, 5), np.log(12))),
        (
            "yearly_bounds",
            lambda v, x: entropy_over(
                ((x - x.min(1, keepdims=True)) / np.ptp(x, axis=1, keepdims=True)).reshape(-1, 5), np.log(60)
            ),
        ),
        (
            "direction_ignored",
            lambda v, x: entropy_over(((v - v.min((0, 1))) / np.ptp(v, axis=(0, 1))).reshape(-1, 5), np.log(60)),
        ),
    ],
)
def test_every_fault_is_named(
    panel: Panel, framework: Framework, unit_scores: NDArray[np.float64], fault: str, make: Any
) -> None:
    found = audit(table(make(panel.values, unit_scores), 5), panel, framework)
    assert codes(found)[0] == "audit_weights_wrong"
    assert found.nearest[0][0].faults == (fault,)


def test_critic_without_directions_is_a_fault(panel: Panel, framework: Framework) -> None:
    blind = panel.values.reshape(-1, 5)
    blind = (blind - blind.min(0)) / np.ptp(blind, axis=0)
    correlation = np.corrcoef(blind.T)
    raw = blind.std(axis=0, ddof=1) * (1 - correlation).sum(axis=0)
    found = audit(table(raw / raw.sum(), 5), panel, framework)
    assert codes(found)[0] == "audit_weights_wrong"
    assert (found.nearest[0][0].method, found.nearest[0][0].faults) == ("critic", ("direction_ignored",))


def test_what_nothing_gives_is_said_so(panel: Panel, framework: Framework) -> None:
    found = audit(table(np.array([0.1, 0.1, 0.5, 0.2, 0.1])), panel, framework)
    assert codes(found) == ["audit_weights_unknown"]
    assert "None of the" in found.lines()[0].en
    assert not found.to_frame()["agrees"].any()


def test_tables_are_looked_at_by_themselves(panel: Panel, framework: Framework) -> None:
    weights = pl.DataFrame({"indicator": NAMES, "weight": ["0.30", "0.30", "-0.10", "0.30", "0.30"]})
    scores = np.array([0.2, 0.9, 0.5, 0.7, 0.1])
    ranked = pl.DataFrame({"省份": list("ABCDE"), "得分": scores, "排名": ranks_from_argsort(scores), "年份": 2020})
    found = audit([weights, ranked], panel, framework)
    assert {"audit_weights_sum", "audit_weights_negative", "audit_argsort"} <= set(codes(found))
    nation = pl.DataFrame({"unit": [*"ABCDE", "全国"], "score": [*scores, 0.6], "year": 2020})
    (told,) = [f for f in audit(nation, panel, framework).findings if f.code == "audit_nation"]
    assert (told.numbers["given"], told.numbers["mean"]) == (0.6, pytest.approx(0.48))
    fair = pl.DataFrame({"unit": [*"ABCDE", "全国"], "score": [*scores, 0.48], "year": 2020})
    assert "audit_nation" not in codes(audit(fair, panel, framework))


def test_files_and_headings_of_either_language(
    tmp_path: Path, panel: Panel, framework: Framework, unit_scores: NDArray[np.float64]
) -> None:
    right = entropy_over(unit_scores.reshape(-1, 5), np.log(YEARS * UNITS))
    file = tmp_path / "weights.csv"
    rows = "\n".join(f"{name},{100 * weight:.2f}%" for name, weight in zip(NAMES, right, strict=True))
    file.write_text(f"表3 指标权重,\n指标名称,权重\n{rows}\n", encoding="gb18030")
    given = published(file)
    assert given.weight_digits == 4
    assert given.weights is not None
    assert given.weights["weight"].sum() == pytest.approx(1, abs=1e-3)
    assert codes(audit(file, panel, framework))[-1] == "audit_weights_right"


def test_bad_input_is_named(panel: Panel, framework: Framework) -> None:
    for given, code, words in (
        (pl.DataFrame({"x": [1]}), "audit_nothing", "headings are: x"),
        (pl.DataFrame({"indicator": ["a", "zz"], "weight": [0.5, 0.5]}), "audit_stranger", "no such indicators: zz"),
        (
            pl.DataFrame({"indicator": ["a", "b"], "weight": [0.5, 0.5]}),
            "audit_weight_absent",
            "no weight for: c, d, e",
        ),
        (
            pl.DataFrame({"indicator": ["a", "a"], "weight": [0.5, 0.5]}),
            "audit_twice",
            "“a” stands there more than once",
        ),
        (pl.DataFrame({"indicator": ["a"], "weight": ["half"]}), "text_in_number", "half"),
        (pl.DataFrame({"unit": ["Q"], "year": [2020], "score": [1.0]}), "audit_unit_unknown", "none of these units: Q"),
        (pl.DataFrame({"unit": ["A"], "score": [1.0]}), "audit_no_year", "state no year"),
        (pl.DataFrame({"unit": ["A"], "year": [1999], "score": [1.0]}), "audit_year_unknown", "no year 1999"),
    ):
        with pytest.raises(DataError, match=words) as caught:
            audit(given, panel, framework)
        assert caught.value.code == code


def test_holes_stop_it(fill: Any, framework: Framework, panel: Panel) -> None:
    values = {name: panel.values[:, :, k].copy() for k, name in enumerate(NAMES)}
    values["c"][1, 2] = np.nan
    with pytest.raises(MethodError, match="missing"):
        audit(table(np.full(5, 0.2)), fill(values), framework)


def test_digits() -> None:
    assert decimals(["0.25", "1", "0.125"]) == 3
    assert [digits_agreed(gap) for gap in (0.0, 0.04, 0.4, 4e-7)] == [15, 1, 0, 6]
