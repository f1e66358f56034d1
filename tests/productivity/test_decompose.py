"""Decompositions of aggregate productivity: the papers' formulas unit by unit, adding up, invariances, bad input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from nqpf.errors import DataError, MethodError, NqpfError, SpecError
from nqpf.messages import speak
from nqpf.productivity.firms.decompose import Decomposition, decompose
from nqpf.productivity.firms.turnover import METHODS

PARTS = {
    "melitz_polanec": ["mean", "covariance", "entry", "exit"],
    "foster_haltiwanger_krizan": ["within", "between", "cross", "entry", "exit"],
    "griliches_regev": ["within", "between", "entry", "exit"],
    "baily_hulten_campbell": ["within", "between", "entry", "exit"],
    "within_between": ["within", "between"],
}
GROUPS = ["groups_entered", "groups_left", "between_groups"]
TURNING = [method for method in PARTS if method != "within_between"]

TABLE = pl.DataFrame(
    {
        "firm": ["a", "b", "c", "a", "b", "d", "a", "c", "d"],
        "year": [2018, 2018, 2018, 2019, 2019, 2019, 2020, 2020, 2020],
        "tfp": [1.0, 2.0, 3.0, 1.5, 1.0, 4.0, 2.0, 2.5, 5.0],
        "w": [2.0, 5.0, 3.0, 6.0, 2.0, 8.0, 1.0, 1.0, 2.0],
        "group": ["x", "x", "y", "x", "x", "y", "x", "y", "y"],
    }
)


def run(data: Any = TABLE, **options: Any) -> Decomposition:
    return decompose(data, "tfp", "w", unit="firm", time="year", **options)


def side(data: pl.DataFrame, year: int) -> dict[str, tuple[float, float]]:
    """Return share and productivity of each firm of a year."""
    rows = data.filter(year=year)
    total = rows["w"].sum()
    return {f: (w / total, p) for f, p, w in rows.select("firm", "tfp", "w").iter_rows()}


def literal(one: Mapping[str, tuple[float, float]], two: Mapping[str, tuple[float, float]]) -> dict[str, list[float]]:
    """Return every method's parts in the order of PARTS, written as in the papers, firm by firm."""
    level1 = sum(s * p for s, p in one.values())
    level2 = sum(s * p for s, p in two.values())
    mean = (level1 + level2) / 2
    stay, enter, leave = one.keys() & two.keys(), two.keys() - one.keys(), one.keys() - two.keys()
    fhk, gr, bhc = [0.0] * 5, [0.0] * 4, [0.0] * 4
    for i in stay:
        (s1, p1), (s2, p2) = one[i], two[i]
        fhk[0] += s1 * (p2 - p1)
        fhk[1] += (s2 - s1) * (p1 - level1)
        fhk[2] += (s2 - s1) * (p2 - p1)
        gr[0] += (s1 + s2) / 2 * (p2 - p1)
        gr[1] += (s2 - s1) * ((p1 + p2) / 2 - mean)
        bhc[0] += s1 * (p2 - p1)
        bhc[1] += (s2 - s1) * p2
    for i in enter:
        s, p = two[i]
        fhk[3] += s * (p - level1)
        gr[2] += s * (p - mean)
        bhc[2] += s * p
    for i in leave:
        s, p = one[i]
        fhk[4] -= s * (p - level1)
        gr[3] -= s * (p - mean)
        bhc[3] -= s * p
    weight1, weight2 = sum(one[i][0] for i in stay), sum(two[i][0] for i in stay)
    stayed1 = sum(one[i][0] * one[i][1] for i in stay) / weight1
    stayed2 = sum(two[i][0] * two[i][1] for i in stay) / weight2
    mean1, mean2 = sum(one[i][1] for i in stay) / len(stay), sum(two[i][1] for i in stay) / len(stay)
    cov1 = sum((one[i][0] / weight1 - 1 / len(stay)) * (one[i][1] - mean1) for i in stay)
    cov2 = sum((two[i][0] / weight2 - 1 / len(stay)) * (two[i][1] - mean2) for i in stay)
    entering, leaving = 1 - weight2, 1 - weight1
    entry = sum(two[i][0] * two[i][1] for i in enter) - entering * stayed2
    exit_ = leaving * stayed1 - sum(one[i][0] * one[i][1] for i in leave)
    dop = [mean2 - mean1, cov2 - cov1, entry, exit_]
    return {
        "melitz_polanec": dop,
        "foster_haltiwanger_krizan": fhk,
        "griliches_regev": gr,
        "baily_hulten_campbell": bhc,
    }


