"""Scenarios on arrays and tables: the inventory by hand, exact parts, levers one by one, draws, and the backcast."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError
from nqpf.productivity.scenario import Scenarios, scenarios
from nqpf.productivity.scenario.rd_elasticity import rd_elasticity
from nqpf.productivity.scenario.shapley import coalitions, shapley

SHARE = {"central": 0.4, "low": 0.35, "high": 0.45, "evidence": "national accounts"}
LOST = {"central": 0.06, "evidence": "service lives"}
COLUMNS = {"unit": "u", "time": "t", "output": "y", "labour": "l", "capital": "k", "energy": "e", "emissions": "c"}
LEVERS: dict[str, Any] = {
    "rd": {"by": 0.01, "elasticity": {"central": 0.08, "low": 0.04, "high": 0.12, "evidence": "survey of studies"}},
    "education": {"by": 1.0, "per_year": {"central": 0.08, "low": 0.06, "high": 0.1, "evidence": "wage regressions"}},
    "investment": {"by": -0.05, "evidence": "the plan"},
    "allocation": {"closed": 0.3, "gap": {"central": 0.1, "low": 0.05, "high": 0.2, "evidence": "misallocation"}},
    "energy": {"fall": 0.04, "carbon_fall": 0.02, "evidence": "the plan"},
}


def panel(units: int = 6, years: int = 14, seed: int = 1) -> pl.DataFrame:
    """Return an economy that follows the model itself."""
    rng = np.random.default_rng(seed)
    a, n = rng.normal(0, 0.3, units), np.log(rng.uniform(1, 5, units))
    k, share = n + 1.2, rng.uniform(0.3, 0.4, units)
    rows = []
    for t in range(years):
        a = a + 0.02 + rng.normal(0, 0.01) + rng.normal(0, 0.01, units)
        n = n + rng.normal(0.01, 0.005, units)
        y = np.exp(a + 0.4 * k + 0.6 * n)
        k = np.log(0.94 * np.exp(k) + share * y)
        e = y * np.exp(-0.02 * t + rng.normal(0, 0.02, units))
        more = {"rd": y * rng.uniform(0.015, 0.025, units), "s": 8 + 0.1 * t + rng.normal(0, 0.02, units)}
        columns = {"y": y, "l": np.exp(n), "k": np.exp(k), "e": e, "c": e * np.exp(-0.01 * t)} | more
        rows += [{"u": f"u{i}", "t": 2005 + t} | {c: float(v[i]) for c, v in columns.items()} for i in range(units)]
    return pl.DataFrame(rows)


PANEL = panel()


def run(data: pl.DataFrame = PANEL, levers: Any = None, **more: Any) -> Scenarios:
    options: dict[str, Any] = {"share": SHARE, "depreciation": LOST, "target": 2025, "draws": 199, "levers": levers}
    return scenarios(data, **{**COLUMNS, "rd": "rd", "schooling": "s", **options, **more})


@pytest.fixture(scope="module")
def done() -> Scenarios:
    return run(levers=LEVERS)


def path(found: Scenarios, unit: str, scenario: str, measure: str, column: str = "central") -> Any:
    return found.paths.filter(unit=unit, scenario=scenario, measure=measure).sort("year")[column].to_numpy()


def value(found: Scenarios, name: str, unit: str | None = None) -> float:
    rows = found.parameters.filter(pl.col("name") == name, pl.col("unit").eq_missing(unit))
    return float(rows["value"].item())


def near(got: Any, expected: Any, tolerance: float = 1e-9) -> None:
    np.testing.assert_allclose(np.asarray(got, float), np.asarray(expected, float), rtol=tolerance, atol=1e-12)


def last(column: str, unit: str, back: int = 1) -> float:
    return float(PANEL.filter(u=unit).sort("t")[column][-back])


def test_the_baseline_by_hand(done: Scenarios) -> None:
    """Capital by perpetual inventory, output by the production function, energy and emissions by their trends."""
    for unit in ("u0", "u4"):
        own = PANEL.filter(u=unit).sort("t")
        k, y = own["k"].to_numpy(), own["y"].to_numpy()
        share = ((k[1:] - 0.94 * k[:-1]) / y[1:])[-5:].mean()
        near(value(done, "baseline.investment", unit), share)
        tfp, labour, school = (value(done, f"baseline.{name}", unit) for name in ("tfp", "labour", "schooling"))
        steps = {c: np.diff(np.log(own[c].to_numpy()))[1:].mean() for c in ("y", "l")}
        deepening = np.diff(np.log(k))[:-1].mean()
        near(school, np.diff(own["s"].to_numpy())[1:].mean())
        near(labour, steps["l"])
        near(tfp, steps["y"] - 0.4 * deepening - 0.6 * (labour + 0.08 * school))
        before, now, out = k[-2], k[-1], y[-1]
        produced: list[float] = []
        for _ in range(7):
            out = out * np.exp(tfp + 0.6 * (labour + 0.08 * school)) * (now / before) ** 0.4
            before, now = now, 0.94 * now + share * out
            produced.append(out)
        near(path(done, unit, "baseline", "output"), produced)
        near(path(done, unit, "baseline", "capital")[-1], now)
        intensity = np.log(own["e"].to_numpy() / y)
        energy = produced[-1] * np.exp(intensity[-1] + 7 * np.diff(intensity)[1:].mean())
        near(path(done, unit, "baseline", "energy")[-1], energy)
        near(path(done, unit, "baseline", "productivity")[-1], produced[-1] / (last("l", unit) * np.exp(7 * labour)))


def test_all_units_together_are_sums(done: Scenarios) -> None:
    for scenario in ("baseline", "all"):
        for measure in ("output", "capital", "energy", "emissions"):
            units = [path(done, f"u{n}", scenario, measure) for n in range(6)]
            near(path(done, "total", scenario, measure), np.sum(units, axis=0))
    near(done.past.filter(unit="total", year=2018, measure="output")["value"], PANEL.filter(t=2018)["y"].sum())


def test_growth_adds_up_exactly(done: Scenarios) -> None:
    accounts = done.accounts
    assert accounts.height == 7 * 7
    near(accounts.select(pl.sum_horizontal("capital", "labour", "schooling", "tfp")).to_series(), accounts["output"])
    own = accounts.filter(unit="u3", scenario="all").row(0, named=True)
    near(own["output"], np.log(path(done, "u3", "all", "output")[-1] / last("y", "u3")))
    near(own["tfp"], np.log(path(done, "u3", "all", "tfp")[-1]))
    whole = accounts.filter(unit="total", scenario="all").row(0, named=True)
    near(whole["tfp"], np.log(path(done, "total", "all", "tfp")[-1]))


def test_parts_add_up_to_the_difference(done: Scenarios) -> None:
    sums = done.parts.group_by("unit", "measure").agg(
        pl.col("part").sum(), (pl.col("all") - pl.col("baseline")).first().alias("whole")
    )
    assert sums.height == 7 * 3
    near(sums["part"], sums["whole"], 1e-9)
    units = done.parts.filter(pl.col("unit") != "total").group_by("measure", "lever").agg(pl.col("part").sum())
    joined = units.join(done.parts.filter(unit="total"), on=["measure", "lever"])
    near(joined["part"], joined["part_right"], 1e-9)
    output = done.parts.filter(unit="total", measure="output")
    assert output.filter(pl.col("part") < 0)["lever"].to_list() == ["investment"]
    near(output.filter(lever="energy")["part"], 0.0)  # saving energy costs nothing without an elasticity


def test_shapley_by_hand() -> None:
    near(coalitions(2).sum(axis=1), [0, 1, 1, 2])
    values = np.array([[0.0, 1.0], [4.0, 1.0], [6.0, 1.0], [14.0, 1.0]])
    near(shapley(values), [[6.0, 0.0], [8.0, 0.0]])


def test_levers_of_nothing_change_nothing() -> None:
    nothing = {
        "rd": {"by": 0.0, "elasticity": LEVERS["rd"]["elasticity"]},
        "education": {"by": 0.0, "per_year": LEVERS["education"]["per_year"]},
        "investment": {"by": 0.0, "evidence": "none"},
        "allocation": {"closed": 0.0, "gap": LEVERS["allocation"]["gap"]},
        "energy": {"carbon_fall": -0.0, "fall": None, "evidence": "none"},
    }
    found = run(levers={k: v for k, v in nothing.items() if k != "energy"})
    base = found.paths.filter(scenario="baseline").drop("scenario")
    for scenario in ("rd", "education", "investment", "allocation", "all"):
        other = found.paths.filter(scenario=scenario).drop("scenario")
        near(other.drop("unit", "measure"), base.drop("unit", "measure"))
    plain = run()
    assert plain.paths["scenario"].unique().sort().to_list() == ["all", "baseline"]
    assert plain.parts.height == 0
    near(plain.paths.filter(scenario="all")["q5"], plain.paths.filter(scenario="baseline")["q5"])


def test_each_lever_by_hand(done: Scenarios) -> None:
    """In the year after the last one only this year's share of the way is gone, and capital is what it was."""
    base, unit = path(done, "u1", "baseline", "output"), "u1"
    near(path(done, unit, "education", "output")[0] / base[0], np.exp(0.6 * 0.08 / 7))
    near(path(done, unit, "allocation", "output")[0] / base[0], np.exp(0.1 * 0.3 / 7))
    near(path(done, unit, "investment", "output")[0], base[0])
    capital = [path(done, unit, s, "capital")[0] for s in ("investment", "baseline")]
    near(capital[0] - capital[1], -0.05 / 7 * base[0])
    near(path(done, unit, "rd", "output")[0], base[0])  # R&D counts a year later
    trend, carbon = (value(done, f"baseline.{name}", unit) for name in ("energy", "carbon"))
    energy = [path(done, unit, s, "energy")[-1] for s in ("energy", "baseline")]
    near(energy[0] / energy[1], np.exp(7 * (np.log(0.96) - trend)))
    emitted = [path(done, unit, s, "emissions")[-1] for s in ("energy", "baseline")]
    near(emitted[0] / emitted[1], energy[0] / energy[1] * np.exp(7 * (np.log(0.98) - carbon)))


