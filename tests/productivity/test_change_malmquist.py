"""Indices of productivity change beside the formulas of their papers, with distances from scipy's linear programs."""

from __future__ import annotations

from functools import cache
from math import sqrt
from typing import Any

import joblib
import numpy as np
import polars as pl
import pytest
from scipy.optimize import linprog

from nqpf.productivity.change.malmquist import Change, malmquist
from nqpf.productivity.frontier.dea import dea

UNITS, YEARS = 18, 3
X, Y, B = ["x1", "x2"], ["y1", "y2"], ["b"]
KEYS: Any = {"unit": "firm", "time": "year"}
REFERENCES = ("contemporaneous", "sequential", "global", "biennial")


def panel(seed: int = 3, units: int = UNITS, years: int = YEARS) -> pl.DataFrame:
    """Return a panel in which programs across years have solutions: sizes differ little."""
    draw = np.random.default_rng(seed)
    rows = units * years
    table: dict[str, Any] = {
        "firm": np.tile(np.arange(units), years),
        "year": np.repeat(np.arange(years) + 2001, units),
    }
    return pl.DataFrame(table | {c: draw.lognormal(0, 0.25, rows) for c in (*X, *Y, *B)})


DATA = panel()


@cache
def at(unit: int, year: int) -> dict[str, np.ndarray]:
    """Return the quantities of a unit in a year (counted from 0)."""
    row = DATA.filter(pl.col("firm") == unit, pl.col("year") == 2001 + year)
    return {"x": row.select(X).to_numpy()[0], "y": row.select(Y).to_numpy()[0], "b": row.select(B).to_numpy()[0]}


