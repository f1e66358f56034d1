"""A table of statistics spoilt in the ways tables are: each fault is found, in its cells, and a good table has none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.data import Checks, check
from nqpf.data.checks import Identity

YEARS = tuple(range(2008, 2023))
UNITS = tuple(f"u{n:02}" for n in range(24))
PARTS = ("farms", "works", "trade")
Rows = pl.DataFrame


def statistics(seed: int = 7) -> tuple[Rows, Rows]:
    """Return tidy rows of a table without a fault, and its national row.

    ``output`` is the sum of three parts; ``output (B)`` is the same from another source, to one decimal less; people
    and a share belong to no identity.
    """
    rng = np.random.default_rng(seed)
    t, n = len(YEARS), len(UNITS)
    size = np.exp(rng.normal(6, 1, n))
    path = np.exp(np.cumsum(rng.normal(0.07, 0.03, (t, n)) + rng.normal(0, 0.02, (t, 1)), axis=0))
    split = rng.dirichlet((4, 9, 8), n) * np.exp(rng.normal(0, 0.02, (t, n, 3)))
    parts = np.round(size[None, :, None] * path[:, :, None] * split, 2)
    layers = {name: (parts[:, :, i], "亿元") for i, name in enumerate(PARTS)}
    layers["output"] = (parts.sum(axis=2).round(2), "亿元")
    layers["output (B)"] = (parts.sum(axis=2).round(1), "亿元")
    people = size * 0.3 * np.exp(np.cumsum(rng.normal(0.015, 0.01, (t, n)), axis=0))
    layers["people"] = (people.round(2), "万人")
    share = 0.3 + 0.4 * rng.random(n) + np.cumsum(rng.normal(0.002, 0.004, (t, n)), axis=0)
    layers["urban share"] = (share.round(4), "比例")
    rows = [
        {"unit": u, "period": y, "indicator": name, "value": float(x[i, j]), "measure": measure, "file": "t.csv"}
        | {"cell": f"{name[0]}{i}.{j}"}
        for name, (x, measure) in layers.items()
        for i, y in enumerate(YEARS)
        for j, u in enumerate(UNITS)
    ]
    tidy = pl.DataFrame(rows)
    national = tidy.filter(pl.col("measure") != "比例").group_by("period", "indicator", maintain_order=True)
    return tidy, national.agg(pl.col("value").sum().round(2)).with_columns(unit=pl.lit("全国"))


@pytest.fixture(scope="module")
def good() -> tuple[Rows, Rows]:
    return statistics()


def at(indicator: str, units: Sequence[str] = UNITS, years: Sequence[int] = YEARS) -> pl.Expr:
    places = (pl.col("indicator") == indicator) & pl.col("unit").is_in(units) & pl.col("period").is_in(years)
    return places


def put(tidy: Rows, where: pl.Expr, value: Any) -> Rows:
    return tidy.with_columns(value=pl.when(where).then(value).otherwise(pl.col("value")))


def series(tidy: Rows, indicator: str, unit: str) -> list[float]:
    found: list[float] = tidy.filter(at(indicator, [unit])).sort("period")["value"].to_list()
    return found


def replaced(tidy: Rows, indicator: str, unit: str, values: Sequence[float]) -> Rows:
    new = dict(zip(YEARS, values, strict=True))
    return put(tidy, at(indicator, [unit]), pl.col("period").replace_strict(new, return_dtype=pl.Float64))


def found(checks: Checks, kind: str, indicator: str) -> list[dict[str, Any]]:
    return checks.frame.filter(check=kind, indicator=indicator).to_dicts()


def only(checks: Checks, kind: str, indicator: str) -> dict[str, Any]:
    rows = found(checks, kind, indicator)
    assert len(rows) == 1, checks.to_frame().select("check", "indicator", "units", "periods", "detail_en").rows()
    return rows[0]


def test_a_good_table_has_no_finding_but_its_second_source(good: tuple[Rows, Rows]) -> None:
    checks = check(*good)
    assert checks.frame.select("severity", "check", "indicator").rows() == [("info", "sources", "output")]
    said = {note.code: str(note.text()) for note in checks.notes}
    assert "output = farms + works + trade" in said["check_identities"]
    assert "output ~ output (B)" in said["check_pairs"]
    assert said["check_national"].startswith("The units of 6 series")


def test_good_tables_raise_few_false_alarms() -> None:
    alarms = [check(*statistics(seed)) for seed in range(20)]
    assert sum(c.errors for c in alarms) == 0
    # 20 tables of 2,520 numbers: at most one in ten may hold something to look at
    assert sum(c.warnings > 0 for c in alarms) <= 2


@pytest.mark.parametrize("factor", [0.0001, 0.1, 10.0, 10000.0])
def test_one_year_in_another_unit(good: tuple[Rows, Rows], factor: float) -> None:
    tidy, national = good
    row = only(check(put(tidy, at("people", years=[2015]), pl.col("value") * factor), national), "unit_slip", "people")
    assert (row["severity"], row["periods"], row["size"]) == ("error", [2015], pytest.approx(factor))
    assert row["units"] == list(UNITS)
    assert len(row["cells"]) == len(UNITS)


def test_one_unit_in_another_unit_of_measure_for_some_years(good: tuple[Rows, Rows]) -> None:
    tidy, national = good
    checks = check(put(tidy, at("people", ["u05"], [2012, 2013, 2014]), pl.col("value") * 10000), national)
    row = only(checks, "unit_slip", "people")
    assert (row["severity"], row["units"], row["periods"], row["size"]) == ("error", ["u05"], [2012, 2013, 2014], 10000)
    assert "At the level of the years beside it, units and total would come nearer" in row["detail_en"]


def test_one_unit_in_another_unit_of_measure_throughout_is_told_by_the_national_row(good: tuple[Rows, Rows]) -> None:
    tidy, national = good
    checks = check(put(tidy, at("people", ["u05"]), pl.col("value") * 0.1), national)
    row = only(checks, "unit_slip", "people")
    assert (row["units"], row["periods"], row["size"]) == (["u05"], list(YEARS), pytest.approx(0.1))


def test_a_slip_of_the_decimal_point_in_one_cell(good: tuple[Rows, Rows]) -> None:
    tidy, national = good
    right = series(tidy, "people", "u11")[6]
    checks = check(put(tidy, at("people", ["u11"], [2014]), pl.col("value") / 10), national)
    for kind in ("unit_slip", "national"):
        row = only(checks, kind, "people")
        assert (row["severity"], row["units"], row["periods"]) == ("error", ["u11"], [2014])
        assert row["cells"] == ["t.csv p6.11"]
        assert row["expected"] == pytest.approx(right)


def test_two_digits_exchanged_are_told_by_national_row_and_parts(good: tuple[Rows, Rows]) -> None:
    tidy, national = good
    right = series(tidy, "works", "u03")[9]
    digits = f"{right:.2f}"
    wrong = float(digits[1] + digits[0] + digits[2:])
    assert wrong != right
    row = only(check(put(tidy, at("works", ["u03"], [2017]), wrong), national), "components", "works")
    assert (row["severity"], row["units"], row["periods"]) == ("error", ["u03"], [2017])
    assert row["expected"] == pytest.approx(right)


def test_a_sign_that_was_added(good: tuple[Rows, Rows]) -> None:
    tidy, national = good
    row = only(check(put(tidy, at("people", ["u02"], [2010]), -pl.col("value")), national), "negative", "people")
    assert (row["severity"], row["units"], row["periods"]) == ("error", ["u02"], [2010])
    assert row["expected"] == -row["value"] == series(tidy, "people", "u02")[2]


@pytest.mark.parametrize("years", [[2013], [2012, 2013, 2014], [2022]])
def test_two_units_exchanged(good: tuple[Rows, Rows], years: list[int]) -> None:
    tidy, national = good
    one, other = series(tidy, "people", "u00"), series(tidy, "people", "u01")
    assert abs(np.log(one[5] / other[5])) > 0.3
    spoilt = replaced(
        tidy, "people", "u00", [b if y in years else a for y, a, b in zip(YEARS, one, other, strict=True)]
    )
    spoilt = replaced(
        spoilt, "people", "u01", [a if y in years else b for y, a, b in zip(YEARS, one, other, strict=True)]
    )
    checks = check(spoilt, national)
    row = only(checks, "swap", "people")
    assert (row["units"], row["periods"]) == (["u00", "u01"], years)
    assert row["severity"] == ("warning" if 2022 in years else "error")
    assert found(checks, "jump", "people") == []  # what the exchange explains is not told again


def test_two_units_exchanged_are_told_by_a_second_source_whatever_their_size(good: tuple[Rows, Rows]) -> None:
    tidy, national = good
    order = tidy.filter(at("output", years=[2016])).sort("value").with_columns(gap=pl.col("value").log().diff())
    near = int(order.select((pl.col("gap") > 0.01).arg_max()).item())  # neighbours in size: no jump could tell
    a, b = order["unit"][near - 1], order["unit"][near]
    one, other = series(tidy, "output", a), series(tidy, "output", b)
    assert 0.01 < abs(np.log(one[8] / other[8])) < 0.3
    spoilt = put(put(tidy, at("output", [a], [2016]), other[8]), at("output", [b], [2016]), one[8])
    row = only(check(spoilt, national), "swap", "output")
    assert (sorted(row["units"]), row["periods"]) == (sorted([a, b]), [2016])


def test_a_unit_whose_years_are_shifted_is_told_by_the_national_row(good: tuple[Rows, Rows]) -> None:
    tidy, national = good
    values = series(tidy, "people", "u07")
    checks = check(replaced(tidy, "people", "u07", [*values[:6], *values[5:-1]]), national)
    row = only(checks, "shift", "people")
    assert (row["severity"], row["units"], row["size"]) == ("error", ["u07"], 1)
    assert set(row["periods"]) <= set(YEARS[6:])
    assert len(row["periods"]) >= len(YEARS[6:]) - 1


def test_a_unit_whose_years_are_shifted_is_told_by_a_second_source(good: tuple[Rows, Rows]) -> None:
    tidy, _ = good
    values = series(tidy, "output", "u07")
    row = only(check(replaced(tidy, "output", "u07", [*values[1:], values[-1]])), "shift", "output")
    assert (row["units"], row["size"]) == (["u07"], -1)


def test_a_whole_table_whose_years_are_shifted(good: tuple[Rows, Rows]) -> None:
    tidy, national = good
    late = tidy.with_columns(period=pl.when(at("people")).then(pl.col("period") + 1).otherwise(pl.col("period")))
    row = only(check(late.filter(pl.col("period") <= YEARS[-1]), national), "shift", "people")
    assert (row["severity"], row["units"], row["size"]) == ("error", [], 1)
    assert "the years of the whole table are shifted" in row["detail_en"]


def test_the_sheet_of_another_year(good: tuple[Rows, Rows]) -> None:
    tidy, national = good
    before = dict(tidy.filter(at("people", years=[2014])).select("unit", "value").iter_rows())
    spoilt = put(tidy, at("people", years=[2015]), pl.col("unit").replace_strict(before, return_dtype=pl.Float64))
    row = only(check(spoilt, national), "copied_year", "people")
    assert (row["severity"], row["periods"], row["size"]) == ("error", [2015], len(UNITS))
    assert "of 2014" in row["detail_en"]


def test_one_unit_copied_to_another(good: tuple[Rows, Rows]) -> None:
    tidy, national = good
    row = only(check(replaced(tidy, "people", "u09", series(tidy, "people", "u04")), national), "copied_unit", "people")
    assert (row["severity"], row["units"], row["size"]) == ("error", ["u04", "u09"], len(YEARS))


@pytest.mark.parametrize(
    ("kind", "fill"),
    [("even_steps", lambda a, b: np.linspace(a, b, 6)), ("even_growth", lambda a, b: np.geomspace(a, b, 6))],
)
def test_an_interpolated_stretch(good: tuple[Rows, Rows], kind: str, fill: Callable[[float, float], Any]) -> None:
    tidy, _ = good
    values = series(tidy, "output", "u12")
    values[4:10] = fill(values[4], values[4] * 1.9).round(2).tolist()
    row = only(check(replaced(tidy, "output", "u12", values)), kind, "output")
    assert (row["severity"], row["units"], row["periods"]) == ("warning", ["u12"], list(YEARS[4:10]))
    assert row["size"] == 5


def test_a_share_above_one(good: tuple[Rows, Rows]) -> None:
    tidy, national = good
    row = only(check(put(tidy, at("urban share", ["u20"], [2011]), 1.07), national), "share", "urban share")
    assert (row["severity"], row["units"], row["periods"], row["value"]) == ("error", ["u20"], [2011], 1.07)


def test_parts_that_do_not_make_up_their_total(good: tuple[Rows, Rows]) -> None:
    tidy, _ = good
    right = series(tidy, "output", "u15")[3]
    spoilt = put(tidy, at("output", ["u15"], [2011]), right * 1.03)
    assert only(check(spoilt), "components", "output")["severity"] == "warning"  # only the numbers show the sum
    row = only(check(spoilt, identities=[Identity("output", PARTS)]), "components", "output")
    assert (row["severity"], row["units"], row["periods"]) == ("error", ["u15"], [2011])
    assert row["expected"] == pytest.approx(right)
    assert row["size"] == pytest.approx(0.03 / 1.03)


def test_parts_and_national_row_together_name_the_series(good: tuple[Rows, Rows]) -> None:
    tidy, national = good
    right = series(tidy, "farms", "u15")[3]
    checks = check(put(tidy, at("farms", ["u15"], [2011]), round(right * 1.4, 2)), national)
    row = only(checks, "components", "farms")
    assert row["expected"] == pytest.approx(right)


def test_a_national_row_that_is_not_the_sum(good: tuple[Rows, Rows]) -> None:
    tidy, national = good
    wrong = put(national, (pl.col("indicator") == "people") & (pl.col("period") == 2018), pl.col("value") * 1.05)
    row = only(check(tidy, wrong), "national", "people")
    assert (row["severity"], row["periods"], row["units"]) == ("error", [2018], [])
    assert row["size"] == pytest.approx(0.05 / 1.05, rel=1e-3)


@pytest.mark.parametrize(("factor", "measure"), [(10000, None), (0.0001, None), (10000, "人")])
def test_a_national_row_in_another_unit_of_measure(good: tuple[Rows, Rows], factor: float, measure: str | None) -> None:
    """Where the row states its unit it is converted; where it does not, the power of ten is told."""
    tidy, national = good
    people = pl.col("indicator") == "people"
    stated = pl.when(people).then(pl.lit(measure, pl.String))
    other = put(national, people, pl.col("value") * factor).with_columns(measure=stated)
    checks = check(tidy, other)
    if measure:
        assert found(checks, "national", "people") == []
        return
    row = only(checks, "national", "people")
    assert (row["severity"], row["periods"], row["units"], row["size"]) == ("error", list(YEARS), [], factor)
    assert "another unit of measure" in row["detail_en"]


def test_the_same_figure_in_two_files_is_compared_as_two_sources(good: tuple[Rows, Rows]) -> None:
    tidy, _ = good
    second = put(tidy.filter(at("people")), at("people", ["u03"], [2012]), pl.col("value") * 1.1)
    both = pl.concat([tidy, second.with_columns(file=pl.lit("other.csv"))])
    rows = found(check(both), "sources", "people")
    assert [(r["severity"], r["units"], r["periods"]) for r in rows] == [
        ("error", ["u03"], [2012]),
        ("warning", ["u03"], [2012]),
    ]
    assert "people [other.csv]" in rows[0]["detail_en"]


def test_two_sources_that_disagree(good: tuple[Rows, Rows]) -> None:
    tidy, _ = good
    checks = check(put(tidy, at("output (B)", ["u18"], [2019]), pl.col("value") * 1.04))
    row = next(r for r in found(checks, "sources", "output") if r["severity"] == "error")
    assert (row["units"], row["periods"]) == (["u18"], [2019])
    assert row["size"] == pytest.approx(1 / 1.04 - 1, rel=0.02)


def test_rows_told_twice(good: tuple[Rows, Rows]) -> None:
    tidy, national = good
    again = tidy.filter(at("people", ["u01", "u02"], [2010]))
    other = put(again, at("people", ["u02"]), pl.col("value") + 1)
    rows = found(check(pl.concat([tidy, other]), national), "double", "people")
    assert [(r["severity"], r["units"]) for r in rows] == [("error", ["u02"]), ("warning", ["u01"])]
    assert "t.csv p2.2 = " in rows[0]["detail_en"]


def test_a_unit_that_a_year_lacks_and_what_the_total_leaves_for_it(good: tuple[Rows, Rows]) -> None:
    tidy, national = good
    row = only(check(tidy.filter(~at("people", ["u06"], [2016])), national), "absent", "people")
    assert (row["units"], row["periods"]) == (["u06"], [2016])
    assert row["expected"] == pytest.approx(series(tidy, "people", "u06")[8], abs=0.2)


def test_a_real_jump_is_borne_out_by_the_national_row(good: tuple[Rows, Rows]) -> None:
    tidy, national = good
    rise = 4 * series(tidy, "people", "u10")[8]
    real = put(tidy, at("people", ["u10"], [2016]), pl.col("value") * 5)
    total = put(national, (pl.col("indicator") == "people") & (pl.col("period") == 2016), pl.col("value") + rise)
    row = only(check(real, total), "jump", "people")
    assert (row["severity"], row["units"], row["periods"]) == ("info", ["u10"], [2016])
    assert "it seems real" in row["detail_en"]


def test_findings_do_not_depend_on_the_unit_of_measure_of_the_table(good: tuple[Rows, Rows]) -> None:
    tidy, national = (
        rows.with_columns(
            value=pl.when(pl.col("indicator") == "people")
            .then((pl.col("value") * 10).round())
            .otherwise(pl.col("value")),
        )
        for rows in good
    )
    spoilt = put(tidy, at("people", ["u11"], [2014]), (pl.col("value") / 10).round())
    row = only(check(spoilt, national), "unit_slip", "people")
    assert (row["units"], row["periods"]) == (["u11"], [2014])