def test_research_by_hand() -> None:
    lever = {"to": 0.04, "elasticity": {"central": 0.1, "evidence": "example"}}
    found = run(levers={"rd": lever}, lag=2)
    unit = "u2"
    own = PANEL.filter(u=unit).sort("t")
    rd, y = own["rd"].to_numpy(), own["y"].to_numpy()
    growth = (rd[-1] / rd[0]) ** (1 / 13) - 1
    stock = rd[0] / (growth + 0.15)
    for spent in rd[1:]:
        stock = 0.85 * stock + spent
    base = (rd / y)[-5:].mean()
    near(value(found, "baseline.rd", unit), base)
    output = path(found, unit, "rd", "output")
    more = less = stock
    for t in range(5):  # what is spent until the fifth year counts in the seventh
        more = 0.85 * more + (base + (0.04 - base) * (t + 1) / 7) * output[t]
        less = 0.85 * less + base * output[t]
    tfp = path(found, unit, "rd", "tfp")[-1] / path(found, unit, "baseline", "tfp")[-1]
    near(tfp, (more / less) ** 0.1)
    faster = run(levers={"rd": {"faster": 0.02, "elasticity": lever["elasticity"]}}, lag=2)
    tfp = path(faster, unit, "rd", "tfp")[-1] / path(faster, unit, "baseline", "tfp")[-1]
    near(tfp, np.exp(0.1 * 0.02 * 5))


