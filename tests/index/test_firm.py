"""The firm-level index: the vendor's table as it comes, firms that come and go, and what its weights hang on."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.index import Recipe, build
from nqpf.index.firm import effective_number, firm_framework, firm_index
from nqpf.index.firm_table import firm_columns, read_firms
from nqpf.messages import speak

COLUMNS = firm_columns()


def table(firms: int = 8, years: tuple[int, ...] = (2021, 2022), **changed: Any) -> dict[str, Any]:
    """Return a whole table of ratios, every number its own."""
    random, rows = np.random.default_rng(2), firms * len(years)
    columns: dict[str, Any] = {
        "Symbol": [f"{i:06}" for i in range(1, firms + 1)] * len(years),
        "EndDate": [f"{year}-12-31" for year in years for _ in range(firms)],
    }
    return columns | {name: random.random(rows).round(4).tolist() for name in COLUMNS} | changed


def test_the_columns_are_the_vendors_eleven() -> None:
    assert COLUMNS == (
        "RDPSalaryRatio",
        "RDPersonRatio",
        "HighEduPersonRatio",
        "FixedAssetsRatio",
        "ManufacturCostsRatio",
        "RDPDepAmortRatio",
        "RDPLeaseCostsRatio",
        "DirectInvestment",
        "IntangibleAssetsRatio",
        "AssetTurnover",
        "EquityMultiplierRec",
    )
    assert tuple(i.formula.strip('"') for i in firm_framework().indicators) == COLUMNS


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_a_file_keeps_leading_zeros_and_numbers(kind: str, tmp_path: Path) -> None:
    frame, path = pl.DataFrame(table()), tmp_path / f"t.{kind}"
    {"csv": frame.write_csv, "xlsx": frame.write_excel, "parquet": frame.write_parquet}[kind](path)
    firms = read_firms(path)
    assert firms.panel.units[0] == "000001"
    assert firms.panel.periods == (2021, 2022)
    assert firms.panel.indicators == COLUMNS
    assert firms.there.all()
    assert firms.notes == ()
    np.testing.assert_allclose(firms.panel.values[1, :, 3], frame["FixedAssetsRatio"].to_numpy()[8:])


@pytest.mark.parametrize(
    "ends",
    [
        [2021] * 8 + [2022] * 8,
        ["2021/12/31"] * 8 + ["20221231"] * 8,
        ["2021年12月31日"] * 8 + ["2022"] * 8,
        [dt.date(2021, 12, 31)] * 8 + [dt.date(2022, 12, 31)] * 8,
    ],
)
def test_year_ends_come_in_many_forms(ends: list[Any]) -> None:
    assert read_firms(table(EndDate=ends)).panel.periods == (2021, 2022)


@pytest.mark.parametrize(
    ("end", "code", "said"),
    [("2022-06-30", "firm_not_year_end", "“2022-06-30” is no end of a year"), ("soon", "not_a_year", "“soon”")],
)
def test_other_dates_are_refused_with_their_row(end: str, code: str, said: str) -> None:
    ends = table()["EndDate"]
    ends[11] = end
    with pytest.raises(DataError, match=said) as caught:
        read_firms(table(EndDate=ends))
    assert (caught.value.code, caught.value.where.row) == (code, 13)


def test_zeros_that_a_spreadsheet_took_are_put_back_with_a_remark() -> None:
    firms = read_firms(table(Symbol=[*range(1, 9), *range(1, 9)]))
    assert firms.panel.units[:2] == ("000001", "000002")
    assert [(n.code, n.values) for n in firms.notes] == [("firm_codes_padded", {"count": 8})]


def test_rows_of_labels_under_the_names_are_no_data(tmp_path: Path) -> None:
    frame = pl.DataFrame(table()).with_columns(pl.all().cast(pl.String))
    labels = pl.DataFrame({c: ["证券代码" if c == "Symbol" else "名称", "没有单位"] for c in frame.columns})
    pl.concat([labels, frame]).write_csv(tmp_path / "t.csv")
    firms = read_firms(tmp_path / "t.csv")
    assert len(firms.panel.units) == 8
    assert [(n.code, n.values["count"]) for n in firms.notes] == [("firm_labels_passed", 2)]


def test_two_statements_of_one_firm_and_year_are_refused_with_their_rows() -> None:
    twice = {name: [*values, values[2], values[3]] for name, values in table().items()}
    twice["FixedAssetsRatio"][16] += 0.1
    kinds = ["A"] * 16 + ["B"] * 2
    with pytest.raises(DataError) as caught:
        read_firms(twice | {"Typrep": kinds})
    said = str(caught.value)
    assert said.startswith("file dataframe, row 18, unit 000003, year 2021: Several rows stand for one firm and year")
    assert "(rows 4, 18); they differ in the columns FixedAssetsRatio, Typrep; there are 2 such cases" in said
    with speak("zh"):
        assert "第 4、18 行" in str(caught.value)
    kept = read_firms(twice | {"Typrep": kinds}, only={"Typrep": "A"})
    assert kept.there.sum() == 16


def test_codes_that_differ_by_zeros_only_are_one_firm() -> None:
    symbols = table()["Symbol"]
    symbols[1] = "1"
    with pytest.raises(DataError, match="rows 2, 3"):
        read_firms(table(Symbol=symbols))


@pytest.mark.parametrize("name", ["Symbol", "AssetTurnover"])
def test_an_absent_column_is_named(name: str) -> None:
    short = {key: value for key, value in table().items() if key != name}
    with pytest.raises(DataError, match=f"There is no column “{name}”"):
        read_firms(short)


def test_columns_of_other_names() -> None:
    renamed = {("Stkcd" if key == "Symbol" else key): value for key, value in table().items()}
    assert len(read_firms(renamed, columns={"Symbol": "Stkcd"}).panel.units) == 8
    with pytest.raises(SpecError, match=r"no column “Symbl”\. Did you mean “Symbol”"):
        read_firms(renamed, columns={"Symbl": "Stkcd"})


@pytest.mark.parametrize("cell", ["n.a.", float("inf")])
def test_what_is_no_number_is_refused_with_its_cell(cell: Any) -> None:
    values = table()["DirectInvestment"]
    values = [*values[:5], cell, *values[6:]]
    with pytest.raises(DataError) as caught:
        read_firms(table(DirectInvestment=values))
    assert caught.value.code == "text_in_number"
    assert (caught.value.where.row, caught.value.where.cell) == (7, "J7")


def test_the_effective_number_of_the_remembered_weights_is_four_point_three() -> None:
    done = firm_index(table(30), weights="recalled")
    weights = done.index.whole[0, :11] * 100
    assert weights == pytest.approx([28, 4, 3, 2, 1, 27, 2, 28, 3, 1, 1])
    assert done.effective == pytest.approx(10_000 / 2342)
    notes = {n.code: n for n in done.notes}
    assert "unverified and must not be quoted" in str(notes["firm_recalled_weights"])
    assert "4.3 effective indicators of 11; the heaviest carry 87%" in str(notes["firm_concentration"])
    assert notes["firm_concentration"].severity == "warning"


def test_remembered_weights_are_never_the_default() -> None:
    done = firm_index(table(30))
    assert done.method.options["weights"] == "entropy"
    assert "firm_recalled_weights" not in {n.code for n in done.notes}
    equal = firm_index(table(30), weights="equal")
    assert equal.effective == pytest.approx(1 / (5 * 0.1**2 + 6 * (0.5 / 6) ** 2))
    with pytest.raises(SpecError, match="expert"):
        firm_index(table(), weights="expert")  # type: ignore[arg-type]


def test_the_index_is_that_of_build() -> None:
    firms = read_firms(table(30))
    recipe = Recipe.model_validate({"weight": {"method": "entropy"}})
    expected = build(firms.panel, firm_framework(), recipe)
    np.testing.assert_array_equal(firm_index(firms).index.scores, expected.scores)
    np.testing.assert_array_equal(firm_index(firms, recipe=recipe).index.scores, expected.scores)


def test_firms_come_and_go() -> None:
    whole = table(12, (2020, 2021, 2022))
    kept = [i for i in range(36) if i not in (0, 13, 35)]
    done = firm_index({name: [values[i] for i in kept] for name, values in whole.items()})
    assert done.firms.there.sum() == 33
    frame = done.to_frame()
    assert frame.height == 33 * len(done.index.framework.nodes)
    assert frame["score"].null_count() == 0
    assert np.isnan(done.index.scores[0, 0]).all()
    unbalanced = next(n for n in done.notes if n.code == "firm_unbalanced")
    assert unbalanced.values == {"firms": 12, "whole": 9, "rows": 33, "cells": 36}


def test_a_hole_in_a_row_that_is_there_stops_the_run() -> None:
    values = [*table()["HighEduPersonRatio"]]
    values[9] = None
    holed = table(HighEduPersonRatio=values)
    with pytest.raises(MethodError) as caught:
        firm_index(holed)
    assert str(caught.value).startswith(
        "unit 000002, indicator HighEduPersonRatio, year 2022: The ratio is missing; 1 of 176 cells are."
    )
    some = firm_index(holed, availability=0.7)
    assert np.isfinite(some.index.scores[1, 1, -1])
    none = firm_index(holed, availability=1.0)
    assert np.isnan(none.index.scores[1, 1, -1])


def test_negative_and_mostly_zero_ratios_are_remarked_on() -> None:
    zeros = [0.0] * 12 + [0.1, 0.2, 0.3, 0.4]
    equity = [-0.2, *table()["EquityMultiplierRec"][1:]]
    notes = {n.code: str(n) for n in firm_index(table(RDPLeaseCostsRatio=zeros, EquityMultiplierRec=equity)).notes}
    assert "Leases within R&D (75.0%)" in notes["firm_mostly_zero"]
    assert "Reciprocal of the equity multiplier (6.2%)" in notes["firm_negative"]


def test_the_order_of_rows_and_the_scale_of_ratios_change_nothing() -> None:
    frame = pl.DataFrame(table(20))
    done = firm_index(frame)
    shuffled = firm_index(frame.sample(fraction=1.0, shuffle=True, seed=4))
    np.testing.assert_array_equal(shuffled.index.scores, done.index.scores)
    percent = firm_index(frame.with_columns(pl.col(COLUMNS) * 100))
    np.testing.assert_allclose(percent.index.scores, done.index.scores, atol=1e-12)


def test_effective_number_of_equal_and_single_weights() -> None:
    assert effective_number(np.full(11, 3.0)) == pytest.approx(11)
    assert effective_number(np.array([0.0, 7.0, 0.0])) == 1.0
