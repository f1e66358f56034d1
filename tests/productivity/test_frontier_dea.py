"""dea(): textbook cases worked by hand, identities, invariances, years, statuses and remarks."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.messages import speak
from nqpf.productivity.frontier.dea import Dea, dea

SHOPS = pl.DataFrame({"shop": ["A", "B", "C", "D"], "staff": [2.0, 3.0, 6.0, 5.0], "sales": [1.0, 3.0, 5.0, 2.0]})
"""One input, one output; under variable returns A, B and C are efficient, under constant returns B is."""


def shops(**options: object) -> Dea:
    return dea(SHOPS, ["staff"], ["sales"], unit="shop", **options)  # type: ignore[arg-type]


def scores(found: Dea) -> list[float | None]:
    return [None if v is None else round(v, 12) for v in found.frame["score"]]


def random_table(n: int, inputs: int, outputs: int, seed: int) -> tuple[pl.DataFrame, list[str], list[str]]:
    rng = np.random.default_rng(seed)
    x = rng.lognormal(size=(n, inputs))
    y = (x.prod(axis=1) ** (0.8 / inputs) * np.exp(-np.abs(rng.normal(size=n)) / 3))[:, None] * rng.uniform(
        0.5, 1.5, (n, outputs)
    )
    names = [f"x{i}" for i in range(inputs)], [f"y{o}" for o in range(outputs)]
    table = pl.DataFrame(np.hstack([x, y]), schema=[*names[0], *names[1]], orient="row")
    return table.with_columns(unit=pl.Series([f"u{k}" for k in range(n)])), *names


@pytest.mark.parametrize(
    ("rts", "orientation", "expected"),
    [
        ("crs", "input", [0.5, 1.0, 5 / 6, 0.4]),
        ("crs", "output", [2.0, 1.0, 1.2, 2.5]),
        ("vrs", "input", [1.0, 1.0, 1.0, 0.5]),
        ("vrs", "output", [1.0, 1.0, 1.0, 13 / 6]),
        ("drs", "input", [0.5, 1.0, 1.0, 0.4]),
        ("irs", "input", [1.0, 1.0, 5 / 6, 0.5]),
    ],
)
def test_scores_worked_by_hand(rts: str, orientation: str, expected: list[float]) -> None:
    found = shops(rts=rts, orientation=orientation)
    assert scores(found) == pytest.approx(expected, abs=1e-12)
    assert found.frame["status"].to_list() == ["optimal"] * 4
    assert found.frame["gap"].max() < 1e-12
    share = np.array(expected) if orientation == "input" else 1 / np.array(expected)
    np.testing.assert_allclose(found.frame["efficiency"], share, atol=1e-12)


def test_the_default_is_variable_returns_in_inputs() -> None:
    found = shops()
    assert scores(found) == scores(shops(rts="vrs", orientation="input"))
    assert found.method.id == "frontier.radial"
    assert found.method.options["rts"] == "vrs"
    assert found.method.options["orientation"] == "input"
    assert found.to_frame().columns == ["shop", "score", "efficiency", "status", "gap"]


def test_peers_and_targets_worked_by_hand() -> None:
    found = shops()
    at = found.peers.filter(pl.col("shop") == "D").sort("peer")
    assert at["peer"].to_list() == ["A", "B"]
    assert at["weight"].to_list() == pytest.approx([0.5, 0.5])
    assert found.targets.filter(pl.col("shop") == "D").select("staff", "sales").row(0) == pytest.approx((2.5, 2.0))
    assert found.slacks is None


def test_second_stage_finds_the_slack_a_radial_score_leaves() -> None:
    table = {"u": ["A", "B"], "x1": [1.0, 1.0], "x2": [1.0, 3.0], "y": [1.0, 1.0]}
    found = dea(table, ["x1", "x2"], ["y"], unit="u", slacks=True)
    assert scores(found) == [1.0, 1.0]
    assert found.slacks is not None
    assert found.slacks.row(1) == ("B", 0.0, 2.0, 0.0)
    assert found.targets.row(1) == ("B", 1.0, 1.0, 1.0)
    assert found.peers.filter(pl.col("u") == "B")["peer"].to_list() == ["A"]


def test_weights_decide_between_slacks() -> None:
    """The point (3, 3) may go to (1, 2.5) or to (2.5, 1)."""
    table = {"x1": [1.0, 2.5, 3.0], "x2": [2.5, 1.0, 3.0], "y": [1.0, 1.0, 1.0], "z": [0.0, 0.0, 1.0]}
    options = {"measure": "directional", "direction": {"y": 1.0}, "slacks": True}
    for weights, expected in (({"x1": 2.0, "x2": 1.0}, (2.0, 0.5)), ({"x1": 1.0, "x2": 2.0}, (0.5, 2.0))):
        found = dea(table, ["x1", "x2"], ["y"], weights=weights, **options)  # type: ignore[arg-type]
        assert found.slacks is not None
        assert found.slacks.row(2)[1:3] == pytest.approx(expected)


def test_multipliers_price_the_score() -> None:
    table, x, y = random_table(30, 2, 2, 1)
    for rts in ("crs", "vrs", "drs", "irs"):
        found = dea(table, x, y, unit="unit", rts=rts)  # type: ignore[arg-type]
        assert found.multipliers is not None
        v = found.multipliers.select(f"weight_{c}" for c in x).to_numpy()
        u = found.multipliers.select(f"weight_{c}" for c in y).to_numpy()
        scale = found.multipliers["scale"].to_numpy()
        cost, value = (v * table.select(x).to_numpy()).sum(axis=1), (u * table.select(y).to_numpy()).sum(axis=1)
        np.testing.assert_allclose(cost, 1, atol=1e-10)
        np.testing.assert_allclose(value - scale, found.frame["score"], atol=1e-10)
        assert min(v.min(), u.min()) >= -1e-12
        assert {"crs": (scale == 0).all(), "vrs": True, "drs": scale.min() > -1e-10, "irs": scale.max() < 1e-10}[rts]


@pytest.mark.parametrize("rts", ["crs", "vrs", "drs", "irs"])
@pytest.mark.parametrize("orientation", ["input", "output"])
def test_a_target_scores_1_and_has_no_slack_when_put_back(rts: str, orientation: str) -> None:
    table, x, y = random_table(40, 3, 2, 2)
    options = {"unit": "unit", "rts": rts, "orientation": orientation, "slacks": True}
    found = dea(table, x, y, **options)  # type: ignore[arg-type]
    moved = found.targets.select(table.columns).with_columns(pl.col("unit") + " moved")
    again = dea(pl.concat([table, moved]), x, y, **options)  # type: ignore[arg-type]
    np.testing.assert_allclose(again.frame["score"][40:], 1, atol=1e-9)
    np.testing.assert_allclose(again.frame["score"][:40], found.frame["score"], atol=1e-9)
    assert again.slacks is not None
    assert again.slacks[40:].select(x + y).to_numpy().max() < 1e-9


def test_constant_returns_make_one_orientation_the_reciprocal_of_the_other() -> None:
    table, x, y = random_table(40, 3, 2, 3)
    inward = dea(table, x, y, rts="crs").frame["score"].to_numpy()
    outward = dea(table, x, y, rts="crs", orientation="output").frame["score"].to_numpy()
    np.testing.assert_allclose(inward * outward, 1, atol=1e-10)


def test_wider_technologies_leave_lower_scores() -> None:
    table, x, y = random_table(40, 2, 2, 4)
    found = {rts: dea(table, x, y, rts=rts).frame["score"].to_numpy() for rts in ("crs", "drs", "irs", "vrs")}  # type: ignore[arg-type]
    free = dea(table, x, y, hull="free").frame["score"].to_numpy()
    assert (found["crs"] <= np.minimum(found["drs"], found["irs"]) + 1e-12).all()
    np.testing.assert_allclose(np.minimum(found["drs"], found["irs"]), found["crs"], atol=1e-10)
    np.testing.assert_allclose(np.maximum(found["drs"], found["irs"]), found["vrs"], atol=1e-10)
    assert (found["vrs"] <= free + 1e-12).all()


def test_a_direction_of_inputs_or_outputs_alone_is_the_radial_score() -> None:
    table, x, y = random_table(30, 2, 2, 5)
    for word, orientation in (("inputs", "input"), ("good", "output")):
        beta = dea(table, x, y, measure="directional", direction=word)  # type: ignore[arg-type]
        radial = dea(table, x, y, orientation=orientation)  # type: ignore[arg-type]
        np.testing.assert_allclose(beta.frame["efficiency"], radial.frame["efficiency"], atol=1e-10)
    assert dea(table, x, y, measure="directional").frame["efficiency"].null_count() == 30


def test_directions_by_word_and_by_number() -> None:
    def beta(direction: object) -> float:
        found = shops(measure="directional", direction=direction)
        score = found.frame["score"][3]
        assert isinstance(score, float)
        return score

    assert beta("unit") == pytest.approx(beta({"staff": -1.0, "sales": 1.0}), abs=1e-12)
    assert beta("mean") == pytest.approx(beta({"staff": -4.0, "sales": 2.75}), abs=1e-12)
    assert beta("range") == pytest.approx(beta({"staff": -3.0, "sales": 3.0}), abs=1e-12)
    assert beta("observed") == pytest.approx(beta({"staff": -5.0, "sales": 2.0}), abs=1e-12)
    assert beta({"staff": -1.0}) == pytest.approx(2.5, abs=1e-12)


def test_super_efficiency_goes_beyond_1_or_has_no_number() -> None:
    found = shops(super_efficiency=True)
    assert scores(found) == pytest.approx([1.5, (2 + 4 * 2 / 4) / 3, None, 0.5])
    assert found.frame["status"].to_list() == ["optimal", "optimal", "infeasible", "optimal"]
    assert found.frame["gap"].to_list()[2] is None
    assert found.targets.row(2) == ("C", None, None)
    note = next(n for n in found.notes if n.code == "frontier_infeasible")
    assert "1 of 4" in str(note)
    assert "C" in str(note)


@settings(max_examples=min(25, settings().max_examples))
@given(
    st.integers(0, 10_000),
    st.sampled_from(["crs", "vrs", "drs", "irs"]),
    st.sampled_from(["radial", "directional", "hyperbolic"]),
)
def test_neither_units_of_measurement_nor_order_nor_twins_change_a_score(seed: int, rts: str, measure: str) -> None:
    table, x, y = random_table(15, 2, 1, seed)
    options = {"unit": "unit", "rts": rts, "measure": measure}
    plain = dea(table, x, y, **options).frame  # type: ignore[arg-type]
    scaled = table.with_columns(pl.col("x0") * 1e6, pl.col("x1") * 1e-4, pl.col("y0") * 3e3)
    np.testing.assert_allclose(dea(scaled, x, y, **options).frame["score"], plain["score"], atol=1e-9)  # type: ignore[arg-type]
    mixed = dea(table.sample(fraction=1, shuffle=True, seed=seed), x, y, **options).frame  # type: ignore[arg-type]
    both = plain.join(mixed, on="unit")
    np.testing.assert_allclose(both["score"], both["score_right"], atol=1e-10)
    twins = pl.concat([table, table.with_columns(pl.col("unit") + " twin")])
    doubled = dea(twins, x, y, **options)  # type: ignore[arg-type]
    np.testing.assert_allclose(doubled.frame["score"], np.tile(plain["score"], 2), atol=1e-9)
    assert "frontier_twins" in {n.code for n in doubled.notes}


@pytest.mark.parametrize("measure", ["radial", "directional"])
def test_variable_returns_do_not_mind_a_shift_of_what_is_held(measure: str) -> None:
    table, x, y = random_table(20, 2, 2, 6)
    options = {"measure": measure, "direction": "inputs" if measure == "directional" else None}
    plain = dea(table, x, y, **options).frame["score"]  # type: ignore[arg-type]
    shifted = table.with_columns(pl.col("y0") - 100.0)
    np.testing.assert_allclose(dea(shifted, x, y, **options).frame["score"], plain, atol=1e-9)  # type: ignore[arg-type]


PANEL = pl.DataFrame(
    {
        "firm": ["A", "B", "A", "B", "A", "B"],
        "year": [2001, 2001, 2002, 2002, 2003, 2003],
        "x": [2.0] * 6,
        "y": [1.0, 2.0, 2.0, 3.0, 4.0, 2.0],
    }
)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("own", [0.5, 1.0, 2 / 3, 1.0, 1.0, 0.5]),
        ("global", [0.25, 0.5, 0.5, 0.75, 1.0, 0.5]),
        ("sequential", [0.5, 1.0, 2 / 3, 1.0, 1.0, 0.5]),
        ("next", [1 / 3, 2 / 3, 0.5, 0.75, None, None]),
        ("previous", [None, None, 1.0, 1.5, 4 / 3, 2 / 3]),
        ("biennial", [1 / 3, 2 / 3, 0.5, 0.75, None, None]),
        ("biennial_previous", [None, None, 2 / 3, 1.0, 1.0, 0.5]),
        ("window", [None, None, 2 / 3, 1.0, 1.0, 0.5]),
    ],
)
def test_the_frontier_of_a_year_is_that_of_its_reference(reference: str, expected: list[float | None]) -> None:
    options = {"unit": "firm", "time": "year", "rts": "crs", "reference": reference, "width": 2}
    found = dea(PANEL, ["x"], ["y"], **options)  # type: ignore[arg-type]
    assert scores(found) == pytest.approx(expected, abs=1e-12)
    absent = [k for k, v in enumerate(expected) if v is None]
    assert [k for k, s in enumerate(found.frame["status"]) if s == "no_reference"] == absent
    assert ("frontier_no_reference" in {n.code for n in found.notes}) == bool(absent)


def test_peers_of_other_years_carry_their_year() -> None:
    found = dea(PANEL, ["x"], ["y"], unit="firm", time="year", rts="crs", reference="global")
    assert set(found.peers["peer"]) == {"A"}
    assert set(found.peers["peer_year"]) == {2003}
    assert found.method.options["reference"] == "global"


def test_years_that_are_not_neighbours_are_told() -> None:
    apart = PANEL.with_columns(pl.col("year").replace({2003: 2007}))
    found = dea(apart, ["x"], ["y"], unit="firm", time="year", reference="next")
    assert "2002–2007" in str(next(n for n in found.notes if n.code == "frontier_year_gap"))
    assert "frontier_year_gap" not in {n.code for n in dea(apart, ["x"], ["y"], unit="firm", time="year").notes}


def test_rows_with_empty_cells_stop_or_are_left_out() -> None:
    table = SHOPS.with_columns(pl.when(pl.col("shop") != "B").then(pl.col("sales")).alias("sales"))
    with pytest.raises(DataError, match=r"row 2, unit B, indicator sales: There is no number"):
        dea(table, ["staff"], ["sales"], unit="shop")
    found = dea(table, ["staff"], ["sales"], unit="shop", missing="skip")
    assert found.frame["status"].to_list() == ["optimal", "missing", "optimal", "optimal"]
    assert scores(found) == pytest.approx([1.0, None, 1.0, (2 + 4 * 1 / 4) / 5])
    assert "B" not in found.peers["peer"].to_list()
    assert found.method.options["missing"] == "skip"
    empty = SHOPS.with_columns(sales=pl.lit(None, pl.Float64))
    with pytest.raises(DataError, match="None of the 4 rows is complete"):
        dea(empty, ["staff"], ["sales"], unit="shop", missing="skip")


def test_remarks_tell_of_few_units_and_of_many_efficient_ones() -> None:
    found = shops()
    few = next(n for n in found.notes if n.code == "frontier_few_units")
    assert (few.values["count"], few.values["least"]) == (4, 6)
    assert "3 of 4" in str(next(n for n in found.notes if n.code == "frontier_many_efficient"))
    with speak("zh"):
        assert "经验法则" in str(few)
    table, x, y = random_table(60, 1, 1, 7)
    assert dea(table, x, y).notes == ()


def test_any_dataframe_goes_in_and_comes_out() -> None:
    found = dea(SHOPS.to_pandas(), ["staff"], ["sales"], unit="shop")
    assert isinstance(found.to_frame(), pd.DataFrame)
    assert found.to_frame()["score"].tolist() == shops().frame["score"].to_list()
    rows = dea(SHOPS, ["staff"], ["sales"])
    assert rows.frame["row"].to_list() == [1, 2, 3, 4]
    assert rows.frame["score"].to_list() == shops().frame["score"].to_list()


def test_scores_do_not_depend_on_the_number_of_workers() -> None:
    table, x, y = random_table(50, 3, 2, 8)
    assert dea(table, x, y, workers=2).frame.equals(dea(table, x, y).frame)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"rts": "csr"}, "Did you mean “crs”"),
        ({"measure": "radiall"}, "Did you mean “radial”"),
        ({"orientation": "both"}, "input, output"),
        ({"orientation": "input", "measure": "directional"}, "both"),
        ({"direction": "observed"}, "directional"),
        ({"direction": "obsreved", "measure": "directional"}, "Did you mean “observed”"),
        ({"direction": {"sale": 1.0}, "measure": "directional"}, "Did you mean “sales”"),
        ({"direction": {"sales": 0.0}, "measure": "directional"}, "other than zero"),
        ({"weights": "men", "slacks": True}, "Did you mean “mean”"),
        ({"weights": {"sales": float("nan")}, "slacks": True}, "finite"),
        ({"reference": "next"}, "column of years"),
        ({"reference": "nxt"}, "Did you mean “next”"),
        ({"hull": "free", "measure": "sbm"}, 'measure="radial"'),
        ({"missing": "drop"}, "error, skip"),
        ({"width": 0}, "at least 1"),
        ({"width": 2.5}, "at least 1"),
        ({"weights": "mean"}, "slacks=True, sbm"),
        ({"weights": {"sales": -1.0}, "slacks": True}, "negative"),
        ({"weights": {"sales": 1.0}, "measure": "sbm", "orientation": "input"}, "nothing is scored"),
        ({"weights": "mean", "measure": "ram"}, "does nothing under ram"),
        ({"direction": {"sales": "much"}, "measure": "directional"}, "finite"),
    ],
)
def test_options_that_do_not_exist_or_do_not_fit_are_named(options: dict[str, object], text: str) -> None:
    with pytest.raises(SpecError) as caught:
        shops(**options)
    assert text in str(caught.value)


def test_columns_that_do_not_fit_are_named() -> None:
    with pytest.raises(DataError, match="Did you mean “staff”"):
        dea(SHOPS, ["stuff"], ["sales"])
    with pytest.raises(SpecError, match="At least one input"):
        dea(SHOPS, [], ["sales"])
    with pytest.raises(SpecError, match="“staff” stands there more than once"):
        dea(SHOPS, ["staff"], ["staff"])
    with pytest.raises(SpecError, match="“staff” stands there more than once"):
        dea(SHOPS, ["staff"], ["sales"], unit="staff")
    with pytest.raises(SpecError, match="cannot be called “score”"):
        dea(SHOPS.rename({"shop": "score"}), ["staff"], ["sales"], unit="score")
    with pytest.raises(DataError, match=r"shop"):
        dea(SHOPS, ["shop"], ["sales"])
    with pytest.raises(SpecError, match="unit="):
        dea(PANEL, ["x"], ["y"], time="year")
    with pytest.raises(DataError, match=r"row 3, unit A: The unit stands there more than once.*time="):
        dea(PANEL, ["x"], ["y"], unit="firm")


@pytest.mark.parametrize(
    ("column", "value", "options", "text"),
    [
        ("sales", -1.0, {"rts": "crs"}, r'unit B.*sales.*-1 is neg.*: radial \(rts="vrs", orientation="input"\)'),
        ("staff", -1.0, {}, r'unit B.*staff.*negative.*: radial \(orientation="output"\), directional \('),
        ("sales", -1.0, {"orientation": "output"}, r'sales.*: radial \(orientation="input"\)'),
        ("staff", 0.0, {}, r'unit B.*nothing above zero among staff.*: radial \(orientation="output"\)'),
        ("sales", 0.0, {"rts": "crs"}, r'unit B.*nothing above zero among sales.*radial \(rts="vrs", orientation="inp'),
        ("sales", -1.0, {"measure": "directional"}, r'directional \(direction="inputs"/"mean"/"unit"/"range"\)'),
        ("staff", -1.0, {"measure": "hyperbolic"}, r"staff.*negative.*, russell .*, additive, ram, bam, nonradial \("),
        ("staff", -1.0, {"hull": "free"}, r'\), directional \(direction="outputs"/"good"/"mean"/"unit"/"range"\)\.$'),
    ],
)
def test_zeros_and_negatives_are_refused_where_the_model_has_no_use_for_them(
    column: str, value: float, options: dict[str, object], text: str
) -> None:
    table = SHOPS.with_columns(
        pl.when(pl.col("shop") == "B").then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
    )
    with pytest.raises(MethodError, match=text):
        dea(table, ["staff"], ["sales"], unit="shop", **options)  # type: ignore[arg-type]


def test_the_models_a_message_names_do_take_the_data() -> None:
    table = {"u": ["A", "B", "C"], "x": [1.0, 2.0, 3.0], "y": [-1.0, 1.0, 0.5]}
    for options in ({"orientation": "input"}, {"measure": "directional", "direction": "range"}):
        found = dea(table, ["x"], ["y"], unit="u", **options)  # type: ignore[arg-type]
        assert found.frame["status"].to_list() == ["optimal"] * 3
    ranged = dea(table, ["x"], ["y"], unit="u", measure="directional", direction="range")
    assert ranged.frame["efficiency"].to_list() == pytest.approx([1.0, 1.0, 4 / 9], abs=1e-9)


def test_every_model_a_message_names_takes_the_data() -> None:
    """What stands in brackets is what must be given; one word of each option is enough."""
    clean = {"u": list("ABCD"), "x": [1.0, 2.0, 3.0, 5.0], "y": [2.0, 1.0, 4.0, 3.0], "b": [1.0, 2.0, 1.0, 4.0]}
    for column in ("x", "y", "b"):
        for value in (0.0, -1.0):
            for rts in ("crs", "vrs"):
                table = {**clean, column: [*clean[column][:3], value]}
                columns: tuple[Any, ...] = (table, ["x"], ["y"], ["b"])
                with pytest.raises(MethodError) as caught:
                    dea(*columns, unit="u", rts=rts, measure="hyperbolic" if value < 0 else "sbm")
                named = re.findall(r"(\w+)(?: \(([^)]*)\))?[,. ]", str(caught.value).split("these data: ")[1] + " ")
                for measure, options in named:
                    given = {k: v for k, v in re.findall(r'(\w+)="(\w+)"', options)}
                    found = dea(*columns, unit="u", measure=measure, **{"rts": rts, **given})
                    assert found.frame.height == 4
                assert len(named) >= 4


def test_a_translation_is_the_radial_score_of_bad_outputs_turned_round() -> None:
    rng = np.random.default_rng(5)
    table = pl.DataFrame(rng.uniform(1, 9, (25, 4)), schema=["x", "y", "b1", "b2"])
    options: dict[str, Any] = {"measure": "directional", "direction": "translation", "disposability": "strong"}
    found = dea(table, ["x"], ["y"], ["b1", "b2"], **options).frame
    turned = table.with_columns(pl.col(c).max() + 1 - pl.col(c) for c in ("b1", "b2"))
    radial = dea(turned, ["x"], ["y", "b1", "b2"], orientation="output").frame
    np.testing.assert_allclose(found["score"] + 1, radial["score"], atol=1e-10)
    np.testing.assert_allclose(found["efficiency"], radial["efficiency"], atol=1e-10)
    assert found["score"].max() > 0.1
    with pytest.raises(SpecError, match="Without bad outputs"):
        dea(table, ["x"], ["y"], **options)
    with pytest.raises(SpecError, match="variable returns"):
        dea(table, ["x"], ["y"], ["b1"], rts="crs", **options)


def test_zeros_in_some_inputs_are_no_harm() -> None:
    table = {"x1": [1.0, 0.0, 2.0], "x2": [0.0, 1.0, 2.0], "y": [1.0, 1.0, 1.0]}
    assert scores(dea(table, ["x1", "x2"], ["y"], rts="crs")) == pytest.approx([1.0, 1.0, 0.25])