@pytest.mark.parametrize("method", TURNING)
def test_the_papers_formulas_firm_by_firm(method: Any) -> None:
    for start, end in ((2018, 2019), (2019, 2020)):
        expected = literal(side(TABLE, start), side(TABLE, end))[method]
        row = run(method=method).frame.filter(start=start, end=end)
        assert row.select(PARTS[method]).row(0) == pytest.approx(expected, abs=1e-14)


def test_figures_by_hand() -> None:
    """Shares .2, .5, .3 and productivities 1, 2, 3 make 2.1; a year later .375, .125, .5 and 1.5, 1, 4 make 2.6875."""
    frame = run(method="foster_haltiwanger_krizan", end=2019).frame
    assert frame.select("aggregate_start", "aggregate_end", "change").row(0) == pytest.approx((2.1, 2.6875, 0.5875))
    assert frame.select(PARTS["foster_haltiwanger_krizan"]).row(0) == pytest.approx(
        (-0.4, -0.155, 0.4625, 0.95, -0.27), abs=1e-14
    )
    assert frame.select("continuing", "entering", "leaving").row(0) == (2, 1, 1)
    dop = run(end=2019).frame
    # survivors: shares 2/7, 5/7 → 3/4, 1/4; levels 12/7 → 11/8; means 1.5 → 1.25
    assert dop["mean"][0] == pytest.approx(-0.25)
    assert dop["covariance"][0] == pytest.approx((11 / 8 - 1.25) - (12 / 7 - 1.5))
    assert dop["entry"][0] == pytest.approx(0.5 * (4 - 11 / 8))
    assert dop["exit"][0] == pytest.approx(0.3 * (12 / 7 - 3))


def test_olley_pakes_by_hand() -> None:
    found = run(method="olley_pakes")
    first = found.frame.row(0, named=True)
    assert first["aggregate"] == pytest.approx(2.1)
    assert first["mean"] == pytest.approx(2.0)
    assert first["covariance"] == pytest.approx((0.2 - 1 / 3) * -1 + (0.3 - 1 / 3) * 1)
    assert first["units"] == 3
    by_year = found.units.group_by("time", maintain_order=True).agg(pl.col("mean", "covariance").sum())
    np.testing.assert_allclose(by_year["covariance"], found.frame["covariance"], atol=1e-15)
    assert found.groups is None


def test_olley_pakes_within_and_between_groups() -> None:
    found = run(method="olley_pakes", group="group")
    total = found.frame.select(pl.sum_horizontal("mean", "covariance_within", "covariance_between")).to_series()
    np.testing.assert_allclose(total, found.frame["aggregate"], atol=1e-14)
    # 2018: group x has shares .2, .5 with mean 1.5; group y one firm with share .3 and 3
    first = found.frame.row(0, named=True)
    assert first["covariance_within"] == pytest.approx((0.2 - 0.35) * -0.5 + (0.5 - 0.35) * 0.5)
    assert first["covariance_between"] == pytest.approx((0.7 - 2 / 3) * -0.5 + (0.3 - 1 / 3) * 1)
    assert found.groups is not None
    assert found.groups.filter(time=2018)["covariance_between"].sum() == pytest.approx(first["covariance_between"])


