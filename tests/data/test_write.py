"""Writing: what goes out comes back, in every format and layout; nothing runs as a formula; no file is lost."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from nqpf.data import Reading, read
from nqpf.data.ledger import Ledger
from nqpf.data.panel import Panel, Series, Status
from nqpf.data.stata import read_dta
from nqpf.data.write import csv_bytes, write
from nqpf.errors import DataError, NqpfError, OutputError
from nqpf.messages import Text, say
from nqpf.results import Method, Note, TableResult

SUFFIXES = [".parquet", ".csv", ".xlsx", ".dta"]
DANGEROUS = ["=1+1", "+cmd|'/c calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", '=HYPERLINK("http://x","y")']
HARMLESS = ["北京", "-2.5", "+3", "-1,234.5", "-12%", "a=1", "", "'quoted'", 'with "quotes", and\nlines']


def panel() -> Panel:
    values = np.array([[[1.0, 10.0], [2.0, math.nan]], [[1.5, 30.0], [-2.5, 1e-9]]])
    status = np.where(np.isnan(values), Status.MISSING, Status.REPORTED).astype(np.int8)
    status[1, 0, 0] = Status.INTERPOLATED
    return Panel(
        periods=(2020, 2021),
        units=("110000", "310000"),
        series=(
            Series("gdp", Text("地区生产总值", "GDP"), "亿元", "国家统计局", "2026", "全社会"),
            Series("r&d share", Text("研发强度", "R&D intensity"), "%"),
        ),
        values=values,
        status=status,
        labels={"110000": Text("北京", "Beijing"), "310000": Text("上海", "Shanghai")},
        origin=pl.DataFrame(schema={"file": pl.String}),
    )


def reading(tmp_path: Path) -> Reading:
    path = tmp_path / "source.csv"
    path.write_text("省份,年份,gdp(亿元)\n北京,2020,1.5\n上海,2020,\n全国,2020,9\n", encoding="utf-8")
    return read(path)


def opened(path: Path, sheet: int = 0) -> pl.DataFrame:
    """Return the table of a file, read by other programs than those that wrote it."""
    if path.suffix == ".parquet":
        return pl.read_parquet(path)
    if path.suffix == ".csv":
        return pl.read_csv(path.read_bytes().decode("utf-8-sig").encode())
    if path.suffix == ".dta":
        return pl.from_pandas(pd.read_stata(path))
    header, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(sheet).to_python()
    body = [[None if c == "" else c for c in row] for row in rows]
    return pl.DataFrame(body, schema=[str(h) for h in header], orient="row", infer_schema_length=None)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_panel_comes_back_long(tmp_path: Path, suffix: str) -> None:
    path = write(panel(), tmp_path / f"a{suffix}", lang="zh")
    found = opened(path)
    assert found["value"].to_list() == [1.0, 10.0, 2.0, None, 1.5, 30.0, -2.5, 1e-9]
    assert [str(u) for u in found["unit"]] == ["110000", "110000", "310000", "310000"] * 2
    assert found["name"].to_list() == ["北京", "北京", "上海", "上海"] * 2
    assert [int(p) for p in found["period"]] == [2020] * 4 + [2021] * 4
    assert found["indicator"].to_list() == ["gdp", "r&d share"] * 4
    expected = ["reported", "reported", "reported", "missing", "interpolated", *["reported"] * 3]
    words = {"reported": "原值", "missing": "缺失", "interpolated": "内插"}
    assert found["status"].to_list() == ([words[s] for s in expected] if suffix == ".dta" else expected)
    assert found["source"][0] == "国家统计局"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_panel_comes_back_wide(tmp_path: Path, suffix: str) -> None:
    found = opened(write(panel(), tmp_path / f"a{suffix}", "wide", lang="en"))
    share = "r_d_share" if suffix == ".dta" else "r&d share"
    assert found.columns[:5] == ["unit", "name", "period", "gdp", share]
    assert found["gdp"].to_list() == [1.0, 2.0, 1.5, -2.5]
    assert found[share].to_list() == [10.0, None, 30.0, 1e-9]
    assert found["name"].to_list() == ["Beijing", "Shanghai"] * 2


def test_a_panel_written_and_read_by_nqpf_is_the_same_panel(tmp_path: Path) -> None:
    first = panel().select(indicators=["gdp"])
    for suffix in (".parquet", ".csv", ".xlsx"):
        again = read(write(first, tmp_path / f"a{suffix}", "wide")).to_panel()
        assert again.units == first.units
        assert again.periods == first.periods
        np.testing.assert_array_equal(again.values[:, :, again.index("gdp")], first.values[:, :, 0])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_stata_users_get_labels(tmp_path: Path, lang: Any) -> None:
    found = read_dta(write(panel(), tmp_path / "a.dta", "wide", lang=lang))
    assert found.labels["gdp"] == {"zh": "地区生产总值（亿元）", "en": "GDP (亿元)"}[lang]
    assert found.labels["period"] == {"zh": "年份", "en": "Year"}[lang]
    names = {"zh": {110000: "北京", 310000: "上海"}, "en": {110000: "Beijing", 310000: "Shanghai"}}
    assert found.value_labels["unit_id"] == names[lang]
    assert found.frame["unit_id"].to_list() == [110000, 310000, 110000, 310000]
    assert found.named()["unit_id"][1] == names[lang][310000]


def test_units_without_numbers_are_numbered(tmp_path: Path) -> None:
    tidy = pl.DataFrame({"unit": ["CHN", "USA"], "period": 2020, "indicator": "x", "value": [1.0, 2.0]})
    found = read_dta(write(Panel.from_tidy(tidy), tmp_path / "a.dta"))
    assert found.frame["unit_id"].to_list() == [1, 2]
    assert found.value_labels["unit_id"] == {1: "CHN", 2: "USA"}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_reading_comes_back_with_the_cells_it_was_read_from(tmp_path: Path, suffix: str) -> None:
    data = reading(tmp_path)
    found = opened(write(data, tmp_path / f"out{suffix}"))
    assert found.columns == data.frame.columns
    assert found["value"].to_list() == data.frame["value"].to_list()
    assert found["cell"].to_list() == data.frame["cell"].to_list()
    assert found["measure"].to_list() == ["亿元", "亿元"]
    assert "全国" not in set(found["unit"])


def test_a_workbook_has_a_sheet_for_everything_that_explains_the_data(tmp_path: Path) -> None:
    change = {"unit": "110000", "period": 2020, "indicator": "gdp", "old": 1.0, "new": 2.0, "rule": "missing.linear"}
    path = write(reading(tmp_path), tmp_path / "out.xlsx", ledger=Ledger.of([change]), lang="zh")
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["数据", "序列说明", "合计", "说明", "台账"]
    assert opened(path, 1)["id"].to_list() == ["gdp"]
    assert opened(path, 2)["unit"].to_list() == ["全国"]
    assert "zh" in opened(path, 3).columns
    ledger = opened(path, 4)
    assert ledger.select("old", "new", "rule", "rule_zh", "rule_en").row(0) == (
        1.0, 2.0, "missing.linear", say("rule.missing.linear").zh, say("rule.missing.linear").en,
    )  # fmt: skip
    english = write(panel(), tmp_path / "b.xlsx", lang="en")
    assert CalamineWorkbook.from_path(english).sheet_names == ["data", "series"]
    assert opened(english, 1)["title_zh"].to_list() == ["地区生产总值", "研发强度"]


def test_what_a_reading_keeps_apart_is_in_the_workbook(tmp_path: Path) -> None:
    data = reading(tmp_path)
    mark = pl.DataFrame({"file": "source.csv", "sheet": None, "cell": "C3", "mark": "(p)"}, schema=data.marks.schema)
    path = write(replace(data, unplaced=data.frame.head(1), marks=mark), tmp_path / "a.xlsx", "wide", lang="en")
    names = ["data", "series", "totals", "unplaced", "marks", "notes"]
    assert CalamineWorkbook.from_path(path).sheet_names == names
    assert opened(path, 3)["unit"].to_list() == ["北京"]
    assert opened(path, 4)["mark"].to_list() == ["(p)"]


def test_a_workbook_is_frozen_below_its_header_and_wide_enough(tmp_path: Path) -> None:
    path = write({"名称": ["内蒙古自治区" * 3], "v": [1.0]}, tmp_path / "a.xlsx")
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert '<pane ySplit="1" topLeftCell="A2"' in sheet
    assert "<autoFilter" in sheet
    assert float(sheet.split('<col min="1" max="1" width="')[1].split('"')[0]) > 36


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_would_run_is_only_text(tmp_path: Path, text: str) -> None:
    frame = pl.DataFrame({"a": [text, "b"], text: [1.0, -2.0]})
    rows = csv.reader(io.StringIO(csv_bytes(frame).decode("utf-8-sig"), newline=""))
    assert list(rows) == [["a", f"'{text}"], [f"'{text}", "1.0"], ["b", "-2.0"]]
    path = write(frame, tmp_path / "a.xlsx")
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet.lower()
    assert opened(path)["a"].to_list()[0].replace("_x000D_", "\r").replace("\n", "\r") in (
        text,
        text.replace("\n", "\r"),
    )


@pytest.mark.parametrize("text", HARMLESS)
@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".xlsx"])
def test_other_text_stays_as_it_is(tmp_path: Path, text: str, suffix: str) -> None:
    found = opened(write(pl.DataFrame({"a": ["x", text, None, "y"]}), tmp_path / f"a{suffix}"))
    kept = found["a"].cast(pl.String).to_list()
    assert kept[1] == (text or (None if suffix == ".xlsx" else ""))
    assert kept[2:] == [None, "y"]


def test_numbers_are_numbers_and_keep_every_digit(tmp_path: Path) -> None:
    numbers = [0.1 + 0.2, 1 / 3, -1e-300, 1.7e308, 123456789012345.0, math.nan]
    for suffix in (".csv", ".xlsx", ".parquet"):
        found = opened(write({"v": numbers}, tmp_path / f"a{suffix}"))["v"].to_list()
        kept = [v for v in found if v is not None and v == v]
        assert kept == pytest.approx(numbers[:5], rel=1e-15 if suffix == ".xlsx" else 0)
    path = write({"i": [2**60, 7], "b": [True, None], "d": [dt.date(2020, 1, 2), None]}, tmp_path / "b.xlsx")
    first = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1]
    assert first == [str(2**60), True, dt.date(2020, 1, 2)]


def test_chinese_in_csv_opens_in_excel(tmp_path: Path) -> None:
    raw = write({"省份": ["内蒙古"]}, tmp_path / "a.csv").read_bytes()
    assert raw == b"\xef\xbb\xbf" + "省份\n内蒙古\n".encode()


def test_a_parquet_file_knows_its_series_and_remarks(tmp_path: Path) -> None:
    path = write(reading(tmp_path), tmp_path / "out.parquet")
    about = json.loads(pl.read_parquet_metadata(path)["nqpf"])
    assert about["series"][0]["measure"] == "亿元"
    assert {"severity", "zh", "en"} == set(about["notes"][0])


def test_any_table_and_any_result(tmp_path: Path) -> None:
    frame = pd.DataFrame({"unit": ["a", "b"], "period": 2020, "indicator": "x", "value": [1.0, 2.0]})
    assert opened(write(frame, tmp_path / "a.csv")).height == 2
    result = TableResult(pl.from_pandas(frame), Method("m"), (Note("few_units", values={"count": 2}),))
    path = write(result, tmp_path / "a.xlsx", "wide", lang="en")
    assert opened(path).columns == ["unit", "name", "period", "x"]
    assert "There are only 2 units" in opened(path, 2)["en"][0]
    assert opened(write(Ledger.of(), tmp_path / "ledger.csv")).height == 0


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_data_have_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    first = write(panel(), tmp_path / f"a{suffix}").read_bytes()
    assert write(panel(), tmp_path / f"b{suffix}").read_bytes() == first


def test_an_empty_table(tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        assert opened(write(panel().to_frame().clear(), tmp_path / f"a{suffix}")).height == 0


# What is refused


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_files_that_were_read_are_never_replaced(tmp_path: Path, suffix: str) -> None:
    source = write(pl.DataFrame({"省份": ["北京"], "年份": [2020], "gdp": [1.0]}), tmp_path / f"s{suffix}")
    before = source.read_bytes()
    data = read(source)
    for layout in ("long", "wide"):
        for given in (data, data.to_panel()):
            with pytest.raises(OutputError, match="read from a file of this name"):
                write(given, source, layout)  # type: ignore[arg-type]
    assert source.read_bytes() == before


def test_a_file_is_replaced_unless_that_is_not_wanted(tmp_path: Path) -> None:
    path = write({"a": [1]}, tmp_path / "a.csv")
    assert "2" in write({"a": [2]}, path).read_text("utf-8-sig")
    with pytest.raises(OutputError, match="exists already"):
        write({"a": [3]}, path, replace=False)
    assert "2" in path.read_text("utf-8-sig")
    assert write({"a": [3]}, tmp_path / "deep" / "er.csv", replace=False).is_file()


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write({"a": [1.0]}, tmp_path / "a.dta")
    before = path.read_bytes()
    with pytest.raises(OutputError, match="beyond what Stata"):
        write({"a": [math.inf]}, path)

    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OutputError, match="No space left"):
        write({"a": [2.0]}, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError) as caught:
        write({"a": [1]}, tmp_path / "file" / "a.csv")
    assert caught.value.code == "cannot_write"
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(OutputError):
        write({"a": [1]}, tmp_path / "folder.csv")


@pytest.mark.parametrize(
    ("name", "options", "code"),
    [
        ("a.txt", {}, "unknown_output_kind"),
        ("a", {}, "unknown_output_kind"),
        ("a.csv", {"layout": "broad"}, "bad_choice"),
        ("a.csv", {"ledger": Ledger.of()}, "ledger_needs_workbook"),
    ],
)
def test_wishes_that_cannot_be_met(tmp_path: Path, name: str, options: dict[str, Any], code: str) -> None:
    with pytest.raises(NqpfError) as caught:
        write(panel(), tmp_path / name, **options)
    assert caught.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_wide_needs_a_row_a_cell(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="period"):
        write({"unit": ["a"], "value": [1.0]}, tmp_path / "a.csv", "wide")
    twice = {"unit": ["a", "a"], "period": [2020, 2020], "indicator": ["x", "x"], "value": [1.0, 2.0]}
    with pytest.raises(DataError) as caught:
        write(twice, tmp_path / "a.csv", "wide")
    assert caught.value.code == "duplicate_cell"


def test_a_sheet_that_is_too_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nqpf.data.workbook.MOST_ROWS", 3)
    with pytest.raises(OutputError, match="cannot hold 3 rows"):
        write({"a": [1, 2, 3]}, tmp_path / "a.xlsx")
