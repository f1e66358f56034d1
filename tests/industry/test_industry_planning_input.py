"""What is wrong with the tables of a plan, and with what is asked of it, is named with its place and its remedy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, NqpfError, SpecError
from nqpf.industry.planning.plan import plan
from nqpf.industry.planning.spec import PlanSpec
from nqpf.messages import speak
from nqpf.yamlfile import load, validate

GOOD: dict[str, dict[str, list[Any]]] = {
    "candidates": {"unit": ["a", "a", "b", "b"], "line": ["x", "y", "x", "y"], "p": [0.5, 0.4, 0.3, 0.2],
                   "value": [1.0, 2.0, 1.0, 2.0], "minimum": [1.0] * 4, "cap": [2.0] * 4, "low": [0.1] * 4,
                   "high": [0.9] * 4},
    "regions": {"unit": ["a", "b"], "funds": [2.0, 2.0]},
    "industries": {"line": ["x", "y"], "headroom": [1.0, 1.0], "critical": [True, False]},
    "gaps": {"gap": ["g"], "line": ["x"], "target": [0.3]},
}  # fmt: skip

SPEC = {"gate": {"rule": "none"}, "resilience": {"price": 1.0}}


def solve(**changed: Any) -> Any:
    spec = changed.pop("spec", SPEC)
    columns = changed.pop("columns", None)
    return plan(**{**GOOD, **changed}, unit="unit", industry="line", spec=spec, columns=columns)


def put(table: str, **columns: Any) -> dict[str, Any]:
    return {table: {**GOOD[table], **columns}}


BAD: dict[str, tuple[dict[str, Any], type[NqpfError], str, str]] = {
    "p above 1": (
        put("candidates", p=[0.5, 1.4, 0.3, 0.2]),
        MethodError, "plan_out_of_range", "row 2, .*a.*y.*“p” is 1.4.*0 to 1"),
    "p below 0": (put("candidates", p=[0.5, -0.4, 0.3, 0.2]), MethodError, "plan_out_of_range", "“p” is -0.4"),
    "p missing": (put("candidates", p=[0.5, None, 0.3, 0.2]), DataError, "plan_missing", "row 2.*“p” has no number"),
    "p text": (put("candidates", p=[0.5, "high", 0.3, 0.2]), DataError, "text_in_number", "high"),
    "no p": (
        {"candidates": {"unit": ["a"], "line": ["x"], "value": [1.0]}},
        DataError, "plan_no_probability", "Call it p"),
    "no value": (
        {"candidates": {k: v for k, v in GOOD["candidates"].items() if k != "value"}},
        DataError, "plan_no_value", "Give value"),
    "value twice": (put("industries", value=[1.0, 2.0]), SpecError, "plan_value_twice", "Keep one"),
    "pairs twice": (put("candidates", line=["x", "x", "x", "y"]), DataError, "plan_twice", "row 1.*more than one row"),
    "regions twice": (put("regions", unit=["a", "a"]), DataError, "plan_twice", "sheet regions, row 1"),
    "no unit": (put("candidates", unit=["a", None, "b", "b"]), DataError, "no_unit", "row 2"),
    "no industry": (put("candidates", line=["x", None, "x", "y"]), DataError, "no_industry", "row 2"),
    "unknown region": (put("regions", unit=["a", "c"]), DataError, "plan_unknown_region", "no region “c”"),
    "unknown region of a gap": (put("gaps", unit=["bb"]), DataError, "plan_unknown_region", "no region “bb”"),
    "negative funds": (put("regions", funds=[2.0, -1.0]), MethodError, "plan_out_of_range", "“funds” is -1.*from 0 up"),
    "negative count": (put("regions", count=[2, -1]), MethodError, "plan_out_of_range", "“count” is -1"),
    "negative headroom": (put("industries", headroom=[-1.0, 1]), MethodError, "plan_out_of_range", "“headroom” is -1"),
    "negative size": (put("candidates", size=[1, 1, -1, 1]), MethodError, "plan_out_of_range", "“size” is -1"),
    "scale of nothing": (put("regions", scale=[1, 0]), MethodError, "plan_scale", "b.*scale is 0"),
    "cap below minimum": (
        put("candidates", cap=[2, 2, 0.5, 2]),
        MethodError, "plan_cap", "row 3.*0.5.*less than the least, 1"),
    "p beyond interval": (
        put("candidates", low=[0.1, 0.45, 0.1, 0.1]),
        MethodError, "plan_interval", "row 2.*0.4 lies outside"),
    "no flag": (put("industries", critical=["yes", "no"]), DataError, "plan_flag", "“yes”"),
    "gap target": (put("gaps", target=[1.0]), MethodError, "plan_gap_target", "above 0 and below 1"),
    "gap without a name": (put("gaps", gap=[None]), DataError, "plan_gap_name", "which gap"),
    "gap that disagrees": (
        {"gaps": {"gap": ["g", "g"], "line": ["x", "y"], "target": [0.3, 0.4]}},
        DataError, "plan_gap_disagrees", "“g”"),
    "gaps without a column": ({"gaps": {"line": ["x"], "target": [0.3]}}, DataError, "unknown_column", "gap"),
    "everything barred": (
        {"negative": {"unit": [None], "line": [None]}}, DataError, "plan_negative_empty", "forbid everything"),
    "no rows": (
        {"candidates": pl.DataFrame(schema=["unit", "line", "p", "value"])},
        DataError, "empty_table", "no rows"),
    "endless funds": (
        {**put("candidates", gain=[1.0] * 4, cap=[None] * 4), **put("regions", funds=[2.0, None])},
        MethodError, "plan_endless", "row 3.*2 pairs"),
    "no table": ({"regions": 7}, DataError, "not_a_table", ""),
    "unknown role": ({"columns": {"probability": "p"}}, SpecError, "plan_role", "no role “probability”"),
    "unknown column": ({"columns": {"p": "q"}}, SpecError, "plan_column", "“q” that columns names"),
    "two in one": (
        {"spec": {**SPEC, "per_region": 1}, "gaps": {"gap": ["g", "h"], "unit": ["a", "a"], "line": ["x", "y"],
         "target": [0.3, 0.3]}},
        MethodError, "plan_infeasible", r"mending a chain gap \(g\).*mending a chain gap \(h\)"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_named(name: str) -> None:
    changed, kind, code, words = BAD[name]
    with pytest.raises(kind, match=f"(?s){words}") as caught:
        solve(**changed)
    assert caught.value.code == code
    with speak("zh"):
        assert str(caught.value) != ""


OPTIONS: dict[str, tuple[dict[str, Any], str]] = {
    "both leaps": ({"leap": {"count": 1, "share": 0.1}}, "either count or share"),
    "no quantile": ({"gate": {"at": 1.5}}, "a quantile between 0 and 1"),
    "free price": ({"floor": {"price": 1.0}}, "otherwise: priced"),
    "no price": ({"floor": {"otherwise": "priced"}}, "otherwise: priced"),
    "cheaper steps": (
        {"crowding": {"price": 1.0, "steps": [{"upto": 0.5, "times": 2}, {"times": 1}]}}, "as dear as the one before"),
    "endless first": ({"crowding": {"price": 1.0, "steps": [{}, {"upto": 1.0}]}}, "for every step but the last"),
    "weight alone": ({"fairness": {"weight": 1.0}}, "rule: weighted"),
    "unknown": ({"crowdng": {}}, "crowding"),
    "word": ({"gate": {"rule": "quantil"}}, "Did you mean “quantile”"),
    "negative": ({"per_region": -1}, "per_region"),
    "infinite": ({"crowding": {"price": float("inf")}}, "finite"),
}  # fmt: skip


@pytest.mark.parametrize("name", OPTIONS)
def test_bad_options_are_named(name: str) -> None:
    spec, words = OPTIONS[name]
    with pytest.raises(SpecError, match=words):
        solve(spec=spec)


def test_the_options_are_those_of_a_study_file(tmp_path: Path) -> None:
    file = tmp_path / "study.yaml"
    file.write_text(
        "industry:\n  plan:\n    per_region: 2\n    gate: {rule: quantile, at: 0.6}\n    leap: {share: 0.1}\n"
        "    crowding:\n      price: 0.3\n      steps: [{upto: 0.5}, {times: 3}]\n    seconds: 5\n",
        encoding="utf-8",
    )
    spec = validate(PlanSpec, load(file), ("industry", "plan"))
    assert solve(spec=spec).method.options == spec.model_dump()
    file.write_text("industry:\n  plan:\n    leap:\n      share: 2\n", encoding="utf-8")
    with pytest.raises(SpecError, match=r"line 4") as caught:
        validate(PlanSpec, load(file), ("industry", "plan"))
    assert caught.value.where.key == "industry.plan.leap.share"


def test_columns_can_have_other_names() -> None:
    named = {("chance" if c == "p" else "resources" if c == "minimum" else c): v for c, v in GOOD["candidates"].items()}
    found = solve(candidates=named, columns={"p": "chance", "minimum": "resources"})
    assert found.frame.equals(solve().frame)
    assert found.value == solve().value


def test_the_kind_of_table_and_of_labels_stays() -> None:
    found = solve(candidates=pd.DataFrame(GOOD["candidates"]))
    assert isinstance(found.to_frame(), pd.DataFrame)
    number = {"a": 2, "b": 10, "x": 3, "y": 4}
    tables: dict[str, Any] = {
        name: {k: [number.get(c, c) if isinstance(c, str) else c for c in v] for k, v in table.items()}
        for name, table in GOOD.items()
    }
    numbered = solve(**tables)
    assert numbered.frame["unit"].dtype == pl.Int64
    assert numbered.regions["unit"].to_list() == [2, 10]
    assert numbered.value == solve().value


def test_what_plays_no_part_is_told() -> None:
    found = solve(**put("industries", line=["x", "z"], headroom=[1.0, 5.0]))
    assert {note.code for note in found.notes} >= {"plan_idle_industries", "plan_headroom_unknown"}
    with speak("zh"):
        assert all(str(note) for note in found.notes)


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda found: found.robustness(0), "bad_value"),
        (lambda found: found.robustness(5, level=1.0), "bad_value"),
        (lambda found: found.alternatives(count=0), "bad_value"),
        (lambda found: found.robustness({"unit": ["a"], "line": ["x"], "draw": [1]}), "plan_no_probability"),
        (lambda found: found.explain("c", "x"), "plan_no_pair"),
    ],
)
def test_questions_that_cannot_be_answered(act: Callable[[Any], object], code: str) -> None:
    found = solve()
    with pytest.raises(NqpfError) as caught:
        act(found)
    assert caught.value.code == code
