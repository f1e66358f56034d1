"""The panel: alignment by key, duplicates and mixtures refused by name, frozen numbers that know their origin."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.data import Panel, Series, Status, read
from nqpf.data.panel import TIDY
from nqpf.errors import DataError, Where
from nqpf.messages import Text


def tidy(*rows: tuple[Any, ...], columns: tuple[str, ...] = ("unit", "period", "indicator", "value")) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=list(columns), orient="row")


@pytest.fixture
def panel() -> Panel:
    rows = [(u, t, k, float(100 * i + 10 * j + k_)) for i, t in enumerate((2020, 2019)) for j, u in enumerate("ba")
            for k_, k in enumerate(("y", "x")) if (u, t, k) != ("a", 2019, "y")]  # fmt: skip
    return Panel.from_tidy(tidy(*rows), {"a": Text("甲", "A")}, [Series("x", Text("某", "X"), "亿元")])


def test_cells_are_put_by_key_and_never_by_position(panel: Panel) -> None:
    assert panel.periods == (2019, 2020)
    assert panel.units == ("b", "a")
    assert panel.indicators == ("y", "x")
    assert panel.values[1].tolist() == [[0.0, 1.0], [10.0, 11.0]]
    assert panel.values[0, 0].tolist() == [100.0, 101.0]
    assert np.isnan(panel.values[0, 1, 0])
    assert panel.values[0, 1, 1] == 111.0


def test_order_of_rows_does_not_matter(panel: Panel) -> None:
    shuffled = Panel.from_tidy(panel.origin.sample(fraction=1.0, shuffle=True, seed=3))
    back = shuffled.select(periods=panel.periods, units=panel.units, indicators=panel.indicators)
    np.testing.assert_array_equal(back.values, panel.values)


def test_status_tells_the_missing_from_the_reported(panel: Panel) -> None:
    assert panel.status[0, 1, 0] == Status.MISSING
    assert (np.delete(panel.status.reshape(-1), 2) == Status.REPORTED).all()
    assert panel.status.dtype == np.int8


def test_series_and_labels_take_what_is_given_and_else_what_is_written(panel: Panel) -> None:
    assert panel.labels == {"b": Text.same("b"), "a": Text("甲", "A")}
    assert panel.series[1].title.zh == "某"
    assert [s.measure for s in panel.series] == [None, "亿元"]


def test_measures_sources_and_vintages_come_from_the_table() -> None:
    rows = tidy(
        ("a", 2019, "x", 1.0, "亿元", "年鉴", "2020"),
        ("a", 2020, "x", 2.0, None, "公报", None),
        columns=("unit", "period", "indicator", "value", "measure", "source", "vintage"),
    )
    (series,) = Panel.from_tidy(rows).series
    assert (series.measure, series.source, series.vintage) == ("亿元", "年鉴；公报", "2020")
    (stated,) = Panel.from_tidy(rows, series=[Series("x", Text.same("x"), source="自编")]).series
    assert (stated.measure, stated.source) == ("亿元", "自编")


def test_numbers_are_frozen(panel: Panel) -> None:
    with pytest.raises(ValueError, match="read-only"):
        panel.values[0, 0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        panel.select(units=["a"]).status[0, 0, 0] = 1
    with pytest.raises(FrozenInstanceError):
        panel.periods = (1,)  # type: ignore[misc]


def test_shapes_must_agree(panel: Panel) -> None:
    with pytest.raises(ValueError, match="cube"):
        Panel((2019,), panel.units, panel.series, panel.values, panel.status, panel.labels, panel.origin)


def test_to_frame_is_the_cube_as_rows(panel: Panel) -> None:
    frame = panel.to_frame()
    assert frame.columns == ["unit", "period", "indicator", "value", "measure", "status"]
    assert frame.height == panel.values.size
    for row in frame.iter_rows(named=True):
        t, n, k = panel.periods.index(row["period"]), panel.units.index(row["unit"]), panel.index(row["indicator"])
        value = panel.values[t, n, k]
        assert row["value"] == (None if np.isnan(value) else value)
        assert row["status"] == ("missing" if np.isnan(value) else "reported")
        assert row["measure"] == panel.series[k].measure


def test_there_and_back(panel: Panel) -> None:
    again = Panel.from_tidy(panel.to_frame().drop_nulls("value"))
    back = again.select(units=panel.units, indicators=panel.indicators)
    np.testing.assert_array_equal(back.values, panel.values)


def test_select_cuts_and_orders(panel: Panel) -> None:
    part = panel.select(periods=[2020], units=["a", "b"], indicators=["x"])
    assert (part.periods, part.units, part.indicators) == ((2020,), ("a", "b"), ("x",))
    assert part.values.tolist() == [[[11.0], [1.0]]]
    assert panel.select(indicators=[]).values.shape == (2, 2, 0)


@pytest.mark.parametrize(
    ("cut", "code", "says"),
    [
        ({"indicators": ["xx"]}, "unknown_series", "It has: y, x"),
        ({"units": ["c"]}, "unknown_unit", "“c”"),
        ({"periods": [2021]}, "unknown_period", "The years are: 2019, 2020"),
    ],
)
def test_select_names_what_is_absent(panel: Panel, cut: dict[str, Any], code: str, says: str) -> None:
    with pytest.raises(DataError) as caught:
        panel.select(**cut)
    assert caught.value.code == code
    assert says in str(caught.value)


def test_an_absent_column_is_named() -> None:
    with pytest.raises(DataError, match="no column “period”"):
        Panel.from_tidy(pl.DataFrame({"unit": ["a"], "indicator": ["x"], "value": [1.0]}))


def test_rows_are_keyed_by_code_where_there_is_one() -> None:
    rows = tidy(
        ("北京", "110000", 2019, "x", 1.0), ("北京市", "110000", 2020, "x", 2.0),
        columns=("unit", "code", "period", "indicator", "value"),
    )  # fmt: skip
    panel = Panel.from_tidy(rows)
    assert (panel.units, panel.labels["110000"].zh) == (("110000",), "北京")


def test_two_rows_for_one_cell_are_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("省份,年份,x,y\n北京,2019,1,2\n天津,2019,1,2\n北京市,2019,3,2\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read(path).to_panel()
    error = caught.value
    assert error.where == Where(file="t.csv", unit="北京", indicator="x", period=2019)
    assert "(C2 = 1.0, C4 = 3.0); there are 2 such cases" in error.text().en
    assert "同一单元、年份、指标有两行（C2 = 1.0、C4 = 3.0）" in error.text().zh


def test_two_rows_in_two_files_are_told_with_both(tmp_path: Path) -> None:
    for name, value in (("a.csv", 1), ("b.csv", 2)):
        (tmp_path / name).write_text(f"省份,年份,x\n北京,2019,{value}\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"a\.csv C2 = 1\.0, b\.csv C2 = 2\.0"):
        read([tmp_path / "a.csv", tmp_path / "b.csv"]).to_panel()


@pytest.mark.parametrize(
    ("column", "code", "zh"),
    [
        ("measure", "mixed_measures", "不同的计量单位：甲、乙"),
        ("vintage", "mixed_vintages", "混用了不同版本的数据：甲、乙"),
        ("scope", "mixed_scopes", "混用了不同的统计范围：甲、乙"),
    ],
)
def test_one_series_of_two_kinds_is_refused_where_it_changes(column: str, code: str, zh: str) -> None:
    rows = tidy(
        ("a", 2019, "x", 1.0, "甲", "f", "D2"), ("b", 2019, "x", 1.0, None, "f", "D3"),
        ("a", 2020, "x", 2.0, "乙", "f", "D4"),
        columns=("unit", "period", "indicator", "value", column, "file", "cell"),
    )  # fmt: skip
    with pytest.raises(DataError) as caught:
        Panel.from_tidy(rows)
    assert caught.value.code == code
    assert caught.value.where == Where(file="f", cell="D4", unit="a", indicator="x", period=2020)
    assert zh in caught.value.text().zh


def test_vintages_and_scopes_may_be_mixed_by_name_and_measures_never() -> None:
    columns = ("unit", "period", "indicator", "value", "measure", "vintage", "scope")
    cells = (("a", 2019, "x", 1.0, "亿元", "甲", "全部"), ("a", 2020, "x", 2.0, "亿元", "乙", "城镇"))
    rows = tidy(*cells, columns=columns)
    text = Text.same("x")
    with pytest.raises(DataError, match=r"write mix: \[vintage\] for the series"):
        Panel.from_tidy(rows, series=[Series("x", text, mix=("scope",))])
    with pytest.raises(DataError, match=r"write mix: \[scope\] for the series"):
        Panel.from_tidy(rows, series=[Series("x", text, mix=("vintage",))])
    (series,) = Panel.from_tidy(rows, series=[Series("x", text, mix=("vintage", "scope"))]).series
    assert (series.vintage, series.scope) == ("甲；乙", "全部；城镇")
    other = rows.with_columns(measure=pl.Series(["亿元", "万元"]))
    with pytest.raises(DataError, match="units of measure"):
        Panel.from_tidy(other, series=[Series("x", text, mix=("vintage", "scope"))])


def test_three_vintages_of_one_figure_are_refused_as_such() -> None:
    """Guangdong's GDP of 2022: communiqué, final verification, after the fifth economic census."""
    columns = ("unit", "period", "indicator", "value", "measure", "vintage")
    written = [(129118.58, "快报"), (129513.6, "最终核实"), (132547.1, "五普修订")]
    rows = tidy(*(("广东", 2022, "gdp", v, "亿元", e) for v, e in written), columns=columns)
    with pytest.raises(DataError) as caught:
        Panel.from_tidy(rows)
    assert caught.value.code == "mixed_vintages"
    assert "快报、最终核实、五普修订" in caught.value.text().zh
    (one,) = Panel.from_tidy(rows.filter(vintage="五普修订")).series
    assert one.vintage == "五普修订"


