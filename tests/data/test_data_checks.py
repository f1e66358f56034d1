"""What the checks hold for odd and what not, in series of one kind; what they take and what they give back."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nqpf.data import Panel, Series, check, check_tables, read
from nqpf.data.checks import Identity
from nqpf.data.checks.found import SCHEMA
from nqpf.data.checks.layers import decimals, median
from nqpf.data.checks.measures import kind_of
from nqpf.data.checks.slips import mended
from nqpf.messages import Text


def rows(*units: list[float], indicator: str = "x", **more: Any) -> pl.DataFrame:
    cells = [
        (f"u{n}", 2000 + t, indicator, None if math.isnan(v) else v)
        for n, vs in enumerate(units)
        for t, v in enumerate(vs)
    ]
    schema = {"unit": pl.String, "period": pl.Int64, "indicator": pl.String, "value": pl.Float64}
    return pl.DataFrame(cells, schema=schema, orient="row").with_columns(**{k: pl.lit(v) for k, v in more.items()})


def found(*units: list[float], **more: Any) -> list[tuple[list[str], list[int], str]]:
    frame = check(rows(*units, **more)).frame.filter(pl.col("check") != "absent")
    return list(frame.select("units", "periods", "check").rows())


SMOOTH = [100.3, 104.1, 109.2, 113.7, 119.9, 124.6, 131.8, 137.1]


def test_ordinary_growth_is_not_suspicious() -> None:
    assert found(SMOOTH, [v * 1.7 for v in SMOOTH]) == []


def test_a_factor_of_ten_in_one_year_is_a_slip_of_the_unit() -> None:
    slipped = [*SMOOTH[:4], SMOOTH[4] * 10, *SMOOTH[5:]]
    row = check(rows(SMOOTH, slipped)).frame.row(0, named=True)
    assert (row["check"], row["severity"], row["units"], row["periods"]) == ("unit_slip", "error", ["u1"], [2004])
    assert (row["value"], row["expected"], row["size"]) == (pytest.approx(1199), pytest.approx(119.9), 10)


def test_a_factor_of_three_in_one_year_is_a_jump_and_back() -> None:
    row = check(rows([*SMOOTH[:4], SMOOTH[4] * 3, *SMOOTH[5:]])).frame.row(0, named=True)
    assert (row["check"], row["severity"], row["periods"]) == ("jump", "warning", [2004])
    assert row["size"] == pytest.approx(3, rel=0.03)
    assert row["detail_en"].endswith("and back again: a mistake, or a real event.")


def test_a_change_of_scope_jumps_once_in_the_year_it_comes() -> None:
    longer = [*SMOOTH, 141.2, 148.8]
    assert found([*longer[:4], *(v * 3 for v in longer[4:])]) == [(["u0"], [2004], "jump")]


def test_odd_first_years_are_told_as_such() -> None:
    row = check(rows([SMOOTH[0] / 5, *SMOOTH[1:]], SMOOTH)).frame.row(0, named=True)
    assert (row["check"], row["periods"], row["value"]) == ("jump", [2000], pytest.approx(20.06))
    assert "at an end of the series" in row["detail_en"]


def test_wild_series_have_no_jumps_of_their_own() -> None:
    wild = [1.0, 5.2, 0.7, 8.1, 2.2, 9.9, 1.3, 6.4]
    assert found(wild) == []


def test_a_jump_must_be_more_than_double() -> None:
    assert found([*SMOOTH[:4], *(v * 1.9 for v in SMOOTH[4:])]) == []


def test_zeros_and_negatives_do_not_jump() -> None:
    assert [c for *_, c in found([0.0, 0.0, 7.31, 7.94, 9.12])] == []
    assert "jump" not in [c for *_, c in found([-3.1, -2.2, 4.7, 5.9, 0.0])]


def test_change_over_years_without_data_does_not_count() -> None:
    gap = rows([10.0, 11.0, 80.0, 85.0]).with_columns(period=pl.col("period").replace({2002: 2012, 2003: 2013}))
    assert check(gap).frame.is_empty()
    assert check(gap.with_columns(period=pl.col("period").replace({2012: 2003, 2013: 2005}))).frame.height == 1


def test_an_interpolated_stretch_has_even_steps() -> None:
    steps = [100.0, 125.37, 150.74, 176.11, 201.48, 190.2]
    row = check(rows(steps)).frame.row(0, named=True)
    assert (row["check"], row["periods"], row["size"]) == ("even_steps", [2000, 2001, 2002, 2003, 2004], 4.0)


def test_steps_are_even_up_to_the_last_decimal_place() -> None:
    """Guangdong's industrial wastewater, 2018–21: three steps of 7,370.71 or .72 among numbers of two decimals."""
    real = [161455.0, 134000.0, 130264.85, 122499.77, 129870.48, 137241.19, 144611.91, 101116.529, 96226.09]
    assert found(real) == [(["u0"], [2003, 2004, 2005, 2006], "even_steps")]


