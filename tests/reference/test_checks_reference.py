"""The checks on 39,982 real numbers of China's provinces: the faults known to be there, and faults put there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.data import Checks, check, read
from nqpf.data.panel import TIDY

pytestmark = [pytest.mark.reference, pytest.mark.slow]

GUANGDONG, GUANGXI, TIANJIN, SHANGHAI, ZHEJIANG = "440000", "450000", "120000", "310000", "330000"


@pytest.fixture(scope="module")
def tables(shared: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the long panel as tidy rows, and its national rows."""
    table = pl.read_csv(shared / "data" / "china_province_panel.csv", infer_schema=False)
    assert table.height == 39_982
    tidy = table.select(
        unit="region",
        code="adcode",
        period=pl.col("year").cast(pl.Int64),
        indicator="indicator",
        value=pl.col("value").cast(pl.Float64),
        measure="unit",
        source="source",
    )
    national = pl.col("unit") == "全国"
    return tidy.filter(~national), tidy.filter(national)


@pytest.fixture(scope="module")
def real(tables: tuple[pl.DataFrame, pl.DataFrame]) -> Checks:
    return check(*tables)


def told(checks: Checks, kind: str, indicator: str) -> list[dict[str, Any]]:
    return checks.frame.filter(check=kind, indicator=indicator).to_dicts()


def test_the_whole_file_is_checked_as_it_is_read(shared: Path) -> None:
    checks = check(read(shared / "data" / "china_province_panel.csv", measure="unit"))
    assert checks.errors >= 1
    row = next(r for r in checks.frame.iter_rows(named=True) if r["indicator"] == "thermal_capacity")
    assert row["cells"][0].startswith("china_province_panel.csv")


def test_few_of_the_numbers_are_called_wrong(real: Checks) -> None:
    """One error, and fewer than sixty findings to look at among 79 series."""
    assert real.errors == 1
    assert real.warnings < 60
    assert "swap" not in real.frame["check"].to_list()
    assert "shift" not in real.frame["check"].to_list()
    assert not {"copied_year", "copied_unit"} & set(real.frame["check"])


@pytest.mark.parametrize(
    ("unit", "year", "size"), [(SHANGHAI, 2021, 19_671.0), (ZHEJIANG, 2015, 117.4)], ids=["Shanghai", "Zhejiang"]
)
def test_kinds_of_research_that_do_not_make_up_the_total(real: Checks, unit: str, year: int, size: float) -> None:
    (row,) = (r for r in told(real, "components", "rd_expenditure") if (r["units"], r["periods"]) == ([unit], [year]))
    assert abs(row["value"] - row["expected"]) == pytest.approx(size, abs=0.5)


def test_wastewater_was_interpolated(real: Checks) -> None:
    """Guangdong: 7,370.71 more each year of 2018–21; the office stopped the series in 2015."""
    rows = told(real, "even_steps", "ind_wastewater")
    assert any(GUANGDONG in r["units"] and r["periods"] == [2018, 2019, 2020, 2021] for r in rows)
    assert sum(len(r["units"]) for r in rows) == 7


def test_net_fixed_assets_were_extrapolated_after_2017(real: Checks) -> None:
    (row,) = told(real, "calm_growth", "ind_net_fixed_assets")
    assert len(row["units"]) >= 10
    assert row["periods"] == list(range(2018, 2024))


@pytest.mark.parametrize(
    ("indicator", "start"),
    [("ind_net_fixed_assets", 2018), ("gfcf", 2018), ("ind_employment", 2022), ("ind_wastewater", 2022)],
)
def test_numbers_worked_out_by_somebody_have_more_decimals(real: Checks, indicator: str, start: int) -> None:
    (row,) = told(real, "new_decimals", indicator)
    assert row["periods"][0] == start


