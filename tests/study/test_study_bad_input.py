"""Bad input: one clear error in the reader's language, exit code 2, and nothing half-written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nqpf.cli import command
from nqpf.errors import OutputError
from nqpf.study import assessment, check_folder
from nqpf.study.folder import whole_folder

Edit = tuple[str, str]


@dataclass(frozen=True)
class Case:
    """Edits of the good study and its table, and what must stand in the error in either language."""

    en: tuple[str, ...]
    zh: tuple[str, ...]
    study: tuple[Edit, ...] = ()
    data: tuple[Edit, ...] = ()
    table: Callable[[str], str] = str


def with_an_empty_column(table: str) -> str:
    head, *rows = table.splitlines()
    return "\n".join([f"{head},none", *(f"{row}," for row in rows)])


def long_with_two_vintages(table: str) -> str:
    """Return the table with a row a cell; gdp of Tianjin in 2019 is of another vintage."""
    head, *rows = (row.split(",") for row in table.splitlines())
    cells = [(*row[:2], name, value) for row in rows for name, value in zip(head[2:], row[2:], strict=True)]
    lines = [",".join((*cell, "2023" if cell[:3] == ("天津", "2019", "gdp") else "2018")) for cell in cells]
    return "\n".join(["province,year,indicator,value,vintage", *lines])


CASES = {
    "unknown column": Case(
        study=(("unit: province", "unit: provnce"),),
        en=(
            "file data.csv, row 1",
            "no column “provnce”",
            "Did you mean “province”?",
            "The columns are: province, year",
        ),
        zh=("文件 data.csv，第 1 行", "没有名为“provnce”的列", "您是不是想写“province”？", "现有的列：province、year"),
    ),
    "unknown column of a series": Case(
        study=(("coal: {unit: 万吨}", "coal: {unit: 万吨, column: caol}"),),
        en=("study.yaml, line 12, key data.series.coal", "no column “caol”", "Did you mean “coal”?"),
        zh=("study.yaml，第 12 行，键 data.series.coal", "数据中没有列“caol”", "您是不是想写“coal”？"),
    ),
    "two rows for one unit and year": Case(
        data=(("天津,2018,", "北京,2018,7,7,7,7\n天津,2018,"),),
        en=("file data.csv, unit 北京, indicator gdp, year 2018", "(C2 = 1000.0, C3 = 7.0)", "Keep one of the rows"),
        zh=("文件 data.csv，单元 北京，指标 gdp，2018 年", "（C2 = 1000.0、C3 = 7.0）", "请保留其中一行"),
    ),
    "unknown place": Case(
        data=(("河北,2018,", "河比,2018,"),),
        en=("file data.csv, row 4", "not in the list of provinces (1): “河比” (near:", "Write the standard name"),
        zh=("文件 data.csv，第 4 行", "名单中没有以下 1 个名称：“河比”（相近：", "请改为规范名称或代码"),
    ),
    "ambiguous place": Case(
        data=(("山西,2018,", "Shan Xi,2018,"),),
        en=(
            "file data.csv, row 5",
            "could mean two provinces: “Shan Xi” (Shanxi 140000 or Shaanxi 610000)",
            "full name",
        ),
        zh=("文件 data.csv，第 5 行", "“Shan Xi”（山西 140000 或 陕西 610000）", "请改用中文全称或代码"),
    ),
    "text in a number cell": Case(
        data=(("天津,2018,1137,", "天津,2018,约1137,"),),
        en=("file data.csv, row 3, cell C3, unit 天津, indicator gdp, year 2018", "“约1137”", "write NA"),
        zh=("文件 data.csv，第 3 行，单元格 C3，单元 天津，指标 gdp，2018 年", "“约1137”", "留空或写 NA"),
    ),
    "direction missing": Case(
        study=(("          direction: cost\n", ""),),
        en=(
            "study.yaml, line 34, key framework.tree.1.children.0",
            "“coal_use” has no direction",
            "direction: benefit",
        ),
        zh=(
            "study.yaml，第 34 行，键 framework.tree.1.children.0",
            "“coal_use”没有写明方向",
            "请写 direction: benefit",
        ),
    ),
    "direction empty": Case(
        study=(("direction: cost", "direction:"),),
        en=("line 34", "“coal_use” has no direction"),
        zh=("第 34 行", "“coal_use”没有写明方向"),
    ),
    "formula of an absent series": Case(
        study=(("gdp / pop * 10000", "gdp / popp * 10000"),),
        en=("study.yaml, line 21", "names “popp”", "Did you mean “pop”?", "The data hold: gdp, pop, rd, coal"),
        zh=("study.yaml，第 21 行", "不存在的数据列“popp”", "您是不是想写“pop”？", "现有：gdp、pop、rd、coal"),
    ),
    "formula that is none": Case(
        study=(("gdp / pop * 10000", "gdp / / pop"),),
        en=("study.yaml, line 21", "The formula “gdp / / pop” cannot be read", "SQL expressions"),
        zh=("study.yaml，第 21 行", "公式“gdp / / pop”写法有误", "SQL 表达式"),
    ),
    "division by zero": Case(
        data=(("河北,2019,1329,57,", "河北,2019,1329,0,"),),
        en=("line 21", "unit Hebei, indicator income, year 2019", "(gdp = 1329, pop = 0)", "nothing divides by zero"),
        zh=("第 21 行", "单元 河北，指标 income，2019 年", "（gdp = 1329, pop = 0）", "除数不能为零"),
    ),
    "indicator constant": Case(
        study=(("formula: coal / gdp", "formula: coal * 0 + 3"),),
        en=("study.yaml, line 34", "indicator coal_use", "same value (3)", "on_constant: middle"),
        zh=("study.yaml，第 34 行", "指标 coal_use", "值都相同（3）", "on_constant: middle"),
    ),
    "series all missing": Case(
        study=(("coal / gdp", "hollow"), ("coal: {unit: 万吨}", "hollow: {column: none}")),
        table=with_an_empty_column,
        en=(
            "file data.csv, cell G2, unit Beijing, indicator hollow, year 2018",
            "24 cells are missing",
            "Supply the figures",
        ),
        zh=("文件 data.csv，单元格 G2，单元 北京，指标 hollow，2018 年", "有 24 个单元格缺失", "请补上数据"),
    ),
    "indicator all missing": Case(
        study=(
            ("coal / gdp", "hollow"),
            ("coal: {unit: 万吨}", "hollow: {column: none}"),
            ("{rule: stop}", "{rule: keep}"),
            ("recipe:\n", "recipe:\n  availability: 0.5\n"),
        ),
        table=with_an_empty_column,
        en=("study.yaml, line", "Indicators without a single value: coal_use", "take them out of the framework"),
        zh=("study.yaml，第", "指标全部缺失：coal_use", "从框架中删去"),
    ),
    "mixed vintages in one series": Case(
        table=long_with_two_vintages,
        study=(("source: yearbook, vintage: 2020", "source: yearbook"),),
        en=(
            "file data.csv, cell D30, unit 天津, indicator gdp, year 2019",
            "mixes vintages: 2018, 2023",
            "use one vintage",
        ),
        zh=(
            "文件 data.csv，单元格 D30，单元 天津，指标 gdp，2019 年",
            "混用了不同版本的数据：2018、2023",
            "只用一个版本",
        ),
    ),
    "geometric mean of zero": Case(
        study=(("{method: arithmetic}", "{method: geometric}"),),
        en=("study.yaml, line", "unit", "year", "A score of 0 is not positive", "range: [1, 100]"),
        zh=("study.yaml，第", "单元", "年", "得分 0 不是正数", "range: [1, 100]"),
    ),
    "constant growth from zero": Case(
        study=(("{rule: stop}", "{rule: loglinear}"),),
        data=(("天津,2019,1191,", "天津,2019,,"), ("天津,2018,1137,", "天津,2018,0,")),
        en=(
            "file data.csv, cell C3, unit Tianjin, indicator gdp, year 2018",
            "positive values; this one is 0",
            "linear",
        ),
        zh=("文件 data.csv，单元格 C3，单元 天津，指标 gdp，2018 年", "要求数值为正，这里是 0", "请改用 linear"),
    ),
    "logarithm of a negative": Case(
        study=(("formula: coal / gdp", "formula: ln(coal - 21)"),),
        en=("line 34", "indicator coal_use, year 2018", "(coal = 20)", "only positive numbers have a logarithm"),
        zh=("第 34 行", "指标 coal_use，2018 年", "（coal = 20）", "对数只取正数"),
    ),
    "mixed vintages in a formula": Case(
        study=(("pop: {unit: 万人, source: yearbook}", "pop: {unit: 万人, vintage: 2010 census}"),),
        en=("study.yaml, line 21", "mixes vintages: gdp: 2020, pop: 2010 census", "mixed_vintages: true"),
        zh=("study.yaml，第 21 行", "混用了不同版本的数据：gdp: 2020、pop: 2010 census", "mixed_vintages: true"),
    ),
    "mixed scopes in a formula": Case(
        study=(
            ("gdp: {unit: 亿元, source: yearbook, vintage: 2020}", "gdp: {unit: 亿元, scope: 全部}"),
            ("pop: {unit: 万人, source: yearbook}", "pop: {unit: 万人, scope: 城镇}"),
        ),
        en=("study.yaml, line 21", "mixes scopes: gdp: 全部, pop: 城镇", "mixed_scopes: true"),
        zh=("study.yaml，第 21 行", "混用了不同统计范围的数据：gdp: 全部、pop: 城镇", "mixed_scopes: true"),
    ),
    "a word that is no kind of mixture": Case(
        study=(("pop: {unit: 万人, source: yearbook}", "pop: {unit: 万人, mix: [source]}"),),
        en=("study.yaml, line 11, key data.series.pop.mix.0", "“source”", "The choices are: vintage, scope"),
        zh=("study.yaml，第 11 行，键 data.series.pop.mix.0", "“source”", "vintage、scope"),
    ),
    "weights that do not sum": Case(
        study=(("weight: 0.6", "weight: 0.7"),),
        en=("study.yaml, line 13, key framework", "weights under “whole” sum to 1.1", "rescale: true"),
        zh=("study.yaml，第 13 行，键 framework", "“whole”下各项权重之和为 1.1", "rescale: true"),
    ),
    "weight missing": Case(
        study=(("      weight: 0.4\n", ""),),
        en=("study.yaml, line 30", "“green” under “whole” has no weight"),
        zh=("study.yaml，第 30 行", "“whole”下的“green”没有写权重"),
    ),
    "key that is none": Case(
        study=(("  normalise:", "  normalize:"),),
        en=("study.yaml, line 39, key recipe.normalize", "no key “normalize”", "Did you mean “normalise”?"),
        zh=("study.yaml，第 39 行，键 recipe.normalize", "没有“normalize”这个键", "您是不是想写“normalise”？"),
    ),
    "choice that is none": Case(
        study=(("method: minmax", "method: mimmax"),),
        en=("line 39, key recipe.normalise.method", "Did you mean “minmax”?", "The choices are: minmax, zscore"),
        zh=("第 39 行，键 recipe.normalise.method", "您是不是想写“minmax”？", "可选：minmax、zscore"),
    ),
    "not YAML": Case(
        study=(("study: base", "study: 'base"),),
        en=("study.yaml, line", "not valid YAML", "Check indentation"),
        zh=("study.yaml，第", "YAML 写法有误", "请检查缩进"),
    ),
    "missing value": Case(
        data=(("内蒙古,2020,1657,", "内蒙古,2020,,"),),
        en=("file data.csv, cell C18, unit Inner Mongolia, indicator gdp, year 2020", "1 cells are missing", "linear"),
        zh=("文件 data.csv，单元格 C18，单元 内蒙古，指标 gdp，2020 年", "有 1 个单元格缺失", "linear"),
    ),
    "missing value at the edge": Case(
        study=(("{rule: stop}", "{rule: linear}"),),
        data=(("内蒙古,2021,1709,", "内蒙古,2021,,"),),
        en=("unit Inner Mongolia, indicator gdp, year 2021", "nothing can be interpolated", "edges: nearest"),
        zh=("单元 内蒙古，指标 gdp，2021 年", "不能内插", "edges: nearest"),
    ),
    "hole in an indicator": Case(
        study=(("{rule: stop}", "{rule: keep}"),),
        data=(("内蒙古,2020,1657,", "内蒙古,2020,,"),),
        en=(
            "line 21",
            "unit Inner Mongolia, indicator income, year 2020",
            "3 indicator values are missing",
            "availability",
        ),
        zh=("第 21 行", "单元 内蒙古，指标 income，2020 年", "有 3 个指标值缺失", "availability"),
    ),
    "data file missing": Case(
        study=(("file: data.csv", "file: date.csv"),),
        en=("study.yaml, line 5, key data.tables.0.file", "no data file “date.csv”", "Check the path"),
        zh=("study.yaml，第 5 行，键 data.tables.0.file", "没有数据文件“date.csv”", "请检查路径"),
    ),
    "units that measure different things": Case(
        study=(("gdp: {unit: 亿元,", "gdp: {unit: 亿元, convert: 万人,"),),
        en=("study.yaml, line 10, key data.series.gdp", "“亿元” (yuan) cannot be converted to “万人” (persons)"),
        zh=("study.yaml，第 10 行，键 data.series.gdp", "“亿元”", "“万人”"),
    ),
    "no unit to convert from": Case(
        study=(("coal: {unit: 万吨}", "coal: {convert: 吨}"),),
        en=("study.yaml, line 12", "“coal” has no unit of measure", "State the unit"),
        zh=("study.yaml，第 12 行", "“coal”没有计量单位", "请用 unit 写明"),
    ),
    "years without data": Case(
        study=(("  missing: {rule: stop}", "  periods: [1990, 1995]"),),
        en=("study.yaml, line 8, key data.periods", "the data cover 2018–2021", "Correct periods"),
        zh=("study.yaml，第 8 行，键 data.periods", "数据的年份为 2018–2021", "请改正 periods"),
    ),
    "unknown unit left out": Case(
        study=(("  missing: {rule: stop}", "  exclude: [内蒙]"),),
        en=("study.yaml, line 8, key data.exclude.0", "no unit “内蒙”", "Did you mean “内蒙古”?"),
        zh=("study.yaml，第 8 行，键 data.exclude.0", "没有单元“内蒙”", "您是不是想写“内蒙古”？"),
    ),
    "all units left out": Case(
        study=(("  missing: {rule: stop}", "  exclude: [北京, 天津, 河北, 山西, 内蒙古, 辽宁]"),),
        en=("study.yaml, line 8, key data.exclude", "No unit is left"),
        zh=("study.yaml，第 8 行，键 data.exclude", "没有剩下任何单元"),
    ),
    "formulas without data": Case(
        study=(
            ("gdp / pop * 10000", "'1'"),
            ("rd / gdp * 100", "'2'"),
            ("coal / gdp", "'3'"),
        ),
        en=("study.yaml, line 13, key framework", "No formula of the framework uses the data"),
        zh=("study.yaml，第 13 行，键 framework", "没有一个公式用到数据"),
    ),
    "unknown group": Case(
        study=(("groups: bloc4", "groups: bloc3"),),
        en=("study.yaml, line 44, key report.groups", "Did you mean “bloc4”?"),
        zh=("study.yaml，第 44 行，键 report.groups", "您是不是想写“bloc4”？"),
    ),
    "unit in two groups": Case(
        study=(
            (
                "  groups: bloc4",
                "  groups:\n    - {id: a, title: A, units: [北京, 天津]}\n    - {id: b, title: B, units: [Beijing]}",
            ),
        ),
        en=("study.yaml, line 46, key report.groups.1.units.0", "“Beijing” is already in the group “a”"),
        zh=("study.yaml，第 46 行，键 report.groups.1.units.0", "“Beijing”已经在分组“a”中"),
    ),
    "unknown unit in a group": Case(
        study=(("  groups: bloc4", "  groups:\n    - {id: a, title: A, units: [北京, 南京]}"),),
        en=("study.yaml, line 45, key report.groups.0.units.1", "no unit “南京”"),
        zh=("study.yaml，第 45 行，键 report.groups.0.units.1", "没有单元“南京”"),
    ),
    "unknown reference unit": Case(
        study=(("{method: minmax, range: [0, 1]}", "{method: distance_to_reference, reference: 上海}"),),
        en=("study.yaml, line 38, key recipe", "“上海” is not in the data", "There are: Beijing, Tianjin"),
        zh=("study.yaml，第 38 行，键 recipe", "“上海”不在数据中", "现有：北京、天津"),
    ),
    "rule for a series there is not": Case(
        study=(("{rule: stop}", "{series: {gpd: linear}}"),),
        en=("study.yaml, line 8, key data.missing.series.gpd", "no “gpd”", "Did you mean “gdp”?"),
        zh=("study.yaml，第 8 行，键 data.missing.series.gpd", "没有“gpd”", "您是不是想写“gdp”？"),
    ),
    "id of another column": Case(
        study=(("gdp: {unit", "coal: {column: gdp, unit"), ("    coal: {unit: 万吨}\n", "")),
        en=("study.yaml, line 10, key data.series.coal.column", "another column that is called “coal”", "another id"),
        zh=("study.yaml，第 10 行，键 data.series.coal.column", "另有一列就叫“coal”", "请换一个编号"),
    ),
    "two ids of one column": Case(
        study=(("coal: {unit: 万吨}", "coal: {column: gdp}"),),
        en=("study.yaml, line 12, key data.series.coal.column", "“gdp” is the series “gdp” already"),
        zh=("study.yaml，第 12 行，键 data.series.coal.column", "列“gdp”已经是序列“gdp”"),
    ),
}


def spoil(workshop: Any, case: Case) -> None:
    workshop.data.write_text(case.table(workshop.data.read_text(encoding="utf-8")), encoding="utf-8")
    for old, new in case.study:
        workshop.edit(old, new)
    for old, new in case.data:
        workshop.edit(old, new, "data.csv")


def test_the_good_study_is_good(workshop: Any) -> None:
    assert command(["check", str(workshop.study)]) == 0


@pytest.mark.parametrize("name", CASES)
def test_bad_input_gives_one_clear_error_and_leaves_nothing(name: str, workshop: Any, said: Callable[[], str]) -> None:
    case = CASES[name]
    spoil(workshop, case)
    out = workshop.folder / "deep" / "out"
    for lang, pieces, opening in (("en", case.en, "Error: "), ("zh", case.zh, "错误：")):
        assert command(["run", str(workshop.study), "--out", str(out), "--lang", lang]) == 2
        text = said()
        assert text.startswith(opening)
        assert [piece for piece in pieces if piece not in text] == [], text
        assert "  " not in text
        assert command(["check", str(workshop.study), "--lang", lang]) == 2
        assert said() == text
    assert workshop.files() == ["data.csv", "study.yaml"]


# Output


def ready_to_fail(
    workshop: Any, said: Callable[[], str], out: Path, en: str, zh: str, place: Path | None = None
) -> None:
    """Check that a run stops before any work, says so in both languages, and changes nothing in the workshop."""
    before = snapshot(workshop.folder)
    for lang, piece, word in (("en", en, "file"), ("zh", zh, "文件")):
        assert command(["run", str(workshop.study), "--out", str(out), "--lang", lang]) == 2
        text = said()
        assert f"{word} {place or out}" in text
        assert piece in text
    assert snapshot(workshop.folder) == before


def snapshot(folder: Path) -> dict[str, bytes | None]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() if p.is_file() else None for p in sorted(folder.rglob("*"))
    }


def test_output_under_a_file(workshop: Any, said: Callable[[], str]) -> None:
    out = workshop.data / "a" / "out"
    ready_to_fail(workshop, said, out, "A file of this name stands there", "已有一个同名文件", place=workshop.data)


def test_output_in_the_place_of_a_file(workshop: Any, said: Callable[[], str]) -> None:
    ready_to_fail(workshop, said, workshop.data, "A file of this name stands there", "已有一个同名文件")


def test_output_in_a_folder_that_holds_something_else(workshop: Any, said: Callable[[], str]) -> None:
    ready_to_fail(workshop, said, workshop.folder, "will not be overwritten", "不会覆盖")


def test_a_file_of_our_name_makes_no_folder_ours(workshop: Any, said: Callable[[], str]) -> None:
    for content in ("{}", "[1]", "{", '{"tool": "another"}'):
        (workshop.folder / "provenance.json").write_text(content, encoding="utf-8")
        ready_to_fail(workshop, said, workshop.folder, "was not written by nqpf", "不是 nqpf 的输出")


def test_output_where_one_may_not_write(
    workshop: Any, said: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != workshop.folder.resolve())
    ready_to_fail(workshop, said, workshop.out, "no permission to write", "没有写入权限")
    ready_to_fail(workshop, said, workshop.out / "deeper", "no permission to write", "没有写入权限")


def test_checking_a_folder_makes_none(tmp_path: Path) -> None:
    check_folder(tmp_path / "a" / "b" / "c")
    assert list(tmp_path.iterdir()) == []


# What happens on the way


def write(target: Path, content: str, fault: type[BaseException] | None = None) -> None:
    """Stand in for an output: enough of one to be known as ours; with a fault at the end, if one is given."""
    with whole_folder(target) as draft:
        (draft / "provenance.json").write_text('{"nqpf": {}}', encoding="utf-8")
        (draft / "report.html").write_text(content, encoding="utf-8")
        if fault is not None:
            raise fault


@pytest.mark.parametrize("fault", [KeyboardInterrupt, OSError, RuntimeError])
def test_whatever_interrupts_leaves_nothing_behind(fault: type[BaseException], tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / "out"
    with pytest.raises(OutputError if fault is OSError else fault):
        write(target, "half", fault)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fault", [KeyboardInterrupt, OSError])
def test_whatever_interrupts_leaves_the_earlier_output(fault: type[BaseException], tmp_path: Path) -> None:
    write(tmp_path / "out", "first")
    with pytest.raises(OutputError if fault is OSError else fault):
        write(tmp_path / "out", "half", fault)
    assert snapshot(tmp_path) == {"out": None, "out/provenance.json": b'{"nqpf": {}}', "out/report.html": b"first"}


@pytest.mark.parametrize("fault", [KeyboardInterrupt, PermissionError])
@pytest.mark.parametrize("step", ["old", "draft"])
def test_an_interruption_between_the_two_renames_leaves_the_earlier_output(
    step: str, fault: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "out", "first")
    rename = Path.rename

    def interrupted(self: Path, target: Path) -> Path:
        moves_draft = ".draft-" in self.name
        if moves_draft == (step == "draft"):
            monkeypatch.setattr(Path, "rename", rename)
            raise fault
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    earlier = {"out": None, "out/provenance.json": b'{"nqpf": {}}', "out/report.html": b"first"}
    if fault is KeyboardInterrupt:
        with pytest.raises(KeyboardInterrupt):
            write(tmp_path / "out", "second")
        assert snapshot(tmp_path) == earlier
        return
    # A file that another program has open: the earlier output stays, and the new one stands beside it.
    with pytest.raises(OutputError, match="out-2"):
        write(tmp_path / "out", "second")
    beside = {name.replace("out", "out-2", 1): content for name, content in earlier.items()}
    assert snapshot(tmp_path) == earlier | beside | {"out-2/report.html": b"second"}


def test_a_later_output_takes_the_place_of_the_earlier_as_a_whole(tmp_path: Path) -> None:
    write(tmp_path / "out", "first")
    (tmp_path / "out" / "stray.txt").write_text("x", encoding="utf-8")
    write(tmp_path / "out", "second")
    assert snapshot(tmp_path) == {"out": None, "out/provenance.json": b'{"nqpf": {}}', "out/report.html": b"second"}


def test_an_empty_folder_and_the_current_one_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    write(Path(), "x")
    assert snapshot(tmp_path) == {"here": None, "here/provenance.json": b'{"nqpf": {}}', "here/report.html": b"x"}


@pytest.mark.parametrize("part", ["render_html", "write_workbook", "write_figures", "write_json"])
def test_ctrl_c_while_writing(
    part: str, workshop: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(assessment, part, interrupted)
    if part != "render_html":
        monkeypatch.setattr(assessment, "render_html", lambda **_: "<html>")
    if part == "write_json":
        monkeypatch.setattr(assessment, "write_figures", lambda *_: ())
    for lang, text in (
        ("en", "Interrupted; no half-written result was left."),
        ("zh", "已中断，没有留下未写完的结果。"),
    ):
        assert command(["run", str(workshop.study), "--out", str(workshop.out), "--lang", lang]) == 130
        captured = capsys.readouterr()
        assert (captured.out, captured.err) == ("", f"{text}\n")
    assert workshop.files() == ["data.csv", "study.yaml"]


def test_a_full_disk_is_an_error_with_a_remedy(
    workshop: Any, said: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(assessment, "render_html", full)
    assert command(["run", str(workshop.study), "--out", str(workshop.out), "--lang", "zh"]) == 2
    assert said() == (
        f"错误：文件 {workshop.out}：无法写入输出文件夹：No space left on device。请另选文件夹，或检查权限与磁盘空间。"
    )
    assert workshop.files() == ["data.csv", "study.yaml"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send to another process")
def test_ctrl_c_in_the_middle_of_a_run(workshop: Any) -> None:
    line = [sys.executable, "-m", "nqpf", "run", str(workshop.study), "--out", str(workshop.out), "--lang", "zh"]
    running = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    end = time.monotonic() + 60
    while not list(workshop.folder.glob(".out.draft-*/report.html")) and time.monotonic() < end:
        assert running.poll() is None, "the run was over before it could be interrupted"
        time.sleep(0.005)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (130, "")
    assert err.strip().splitlines()[-1] == "已中断，没有留下未写完的结果。"
    assert "Traceback" not in err
    assert workshop.files() == ["data.csv", "study.yaml"]