def test_footnotes_become_the_note_of_their_series_unless_one_is_given() -> None:
    columns = ("unit", "period", "indicator", "value", "note", "scope")
    rows = tidy(
        ("a", 2019, "x", 1.0, "不含私营单位", "城镇单位"), ("b", 2019, "x", 1.0, "2012 年起分类不同", "城镇单位"),
        ("a", 2019, "y", 1.0, None, None), ("a", 2020, "x", 1.0, "不含私营单位", "城镇单位"),
        columns=columns,
    )  # fmt: skip
    x, y = Panel.from_tidy(rows).series
    assert x.note == Text.same("不含私营单位；2012 年起分类不同")
    assert (x.scope, y.note, y.scope) == ("城镇单位", None, None)
    stated = Panel.from_tidy(rows, series=[Series("x", Text.same("x"), note=Text("已知", "known"))]).series[0]
    assert stated.note == Text("已知", "known")


def test_two_series_may_differ_in_measure_and_vintage() -> None:
    rows = tidy(
        ("a", 2019, "x", 1.0, "亿元", "1"), ("a", 2019, "y", 1.0, "万人", "2"),
        columns=("unit", "period", "indicator", "value", "measure", "vintage"),
    )  # fmt: skip
    assert [s.vintage for s in Panel.from_tidy(rows).series] == ["1", "2"]


def test_a_cell_knows_where_it_was_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("省份,年份,x,y\n北京,2019,1,\n", encoding="utf-8")
    panel = read(path).to_panel()
    where = panel.where(0, 0, 1)
    assert (where.file, where.cell, where.indicator, where.period) == ("t.csv", "D2", "y", 2019)
    assert str(where.unit) == "Beijing"
    assert panel.origin.columns == list(TIDY)


def test_a_cell_that_was_in_no_row_has_a_place_without_file(panel: Panel) -> None:
    assert panel.where(0, 1, 0) == Where(unit=Text("甲", "A"), indicator="y", period=2019)
