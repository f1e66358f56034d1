"""What a lever needs: evidence, one way to go, its column and a path within its range; all of it named where absent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.messages import speak
from nqpf.productivity.scenario import Given, Levers, ScenarioSpec, scenarios
from nqpf.yamlfile import load, validate

YEARS = range(2005, 2019)
TABLE = pl.DataFrame(
    [
        {"u": u, "t": t, "y": 1.05 ** (t - 2005) * (n + 2 + t % (n + 2) / 50), "k": 3.0 * 1.05 ** (t - 2005) * (n + 2)}
        | {"l": 1.0 + n, "rd": 0.02 * (n + 2) * 1.05 ** (t - 2005) * (1 + (t * (n + 1)) % 5 / 20), "s": 8.0 + n}
        for n, u in enumerate("abcdef")
        for t in YEARS
    ]
)
GIVEN = {"central": 0.08, "low": 0.04, "high": 0.12, "evidence": "survey"}


def run(levers: Any = None, data: pl.DataFrame = TABLE, **more: Any) -> Any:
    options: dict[str, Any] = {"unit": "u", "time": "t", "output": "y", "capital": "k", "labour": "l", "target": 2022}
    options |= {"share": {"central": 0.4, "evidence": "x"}, "depreciation": {"central": 0.06, "evidence": "x"}}
    options |= {"rd": "rd", "schooling": "s", "draws": 199, "levers": levers}
    return scenarios(data, **options | more)


@pytest.mark.parametrize(
    ("levers", "key"),
    [
        ({"rd": {"by": 0.01, "elasticity": {"central": 0.1}}}, "levers.rd.elasticity"),
        ({"rd": {"by": 0.01, "elasticity": {"central": 0.1, "evidence": "  "}}}, "levers.rd.elasticity"),
        ({"education": {"by": 1, "per_year": {"central": 0.1, "low": 0.0, "high": 0.2}}}, "levers.education.per_year"),
        ({"investment": {"by": 0.01}}, "levers.investment"),
        ({"allocation": {"closed": 0.5, "gap": {"central": 0.2}}}, "levers.allocation.gap"),
    ],
)
def test_a_lever_without_evidence_is_refused(levers: Any, key: str) -> None:
    with pytest.raises(SpecError, match="a lever without it is not pulled") as caught:
        run(levers)
    assert caught.value.where.key == key
    with speak("zh"):
        assert "没有依据的杠杆不予采用" in str(caught.value)


@pytest.mark.parametrize(
    ("levers", "words"),
    [
        ({"rd": {"elasticity": GIVEN}}, "one of to .level"),
        ({"rd": {"to": 0.03, "by": 0.01, "elasticity": GIVEN}}, "one of to .level"),
        ({"rd": {"to": 0.03, "elasticity": "guessed"}}, "estimated"),
        ({"rd": {"to": 0.03, "elasticity": GIVEN | {"low": 0.2}}}, "low ≤ central ≤ high"),
        ({"rd": {"to": 0.03, "elasticity": {"central": 1, "low": 0, "evidence": "x"}}}, "both or neither"),
        ({"education": {"by": 1, "per_year": "estimated"}}, "key: value"),
        ({"investment": {"mix": {"a": 0.5, "b": 0.4}, "evidence": "x"}}, "adding up to 1"),
        ({"investment": {"mix": {"a": 0.5, "b": 0.5}, "evidence": "x"}}, "every asset"),
        ({"allocation": {"closed": 1.5, "gap": GIVEN}}, "1.5"),
        ({"energy": {"fall": 0.02, "evidence": "x"}}, "lever “energy”"),
        ({"energy": {"evidence": "x"}}, "fall or carbon_fall"),
        ({"taxes": {"by": 0.1}}, "taxes"),
    ],
)
def test_what_a_lever_cannot_be_is_named(levers: Any, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        run(levers)


@pytest.mark.parametrize(
    ("more", "kind", "words"),
    [
        ({"target": 2018}, SpecError, "not after the last year of the data, 2018"),
        ({"trend": "mean"}, SpecError, "pooled"),
        ({"seed": -1}, SpecError, "0 at least"),
        ({"draws": 10}, SpecError, "key draws: “10”"),
        ({"capital": None}, SpecError, "capital with depreciation, or assets"),
        ({"share": 0.4}, SpecError, "evidence"),
        ({"share": {"central": 1.2, "evidence": "x"}}, MethodError, "not between 0 and 1"),
        ({"depreciation": {"central": 1.5, "evidence": "x"}}, MethodError, "1.5"),
        ({"rd": None, "levers": {"rd": {"by": 0.01, "elasticity": GIVEN}}}, SpecError, "lever “rd”"),
        ({"levers": {"rd": {"by": -0.5, "elasticity": GIVEN}}}, MethodError, "between 0 and 1"),
        ({"levers": {"investment": {"to": 1.4, "evidence": "x"}}}, MethodError, "1.4"),
        ({"levers": {"rd": {"by": {"z": 0.01}, "elasticity": GIVEN}}}, DataError, "no unit “z”"),
        ({"labour": "nobody"}, DataError, "nobody"),
        ({"emissions": "s"}, SpecError, "energy along with emissions"),
    ],
)
def test_what_will_not_do_is_named(more: Any, kind: Any, words: str) -> None:
    with pytest.raises(kind, match=words):
        run(**more)


def test_data_that_cannot_be_projected() -> None:
    with pytest.raises(MethodError, match="5 years of data; 8 are needed"):
        run(data=TABLE.filter(pl.col("t") >= 2014))
    with pytest.raises(DataError, match="called “total”"):
        run(data=TABLE.with_columns(pl.col("u").replace({"a": "total"})))
    with pytest.raises(MethodError, match="stocks and depreciation imply is -"):
        run(data=TABLE.with_columns(k=pl.col("k") * 0.8 ** (pl.col("t") - 2005)))
    with pytest.raises(MethodError, match="4 units, too few for an estimate") as caught:
        run({"rd": {"by": 0.01}}, data=TABLE.filter(pl.col("u") < "e"))
    assert caught.value.where.key == "levers.rd.elasticity"
    with pytest.raises(MethodError, match="nothing is left of the R&D stock"):
        run({"rd": {"by": 0.01}}, data=TABLE.with_columns(rd=pl.col("l") * 1.05 ** (pl.col("t") - 2005)))


def test_levers_can_be_given_as_they_stand_in_a_study(tmp_path: Path) -> None:
    file = tmp_path / "study.yaml"
    file.write_text(
        """scenario:
  output: gdp / deflator
  labour: employment
  assets:
    buildings: {stock: k1, depreciation: {central: 0.04, evidence: service lives}}
    machines: {stock: k2, depreciation: {central: 0.12, evidence: service lives}}
  share: estimated
  energy: energy
  target: 2035
  levers:
    energy: {fall: 0.03, evidence: the plan}
    rd:
      by: 0.01
      elasticity: {central: 0.1}
  rd: rd