def test_two_equal_steps_are_chance() -> None:
    assert found([100.0, 125.37, 150.74, 161.2, 190.9]) == []


@pytest.mark.parametrize("series", [[3, 4, 5, 6, 7, 8], [1.1, 1.2, 1.3, 1.4, 1.5], [60, 62, 64, 66, 68]])
def test_numbers_of_few_digits_repeat_their_steps_by_chance(series: list[float]) -> None:
    assert found([float(v) for v in series]) == []


def test_rounded_populations_do_not_look_interpolated() -> None:
    """Population in 万人: small steps of whole numbers are equal now and then; few of 40 units may be told of."""
    rng = np.random.default_rng(3)
    people = np.round(4000 + np.cumsum(rng.normal(25, 9, (40, 20)), axis=1))
    assert len(found(*(list(map(float, unit)) for unit in people))) <= 1


def test_constant_growth_is_told() -> None:
    grown = [float(v) for v in np.round(np.concatenate([SMOOTH, SMOOTH[-1] * 1.0733 ** np.arange(1, 6)]), 3)]
    assert found(grown) == [(["u0"], list(range(2007, 2013)), "even_growth")]


def test_a_number_that_never_changes_is_frozen() -> None:
    assert found([5.25, 5.25, 5.25, 5.25, 6.1]) == [(["u0"], [2000, 2001, 2002, 2003], "frozen")]
    assert found([5.25, 5.25, 5.25, 6.1, 6.3]) == []


def test_a_constant_zero_is_not_frozen() -> None:
    assert found([0.0] * 6) == []


def test_runs_end_at_a_hole() -> None:
    assert found([100.0, 125.37, 150.74, math.nan, 201.48, 226.85, 252.22]) == []


def test_very_small_numbers_are_judged_by_their_own_size() -> None:
    growth = np.array([1.0, 1.31, 1.58, 1.97, 2.44]) * 1e-7
    assert found([float(v) for v in growth]) == []


def test_growth_that_hardly_moves_is_told_where_it_moved_before() -> None:
    rng = np.random.default_rng(5)
    units = np.exp(np.cumsum(rng.normal(0.06, 0.06, (20, 12)), axis=1)) * 1000
    assumed = units[:, -1:] * np.cumprod(1.09 + rng.normal(0, 0.001, (20, 7)), axis=1)
    (row,) = check(rows(*np.hstack([units, assumed]).tolist())).frame.filter(check="calm_growth").to_dicts()
    assert row["severity"] == "info"
    assert len(row["units"]) >= 15
    assert set(range(2014, 2019)) <= set(row["periods"])


def test_decimals_that_were_never_there_before_are_told() -> None:
    rng = np.random.default_rng(5)
    units = np.exp(np.cumsum(rng.normal(0.06, 0.06, (6, 12)), axis=1)) * 100
    units[:, :9], units[:, 9:] = units[:, :9].round(2), units[:, 9:].round(5)
    (row,) = check(rows(*units.tolist())).frame.filter(check="new_decimals").to_dicts()
    assert (row["periods"], len(row["units"])) == ([2009, 2010, 2011], 6)
    assert "mostly 2 before" in row["detail_en"]


def test_a_zero_among_large_numbers_is_doubted() -> None:
    assert found([*SMOOTH[:3], 0.0, *SMOOTH[4:]], [v * 1.7 for v in SMOOTH]) == [(["u0"], [2003], "zero")]
    few = [3.0, 2.0, 0.0, 1.0, 2.0, 4.0]
    assert found(few) == []


def test_what_cannot_be_negative_is_an_error_and_a_loss_is_not() -> None:
    minus = [-3.0, 7.1, 6.6, 9.2, 8.4]
    (row,) = check(rows(minus, measure="万人")).frame.filter(check="negative").to_dicts()
    assert row["severity"] == "error"
    assert check(rows(minus, indicator="利润总额", measure="亿元")).frame.filter(check="negative").is_empty()


def test_a_share_has_an_end_and_an_index_none() -> None:
    above = [96.2, 97.1, 101.4, 99.3, 98.2]
    assert found(above, indicator="城镇人口占比", measure="%") == [(["u0"], [2002], "share")]
    assert found(above, indicator="价格指数", measure="上年=100") == []
    assert found([v / 100 for v in above], indicator="城镇人口占比") == [(["u0"], [2002], "share")]