@cache
def among(years: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    """Return inputs, outputs and bad outputs of the years (counted from 0), a row a quantity."""
    rows = DATA.filter(pl.col("year").is_in([2001 + t for t in years]))
    return tuple(rows.select(columns).to_numpy().T for columns in (X, Y, B))


def best(years: tuple[int, ...], rts: str, x: np.ndarray, y: np.ndarray, b: np.ndarray | None, g: np.ndarray) -> float:
    """Return max β with (x, y, b) + βg possible, weak disposability, by a program written out here."""
    inputs, outputs, bad = among(years)
    n = inputs.shape[1]
    gx, gy, gb = g[:2], g[2:4], g[4:]
    upper = np.vstack([np.c_[inputs, -gx], np.c_[-outputs, gy]])
    limit = np.r_[x, -y]
    equal, value = np.zeros((0, n + 1)), np.zeros(0)
    if b is not None:
        equal, value = np.c_[bad, -gb], b
    if rts == "vrs":
        equal, value = np.vstack([equal, np.r_[np.ones(n), 0.0]]), np.r_[value, 1.0]
    cost = np.r_[np.zeros(n), -1.0]
    bounds = [(0, None)] * n + [(None, None)]
    found = linprog(cost, upper, limit, equal if value.size else None, value if value.size else None, bounds)
    return float(-found.fun) if found.status == 0 else float("nan")


@cache
def efficiency(orientation: str, years: tuple[int, ...], rts: str, unit: int, of_x: int, of_y: int) -> float:
    """Return Farrell's efficiency, higher better: frontier's years, rts, unit, year of inputs, year of outputs."""
    x, y = at(unit, of_x)["x"], at(unit, of_y)["y"]
    if orientation == "output":
        return 1 / (1 + best(years, rts, x, y, None, np.r_[0 * x, y]))
    return 1 - best(years, rts, x, y, None, np.r_[-x, 0 * y])


def frontiers(reference: str, t: int) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Return the years of the frontier of t, of that of t + 1, and of the common one."""
    if reference == "sequential":
        return tuple(range(t + 1)), tuple(range(t + 2)), ()
    return (t,), (t + 1,), tuple(range(YEARS)) if reference == "global" else (t, t + 1)


def expected(reference: str, decomposition: str, orientation: str, rts: str, unit: int, t: int) -> dict[str, float]:
    """Return index and components as their papers have them."""
    f, g, both = frontiers(reference, t)
    s = t + 1
    common = reference in ("global", "biennial")

    def e(r: str, span: tuple[int, ...], of_x: int, of_y: int) -> float:
        return efficiency(orientation, span, r, unit, of_x, of_y)

    def tc(r: str) -> float:
        if common:
            return (e(r, both, s, s) / e(r, g, s, s)) / (e(r, both, t, t) / e(r, f, t, t))
        return sqrt(e(r, f, s, s) / e(r, g, s, s) * e(r, f, t, t) / e(r, g, t, t))

    def size(span: tuple[int, ...], of_x: int, of_y: int) -> float:
        return e("crs", span, of_x, of_y) / e("vrs", span, of_x, of_y)

    ec, pech = (e(r, g, s, s) / e(r, f, t, t) for r in ("crs", "vrs"))
    sech = size(g, s, s) / size(f, t, t)
    if decomposition == "ec_tc":
        ec = e(rts, g, s, s) / e(rts, f, t, t)
        return {"index": ec * tc(rts), "ec": ec, "tc": tc(rts)}
    if decomposition == "fgnz":
        return {"index": ec * tc("crs"), "ec": ec, "pech": pech, "sech": sech, "tc": tc("crs")}
    if decomposition in ("bias", "bias_vrs"):
        r = "crs" if decomposition == "bias" else rts
        ob = sqrt(e(r, f, s, s) / e(r, g, s, s) * e(r, g, s, t) / e(r, f, s, t))
        ib = sqrt(e(r, g, t, t) / e(r, f, t, t) * e(r, f, s, t) / e(r, g, s, t))
        ma = e(r, f, t, t) / e(r, g, t, t)
        return {"index": ec * tc(r), "ec": ec, "tc": tc(r), "obtech": ob, "ibtech": ib, "matech": ma}
    shift = tc("vrs") if common or decomposition == "ray_desli" else e("vrs", f, s, s) / e("vrs", g, s, s)
    if decomposition == "generalized":
        sech = size(f, s, t) / size(f, t, t)
    elif decomposition == "ray_desli_base":
        sech = size(f, s, s) / size(f, t, t)
    elif common:
        sech = size(both, s, s) / size(both, t, t)
    else:
        sech = sqrt(size(f, s, s) / size(f, t, t) * size(g, s, s) / size(g, t, t))
    return {"index": pech * shift * sech, "pech": pech, "tc": shift, "sech": sech}


CASES = [
    (reference, decomposition, orientation, rts)
    for orientation in ("output", "input")
    for reference in REFERENCES
    for decomposition, rts in (
        ("ec_tc", "crs"),
        ("ec_tc", "vrs"),
        ("fgnz", "vrs"),
        ("ray_desli", "vrs"),
        ("ray_desli_base", "vrs"),
        ("generalized", "vrs"),
        ("bias", "crs"),
        ("bias_vrs", "vrs"),
    )
    if reference in REFERENCES[:2] or decomposition in ("ec_tc", "fgnz", "ray_desli", "ray_desli_base")
]


@pytest.mark.parametrize(("reference", "decomposition", "orientation", "rts"), CASES)
def test_malmquist_is_what_its_papers_write(reference: Any, decomposition: Any, orientation: Any, rts: Any) -> None:
    options: Any = {"reference": reference, "decomposition": decomposition, "orientation": orientation, "rts": rts}
    found = malmquist(DATA, X, Y, **KEYS, **options).frame
    for unit, t in ((0, 0), (4, 1)):
        row = found.filter(pl.col("firm") == unit, pl.col("from") == 2001 + t).row(0, named=True)
        wanted = expected(reference, decomposition, orientation, rts, unit, t)
        if np.isfinite(list(wanted.values())).all():
            assert row["status"] == "defined"
            assert {k: row[k] for k in wanted} == pytest.approx(wanted, abs=1e-8)
        else:
            assert row["status"] == "infeasible"
            assert row["index"] is None


@cache
def directional(years: tuple[int, ...], rts: str, unit: int, year: int, ways: tuple[int, int, int]) -> float:
    q = at(unit, year)
    return best(years, rts, q["x"], q["y"], q["b"], np.r_[ways[0] * q["x"], ways[1] * q["y"], ways[2] * q["b"]])


WAYS = {"outputs": (0, 1, -1), "inputs": (-1, 0, 0), "observed": (-1, 1, -1), "good": (0, 1, 0)}


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("rts", ["crs", "vrs"])
@pytest.mark.parametrize(("index", "way"), [("ml", "outputs"), ("ml", "inputs"), ("luenberger", "observed")])
def test_luenberger_family_is_what_its_papers_write(reference: Any, rts: Any, index: Any, way: Any) -> None:
    found = malmquist(DATA, X, Y, B, **KEYS, index=index, reference=reference, rts=rts, direction=way).frame
    defined = 0
    for unit in range(0, UNITS, 3):
        f, g, both = frontiers(reference, 0)
        d = {
            (k, t): directional(span, rts, unit, t, WAYS[way])
            for k, span in (("f", f), ("g", g), ("c", both))
            for t in (0, 1)
            if span
        }
        row = found.filter(pl.col("firm") == unit, pl.col("from") == 2001).row(0, named=True)
        if index == "luenberger":
            ec = d["f", 0] - d["g", 1]
            whole = 0.5 * (d["f", 0] - d["f", 1] + d["g", 0] - d["g", 1])
            wanted = d["c", 0] - d["c", 1] if reference in ("global", "biennial") else whole
            tc = wanted - ec
        else:
            m = {k: 1 - v if way == "inputs" else 1 / (1 + v) for k, v in d.items()}
            ec = m["g", 1] / m["f", 0]
            whole = sqrt(m["f", 1] / m["f", 0] * m["g", 1] / m["g", 0])
            wanted = m["c", 1] / m["c", 0] if reference in ("global", "biennial") else whole
            tc = wanted / ec
        assert row["ec"] == pytest.approx(ec, abs=1e-8)
        if np.isfinite(wanted):
            defined += 1
            assert [row["index"], row["tc"]] == pytest.approx([wanted, tc], abs=1e-8)
        else:
            assert (row["index"], row["tc"], row["status"]) == (None, None, "infeasible")
    assert defined >= 3


def test_gml_is_ml_before_all_years() -> None:
    gml = malmquist(DATA, X, Y, B, **KEYS, index="gml")
    assert gml.frame.equals(malmquist(DATA, X, Y, B, **KEYS, index="ml", reference="global").frame)
    assert gml.method.id == "change.malmquist_luenberger"
    assert gml.frame["status"].unique().to_list() == ["defined"]


def doubled(years: int = 3) -> pl.DataFrame:
    """Return a panel in which every unit makes twice as much of everything with the same inputs each year."""
    first = panel(units=9, years=1)
    return pl.concat(first.with_columns(pl.col("year") + t, (pl.col(*Y) * 2.0**t), pl.col("b")) for t in range(years))


DOUBLING = [
    (reference, decomposition, orientation, rts)
    for reference in (*REFERENCES, "window")
    for decomposition, orientation, rts in (
        ("ec_tc", "output", "crs"),
        ("ec_tc", "output", "vrs"),
        ("ec_tc", "input", "crs"),
        ("fgnz", "output", "vrs"),
        ("ray_desli", "output", "vrs"),
        ("generalized", "output", "vrs"),
        ("bias", "input", "crs"),
        ("bias_vrs", "output", "vrs"),
    )
    if reference not in ("global", "biennial") or decomposition in ("ec_tc", "fgnz", "ray_desli")
]


@pytest.mark.parametrize(("reference", "decomposition", "orientation", "rts"), DOUBLING)
def test_twice_the_output_of_the_same_inputs_is_two(
    reference: Any, decomposition: Any, orientation: Any, rts: Any
) -> None:
    options: Any = {"reference": reference, "decomposition": decomposition, "orientation": orientation, "rts": rts}
    found = malmquist(doubled(), X, Y, **KEYS, **options, width=2).frame.filter(pl.col("status") == "defined")
    assert found.height == 9 * (1 if reference == "window" else 2)
    assert found["index"].to_list() == pytest.approx([2.0] * found.height, abs=1e-12)


@pytest.mark.parametrize("reference", REFERENCES)
def test_twice_the_good_output_at_the_same_bad_output_is_two(reference: Any) -> None:
    found = malmquist(doubled(), X, Y, B, **KEYS, index="ml", direction="good", reference=reference).frame
    assert found["index"].to_list() == pytest.approx([2.0] * found.height, abs=1e-12)


@pytest.mark.parametrize("reference", REFERENCES)
def test_twice_the_output_is_two_by_slacks_too(reference: Any) -> None:
    found = malmquist(doubled(), X, ["y1"], **KEYS, measure="sbm", reference=reference).frame
    assert found["index"].to_list() == pytest.approx([2.0] * found.height, abs=1e-9)


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("index", ["malmquist", "ml", "luenberger"])
def test_nothing_changed_is_no_change(index: Any, reference: Any) -> None:
    same = pl.concat(panel(years=1).with_columns(pl.col("year") + t) for t in range(3))
    bad = [] if index == "malmquist" else B
    found = malmquist(same, X, Y, bad, **KEYS, index=index, reference=reference, rts="vrs")
    still = 0.0 if index == "luenberger" else 1.0
    for column in ("index", "ec", "tc"):
        assert found.frame[column].to_list() == pytest.approx([still] * found.frame.height, abs=1e-12)
        assert found.cumulative[column].to_list() == pytest.approx([still] * found.cumulative.height, abs=1e-12)


def defined(found: Change) -> pl.DataFrame:
    return found.frame.filter(pl.col("status") == "defined")


@pytest.mark.parametrize("index", ["malmquist", "ml", "luenberger"])
def test_components_make_up_the_index(index: Any) -> None:
    bad = [] if index == "malmquist" else B

    def of(decomposition: Any, reference: Any = "contemporaneous") -> dict[str, np.ndarray]:
        options: Any = {"index": index, "decomposition": decomposition, "reference": reference}
        found = defined(malmquist(DATA, X, Y, bad, **KEYS, **options))
        assert found.height > 5
        table = found.drop("firm", "from", "to", "status", "failed")
        log = (lambda v: v) if index == "luenberger" else np.log
        return {c: log(table[c].to_numpy()) for c in table.columns}

    def same(a: np.ndarray, b: np.ndarray) -> None:
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-9)

    one = of("ec_tc")
    same(one["index"], one["ec"] + one["tc"])
    for reference in REFERENCES:
        fgnz = of("fgnz", reference)
        same(fgnz["ec"], fgnz["pech"] + fgnz["sech"])
        same(fgnz["index"], fgnz["ec"] + fgnz["tc"])
        rd = of("ray_desli", reference)
        same(rd["index"], rd["pech"] + rd["tc"] + rd["sech"])
    bias = of("bias")
    same(bias["tc"], bias["obtech"] + bias["ibtech"] + bias["matech"])


def test_ray_and_desli_measure_the_same_index_as_constant_returns() -> None:
    plain = malmquist(DATA, X, Y, **KEYS).frame
    apart = malmquist(DATA, X, Y, **KEYS, decomposition="ray_desli").frame
    both = plain.join(apart.filter(pl.col("status") == "defined"), on=["firm", "from"], suffix="_apart")
    assert both.height > 5
    np.testing.assert_allclose(both["index"], both["index_apart"], atol=1e-9)


@pytest.mark.parametrize("index", ["malmquist", "ml", "luenberger"])
def test_a_global_index_is_circular_and_others_are_not(index: Any) -> None:
    data = panel(seed=5, years=4)
    bad = [] if index == "malmquist" else B

    def chained_and_direct(reference: Any) -> tuple[np.ndarray, np.ndarray]:
        found = malmquist(data, X, Y, bad, **KEYS, index=index, reference=reference)
        last = found.cumulative.filter(pl.col("year") == 2004, pl.col("base") == 2001).sort("firm")
        # The ends alone, before the frontier of all years, straight from the distances.
        score = found.distances.filter(pl.col("frontier_from") != pl.col("frontier_to")).sort("firm")
        ends = [score.filter(pl.col("inputs_of") == year, pl.col("outputs_of") == year) for year in (2001, 2004)]
        a, b = (part.filter(pl.col("frontier_from") == 2001, pl.col("frontier_to") == 2004)["score"] for part in ends)
        if index == "luenberger":
            return last["index"].to_numpy(), (a - b).to_numpy()
        a, b = (a, b) if index == "malmquist" else (1 + a, 1 + b)
        return last["index"].to_numpy(), (a / b).to_numpy()

    chained, direct = chained_and_direct("global")
    assert len(direct) == UNITS
    np.testing.assert_allclose(chained, direct, rtol=0, atol=1e-9)
    biennial = malmquist(data, X, Y, bad, **KEYS, index=index, reference="biennial").cumulative
    other = biennial.filter(pl.col("year") == 2004).sort("firm")["index"].to_numpy()
    assert np.abs(other - direct).max() > 1e-3


def test_units_of_measurement_and_order_of_rows_do_not_matter() -> None:
    plain = malmquist(DATA, X, Y, B, **KEYS, index="ml", decomposition="fgnz", reference="biennial")
    scaled = DATA.with_columns(pl.col("x1") * 1e7, pl.col("y2") * 1e-4, pl.col("b") * 1e9)
    other = malmquist(scaled, X, Y, B, **KEYS, index="ml", decomposition="fgnz", reference="biennial")
    mixed = DATA.sample(fraction=1.0, shuffle=True, seed=1)
    third = malmquist(mixed, X, Y, B, **KEYS, index="ml", decomposition="fgnz", reference="biennial")
    numbers = ["index", "ec", "pech", "sech", "tc"]
    for found in (other, third):
        for table in ("frame", "cumulative"):
            key = ["firm", "to"] if table == "frame" else ["firm", "year"]
            a, b = (getattr(f, table).sort(key).select(numbers).to_numpy() for f in (plain, found))
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-9)


def test_workers_change_nothing() -> None:
    one = malmquist(DATA, X, Y, **KEYS, decomposition="fgnz")
    with joblib.parallel_config(backend="threading", n_jobs=2):
        two = malmquist(DATA, X, Y, **KEYS, decomposition="fgnz")
    assert one.frame.equals(two.frame)
    assert one.distances.equals(two.distances)


def test_without_bad_outputs_malmquist_luenberger_is_malmquist() -> None:
    ml = malmquist(DATA, X, Y, **KEYS, index="ml").frame["index"]
    np.testing.assert_allclose(ml, malmquist(DATA, X, Y, **KEYS).frame["index"], rtol=0, atol=1e-10)


def test_a_direction_by_column_is_measured_in_its_units() -> None:
    step = {"y1": 0.5, "b": -0.25}
    found = malmquist(DATA, X, Y, B, **KEYS, index="luenberger", direction=step, reference="global")
    unit = found.distances.filter(pl.col("firm") == 2, pl.col("frontier_to") == 2003, pl.col("frontier_from") == 2001)
    q = at(2, 1)
    wanted = best((0, 1, 2), "crs", q["x"], q["y"], q["b"], np.array([0, 0, 0.5, 0, -0.25]))
    assert unit.filter(pl.col("inputs_of") == 2002)["score"].to_list() == pytest.approx([wanted], abs=1e-9)


def test_nonradial_luenberger_weighs_every_movement() -> None:
    weights = {"y1": 0.5, "b": 0.5}
    options: Any = {"index": "luenberger", "measure": "nonradial", "reference": "global"}
    found = malmquist(DATA, X, ["y1"], B, **KEYS, **options, weights=weights)
    assert found.frame.equals(malmquist(DATA, X, ["y1"], B, **KEYS, **options).frame)  # one good, one bad: the default
    twice = malmquist(DATA, X, ["y1"], B, **KEYS, **options, weights={"y1": 1.0, "b": 1.0}).frame
    np.testing.assert_allclose(twice["index"], 2 * found.frame["index"], rtol=0, atol=1e-9)


@pytest.mark.parametrize("orientation", ["both", "input", "output"])
def test_slacks_based_change_before_all_years_is_the_ratio_of_two_scores(orientation: Any) -> None:
    found = malmquist(DATA, X, Y, B, **KEYS, measure="sbm", reference="global", orientation=orientation)
    options: Any = {"measure": "sbm", "reference": "global", "orientation": orientation, "rts": "crs"}
    rho = (
        dea(DATA, X, Y, B, **KEYS, **options).frame.sort("firm", "year")["efficiency"].to_numpy().reshape(UNITS, YEARS)
    )
    ours = found.frame.sort("firm", "from")["index"].to_numpy().reshape(UNITS, YEARS - 1)
    np.testing.assert_allclose(ours, rho[:, 1:] / rho[:, :-1], rtol=0, atol=1e-9)


def test_slacks_based_scores_beyond_a_frontier_are_super_efficiencies() -> None:
    """One input, one output: before another year's frontier the score is a ratio of productivities, on both sides."""
    rows = [("a", 1, 1.0, 2.0), ("b", 1, 2.0, 3.0), ("a", 2, 1.0, 3.0), ("b", 2, 2.0, 2.0)]
    data = pl.DataFrame(rows, schema=["firm", "year", "x", "y"], orient="row")
    found = malmquist(data, ["x"], ["y"], **KEYS, measure="sbm", orientation="input")
    assert found.frame.sort("firm")["index"].to_list() == pytest.approx([1.5, 2 / 3], abs=1e-9)
    score = found.distances.filter(pl.col("frontier_from") == 1, pl.col("inputs_of") == 2).sort("firm")["score"]
    assert score.to_list() == pytest.approx([1.5, 0.5], abs=1e-9)


@pytest.mark.parametrize("disposability", ["weak", "strong", "kuosmanen", "abatement", "free", "by_production"])
@pytest.mark.parametrize("rts", ["crs", "vrs"])
def test_green_change_before_all_years_for_every_disposability(disposability: Any, rts: Any) -> None:
    options: Any = {"disposability": disposability, "rts": rts, "reference": "global", "direction": "outputs"}
    found = malmquist(DATA, X, Y, B, **KEYS, index="ml", **options)
    beta = dea(DATA, X, Y, B, **KEYS, measure="directional", **options).frame.sort("firm", "year")["score"]
    level = 1 / (1 + beta.to_numpy().reshape(UNITS, YEARS))
    ours = found.frame.sort("firm", "from")["index"].to_numpy().reshape(UNITS, YEARS - 1)
    np.testing.assert_allclose(ours, level[:, 1:] / level[:, :-1], rtol=0, atol=1e-9)
    assert found.method.options["disposability"] == disposability


def test_a_score_without_a_logarithm_is_a_status() -> None:
    """In year 2 a needs nothing of z, of which everybody in year 1 needs some: nothing could be made there."""
    rows = [("a", 1, 1.0, 2.0, 2.0), ("b", 1, 2.0, 1.0, 3.0), ("a", 2, 1.0, 0.0, 2.0), ("b", 2, 2.0, 1.0, 3.0)]
    data = pl.DataFrame(rows, schema=["firm", "year", "x", "z", "y"], orient="row")
    a = malmquist(data, ["x", "z"], ["y"], **KEYS).frame.sort("firm").row(0, named=True)
    assert (a["index"], a["ec"], a["status"], a["failed"]) == (None, 1.0, "undefined", "crs 1(2, 2)")
    score = malmquist(data, ["x", "z"], ["y"], **KEYS).distances.filter(pl.col("status") == "undefined")["score"]
    assert score.to_list() == pytest.approx([0.0], abs=1e-12)