""",
        encoding="utf-8",
    )
    with pytest.raises(SpecError, match="a lever without it is not pulled") as caught:
        validate(ScenarioSpec, load(file), ("scenario",))
    assert caught.value.where.line == 14
    file.write_text(file.read_text(encoding="utf-8").replace("0.1}", "0.1, evidence: 研究综述}"), encoding="utf-8")
    spec = validate(ScenarioSpec, load(file), ("scenario",))
    assert spec.levers.names == ("rd", "energy")
    assert spec.formulas[("assets", "machines", "stock")] == "k2"
    assert spec.formulas[("output",)] == "gdp / deflator"
    assert set(spec.formulas) >= {("labour",), ("rd",), ("energy",)}
    assert ("capital",) not in spec.formulas


def test_levers_can_be_objects() -> None:
    given = Given(central=0.4, low=0.3, high=0.5, evidence="x")
    assert given.ends == (0.3, 0.5)
    levers = Levers.model_validate({"allocation": {"closed": 0.2, "gap": {"central": 0.1, "evidence": "x"}}})
    done = run(levers, share=given)
    assert done.parameters.filter(name="share")["high"].item() == 0.5
    assert done.method.id == "scenario.projection"
    assert done.method.options["levers"]["allocation"]["closed"] == 0.2
