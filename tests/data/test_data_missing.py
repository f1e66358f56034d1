"""Missing values: the default stops and lists them; every filled cell is exact, marked and in the ledger."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl
import pytest

from nqpf.data import Ledger, Panel, Status, fill, read
from nqpf.errors import DataError

NAN = math.nan


def panel(**series: list[float]) -> Panel:
    """Return a panel of unit ``a`` from 2015 on, one series a keyword."""
    rows = [("a", 2015 + t, k, v) for k, values in series.items() for t, v in enumerate(values)]
    frame = pl.DataFrame(rows, schema=["unit", "period", "indicator", "value"], orient="row")
    return Panel.from_tidy(frame)


def column(filled: Panel, name: str = "x") -> list[float]:
    return [float(v) for v in filled.values[:, 0, filled.index(name)]]


def states(filled: Panel, name: str = "x") -> str:
    letters = {Status.REPORTED: "r", Status.INTERPOLATED: "i", Status.EXTRAPOLATED: "e", Status.MISSING: "-"}
    return "".join(letters[Status(s)] for s in filled.status[:, 0, filled.index(name)])


def test_nothing_missing_nothing_done() -> None:
    whole = panel(x=[1, 2, 3])
    filled, ledger = fill(whole)
    np.testing.assert_array_equal(filled.values, whole.values)
    assert len(ledger) == 0


def test_the_default_stops_and_lists_the_cells(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("省份,年份,x,y\n北京,2019,1,NA\n天津,2019,,2\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        fill(read(path).to_panel())
    error = caught.value
    assert (error.code, error.values["count"]) == ("missing_values", 2)
    assert (error.where.file, error.where.cell, error.where.period) == ("t.csv", "C3", 2019)
    assert "x of Tianjin in 2019, y of Beijing in 2019" in error.text().en
    assert "有 2 个单元格缺失：天津 2019 年 x、北京 2019 年 y" in error.text().zh


def test_many_missing_cells_are_counted() -> None:
    with pytest.raises(DataError, match=r"20 cells are missing: .* and 12 more"):
        fill(panel(x=[NAN] * 20))


def test_keep_leaves_the_hole_marked() -> None:
    filled, ledger = fill(panel(x=[1, NAN, 3]), "keep")
    assert np.isnan(filled.values[1, 0, 0])
    assert states(filled) == "r-r"
    assert len(ledger) == 0


def test_linear_is_a_straight_line_between_the_neighbours() -> None:
    filled, ledger = fill(panel(x=[10, NAN, NAN, 16, NAN, 0]), "linear")
    assert column(filled) == [10, 12, 14, 16, 8, 0]
    assert states(filled) == "riirir"
    assert ledger.frame.select("unit", "period", "indicator", "old", "new", "rule").rows() == [
        ("a", 2016, "x", None, 12.0, "missing.linear"),
        ("a", 2017, "x", None, 14.0, "missing.linear"),
        ("a", 2019, "x", None, 8.0, "missing.linear"),
    ]


def test_loglinear_is_constant_growth_between_the_neighbours() -> None:
    filled, ledger = fill(panel(x=[2, NAN, 8, NAN, NAN, 1]), "loglinear")
    np.testing.assert_allclose(column(filled), [2, 4, 8, 4, 2, 1], rtol=1e-12)
    assert ledger.frame["rule"].unique().to_list() == ["missing.loglinear"]


def test_years_that_are_skipped_count_by_their_distance() -> None:
    rows = [("a", y, "x", v) for y, v in ((2010, 0.0), (2011, None), (2020, 100.0))]
    sparse = Panel.from_tidy(pl.DataFrame(rows, schema=["unit", "period", "indicator", "value"], orient="row"))
    assert column(fill(sparse, "linear")[0]) == [0.0, 10.0, 100.0]


def test_units_are_filled_each_by_itself() -> None:
    rows = [
        (u, 2015 + t, "x", v)
        for u, vs in (("a", [1.0, None, 3.0]), ("b", [10.0, None, 30.0]))
        for t, v in enumerate(vs)
    ]
    both = Panel.from_tidy(pl.DataFrame(rows, schema=["unit", "period", "indicator", "value"], orient="row"))
    assert fill(both, "linear")[0].values[1, :, 0].tolist() == [2.0, 20.0]


def test_rules_of_single_series_go_first() -> None:
    holes = panel(x=[1, NAN, 3], y=[1, NAN, 4], z=[1, NAN, 9])
    filled, ledger = fill(holes, "keep", series={"x": "linear", "y": "loglinear"})
    assert (column(filled, "x")[1], states(filled, "z")) == (2, "r-r")
    assert column(filled, "y")[1] == pytest.approx(2.0, rel=1e-12)
    assert ledger.frame["indicator"].to_list() == ["x", "y"]
    with pytest.raises(DataError) as caught:
        fill(holes, "linear", series={"y": "stop"})
    assert (caught.value.code, caught.value.where.indicator) == ("missing_values", "y")


def test_a_rule_for_a_series_there_is_not() -> None:
    with pytest.raises(DataError) as caught:
        fill(panel(gdp=[1, 2]), series={"gpd": "linear"})
    assert "Did you mean “gdp”" in caught.value.text().en


@pytest.mark.parametrize("rule", ["linear", "loglinear"])
def test_edges_stop_by_default(rule: Literal["linear", "loglinear"]) -> None:
    with pytest.raises(DataError) as caught:
        fill(panel(x=[NAN, 1, NAN, 2, NAN]), rule)
    error = caught.value
    assert (error.code, error.values["count"], error.where.period) == ("missing_at_edge", 2, 2015)
    assert "a 2015 年 x、a 2019 年 x" in error.text().zh


def test_edges_can_be_kept() -> None:
    filled, ledger = fill(panel(x=[NAN, 1, NAN, 3, NAN]), "linear", edges="keep")
    assert states(filled) == "-rir-"
    assert ledger.frame["period"].to_list() == [2017]


def test_edges_can_repeat_the_nearest_reported_value() -> None:
    filled, ledger = fill(panel(x=[NAN, NAN, 1, NAN, 3, NAN]), "linear", edges="nearest")
    assert column(filled) == [1, 1, 1, 2, 3, 3]
    assert states(filled) == "eerire"
    rules = dict(ledger.frame.select("period", "rule").iter_rows())
    assert rules == {2018: "missing.linear"} | dict.fromkeys((2015, 2016, 2020), "missing.nearest")


def test_a_unit_without_a_single_value_stops_under_any_rule_that_fills() -> None:
    with pytest.raises(DataError, match="2 cells are missing at the first or last years"):
        fill(panel(x=[NAN, NAN], y=[1, 2]), "linear")
    filled, _ = fill(panel(x=[NAN, NAN], y=[1, 2]), "linear", edges="nearest")
    assert states(filled) == "--"


@pytest.mark.parametrize("low", [0.0, -3.0])
def test_loglinear_refuses_a_neighbour_that_is_not_positive(low: float, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"省份,年份,x\n北京,2018,5\n北京,2019,{low}\n北京,2020,\n北京,2021,4\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        fill(read(path).to_panel(), "loglinear")
    error = caught.value
    assert (error.code, error.where.cell, error.where.period) == ("loglinear_nonpositive", "C3", 2019)
    assert error.text().zh.endswith(f"按等速增长插补要求数值为正，这里是 {low}。请改用 linear。")


def test_loglinear_minds_only_the_neighbours_of_a_hole() -> None:
    filled, _ = fill(panel(x=[0, -1, 2, NAN, 8, 0]), "loglinear")
    assert column(filled)[3] == pytest.approx(4.0, rel=1e-12)


def test_the_panel_that_was_given_is_left_alone() -> None:
    holes = panel(x=[1, NAN, 3])
    filled, _ = fill(holes, "linear")
    assert np.isnan(holes.values[1, 0, 0])
    assert holes.status[1, 0, 0] == Status.MISSING
    assert not filled.values.flags.writeable


def test_status_and_ledger_tell_the_same() -> None:
    filled, ledger = fill(panel(x=[NAN, 1, NAN, 3, NAN], y=[1, NAN, NAN, 4, 5]), "linear", edges="nearest")
    marked = {(filled.periods[t], filled.indicators[k]) for t, n, k in np.argwhere(filled.status != Status.REPORTED)}
    assert marked == set(ledger.frame.select("period", "indicator").iter_rows())
    for period, indicator, new in ledger.frame.select("period", "indicator", "new").iter_rows():
        assert filled.values[filled.periods.index(period), 0, filled.index(indicator)] == new


def test_the_ledger_names_the_cell_that_was_empty(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("省份,年份,x\n北京,2018,1\n北京,2019,\n北京,2020,3\n", encoding="utf-8")
    _, ledger = fill(read(path).to_panel(), "linear")
    assert ledger.frame.select("unit", "file", "sheet", "cell").rows() == [("110000", "t.csv", None, "C3")]


def test_ledgers_add_up_and_keep_their_order() -> None:
    first = Ledger.of([{"unit": "a", "period": 2019, "indicator": "x", "old": 1.0, "new": 2.0, "rule": "unit.convert"}])
    second = Ledger.of([{"unit": "b", "period": 2020, "indicator": "y", "new": 3.0, "rule": "missing.linear"}])
    both = first + second
    assert (len(Ledger.of()), len(first), len(both)) == (0, 1, 2)
    assert both.to_frame()["unit"].to_list() == ["a", "b"]
    assert both.to_frame().columns == Ledger.of().to_frame().columns
    assert both.to_frame()["detail"].to_list() == [None, None]
