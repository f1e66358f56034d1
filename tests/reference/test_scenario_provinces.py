"""Scenarios of thirty provinces to 2035, decoupling of their energy, and TFP of countries before and after 2007."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.productivity.growth import decoupling, path_break
from nqpf.productivity.scenario import Scenarios, scenarios

pytestmark = pytest.mark.reference

COLUMNS: dict[str, Any] = {
    "unit": "region", "time": "year", "output": "y", "capital": "capital_stock_zj2000", "labour": "population",
    "rd": "rd", "energy": "energy_consumption", "emissions": "co2_edgar",
}  # fmt: skip
GIVEN: dict[str, Any] = {
    "share": {"central": 0.45, "low": 0.4, "high": 0.5, "evidence": "labour shares of provincial accounts"},
    "depreciation": {"central": 0.096, "evidence": "Zhang, Wu and Zhang (2004), 经济研究 10, 35–44"},
}
LEVERS: dict[str, Any] = {
    "rd": {"by": 0.005},
    "investment": {"by": -0.03, "evidence": "an example: consumption takes over"},
    "allocation": {"closed": 0.3},
    "energy": {"fall": 0.03, "carbon_fall": 0.01, "evidence": "an example"},
}


@pytest.fixture(scope="module")
def nominal(shared: Path) -> pl.DataFrame:
    """Return the core panel, 2012–2022, output at the prices of each year."""
    table = pl.read_csv(shared / "data" / "core_panel_30prov_2012_2022.csv", infer_schema_length=None)
    return table.with_columns(y=pl.col("gdp_yumanlou"), rd=pl.col("rd_expenditure") / 1e4)


@pytest.fixture(scope="module")
def real(shared: Path, nominal: pl.DataFrame) -> pl.DataFrame:
    """Return 2015–2022 at the prices of 2022: provincial volume indices begin with 2016 over 2015."""
    whole = pl.read_csv(shared / "data" / "china_province_panel.csv", infer_schema_length=None)
    index = whole.filter(pl.col("indicator") == "gdp_index").select("region", "year", step=pl.col("value") / 100)
    kept = nominal.filter(pl.col("year") >= 2015).join(index, on=["region", "year"], how="left").sort("region", "year")
    level = pl.col("step").fill_null(1.0).cum_prod()
    made = kept.with_columns(volume=level.over("region"))
    y = pl.col("volume") / pl.col("volume").last().over("region") * pl.col("gdp_yumanlou").last().over("region")
    return made.with_columns(y=y, rd=pl.col("rd") / pl.col("gdp_yumanlou") * y)


@pytest.fixture(scope="module")
def done(real: pl.DataFrame) -> Scenarios:
    return scenarios(real, **COLUMNS, **GIVEN, target=2035, levers=LEVERS)


def test_the_provinces_to_2035(done: Scenarios) -> None:
    output = done.paths.filter(unit="total", measure="output", year=2035)
    by = {row["scenario"]: row for row in output.to_dicts()}
    now = done.past.filter(unit="total", measure="output", year=2022)["value"].item()
    growth = np.log(by["baseline"]["central"] / now) / 13
    assert 0.03 < growth < 0.06
    assert np.log(by["baseline"]["q95"] / by["baseline"]["q5"]) > 0.2
    assert by["investment"]["central"] < by["baseline"]["central"] < by["allocation"]["central"]
    assert by["energy"]["central"] == pytest.approx(by["baseline"]["central"], rel=1e-12)
    units = done.paths.filter(pl.col("unit") != "total", measure="output", year=2035)
    sums = units.group_by("scenario").agg(pl.col("central").sum())
    for scenario, total in sums.rows():
        assert total == pytest.approx(by[scenario]["central"], rel=1e-9)


def test_everything_adds_up(done: Scenarios) -> None:
    parts = done.parts.group_by("unit", "measure").agg(pl.col("part").sum(), pl.col("all", "baseline").first())
    assert parts.height == 31 * 3
    np.testing.assert_allclose(parts["part"], parts["all"] - parts["baseline"], rtol=1e-9, atol=1e-6)
    sources = done.accounts.select(pl.sum_horizontal("capital", "labour", "schooling", "tfp")).to_series()
    np.testing.assert_allclose(sources, done.accounts["output"], rtol=0, atol=1e-9)


def test_what_the_panel_says_of_its_parameters(done: Scenarios) -> None:
    known = {row["name"]: row for row in done.parameters.filter(pl.col("unit").is_null()).to_dicts()}
    assert known["rd.elasticity"]["source"] == known["allocation.gap"]["source"] == "estimated"
    assert known["share"]["evidence"].startswith("labour shares")
    assert 0 < known["allocation.gap"]["value"] < 0.3
    codes = {note.code for note in done.notes}
    assert {"scenario_few_years", "scenario_far", "scenario_assumed", "scenario_no_backcast"} <= codes
    doubtful = known["rd.elasticity"]["low"] <= 0 <= known["rd.elasticity"]["high"]
    assert ("scenario_may_be_nothing" in codes) == doubtful


def test_three_years_held_back(nominal: pl.DataFrame) -> None:
    """Thirty provinces from 2012–2019 to 2022, at prices of each year: better than no change, intervals near 90 %."""
    found = scenarios(nominal, **COLUMNS, **GIVEN, target=2030)
    own = found.skill.filter(pl.col("measure") == "output", ~pl.col("together")).row(0, named=True)
    assert own["cells"] == 90
    assert 0.7 < own["coverage_90"] <= 1
    assert own["error"] < 0.6 * own["error_no_change"]


def test_energy_of_provinces_comes_away_from_output(real: pl.DataFrame) -> None:
    found = decoupling(real, "y", "energy_consumption", unit="region", time="year")
    shares = dict(found.states.filter(pl.col("unit").is_null()).select("state", "share").rows())
    assert shares.get("weak_decoupling", 0) > 0.5
    assert found.lock_in.filter(pl.col("state").is_null())["moves"].item() == 30 * 6


def test_countries_that_left_their_path_after_2007(shared: Path) -> None:
    """TFP of Greece and Italy fell from its path after 2007 (Penn World Table 10.01); Ireland's did not fall."""
    table = pl.read_csv(shared / "data" / "country_panel_wide.csv", infer_schema_length=None)
    some = ["GRC", "ITA", "IRL", "DEU", "USA", "FRA", "JPN", "KOR", "GBR", "ESP"]
    tfp = table.filter(pl.col("iso3").is_in(some), pl.col("year") >= 1990).drop_nulls("rtfpna")
    found = path_break(tfp, "rtfpna", unit="iso3", time="year", until=2007, at=2014)
    gaps = dict(found.frame.select("unit", "gap").rows())
    verdicts = dict(found.frame.select("unit", "verdict").rows())
    assert verdicts["GRC"] == "below"
    assert gaps["GRC"] < gaps["ITA"] < 0
    assert all(verdict in ("above", "within", "below") for verdict in verdicts.values())