def test_sulphur_dioxide_breaks_in_2016_and_the_break_is_registered(real: Checks) -> None:
    (row,) = (r for r in told(real, "jump", "ind_so2") if r["units"] == [TIANJIN])
    assert row["periods"] == [2016]
    assert "From 2016, environmental statistics were redesigned" in row["detail_en"]
    notes = [n for n in real.notes if n.code == "registered_break" and n.values["year"] == 2016]
    assert "ind_so2" in str(notes[0].text())


def test_a_genuine_jump_is_a_warning_and_no_error(real: Checks) -> None:
    """Guangxi's technology market, ten times as large in 2021."""
    (row,) = (r for r in told(real, "jump", "tech_market_out_value") if r["units"] == [GUANGXI])
    assert (row["severity"], row["periods"]) == ("warning", [2021])


def test_guangdong_s_capacity_of_2007_lacks_a_digit(real: Checks) -> None:
    (row,) = told(real, "unit_slip", "thermal_capacity")
    assert (row["units"], row["periods"], row["value"], row["expected"]) == ([GUANGDONG], [2007], 471, 4710)


def test_vintages_of_gdp_are_compared(real: Checks) -> None:
    rows = {r["detail_en"].split("”")[0].split("“")[1]: r for r in told(real, "sources", "gdp_vintage2024")}
    assert rows["gdp_vintage2026"]["size"] == pytest.approx(0.0886, abs=1e-4)
    assert (rows["gdp_vintage2026"]["units"], rows["gdp_vintage2026"]["periods"]) == ([SHANGHAI], [2023])
    (same,) = told(real, "sources", "gdp_vintage2026")
    assert same["size"] < 1e-4


def test_small_equal_steps_of_rounded_populations_are_no_finding(real: Checks) -> None:
    """Populations in 万人 of one decimal or none: of 62 series of provinces one is told, Fujian's 2005–10."""
    rows = told(real, "even_steps", "population") + told(real, "even_steps", "population_b")
    assert {u for r in rows for u in r["units"]} == {"350000"}


def test_what_was_compared_is_said(real: Checks) -> None:
    said = {n.code: str(n.text()) for n in real.notes}
    assert said["check_national"].startswith("The units of 25 series")
    assert "rd_intensity" in said["check_no_national"]
    assert "rd_expenditure = rd_exp_basic + rd_exp_applied + rd_exp_experimental" in said["check_identities"]
    assert "population ~ population_b" in said["check_pairs"]


# Faults put into the real numbers

Rows = pl.DataFrame


def at(indicator: str, units: Sequence[str] = (), years: Sequence[int] = ()) -> pl.Expr:
    place = pl.col("indicator") == indicator
    place = place & pl.col("code").is_in(units) if units else place
    return place & pl.col("period").is_in(years) if years else place


def put(tidy: Rows, where: pl.Expr, value: Any) -> Rows:
    return tidy.with_columns(value=pl.when(where).then(value).otherwise(pl.col("value")))


def value(tidy: Rows, indicator: str, unit: str, year: int) -> float:
    return float(tidy.filter(at(indicator, [unit], [year]))["value"].item())


def swap(tidy: Rows) -> Rows:
    one, other = (value(tidy, "retail_sales", u, 2014) for u in (GUANGXI, SHANGHAI))
    return put(put(tidy, at("retail_sales", [GUANGXI], [2014]), other), at("retail_sales", [SHANGHAI], [2014]), one)


def shifted(tidy: Rows) -> Rows:
    before = tidy.filter(at("rd_expenditure", [ZHEJIANG])).select(period=pl.col("period") + 1, late="value")
    joined = tidy.join(before, on="period", how="left", maintain_order="left")
    late = put(joined, at("rd_expenditure", [ZHEJIANG], range(2015, 2024)), pl.col("late"))
    return late.drop("late")


def same_sheet(tidy: Rows) -> Rows:
    before = tidy.filter(at("gdp_vintage2024", years=[2013])).select("code", old="value")
    joined = tidy.join(before, on="code", how="left", maintain_order="left")
    return put(joined, at("gdp_vintage2024", years=[2014]), pl.col("old")).drop("old")


