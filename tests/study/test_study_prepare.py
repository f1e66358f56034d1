"""From a study's file to its panel: conversions, cuts, groups, paths and remarks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.data import Status
from nqpf.errors import NqpfError, SpecError
from nqpf.index import Framework
from nqpf.messages import say
from nqpf.study import Study, check_study, run
from nqpf.study.prepare import Prepared, group_of, prepare
from nqpf.study.provenance import provenance


def prepared(workshop: Any) -> Prepared:
    return prepare(Study.load(workshop.study))


def codes(made: Prepared) -> list[str]:
    return [note.code for note in made.notes]


def test_the_panel_holds_the_series_that_formulas_use(workshop: Any) -> None:
    made = prepared(workshop)
    assert made.panel.indicators == ("gdp", "pop", "rd", "coal")
    assert made.panel.periods == (2018, 2019, 2020, 2021)
    assert made.panel.units == ("110000", "120000", "130000", "140000", "150000", "210000")
    assert (made.scheme, len(made.ledger)) == ("provinces", 0)
    gdp = made.panel.series[0]
    assert (gdp.measure, gdp.source, gdp.vintage) == ("亿元", "yearbook", "2020")


def test_provinces_stand_in_the_order_of_their_codes_whatever_the_file(workshop: Any) -> None:
    straight = prepared(workshop).panel
    head, *rows = workshop.data.read_text(encoding="utf-8").splitlines()
    workshop.data.write_text("\n".join([head, *reversed(rows)]), encoding="utf-8")
    turned = prepared(workshop).panel
    assert turned.units == straight.units
    np.testing.assert_array_equal(turned.values, straight.values)


def test_unused_series_are_noted(workshop: Any) -> None:
    workshop.edit("rd / gdp * 100", "pop / gdp")
    note = next(n for n in prepared(workshop).notes if n.code == "series_unused")
    assert note.text().zh == "数据中有 1 个序列没有用到：rd。"


def test_a_series_is_converted_cell_by_cell_and_the_ledger_says_so(workshop: Any) -> None:
    before = prepared(workshop).panel
    workshop.edit("gdp: {unit: 亿元,", "gdp: {unit: 亿元, convert: 万元,")
    made = prepared(workshop)
    k = made.panel.index("gdp")
    np.testing.assert_allclose(made.panel.values[:, :, k], before.values[:, :, k] * 10_000, rtol=1e-12)
    assert (made.panel.status[:, :, k] == Status.CONVERTED).all()
    assert made.panel.series[k].measure == "万元"
    frame = made.ledger.frame
    assert frame.height == 24
    assert frame["rule"].unique().to_list() == ["unit.convert"]
    assert frame["detail"].unique().to_list() == ["亿元 → 万元 (× 10000)"]
    row = frame.filter(unit="120000", period=2018).row(0, named=True)
    assert (row["old"], row["new"], row["file"], row["cell"]) == (1137.0, 11_370_000.0, "data.csv", "C3")
    others = [k for k, s in enumerate(made.panel.indicators) if s != "gdp"]
    np.testing.assert_array_equal(made.panel.values[:, :, others], before.values[:, :, others])
    assert (made.panel.status[:, :, others] == Status.REPORTED).all()


def test_conversion_and_filling_are_both_in_the_ledger_in_that_order(workshop: Any) -> None:
    workshop.edit("gdp: {unit: 亿元,", "gdp: {unit: 亿元, convert: 元,")
    workshop.edit("{rule: stop}", "{series: {gdp: linear}}")
    workshop.edit("天津,2019,1191,", "天津,2019,,", "data.csv")
    made = prepared(workshop)
    frame = made.ledger.frame
    assert frame["rule"].to_list() == ["unit.convert"] * 23 + ["missing.linear"]
    last = frame.row(-1, named=True)
    assert (last["old"], last["new"], last["cell"]) == (None, (1137 + 1245) / 2 * 1e8, "C9")
    t, n, k = 1, made.panel.units.index("120000"), made.panel.index("gdp")
    assert made.panel.status[t, n, k] == Status.INTERPOLATED
    assert made.reported.status[t, n, k] == Status.MISSING
    assert np.isnan(made.reported.values[t, n, k])


def test_the_measure_in_a_header_can_be_converted(workshop: Any) -> None:
    workshop.edit("province,year,gdp,", "province,year,gdp(亿元),", "data.csv")
    workshop.edit("gdp: {unit: 亿元,", "gdp: {convert: 万亿元,")
    made = prepared(workshop)
    assert made.ledger.frame["detail"].unique().to_list() == ["亿元 → 万亿元 (× 0.0001)"]


def test_a_measure_or_vintage_stated_otherwise_than_in_the_table_is_remarked_on(workshop: Any) -> None:
    workshop.edit("province,year,gdp,", "province,year,gdp(万元),", "data.csv")
    made = prepared(workshop)
    note = next(n for n in made.notes if n.code == "stated_otherwise")
    assert note.severity == "warning"
    assert note.text().en == "The table says “万元” of “gdp”, the study says “亿元”; the study is followed."
    assert made.panel.series[0].measure == "亿元"
    workshop.edit("gdp: {unit: 亿元,", "gdp: {unit: 万元,")
    assert "stated_otherwise" not in codes(prepared(workshop))


def test_columns_can_have_another_name_than_the_series(workshop: Any) -> None:
    straight = prepared(workshop).panel
    workshop.edit("province,year,gdp,pop,", "province,year,地区生产总值（亿元）,常住人口,", "data.csv")
    workshop.edit("gdp: {unit: 亿元,", "gdp: {column: 地区生产总值,")
    workshop.edit("pop: {unit", "pop: {column: 常住人口, unit")
    made = prepared(workshop)
    np.testing.assert_array_equal(made.panel.values, straight.values)
    gdp = made.panel.series[0]
    assert (gdp.id, gdp.title.zh, gdp.measure) == ("gdp", "地区生产总值", "亿元")


def test_two_series_can_swap_their_names(workshop: Any) -> None:
    straight = prepared(workshop).panel
    workshop.edit("gdp: {unit: 亿元,", "gdp: {column: pop,")
    workshop.edit("pop: {unit", "pop: {column: gdp, unit")
    swapped = prepared(workshop).panel
    for one, other in (("gdp", "pop"), ("pop", "gdp")):
        np.testing.assert_array_equal(
            swapped.values[:, :, swapped.index(one)], straight.values[:, :, straight.index(other)]
        )


def test_periods_and_exclusions_cut_the_panel(workshop: Any) -> None:
    whole = prepared(workshop).panel
    workshop.edit("  missing: {rule: stop}", '  periods: [2019, 2020]\n  exclude: [北京, Hebei, "150000"]')
    cut = prepared(workshop).panel
    assert (cut.periods, cut.units) == ((2019, 2020), ("120000", "140000", "210000"))
    part = whole.select(periods=cut.periods, units=cut.units)
    np.testing.assert_array_equal(cut.values, part.values)


def test_what_is_left_out_is_not_asked_to_be_whole(workshop: Any) -> None:
    workshop.edit("天津,2019,1191,", "天津,2019,,", "data.csv")
    workshop.edit("  missing: {rule: stop}", "  exclude: [天津]")
    assert len(prepared(workshop).panel.units) == 5


def test_a_series_that_is_not_used_is_not_asked_to_be_whole(workshop: Any) -> None:
    workshop.edit("天津,2019,1191,54,20,20", "天津,2019,1191,54,,20", "data.csv")
    workshop.edit("rd / gdp * 100", "pop / gdp")
    assert "rd" not in prepared(workshop).panel.indicators


def test_several_tables_are_one_panel(workshop: Any) -> None:
    straight = prepared(workshop).panel
    rows = [row.split(",") for row in workshop.data.read_text(encoding="utf-8").splitlines()]
    for name, columns in (("one.csv", (0, 1, 2, 3)), ("two.csv", (0, 1, 4, 5))):
        text = "\n".join(",".join(row[c] for c in columns) for row in rows)
        (workshop.folder / name).write_text(text, encoding="utf-8")
    workshop.edit(
        "    - file: data.csv\n      unit: province\n      places: provinces\n",
        "    - file: one.csv\n    - {file: two.csv, places: provinces}\n",
    )
    made = prepared(workshop)
    np.testing.assert_array_equal(made.panel.values, straight.values)
    assert made.panel.origin["file"].unique(maintain_order=True).to_list() == ["one.csv", "two.csv"]


def test_tables_of_different_kinds_of_units_do_not_mix(workshop: Any) -> None:
    (workshop.folder / "two.csv").write_text("country,year,oil\n日本,2019,1\n", encoding="utf-8")
    workshop.edit("      places: provinces\n", "      places: provinces\n    - file: two.csv\n")
    with pytest.raises(SpecError) as caught:
        prepared(workshop)
    assert caught.value.code == "mixed_schemes"
    assert caught.value.where.line == 4
    assert "countries、provinces" in caught.value.text().zh


def test_paths_are_relative_to_the_study_and_not_to_where_one_stands(
    workshop: Any, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    (workshop.folder / "sub").mkdir()
    workshop.data.rename(workshop.folder / "sub" / "data.csv")
    workshop.edit("file: data.csv", "file: sub/data.csv")
    assert prepared(workshop).panel.origin["file"][0] == "sub/data.csv"


def test_a_framework_in_a_file_of_its_own(workshop: Any) -> None:
    inside = Study.load(workshop.study)
    text = workshop.study.read_text(encoding="utf-8")
    body, rest = text.split("framework:\n")[1].split("recipe:\n")
    (workshop.folder / "tree.yaml").write_text("\n".join(row[2:] for row in body.splitlines()), encoding="utf-8")
    workshop.study.write_text(
        text.split("framework:\n")[0] + "framework: tree.yaml\nrecipe:\n" + rest, encoding="utf-8"
    )
    outside = Study.load(workshop.study)
    assert outside.framework_file == workshop.folder / "tree.yaml"
    assert [(n.id, n.level, n.weight) for n in outside.framework.nodes] == [
        (n.id, n.level, n.weight) for n in inside.framework.nodes
    ]
    assert Framework.from_yaml(workshop.folder / "tree.yaml").id == "whole"
    np.testing.assert_array_equal(run(outside).index.scores, run(inside).index.scores)
    workshop.edit("direction: cost", "direction: coost", "tree.yaml")
    with pytest.raises(SpecError) as caught:
        Study.load(workshop.study)
    where = caught.value.where
    assert (Path(where.file or "").name, where.line) == ("tree.yaml", 24)


def test_an_error_of_the_index_names_the_line_in_the_frameworks_own_file(workshop: Any) -> None:
    text = workshop.study.read_text(encoding="utf-8")
    body, rest = text.split("framework:\n")[1].split("recipe:\n")
    tree = "\n".join(row[2:] for row in body.splitlines()).replace("coal / gdp", "coal * 0")
    (workshop.folder / "tree.yaml").write_text(tree, encoding="utf-8")
    workshop.study.write_text(
        text.split("framework:\n")[0] + "framework: tree.yaml\nrecipe:\n" + rest, encoding="utf-8"
    )
    with pytest.raises(NqpfError) as caught:
        run(workshop.study)
    where = caught.value.where
    assert (caught.value.code, Path(where.file or "").name, where.line) == ("constant_indicator", "tree.yaml", 21)


# Groups


def groups(workshop: Any) -> tuple[dict[str, str], dict[str, str]]:
    study = Study.load(workshop.study)
    member, titles = group_of(study, prepare(study))
    return member, {group: title.en for group, title in titles.items()}


def test_blocs_are_the_default_for_provinces(workshop: Any) -> None:
    member, titles = groups(workshop)
    assert member == {
        "110000": "east",
        "120000": "east",
        "130000": "east",
        "140000": "central",
        "150000": "west",
        "210000": "northeast",
    }
    assert set(titles) == {"east", "central", "west", "northeast"}
    workshop.edit("  groups: bloc4\n", "")
    assert groups(workshop) == (member, titles)


def test_no_groups_can_be_asked_for(workshop: Any) -> None:
    workshop.edit("groups: bloc4", "groups: []")
    assert groups(workshop) == ({}, {})


def test_groups_of_ones_own_by_any_name_of_a_unit(workshop: Any) -> None:
    workshop.edit(
        "  groups: bloc4",
        "  groups:\n    - {id: a, title: {zh: 甲, en: A}, units: [北京, Tianjin]}\n"
        '    - {id: b, title: B, units: ["130000"]}',
    )
    assert groups(workshop) == ({"110000": "a", "120000": "a", "130000": "b"}, {"a": "A", "b": "B"})


def test_schemes_of_provinces_are_for_provinces(workshop: Any) -> None:
    text = workshop.data.read_text(encoding="utf-8")
    for n, name in enumerate(("北京", "天津", "河北", "山西", "内蒙古", "辽宁")):
        text = text.replace(name, f"plant {n}")
    workshop.data.write_text(text.replace("province,", "firm,"), encoding="utf-8")
    workshop.edit("      unit: province\n      places: provinces\n", "")
    with pytest.raises(SpecError) as caught:
        groups(workshop)
    assert (caught.value.code, caught.value.where.key) == ("groups_need_provinces", "report.groups")
    workshop.edit("  groups: bloc4\n", "")
    assert groups(workshop) == ({}, {})
    assert prepared(workshop).scheme == "none"


# Shapes of data that chapters must bear


def shrink(workshop: Any, units: int, years: int) -> None:
    frame = pl.read_csv(workshop.data)
    keep_units = frame["province"].unique(maintain_order=True)[:units].to_list()
    keep_years = frame["year"].unique(maintain_order=True)[:years].to_list()
    frame.filter(pl.col("province").is_in(keep_units), pl.col("year").is_in(keep_years)).write_csv(workshop.data)


@pytest.mark.parametrize(("units", "years"), [(6, 1), (2, 2), (2, 1)])
def test_small_panels_run(units: int, years: int, workshop: Any) -> None:
    shrink(workshop, units, years)
    workshop.edit("range: [0, 1]}", "range: [0, 1], on_constant: middle}")
    assessment = run(workshop.study)
    assert assessment.index.scores.shape[:2] == (years, units)
    assert np.isfinite(assessment.index.scores).all()


def test_a_study_with_holes_runs_when_it_says_how(workshop: Any) -> None:
    workshop.edit("{rule: stop}", "{rule: keep}")
    workshop.edit("recipe:\n", "recipe:\n  availability: 0.5\n")
    workshop.edit("天津,2019,1191,54,20,20", "天津,2019,1191,54,,20", "data.csv")
    assessment = run(workshop.study)
    assert "scored_with_holes" in [n.code for n in assessment.notes]
    assert np.isfinite(assessment.index.scores[:, :, -1]).all()


def test_checking_does_everything_short_of_writing(workshop: Any) -> None:
    before = workshop.files()
    lines = check_study(Study.load(workshop.study))
    assert lines[-1].en == "All is well: 6 units, 2018–2021, 4 series, 3 indicators."
    assert lines[-1].zh == "没有问题：6 个单元，2018–2021 年，4 个序列，3 项指标。"
    assert workshop.files() == before


def test_checking_counts_changed_and_odd_cells(workshop: Any) -> None:
    workshop.edit("gdp: {unit: 亿元,", "gdp: {unit: 亿元, convert: 万元,")
    workshop.edit("河北,2020,", "河北,2020,99", "data.csv")
    lines = check_study(Study.load(workshop.study))
    checks = prepared(workshop).checks
    odd = checks.errors + checks.warnings
    assert odd > 0
    assert say("cli.check.changed", count=24) in lines
    assert say("cli.check.odd", count=odd) in lines
    assert [line for line in lines if line in checks.lines("warning")] == checks.lines("warning")


def test_a_year_that_no_unit_has_is_remarked_on(workshop: Any) -> None:
    rows = [r for r in workshop.data.read_text(encoding="utf-8").splitlines() if ",2020," not in r]
    workshop.data.write_text("\n".join(rows), encoding="utf-8")
    made = prepared(workshop)
    assert made.panel.periods == (2018, 2019, 2021)
    note = next(n for n in made.notes if n.code == "years_absent")
    assert "2020" in note.text().zh


def test_a_rejected_cell_is_missing_and_in_the_ledger(workshop: Any) -> None:
    cell = "  reject: [{series: coal, unit: 天津, period: 2019, reason: {zh: 笔误, en: slip}}]\n"
    workshop.edit("  missing: {rule: stop}\n", cell + "  missing: {rule: linear}\n")
    made = prepared(workshop)
    rejected, filled = made.ledger.frame.to_dicts()
    assert (rejected["rule"], rejected["new"], rejected["detail"]) == ("cell.reject", None, "笔误 / slip")
    assert (filled["rule"], filled["unit"], filled["period"]) == ("missing.linear", "120000", 2019)
    assert made.reported.values[1, 1, 3] == rejected["old"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("天津", "天律", "unknown_unit"),
        ("2019", "1999", "unknown_period"),
        ("series: coal", "series: cola", "unknown_series_key"),
    ],
)
def test_a_rejected_cell_that_is_none_is_told(workshop: Any, old: str, new: str, code: str) -> None:
    cell = "  reject: [{series: coal, unit: 天津, period: 2019, reason: slip}]\n".replace(old, new)
    workshop.edit("framework:\n", cell + "framework:\n")
    with pytest.raises(SpecError) as error:
        prepared(workshop)
    assert error.value.code == code
    assert error.value.where.line is not None


def test_a_table_is_read_by_its_recipe(workshop: Any) -> None:
    """The same numbers without a word for the year, in a folder of their own, told by a reading recipe."""
    straight = prepared(workshop).panel
    head, *rows = workshop.data.read_text(encoding="utf-8").splitlines()
    folder = workshop.study.parent / "数据"
    folder.mkdir()
    rows = [row for row in rows if ",2018," in row or row.split(",")[1] == "2018"]
    (folder / "无年份.csv").write_text("\n".join(",".join(_without_second(r)) for r in (head, *rows)), encoding="utf-8")
    rule = 'tables:\n- {file: 无年份.csv, fixed: {period: "2018"}}\n'
    (folder / "读取规则.yaml").write_text(rule, encoding="utf-8")
    workshop.edit("- file: data.csv", "- file: 数据/无年份.csv\n      recipe: 数据/读取规则.yaml")
    made = prepared(workshop).panel
    assert made.periods == (2018,)
    np.testing.assert_array_equal(made.values[0], straight.values[0])
    before = provenance(Study.load(workshop.study))["study"]["sha256"]
    (folder / "读取规则.yaml").write_text(rule.replace("2018", "2019"), encoding="utf-8")
    assert provenance(Study.load(workshop.study))["study"]["sha256"] != before


def _without_second(row: str) -> list[str]:
    cells = row.split(",")
    return [cells[0], *cells[2:]]
