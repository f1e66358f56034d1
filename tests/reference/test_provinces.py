"""A full assessment of provinces, from one YAML file to four formats, on the panel beside the project."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from nqpf import theory
from nqpf.chapters.theory import measured_items
from nqpf.study import Assessment, run

pytestmark = [pytest.mark.reference, pytest.mark.slow]

HERE = Path(__file__).parent
SERIES = {
    "gdp": "gdp_yumanlou",
    "deflator": "invest_price_1952",
    "capital": "capital_stock_zj2000",
    "population": "population",
    "urban": "urban_population",
    "income": "disposable_income_pc",
    "retail": "retail_sales",
    "rd_fte": "rd_personnel_fte",
    "rd": "rd_expenditure",
    "rd_basic": "rd_exp_basic",
    "inventions": "invention_valid",
    "grants": "invention_grants",
    "contracts": "tech_market_out_value",
    "ind_rd_fte": "ind_rd_fte",
    "newproducts": "newproduct_sales",
    "budget": "budget_total",
    "budget_education": "budget_education",
    "budget_science": "budget_science",
    "mobile": "mobile_per_100",
    "energy": "energy_consumption",
    "co2": "co2_edgar",
    "green_inventions": "green_invention_patents",
    "hitech_revenue": "hitech_revenue",
    "hitech_firms": "hitech_firms",
}
"""Series of the study and what they are called in the panel."""


@pytest.fixture(scope="module")
def folder(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the study and its table."""
    panel = pl.read_csv(shared / "data" / "china_province_panel.csv", infer_schema_length=None)
    core = pl.read_csv(shared / "data" / "core_panel_30prov_2012_2022.csv")
    kept = panel.filter(
        pl.col("region").is_in(core["region"].unique().to_list()),
        pl.col("year").is_between(2012, 2022),
        pl.col("indicator").is_in(list(SERIES.values())),
    )
    wide = kept.pivot("indicator", index=["region", "year"], values="value", aggregate_function="first")
    names = {old: new for new, old in SERIES.items()}
    home = tmp_path_factory.mktemp("provinces")
    wide.rename(names).sort("year", "region").write_csv(home / "provinces.csv")
    (home / "provinces.yaml").write_text((HERE / "provinces.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def assessment(folder: Path) -> Assessment:
    return run(folder / "provinces.yaml")


@pytest.fixture(scope="module")
def out(assessment: Assessment, folder: Path) -> Path:
    return assessment.write(folder / "out")


def test_every_chapter_is_there(assessment: Assessment) -> None:
    asked = {"theory", "index", "coherence", "robustness", "productivity", "regions", "circles", "balances"}
    asked |= {"abilities", "cautions", "blockages", "paths", "scenario", "profiles", "data", "checks", "methods"}
    assert asked <= {c.id for c in assessment.chapters}
    left = next(b for b in assessment.chapters[0].blocks if getattr(b, "id", "") == "left-out")
    assert {"industry", "text"} <= set(left.frame["chapter"])  # type: ignore[union-attr]


def test_circles_are_tested_or_name_what_is_missing(assessment: Assessment) -> None:
    codes = {f.code: f.numbers for f in assessment.findings if f.code.startswith("ring_")}
    assert {f.place for f in assessment.findings if f.code.startswith("ring_")} == {
        f"circle-{one.id}" for one in theory.circles()
    }
    assert "ring_missing" in codes


def test_the_parts_of_growth_add_up(assessment: Assessment) -> None:
    found = assessment.context.scenarios
    assert found is not None
    parts = found.accounts.select(
        gap=pl.col("output")
        - pl.sum_horizontal(c for c in ("capital", "labour", "schooling", "tfp") if c in found.accounts.columns)
    )
    assert parts["gap"].abs().max() < 1e-9


def test_what_of_the_theory_is_measured(assessment: Assessment) -> None:
    items = measured_items(assessment.whole)
    measured = set(items.filter(pl.col("state") == "measured")["item"])
    assert {"A04", "A07", "B01", "F01", "H01", "I01", "L01", "L02", "L07", "O03"} <= measured
    assert {"K01", "L05", "G10"}.isdisjoint(measured)


def test_four_formats_open(out: Path) -> None:
    assert (out / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert (out / "report.pdf").read_bytes().startswith(b"%PDF-")
    assert zipfile.ZipFile(out / "report.docx").testzip() is None
    sheets = CalamineWorkbook.from_path(out / "report.xlsx").sheet_names
    assert len(sheets) > 60
    record: dict[str, Any] = json.loads((out / "assessment.json").read_text(encoding="utf-8"))
    assert len(record["theory"]) == 118


def test_a_second_run_gives_the_same_page_and_workbook(folder: Path, out: Path) -> None:
    again = run(folder / "provinces.yaml").write(folder / "again", formats=("html", "xlsx"))
    for name in ("report.html", "report.xlsx", "assessment.json"):
        assert (again / name).read_bytes() == (out / name).read_bytes(), name