def test_amounts_by_unit_leave_the_others() -> None:
    found = run(levers={"investment": {"to": {"u0": 0.5}, "evidence": "a plan"}})
    assert path(found, "u0", "investment", "output")[-1] > path(found, "u0", "baseline", "output")[-1]
    near(path(found, "u1", "investment", "output"), path(found, "u1", "baseline", "output"))
    labour = run(labour_growth={"u0": -0.02})
    near(value(labour, "baseline.labour", "u0"), -0.02)
    assert labour.parameters.filter(name="baseline.labour", unit="u0")["source"].item() == "given"
    worked = path(labour, "u0", "baseline", "output") / path(labour, "u0", "baseline", "productivity")
    near(worked, last("l", "u0") * np.exp(-0.02 * np.arange(1, 8)))


def test_assets_with_their_own_depreciation() -> None:
    """Two assets that are halves of one and wear alike are the one; a mix that lasts longer gives more capital."""
    data = PANEL.with_columns(k1=pl.col("k") / 2, k2=pl.col("k") / 2)
    assets = {name: {"stock": column, "depreciation": LOST} for name, column in (("a", "k1"), ("b", "k2"))}
    both = run(data, capital=None, depreciation=None, assets=assets)
    near(path(both, "u1", "baseline", "capital"), path(run(), "u1", "baseline", "capital"))
    assets["b"] = {"stock": "k2", "depreciation": {"central": 0.03, "evidence": "buildings"}}
    lever = {"investment": {"mix": {"a": 0.2, "b": 0.8}, "evidence": "a plan"}}
    mixed = run(data, lever, capital=None, depreciation=None, assets=assets)
    assert path(mixed, "u1", "all", "capital")[-1] > path(mixed, "u1", "baseline", "capital")[-1]
    assert {"depreciation.a", "depreciation.b"} <= set(mixed.parameters["name"])


