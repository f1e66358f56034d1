"""Stata files: every format read, Chinese text in any encoding, missing codes, and labels both ways."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import pandas as pd
import polars as pl
import pyreadstat
import pytest

from nqpf.data.stata import dta_bytes, read_dta, stata_names
from nqpf.errors import DataError, OutputError


def mojibake(text: str, encoding: str) -> str:
    """Return `text` so that a writer of Latin-1 puts the bytes of `encoding` into the file."""
    return text.encode(encoding).decode("latin-1")


def old_file(path: Path, encoding: str, version: int = 114) -> Path:
    def enc(text: str) -> str:
        return mojibake(text, encoding)

    frame = pd.DataFrame({"prov": [enc("北京"), enc("内蒙古"), "abc"], "v": [1.5, None, 2.0], "k": [1, 2, 1]})
    frame.to_stata(
        path,
        version=version,  # type: ignore[arg-type]
        write_index=False,
        variable_labels={"prov": enc("省份名称"), "v": enc("地区生产总值（亿元）")},
        value_labels={"k": {1: enc("东部"), 2: enc("西部")}},
    )
    return path


@pytest.mark.parametrize("version", [114, 117])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_chinese_text_before_stata_14(tmp_path: Path, encoding: str, version: int) -> None:
    frame, labels, words = read_dta(old_file(tmp_path / "a.dta", encoding, version))
    assert frame["prov"].to_list() == ["北京", "内蒙古", "abc"]
    assert frame["v"].to_list() == [1.5, None, 2.0]
    assert labels == {"prov": "省份名称", "v": "地区生产总值（亿元）"}
    assert words == {"k": {1: "东部", 2: "西部"}}


def test_western_text_before_stata_14_is_not_taken_for_chinese(tmp_path: Path) -> None:
    frame = pd.DataFrame({"country": ["São Tomé", "Côte d'Ivoire", "Türkiye", "Réunion"]})
    frame.to_stata(tmp_path / "a.dta", version=114, write_index=False)
    assert read_dta(tmp_path / "a.dta").frame["country"].to_list() == frame["country"].to_list()


@pytest.mark.parametrize("version", range(8, 16))
def test_every_format_the_library_writes(tmp_path: Path, version: int) -> None:
    pyreadstat.write_dta(pl.DataFrame({"a": [1.5, 2.5], "s": ["x", "y"]}), str(tmp_path / "a.dta"), version=version)
    assert read_dta(tmp_path / "a.dta").frame.rows() == [(1.5, "x"), (2.5, "y")]


def test_missing_codes_and_empty_text_are_null(tmp_path: Path) -> None:
    frame = pl.DataFrame({"v": ["a", None, "z", 4], "s": ["", "x", None, "y"]}, schema={"v": pl.Object, "s": pl.String})
    table = {"v": pd.Series(frame["v"].to_list(), dtype=object), "s": frame["s"].to_list()}
    pyreadstat.write_dta(
        pd.DataFrame(table), str(tmp_path / "a.dta"), missing_user_values={"v": ["a", "z"]}, version=14
    )
    found = read_dta(tmp_path / "a.dta").frame
    assert found["v"].to_list() == [None, None, None, 4]
    assert found["s"].to_list() == [None, "x", None, "y"]


def test_days_are_dates_and_years_numbers(tmp_path: Path) -> None:
    frame = pd.DataFrame({"day": pd.to_datetime(["2020-01-31"]), "year": pd.to_datetime(["2021-01-01"])})
    frame.to_stata(tmp_path / "a.dta", version=118, write_index=False, convert_dates={"day": "td", "year": "ty"})
    assert read_dta(tmp_path / "a.dta").frame.rows() == [(dt.date(2020, 1, 31), 2021)]


def test_codes_can_be_read_as_their_words(tmp_path: Path) -> None:
    found = read_dta(old_file(tmp_path / "a.dta", "gb18030"))
    assert found.named()["k"].to_list() == ["东部", "西部", "东部"]
    assert found.frame["k"].to_list() == [1, 2, 1]
    part = found._replace(value_labels={"k": {1: "东部"}})  # 2 has no word: the codes stay
    assert part.named()["k"].to_list() == [1, 2, 1]


@pytest.mark.parametrize("content", [b"", b"not a table of Stata", b"<html></html>"])
def test_what_is_no_stata_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.dta").write_bytes(content)
    with pytest.raises(DataError, match=r"a\.dta") as caught:
        read_dta(tmp_path / "a.dta")
    assert caught.value.code == "unreadable"


def test_a_damaged_file_and_an_absent_one(tmp_path: Path) -> None:
    whole = dta_bytes(pl.DataFrame({"a": [float(i) for i in range(1000)]}))
    (tmp_path / "a.dta").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError) as caught:
        read_dta(tmp_path / "a.dta")
    assert caught.value.code == "unreadable"
    with pytest.raises(DataError, match="no such file"):
        read_dta(tmp_path / "b.dta")


FRAME = pl.DataFrame(
    {
        "省份": ["北京", None, "=1+1"],
        "gdp": [1.25, None, math.nan],
        "n": [1, None, 3],
        "yes": [True, None, False],
        "big": [2**40, 1, None],
        "day": [dt.date(2020, 1, 2), None, dt.date(1949, 10, 1)],
        "tags": [["a", "b"], [], None],
    }
)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "表.dta"
    labels = {"gdp": "地区生产总值（亿元）", "省份": "名称"}
    path.write_bytes(dta_bytes(FRAME, labels=labels, value_labels={"n": {1: "东部", 3: "西部"}}))
    found = read_dta(path)
    assert found.labels == labels
    assert found.value_labels == {"n": {1: "东部", 3: "西部"}}
    expected = {
        "省份": ["北京", None, "=1+1"],
        "gdp": [1.25, None, None],
        "n": [1, None, 3],
        "yes": [1, None, 0],
        "big": [2**40, 1, None],
        "day": [dt.date(2020, 1, 2), None, dt.date(1949, 10, 1)],
        "tags": ["a; b", None, None],
    }
    assert found.frame.to_dict(as_series=False) == expected


def test_pandas_reads_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.dta"
    path.write_bytes(dta_bytes(FRAME, labels={"gdp": "地区生产总值"}, value_labels={"n": {1: "东部", 3: "西部"}}))
    with pd.io.stata.StataReader(path, convert_categoricals=False) as reader:
        assert reader.variable_labels()["gdp"] == "地区生产总值"
        assert list(reader.value_labels().values()) == [{1: "东部", 3: "西部"}]
        table = reader.read()
    assert table["省份"].to_list() == ["北京", "", "=1+1"]
    assert table["gdp"].isna().to_list() == [False, True, True]
    assert table["day"][0] == pd.Timestamp("2020-01-02")
    assert path.read_bytes().startswith(b"<stata_dta><header><release>118</release>")


def test_the_same_table_has_the_same_bytes() -> None:
    assert dta_bytes(FRAME) == dta_bytes(FRAME)
    assert b"01 Jan 2024 00:00" in dta_bytes(FRAME)[:300]


def test_names_that_stata_refuses_are_changed_and_kept_in_the_label(tmp_path: Path) -> None:
    long = "人均" * 20
    columns = ["gdp", "GDP (亿元)", "gdp_亿元", "2020", "in", "str5", long, f"{long}1", "㎡", "", "a b", "a-b", "_n"]
    names = stata_names(columns)
    assert len(set(names.values())) == len(columns)
    assert all(len(name) <= 32 for name in names.values())
    assert names["2020"] == "_2020"
    assert names["in"] == "in_"
    path = tmp_path / "a.dta"
    path.write_bytes(dta_bytes(pl.DataFrame({c: [float(i)] for i, c in enumerate(columns)})))
    frame, labels, _ = read_dta(path)
    assert frame.row(0) == tuple(map(float, range(len(columns))))
    assert labels[names["GDP (亿元)"]] == "GDP (亿元)"
    assert "gdp" not in labels
    assert len(labels[names[long]]) == 40


def test_long_labels_are_cut_at_80_characters_and_long_text_is_not_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.dta"
    path.write_bytes(dta_bytes(pl.DataFrame({"s": ["长" * 3000, "y"]}), labels={"s": "标\n签" * 60}))
    frame, labels, _ = read_dta(path)
    assert frame["s"].to_list() == ["长" * 3000, "y"]
    assert labels["s"] == ("标 签" * 60)[:80].rstrip()


@pytest.mark.parametrize("value", [math.inf, -math.inf, 8.99e307])
def test_numbers_beyond_statas_are_refused(value: float) -> None:
    with pytest.raises(OutputError, match="gdp"):
        dta_bytes(pl.DataFrame({"gdp": [1.0, value]}))


def test_an_empty_table_keeps_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.dta"
    path.write_bytes(dta_bytes(FRAME.clear()))
    assert read_dta(path).frame.columns == FRAME.columns
