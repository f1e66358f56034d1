"""Tidying: several ill-formed files become one panel; every change is in the ledger, every doubt is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import nqpf
from nqpf.data import ReadingRecipe, Tidied, tidy
from nqpf.data.places import provinces
from nqpf.errors import DataError

Files = Callable[..., Path]
NAMES = provinces()["short_zh"].to_list()[:31]


@pytest.fixture
def folder(tmp_path: Path) -> Files:
    def write(**texts: str) -> Path:
        for name, text in texts.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def value(done: Tidied, unit: str, period: int, indicator: str) -> float:
    panel = done.panel
    return float(panel.values[panel.periods.index(period), panel.units.index(unit), panel.index(indicator)])


def codes(done: Tidied, severity: str = "warning") -> set[str]:
    return {note.code for note in done.notes if note.severity == severity}


def misread(wrong: str, right: str, total: int = 3100) -> str:
    names = [wrong if n == right else n for n in NAMES]
    return "地区,2020年\n" + f"全国,{total}\n" + "".join(f"{n},100\n" for n in names)


def test_a_folder_becomes_one_panel(folder: Files) -> None:
    years = "表1 产值(亿元)\n省份,2019年,2020年\n北京,1,2\n天津,3,4\n注：初步数。\n"
    done = nqpf.tidy(folder(a=years, b="地区,年份,人口(万人)\n北京,2020,5\n"))
    assert (done.panel.periods, done.panel.units) == ((2019, 2020), ("110000", "120000"))
    assert done.panel.indicators == ("产值", "人口")
    assert value(done, "120000", 2020, "产值") == 4
    assert str(done.panel.series[0].note) == "注：初步数。"
    assert len(done.ledger) == 0


def test_signs_beside_numbers_stand_in_the_ledger(folder: Files) -> None:
    done = tidy(folder(a='省份,年份,x(亿元)\n北京,2020,"1,234.5(p)"\n天津,2020,…\n河北,2020,7\n'))
    rows = done.ledger.frame.select("unit", "new", "rule", "detail", "cell").rows()
    assert rows == [("110000", 1234.5, "cell.mark", "(p)", "C2"), ("120000", None, "cell.mark", "…", "C3")]
    assert np.isnan(value(done, "120000", 2020, "x"))


def test_two_spellings_of_one_unit_are_one_and_others_are_converted(folder: Files) -> None:
    done = tidy(
        folder(
            a="省份,年份,煤(万吨标煤),产值(亿元)\n北京,2019,1,1.5\n",
            b="省份,年份,煤(万吨标准煤),产值(万元)\n北京,2020,2,30000\n",
        )
    )
    assert [s.measure for s in done.panel.series] == ["万吨标煤", "亿元"]
    assert (value(done, "110000", 2020, "煤"), value(done, "110000", 2020, "产值")) == (2, 3)
    row = done.ledger.frame.row(0, named=True)
    assert (len(done.ledger), row["old"], row["new"], row["rule"]) == (1, 30000, 3, "unit.convert")
    assert (row["file"], row["cell"]) == ("b.csv", "D2")


def test_units_of_different_things_are_refused_at_their_cell(folder: Files) -> None:
    files = folder(a="省份,年份,x(亿元)\n北京,2019,1\n", b="省份,年份,x(万吨)\n北京,2020,2\n")
    with pytest.raises(DataError) as caught:
        tidy(files)
    assert (caught.value.code, caught.value.where.file, caught.value.where.indicator) == ("unit_mismatch", "b.csv", "x")


def test_a_unit_that_is_not_stated_everywhere_is_said(folder: Files) -> None:
    done = tidy(folder(a="省份,年份,x(亿元)\n北京,2019,1\n", b="省份,年份,x\n北京,2020,2\n"))
    assert "measure_assumed" in codes(done)


@pytest.mark.parametrize(("keep", "kept"), [("neither", np.nan), ("first", 1.0), ("last", 9.0)])
def test_cells_that_two_tables_give_differently(keep: str, kept: float, folder: Files) -> None:
    files = folder(a="省份,年份,x\n北京,2019,1\n天津,2019,2\n", b="省份,年份,x\n北京,2019,9\n天津,2019,2\n")
    done = tidy(files, keep=keep)  # type: ignore[arg-type]
    assert value(done, "110000", 2019, "x") == pytest.approx(kept, nan_ok=True)
    assert value(done, "120000", 2019, "x") == 2
    assert {"conflicts", f"settled_{keep}"} <= codes(done)
    assert set(done.ledger.frame["rule"]) == {"cell.conflict"}


def test_two_rows_of_one_table_for_one_cell_are_an_error(folder: Files) -> None:
    with pytest.raises(DataError, match="C2") as caught:
        tidy(folder(a="省份,年份,x\n北京,2019,1\n北京,2019,9\n"))
    assert caught.value.code == "duplicate_cell"


def test_a_misread_name_is_proposed_and_changes_nothing(folder: Files) -> None:
    done = tidy(folder(a=misread("四藏", "西藏")), indicator="x")
    assert [(r.written, r.code, r.confidence) for r in done.repairs] == [("四藏", "540000", "identity")]
    assert "540000" not in done.panel.units
    assert "unplaced" in codes(done)
    assert any("四藏" in line.zh and "--accept-repairs" in line.zh for line in done.lines())


def test_an_accepted_repair_is_applied_and_stands_in_the_ledger(folder: Files) -> None:
    done = tidy(folder(a=misread("四藏", "西藏")), indicator="x", accept_repairs=True)
    assert value(done, "540000", 2020, "x") == 100
    assert done.panel.labels["540000"].zh == "西藏"
    assert done.ledger.frame["rule"].to_list() == ["place.repair"]
    assert not done.reading.unplaced.height


def test_a_name_that_is_like_none_stays_apart(folder: Files) -> None:
    done = tidy(folder(a=misread("火星", "西藏")), indicator="x", accept_repairs=True)
    assert len(done.repairs) == 0
    assert done.reading.unplaced["unit"].to_list() == ["火星"]


def test_a_file_with_a_fault_is_set_apart_and_the_others_are_read(folder: Files) -> None:
    done = tidy(folder(a="省份,年份,x\n北京,2019,1\n", b="省份,年份,y\n北京,2019,约3\n", c="只有一句话\n"))
    assert done.panel.indicators == ("x",)
    faults = [str(n) for n in done.notes if n.code == "file_apart"]
    assert len(faults) == 2
    assert "约3" in faults[0]


def test_what_a_table_does_not_say_is_a_question_that_a_recipe_answers(folder: Files) -> None:
    files = folder(a="省份,年份,x\n北京,2019,1\n", b="省份,y\n北京,2\n天津,3\n")
    done = tidy(files)
    assert [(q.file, q.key) for q in done.questions] == [("b.csv", "period")]
    again = tidy(files, recipe=ReadingRecipe().knowing("b.csv", None, period="2019"))
    assert value(again, "120000", 2019, "y") == 3
    assert again.questions == ()


def test_nothing_read_says_why_for_every_file(folder: Files) -> None:
    with pytest.raises(DataError) as caught:
        tidy(folder(a="省份,y\n北京,2\n", b="年份,z\n2019,1\n"))
    assert caught.value.code == "nothing_read"
    assert "a.csv" in str(caught.value)
    assert "b.csv" in str(caught.value)
    assert [q.key for q in caught.value.values["questions"]] == ["period", "unit"]


def test_lines_speak_both_languages(folder: Files) -> None:
    lines = tidy(folder(a="省份,年份,x(亿元)\n北京,2019,1\n天津,2020,2\n")).lines()
    assert lines[0].zh == "▪ a.csv：2 个地区（单元）× 2019–2020 年（2 个年份）× 1 个指标；单位：亿元"
    assert lines[-1].en == "Panel: 2 units × 2019–2020 × 1 series, 4 cells, 2 of them missing; 0 rows in the ledger."


def test_names_and_codes_that_lead_to_no_one_place_are_apart(folder: Files) -> None:
    text = "国家,代码,年份,x\n日本,JPN,2019,1\n法国,DEU,2019,2\n刚果,,2019,3\n"
    done = tidy(folder(a=text), places="countries")
    assert done.panel.units == ("JPN", "FRA")
    assert done.reading.unplaced["unit"].to_list() == ["刚果"]
    assert {"codes_apart", "unplaced"} <= codes(done)