@pytest.mark.parametrize("method", TURNING)
def test_groups_by_hand(method: Any) -> None:
    """Within a group the method as it is, times the mean of its shares; groups as the units of Griliches and Regev."""
    start, end = 2018, 2020
    data = TABLE.with_columns(group=pl.when(firm="d").then(pl.lit("z")).otherwise("group"))
    found = run(data, method=method, group="group", start=start, end=end)
    expected = np.zeros(len(PARTS[method]))
    totals = {y: data.filter(year=y)["w"].sum() for y in (start, end)}
    levels = {y: sum(s * p for s, p in side(data, y).values()) for y in (start, end)}
    mean = (levels[start] + levels[end]) / 2
    between = entered = 0.0
    for (group,), part in data.group_by("group"):
        size = {y: part.filter(year=y)["w"].sum() / totals[y] for y in (start, end)}
        level = {y: sum(s * p for s, p in side(part, y).values()) for y in (start, end)}
        if group == "z":
            entered += size[end] * (level[end] - mean)
            continue
        within = literal(side(part, start), side(part, end))[method]
        expected += (size[start] + size[end]) / 2 * np.array(within)
        between += (size[end] - size[start]) * ((level[start] + level[end]) / 2 - mean)
    assert found.frame.select(PARTS[method]).row(0) == pytest.approx(expected, abs=1e-14)
    assert found.frame.select(GROUPS).row(0) == pytest.approx((entered, 0, between), abs=1e-14)
    assert found.groups is not None
    np.testing.assert_allclose(
        found.groups.select(pl.sum_horizontal(*PARTS[method], *GROUPS)).sum().item(), found.frame["change"], atol=1e-14
    )


def test_units_say_where_everything_comes_from() -> None:
    for method in METHODS:
        data = TABLE.filter(firm="a") if method == "within_between" else TABLE
        found = run(data, method=method)
        sums = found.units.group_by("start", "end", maintain_order=True).agg(pl.col(PARTS[method]).sum())
        assert_frame_equal(sums.select(PARTS[method]), found.frame.select(PARTS[method]), abs_tol=1e-14)
    units = run().units
    assert units.filter(start=2018).select("unit", "status", "returns").rows() == [
        ("a", "continuing", False),
        ("b", "continuing", False),
        ("c", "leaving", True),
        ("d", "entering", False),
    ]
    assert units.filter(start=2019, unit="c").select("status", "returns", "tfp_start", "tfp_end").row(0) == (
        "entering",
        True,
        None,
        2.5,
    )


def test_who_comes_back_and_who_changes_group_is_named() -> None:
    data = TABLE.with_columns(group=pl.when(firm="a", year=2019).then(pl.lit("y")).otherwise("group"))
    found = run(data, group="group", method="griliches_regev")
    said = [str(note) for note in found.notes]
    assert any("back again, 1 in all: c;" in text for text in said)  # a was elsewhere, not away
    assert any("change group, 1 in all: a;" in text for text in said)
    assert found.units.filter(unit="a", start=2018)["status"].to_list() == ["leaving", "entering"]
    alone = run(TABLE.with_columns(group=pl.lit("x")), group="group")
    assert alone.frame["between_groups"].to_list() == pytest.approx([0, 0], abs=1e-15)
    assert_frame_equal(alone.frame.drop(GROUPS), run().frame, abs_tol=1e-14)


def test_years_and_spans() -> None:
    years = run(span=2).frame.select("start", "end").rows()
    assert years == [(2018, 2020)]
    assert run(start=2019).frame.select("start", "end").rows() == [(2019, 2020)]
    gap = TABLE.with_columns(year=pl.col("year").replace({2020: 2021}))
    found = run(gap)
    assert found.frame.select("start", "end").rows() == [(2018, 2019)]
    assert any("2019–2020, 2020–2021" in str(note) for note in found.notes)