@pytest.mark.parametrize(
    ("title", "measure", "extent", "whole"),
    [
        ("地区生产总值", "亿元", "sum", None),
        ("人均地区生产总值", "元/人", "ratio", None),
        ("煤炭占比", "比例", "ratio", 1.0),
        ("R&D强度", "%", "ratio", 100.0),
        ("居民消费价格指数", "上年=100", "ratio", None),
        ("某指标", None, "unknown", None),
        ("某指标", "不知道", "unknown", None),
    ],
)
def test_what_a_unit_of_measure_says(title: str, measure: str | None, extent: str, whole: float | None) -> None:
    kind = kind_of(Series("x", Text.same(title), measure))
    assert (kind.extent, kind.whole) == (extent, whole)


def test_nothing_but_holes() -> None:
    assert found([math.nan] * 5, [math.nan, 1.0, math.nan, 2.0, math.nan]) == []


def test_one_year_has_no_changes() -> None:
    checks = check(rows([1.0], [2.0]))
    assert checks.frame.schema == pl.Schema(SCHEMA)
    assert (len(checks), checks.errors, checks.warnings) == (0, 0, 0)


def test_many_findings_of_one_kind_are_told_as_one() -> None:
    spoilt = [[v * k for v in [*SMOOTH[:4], SMOOTH[4] * 10, *SMOOTH[5:]]] for k in (1, 2.3, 4.1, 0.7)]
    calm = [[v * k for v in SMOOTH] for k in (1.5, 3.1, 2.2, 0.4, 5.5, 6.1)]
    frame = check(rows(*spoilt, *calm)).frame
    (row,) = frame.to_dicts()
    assert (row["units"], row["periods"], row["severity"]) == (["u0", "u1", "u2", "u3"], [2004], "error")
    assert row["detail_en"].startswith("4 cases in 2004 (u0, u1, u2, u3); for example: u0 in 2004")


def test_the_gravest_come_first_and_tables_can_be_saved(tmp_path: Path) -> None:
    slipped, steps = [*SMOOTH[:4], SMOOTH[4] * 10, *SMOOTH[5:]], [100.0, 125.37, 150.74, 176.11, 201.48, 190.2]
    checks = check(pl.concat([rows(steps, indicator="a"), rows(slipped, indicator="b")]))
    assert checks.frame["severity"].to_list() == ["error", "warning"]
    checks.to_frame().write_csv(tmp_path / "found.csv")
    back = pl.read_csv(tmp_path / "found.csv")
    assert back["periods"].to_list() == ["2004", "2000; 2001; 2002; 2003; 2004"]
    assert checks.counts().select("severity", "check", "findings", "name_zh").rows() == [
        ("error", "unit_slip", 1, "单位或小数点错位"),
        ("warning", "even_steps", 1, "等额变动"),
    ]
    assert [line.en[:10] for line in checks.lines()] == ["[error] b:", "[warning] "]
    assert len(checks.lines("error")) == 1
    assert checks.lines()[0].zh.startswith("[错误] b：u0 2004 年约为")


def test_any_dataframe_goes_in_and_comes_back() -> None:
    table = rows(SMOOTH, [*SMOOTH[:4], SMOOTH[4] * 10, *SMOOTH[5:]]).to_pandas()
    back = check(table).to_frame()
    assert isinstance(back, pd.DataFrame)
    assert back["check"].to_list() == ["unit_slip"]


def test_a_panel_goes_in_as_well() -> None:
    panel = Panel.from_tidy(rows(SMOOTH, [*SMOOTH[:4], SMOOTH[4] * 10, *SMOOTH[5:]]), {"u1": Text("乙", "B")})
    checks = check(panel)
    assert checks.frame["detail_zh"][0].startswith("乙 2004 年")
    assert checks.frame["detail_en"][0].startswith("B in 2004")


def test_tables_that_were_read_bring_their_totals_and_cells(tmp_path: Path) -> None:
    lines = ["地区,年份,人口(万人)"]
    places = ["北京", "天津", "河北", "山西", "内蒙古", "辽宁"]
    for year in range(2015, 2022):
        people = [round(1000 * (i + 1) * 1.013 ** (year - 2015) + (year * 37 + i * 11) % 23) for i in range(6)]
        lines.append(f"全国,{year},{sum(people)}")
        lines += [
            f"{p},{year},{v * 10 if (p, year) == ('山西', 2018) else v}" for p, v in zip(places, people, strict=True)
        ]
    path = tmp_path / "人口.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    checks = check_tables(read(path))
    kinds = {row["check"]: row for row in checks.frame.to_dicts()}
    assert {"unit_slip", "national"} <= kinds.keys()
    for row in (kinds["unit_slip"], kinds["national"]):
        assert (row["units"], row["periods"], row["severity"]) == (["140000"], [2018], "error")
        assert row["cells"] == ["人口.csv C27"]
    assert "Shanxi" in kinds["national"]["detail_en"]