def test_an_elasticity_of_energy_moves_output() -> None:
    cost = {"central": 0.05, "evidence": "example"}
    found = run(levers={"energy": {"fall": 0.05, "elasticity": cost, "evidence": "a plan"}})
    trend = value(found, "baseline.energy", "u0")
    first = path(found, "u0", "energy", "output")[0] / path(found, "u0", "baseline", "output")[0]
    near(first, np.exp(0.05 * (np.log(0.95) - trend)))


def test_quantiles_rise_and_widen_and_draws_repeat(done: Scenarios) -> None:
    numbers = done.paths.select("q5", "q10", "q25", "q50", "q75", "q90", "q95").to_numpy()
    assert (np.diff(numbers, axis=1) >= -1e-12).all()
    width = np.log(path(done, "total", "baseline", "output", "q95") / path(done, "total", "baseline", "output", "q5"))
    assert width[-1] > 1.5 * width[0]
    assert done.paths.equals(run(levers=LEVERS).paths)
    assert not done.paths.equals(run(levers=LEVERS, seed=1).paths)
    shuffled = PANEL.sample(fraction=1, shuffle=True, seed=3)
    keys = ["unit", "year", "scenario", "measure"]
    other = run(shuffled, LEVERS).paths.join(done.paths, on=keys)
    near(other["q90"], other["q90_right"], 1e-9)