def test_logarithms_and_weights() -> None:
    logs = TABLE.with_columns(pl.col("tfp").log())
    assert_frame_equal(run(values="log").frame, run(logs).frame, abs_tol=1e-14)
    shares = TABLE.with_columns(pl.col("w") / pl.col("w").sum().over("year"))
    assert_frame_equal(run(shares, weights="as_given").frame, run().frame, abs_tol=1e-14)
    for _, part in run().units.group_by("start"):
        assert part.select(pl.col("share_start", "share_end").sum()).row(0) == pytest.approx((1, 1), abs=1e-14)


@pytest.mark.parametrize(
    ("error", "options", "said"),
    [
        (SpecError, {"method": "melitz_polanek"}, "Did you mean “melitz_polanec”"),
        (SpecError, {"method": "olley_pakes", "span": 2}, "span does nothing under olley_pakes"),
        (SpecError, {"values": "logs"}, "Did you mean “log”"),
        (SpecError, {"weights": "sum"}, "as_given"),
        (SpecError, {"span": 0}, "a whole number from 1"),
        (SpecError, {"span": 5}, "No two years are 5 apart"),
        (SpecError, {"span": 2, "start": 2018}, "span goes with neither"),
        (SpecError, {"start": 2017}, "no data for 2017.*The years are: 2018, 2019, 2020"),
        (SpecError, {"start": 2020}, "2020, is not before the second, 2020"),
        (MethodError, {"weights": "as_given"}, "year 2018: The weights of this year sum to 10, not to 1"),
        (MethodError, {"method": "within_between"}, r"2018–2019: 2 units enter or leave \(c, d\)"),
        (DataError, {"group": "sector"}, "no column “sector”"),
    ],
)
def test_what_is_refused(error: type[NqpfError], options: dict[str, Any], said: str) -> None:
    with pytest.raises(error, match=said):
        run(**options)


def test_cells_that_are_refused_or_left_out() -> None:
    holes = TABLE.with_columns(tfp=pl.when(firm="b", year=2019).then(None).otherwise("tfp"))
    with pytest.raises(DataError, match=r"row 5, unit b, .*tfp, year 2019: The number is missing"):
        run(holes)
    found = run(holes, unusable="leave_out")
    assert found.left_out.select("row", "unit", "time", "column", "reason").rows() == [(5, "b", 2019, "tfp", "missing")]
    assert_frame_equal(found.frame, run(TABLE.filter(~((pl.col("firm") == "b") & (pl.col("year") == 2019)))).frame)
    with pytest.raises(DataError, match=r"unit a, .*w, year 2018: The number is -2 and must not be negative"):
        run(TABLE.with_columns(w=-pl.col("w")))
    with pytest.raises(DataError, match="must be positive"):
        run(TABLE.with_columns(tfp=pl.col("tfp") - 1), values="log")
    with pytest.raises(MethodError, match="year 2019: All weights of this year are zero"):
        run(TABLE.with_columns(w=pl.when(year=2019).then(0.0).otherwise("w")))
    with pytest.raises(DataError, match="does not say which group"):
        run(TABLE.with_columns(group=pl.when(firm="b").then(None).otherwise("group")), group="group")
    with pytest.raises(DataError, match="Two rows"):
        run(pl.concat([TABLE, TABLE.head(1)]))
    with pytest.raises(DataError, match="None of the 9 rows"):
        run(TABLE.with_columns(w=pl.lit(None, pl.Float64)), unusable="leave_out")


def test_survivors_are_needed_where_they_are_compared_with() -> None:
    data = TABLE.filter(pl.col("firm").is_in(["b", "c", "d"]), pl.col("year") != 2019)
    data = data.with_columns(firm=pl.col("firm") + pl.col("year").cast(pl.String))
    with pytest.raises(MethodError, match=r"No unit has weight in both years \(2018–2020\)"):
        run(data, start=2018)
    with pytest.raises(MethodError, match=r"in both years \(y\)") as caught:
        run(data, start=2018, group="group")
    with speak("zh"):
        assert "没有在两年都有权重的单元（y）" in str(caught.value)
    frame = run(data, start=2018, method="griliches_regev").frame
    assert frame.select(pl.col("entry") + pl.col("exit")).item() == pytest.approx(frame["change"][0], abs=1e-14)