def copied(tidy: Rows) -> Rows:
    from_there = tidy.filter(at("disposable_income_pc", [GUANGDONG])).select("period", old="value")
    joined = tidy.join(from_there, on="period", how="left", maintain_order="left")
    return put(joined, at("disposable_income_pc", [GUANGXI]), pl.col("old")).drop("old")


def interpolated(tidy: Rows) -> Rows:
    first, last = (value(tidy, "energy_consumption", GUANGDONG, y) for y in (2010, 2015))
    for year, x in zip(range(2010, 2016), np.linspace(first, last, 6).round(2), strict=True):
        tidy = put(tidy, at("energy_consumption", [GUANGDONG], [year]), float(x))
    return tidy


def times(indicator: str, units: Sequence[str], years: Sequence[int], factor: float) -> Callable[[Rows], Rows]:
    return lambda tidy: put(tidy, at(indicator, units, years), pl.col("value") * factor)


@pytest.mark.parametrize(
    ("spoil", "kind", "indicator", "units", "years"),
    [
        (times("retail_sales", [], [2012], 10_000), "unit_slip", "retail_sales", None, [2012]),
        (
            times("education_funds", [TIANJIN], [2014, 2015], 1e-4),
            "unit_slip",
            "education_funds",
            [TIANJIN],
            [2014, 2015],
        ),
        (times("budget_total", [TIANJIN], [], 0.1), "unit_slip", "budget_total", [TIANJIN], list(range(2010, 2024))),
        (times("hitech_revenue", [ZHEJIANG], [2014], 0.1), "national", "hitech_revenue", [ZHEJIANG], [2014]),
        (times("population", [SHANGHAI], [2014], -1), "negative", "population", [SHANGHAI], [2014]),
        (swap, "swap", "retail_sales", [SHANGHAI, GUANGXI], [2014]),
        (shifted, "shift", "rd_expenditure", [ZHEJIANG], list(range(2015, 2024))),
        (same_sheet, "copied_year", "gdp_vintage2024", None, [2014]),
        (copied, "copied_unit", "disposable_income_pc", [GUANGDONG, GUANGXI], list(range(2005, 2024))),
        (interpolated, "even_steps", "energy_consumption", [GUANGDONG], list(range(2010, 2016))),
        (times("coal_share", [TIANJIN], [2010], 100), "share", "coal_share", [TIANJIN], [2010]),
        (times("rd_exp_basic", [SHANGHAI], [2015], 1.1), "components", "rd_exp_basic", [SHANGHAI], [2015]),
        (times("population", [GUANGXI], [2012], 1.02), "sources", "population", [GUANGXI], [2012]),
        (times("budget_science", [GUANGXI], [2022], 1.2), "national", "budget_science", [], [2022]),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_a_fault_put_into_real_numbers_is_found_in_its_cells(
    tables: tuple[pl.DataFrame, pl.DataFrame],
    real: Checks,
    spoil: Callable[[Rows], Rows],
    kind: str,
    indicator: str,
    units: list[str] | None,
    years: list[int],
) -> None:
    tidy, national = tables
    spoilt = spoil(tidy.select(c for c in TIDY if c in tidy.columns))
    assert spoilt.height == tidy.height
    checks = check(spoilt, national)
    fresh = checks.frame.join(real.frame, on=["severity", "check", "indicator", "units", "periods"], how="anti")
    found = fresh.filter(check=kind, indicator=indicator, severity="warning" if kind == "even_steps" else "error")
    wanted = sorted(units) if units is not None else sorted(tidy.filter(at(indicator))["code"].unique())
    assert [sorted(u) for u in found["units"]] == [wanted] * len(found)
    assert years in found["periods"].to_list()
    # the fault is told of its own series, and of what is compared with it
    assert fresh.height <= 6