def test_identities_and_twins_can_be_stated() -> None:
    units = [[v * k for v in SMOOTH] for k in (1.0, 2.2, 0.6)]
    whole = [[round(v * 3, 1) for v in unit] for unit in units]
    whole[1][3] += 5
    rest = [[round(v * 2, 1) for v in unit] for unit in units]
    named = {"all": whole, "some": units, "rest": rest}
    tidy = pl.concat([rows(*layer, indicator=name) for name, layer in named.items()])
    (row,) = check(tidy, identities=[Identity("all", ("some", "rest"))]).frame.filter(check="components").to_dicts()
    assert (row["indicator"], row["units"], row["periods"]) == ("all", ["u1"], [2003])
    (pair,) = check(tidy, same=[("all", "rest")], identities=[]).frame.filter(check="sources").to_dicts()
    assert pair["size"] == pytest.approx(0.5, abs=0.03)


def test_editions_of_one_figure_are_told_apart_and_compared() -> None:
    """Guangdong's GDP of 2022 was published as 129,118.58, 129,513.6 and 132,547.1 (100 million yuan)."""
    columns = ["unit", "period", "indicator", "value", "measure", "vintage"]
    written = [(129118.58, "快报"), (129513.6, "最终核实"), (132547.1, "五普修订")]
    tidy = pl.DataFrame([("广东", 2022, "gdp", v, "亿元", e) for v, e in written], schema=columns, orient="row")
    frame = check(tidy).frame
    mixed = frame.filter(check="mixed").row(0, named=True)
    assert (mixed["severity"], mixed["indicator"]) == ("error", "gdp")
    assert "最终核实、五普修订" in mixed["detail_zh"]
    apart = frame.filter(check="sources").sort("size")
    later = 132547.1 / 129513.6 - 1
    assert apart["size"].to_list() == pytest.approx([129513.6 / 129118.58 - 1, later, 132547.1 / 129118.58 - 1])


def test_one_series_in_two_units_of_measure_is_an_error_and_converted() -> None:
    tidy = rows(SMOOTH, [v * 2.1 for v in SMOOTH], measure="亿元")
    late = pl.col("period") == 2005
    tidy = tidy.with_columns(
        value=pl.when(late).then(pl.col("value") * 10000).otherwise(pl.col("value")),
        measure=pl.when(late).then(pl.lit("万元")).otherwise(pl.col("measure")),
    )
    (row,) = check(tidy).frame.to_dicts()
    assert (row["check"], row["severity"], row["periods"]) == ("mixed", "error", [2005])
    assert "units of measure: 亿元, 万元" in row["detail_en"]


@pytest.mark.parametrize(
    ("x", "right", "kind"),
    [(1234.0, 12340.0, "power"), (1234.0, 1.234, "power"), (-56.7, 56.7, "sign"), (8931.0, 8391.0, "digits")],
)
def test_slips_are_known_by_the_difference_they_make(x: float, right: float, kind: str) -> None:
    assert mended(x, right - x, 1e-6 * abs(right - x), 0.1) == (kind, pytest.approx(right))
    assert mended(x, (right - x) * 1.1, 1e-6 * abs(right - x), 0.1) is None


def test_medians_pass_over_what_is_missing() -> None:
    values = np.array([[1.0, np.nan, 5.0], [np.nan, np.nan, np.nan], [4.0, 2.0, 9.0]])
    np.testing.assert_array_equal(median(values, axis=1), [3.0, np.nan, 4.0])
    assert np.isnan(median(np.empty(0), axis=0))


@given(st.integers(0, 8), st.integers(-(10**7), 10**7))
def test_decimals_are_those_that_were_written(places: int, digits: int) -> None:
    value = round(digits * 10.0**-places, places)
    text = f"{value:.8f}".rstrip("0")
    assert decimals(np.array([value]))[0] == len(text.partition(".")[2])


@settings(deadline=None)
@given(st.integers(min_value=-6, max_value=9), st.lists(st.integers(1000, 99999), min_size=5, max_size=9, unique=True))
def test_jumps_do_not_depend_on_the_unit_of_measure(power: int, digits: list[int]) -> None:
    series = [float(d) for d in digits]
    scaled = [v * 10.0**power for v in series]

    def odd(values: list[float]) -> list[tuple[list[str], list[int], str]]:
        return [f for f in found(values) if f[2] in ("jump", "unit_slip")]

    assert odd(scaled) == odd(series)