def test_units_keep_their_kind_so_that_tables_can_be_joined() -> None:
    numbers = {"a": 30, "b": 7, "c": 15, "d": 2}
    found = run(TABLE.with_columns(pl.col("firm").replace_strict(numbers)).reverse())
    assert found.units["unit"].dtype == pl.Int64
    assert_frame_equal(found.frame, run().frame, abs_tol=1e-14)
    joined = found.units.join(TABLE.with_columns(unit=pl.col("firm").replace_strict(numbers)), on="unit")
    same = joined.filter(pl.col("end") == pl.col("year"))
    assert (same["tfp_end"] == same["tfp"]).all()


def test_pandas_comes_back_as_pandas() -> None:
    assert isinstance(run(TABLE.to_pandas()).to_frame(), pd.DataFrame)


@st.composite
def panels(draw: st.DrawFn) -> pl.DataFrame:
    """Return three years of up to eight firms that come and go, the first of each group always there."""
    rows = []
    for i in range(draw(st.integers(2, 8))):
        for year in (1, 2, 3):
            if i < 2 or draw(st.booleans()):
                p, w = draw(st.floats(-5, 5)), draw(st.floats(0.01, 100))
                rows.append((f"f{i}", year, p, w, "xy"[i % 2]))
    return pl.DataFrame(rows, schema=["firm", "year", "tfp", "w", "group"], orient="row")


@settings(max_examples=min(40, settings().max_examples))
@given(panels(), st.sampled_from([*TURNING, "olley_pakes"]), st.sampled_from([None, "group"]))
def test_parts_add_up_in_every_panel(data: pl.DataFrame, method: Any, group: str | None) -> None:
    found = run(data, method=method, group=group)
    frame = found.frame
    if method == "olley_pakes":
        parts, whole = (
            ["mean"] + (["covariance_within", "covariance_between"] if group else ["covariance"]),
            "aggregate",
        )
    else:
        parts, whole = PARTS[method] + (GROUPS if group else []), "change"
    np.testing.assert_allclose(frame.select(pl.sum_horizontal(parts)).to_series(), frame[whole], atol=5e-13)
    if found.groups is not None:
        by_group = found.groups.select(pl.sum_horizontal([p for p in parts if p in found.groups.columns])).sum().item()
        assert by_group == pytest.approx(frame[whole].sum(), abs=5e-12)


@settings(max_examples=min(30, 2 * settings().max_examples))
@given(panels(), st.sampled_from(TURNING), st.randoms(use_true_random=False))
def test_neither_scale_nor_order_nor_split_units_matter(data: pl.DataFrame, method: Any, random: Any) -> None:
    expected = run(data, method=method).frame
    weights = data.with_columns(w=pl.col("w") * pl.col("year") * 1e4)
    assert_frame_equal(run(weights, method=method).frame, expected, abs_tol=1e-10)
    rows = list(range(data.height))
    random.shuffle(rows)
    assert_frame_equal(run(data[rows], method=method).frame, expected, abs_tol=1e-10)
    double = run(data.with_columns(pl.col("tfp") * 2), method=method).frame.select(PARTS[method])
    assert_frame_equal(double, expected.select(pl.col(PARTS[method]) * 2), abs_tol=1e-10)
    halves = pl.concat([data, data.with_columns(pl.col("firm") + "'")]).with_columns(pl.col("w") / 2)
    assert_frame_equal(
        run(halves, method=method).frame.select(PARTS[method]), expected.select(PARTS[method]), abs_tol=1e-10
    )
    if method != "baily_hulten_campbell":  # whose entry and exit are not against any level
        moved = run(data.with_columns(pl.col("tfp") + 3), method=method).frame.select(PARTS[method])
        assert_frame_equal(moved, expected.select(PARTS[method]), abs_tol=1e-10)