def test_portions_of_units_change_nothing(done: Scenarios, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nqpf.productivity.scenario.setup.CELLS", 3000)
    split = run(levers=LEVERS, trend="pooled")
    monkeypatch.undo()
    whole = run(levers=LEVERS, trend="pooled")
    near(split.paths.drop("unit", "scenario", "measure"), whole.paths.drop("unit", "scenario", "measure"))
    trends = whole.parameters.filter(name="baseline.tfp")["value"]
    near(trends, np.full(6, done.parameters.filter(name="baseline.tfp")["value"].mean()))


def test_effects_know_more_than_levels(done: Scenarios) -> None:
    """Draws are the same with and without a lever, so its effect is told apart although the fans overlap."""
    effect = done.effects.filter(unit="total", scenario="allocation", measure="output").row(0, named=True)
    assert 0 < effect["low"] < effect["central"] < effect["high"]
    assert effect["above"] == 1.0
    zero = done.effects.filter(unit="total", scenario="energy", measure="output").row(0, named=True)
    near([zero["central"], zero["low"], zero["high"], zero["above"]], 0.0)


def test_parameters_say_where_they_come_from(done: Scenarios) -> None:
    given = done.parameters.filter(pl.col("unit").is_null())
    assert dict(given.select("name", "source").rows()) == dict.fromkeys(given["name"], "given")
    row = given.filter(name="rd.elasticity").row(0, named=True)
    assert (row["low"], row["value"], row["high"], row["evidence"]) == (0.04, 0.08, 0.12, "survey of studies")
    trends = done.parameters.filter(name="baseline.tfp")
    assert trends["source"].unique().to_list() == ["estimated"]
    assert (trends["low"] < trends["value"]).all()
    assert (trends["value"] < trends["high"]).all()


def test_estimates_from_the_panel() -> None:
    found = run(levers={"rd": {"by": 0.01}, "allocation": {"closed": 0.5}})
    names = [f"rd.elasticity{part}" for part in ("", ".within", ".intensity")]
    whole, within, intensity = (found.parameters.filter(name=name).row(0, named=True) for name in names)
    near(whole["value"], (within["value"] + intensity["value"]) / 2)
    assert whole["low"] == min(within["low"], intensity["low"])
    assert whole["source"] == "estimated"
    gap = found.parameters.filter(name="allocation.gap").row(0, named=True)
    assert 0 < gap["low"] < gap["value"] < gap["high"]
    assert gap["evidence"] == "misallocation.aggregate"
    codes = {note.code for note in found.notes}
    assert {"scenario_rd_between", "scenario_few_years"} <= codes


def test_a_lever_that_may_do_nothing_says_so() -> None:
    unsure = {"central": 0.02, "low": -0.01, "high": 0.05, "evidence": "two studies that disagree"}
    found = run(levers={"rd": {"by": 0.01, "elasticity": unsure}})
    note = next(note for note in found.notes if note.code == "scenario_may_be_nothing")
    assert "rd.elasticity" in note.text().en
    assert "[-0.01, 0.05]" in note.text().zh
    effect = found.effects.filter(unit="total", scenario="rd", measure="output").row(0, named=True)
    assert effect["low"] < 0 < effect["high"]


def test_the_elasticity_of_research_without_noise() -> None:
    """Exact where TFP is nothing but effects and the stock; the instrument gives the same."""
    rng = np.random.default_rng(6)
    output = np.exp(np.cumsum(rng.normal(0.03, 0.02, (10, 7)), axis=0))
    spending = output * rng.uniform(0.01, 0.03, (10, 7))
    stock = np.empty_like(output)
    stock[0] = spending[0] / 0.2
    for t in range(1, 10):
        stock[t] = 0.85 * stock[t - 1] + spending[t]
    tfp = 0.12 * np.log(stock[:-1]) + rng.normal(0, 1, 7) + rng.normal(0, 1, (9, 1))
    found = rd_elasticity(tfp, output, spending, stock, 0.15, 1)
    near([found["within"].value, found["intensity"].value], 0.12, 1e-8)
    later = rd_elasticity(tfp[1:], output[:-1], spending[:-1], stock[:-1], 0.15, 1)
    assert later["within"].value != pytest.approx(0.12, abs=1e-3)
    moved = 0.12 * np.log(stock[:-2]) + rng.normal(0, 1, (8, 1))
    lagged = rd_elasticity(np.vstack([moved[:1], moved]), output, spending, stock, 0.15, 2)
    near(lagged["within"].value, 0.12, 1e-8)


def test_the_share_of_capital_can_be_estimated() -> None:
    found = run(panel(units=12, years=20, seed=4), share="estimated")
    row = found.parameters.filter(name="share").row(0, named=True)
    assert row["source"] == "estimated"
    assert row["low"] < 0.4 < row["high"]


def test_the_backcast_knows_only_what_came_before(done: Scenarios) -> None:
    assert done.backcast["year"].unique().sort().to_list() == [2015, 2016, 2017, 2018]
    early = PANEL.filter(pl.col("t") <= 2014)
    alone = run(early, target=2018)
    keys = ["unit", "year", "measure"]
    joined = done.backcast.join(alone.paths.filter(scenario="baseline"), on=keys)
    assert joined.height == done.backcast.height
    near(joined["central"], joined["central_right"])
    row = joined.filter(unit="u0", measure="output", year=2018).row(0, named=True)
    own = early.filter(u="u0").sort("t")["y"].to_numpy()
    near([row["actual"], row["no_change"]], [last("y", "u0"), own[-1]])
    near(row["trend"], own[-1] * (own[-1] / own[1]) ** (4 / 8))
    skill = done.skill.filter(pl.col("measure") == "output", ~pl.col("together")).row(0, named=True)
    cells = done.backcast.filter(pl.col("measure") == "output", pl.col("unit") != "total")
    assert skill["cells"] == cells.height == 24
    inside = (cells["actual"] >= cells["q5"]) & (cells["actual"] <= cells["q95"])
    near(skill["coverage_90"], inside.mean())
    near(skill["error"], np.sqrt((np.log(cells["q50"] / cells["actual"]) ** 2).mean()))
    assert skill["coverage_50"] <= skill["coverage_80"] <= skill["coverage_90"]


def test_a_backcast_that_fails_says_so() -> None:
    """Growth that stops short is missed by intervals from the years before, and by more than no change misses it."""
    quick = PANEL.with_columns(y=pl.col("y") * pl.when(pl.col("t") > 2014).then(0.6).otherwise(1.0))
    codes = {note.code: note for note in run(quick).notes}
    assert codes["scenario_overconfident"].values["coverage"] == 0.0
    assert "0%" in codes["scenario_overconfident"].text().en
    assert "scenario_no_skill" in codes


def test_few_years_leave_none_to_hold_back() -> None:
    short = run(PANEL.filter(pl.col("t") >= 2011), target=2020)
    assert short.backcast.height == short.skill.height == 0
    assert "scenario_no_backcast" in {note.code for note in short.notes}
    with pytest.raises(MethodError, match="With 7 years held back fewer than 8 are left; 6 can be"):
        run(backcast=7)


def test_a_single_series_needs_no_units() -> None:
    one = PANEL.filter(u="u0").drop("u")
    names = {k: v for k, v in COLUMNS.items() if k != "unit"}
    options: dict[str, Any] = {**names, "share": SHARE, "depreciation": LOST, "target": 2020, "draws": 199}
    found = scenarios(one, **options)
    assert found.paths["unit"].unique().to_list() == [""]
    near(
        found.paths.filter(measure="output", scenario="baseline")["central"][1],
        path(run(), "u0", "baseline", "output")[1],
    )


def test_an_absent_year_or_cell_is_named() -> None:
    hole = PANEL.filter((pl.col("u") != "u2") | (pl.col("t") != 2010))
    with pytest.raises(DataError, match=r"every unit in every year; these are absent: .*u2.*2010"):
        run(hole)
    blank = PANEL.with_columns(e=pl.when((pl.col("u") != "u3") | (pl.col("t") != 2018)).then("e"))
    with pytest.raises(DataError, match=r"u3.*2018"):
        run(blank)


@pytest.mark.slow
def test_intervals_cover_an_economy_that_follows_the_model() -> None:
    inside = []
    for seed in range(30):
        whole = panel(units=8, years=26, seed=100 + seed)
        known = whole.filter(pl.col("t") < 2023)
        found = run(known, target=2030, draws=299, seed=seed)
        cells = found.paths.filter(scenario="baseline", measure="output").join(
            whole.select(unit="u", year=pl.col("t").cast(pl.Int64), actual="y"), on=["unit", "year"]
        )
        inside.append(((cells["actual"] > cells["q5"]) & (cells["actual"] < cells["q95"])).mean())
    assert 0.82 < np.mean(inside) < 0.97
