"""What a person decides about messy tables stands in the study: answers, repairs, units, conflicts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xlsxwriter

import nqpf
from nqpf.data.places import provinces
from nqpf.errors import DataError, NqpfError, PlaceError, SpecError
from nqpf.study import Study
from nqpf.study.prepare import Prepared, prepare, series_there

NAMES = provinces()["short_zh"].to_list()[:31]
Make = Callable[..., Path]


def table(column: str = "x", wrong: dict[str, str] | None = None, total: int = 3100, each: int = 100) -> str:
    names = [(wrong or {}).get(name, name) for name in NAMES]
    return f"地区,年份,{column}\n全国,2020,{total}\n" + "".join(f"{name},2020,{each}\n" for name in names)


@pytest.fixture
def made(tmp_path: Path) -> Make:
    """Return what writes a study of files (name → text), every series an indicator."""

    def write(files: dict[str, str], used: tuple[str, ...] = ("x",), tables: Any = None, **data: Any) -> Path:
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        listed = tables or [{"file": name, "places": "provinces"} for name in files]
        leaves = [{"id": f"i{i}", "title": s, "formula": f'"{s}"', "direction": "benefit"} for i, s in enumerate(used)]
        content = {
            "study": "s",
            "title": "s",
            "data": {"tables": listed, "missing": {"rule": "keep"}} | data,
            "framework": {"id": "f", "title": "f", "tree": leaves},
        }
        path = tmp_path / "study.yaml"
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
        return path

    return write


def prepared(path: Path) -> Prepared:
    return prepare(Study.load(path))


def value(done: Prepared, unit: str, series: str = "x", period: int = 2020) -> float:
    panel = done.reported
    return float(panel.values[panel.periods.index(period), panel.units.index(unit), panel.index(series)])


def caught(path: Path) -> NqpfError:
    with pytest.raises(NqpfError) as found:
        prepared(path)
    return found.value


# Misread names


def test_a_misread_name_stops_a_study_until_somebody_decides(made: Make) -> None:
    error = caught(made({"a.csv": table(wrong={"西藏": "四藏"})}))
    assert isinstance(error, PlaceError)
    assert (error.code, error.where.file, error.where.row) == ("unknown_place", "a.csv", 28)


def test_an_accepted_repair_is_applied_and_stands_in_the_ledger(made: Make) -> None:
    done = prepared(made({"a.csv": table(wrong={"西藏": "四藏"})}, repairs=["四藏"]))
    assert value(done, "540000") == 100
    assert done.panel.labels["540000"].zh == "西藏"
    row = done.ledger.frame.row(0, named=True)
    assert (len(done.ledger), row["rule"], row["unit"], row["cell"]) == (1, "place.repair", "540000", "C28")
    assert row["detail"] == "四藏 → 西藏 (identity)"


def test_a_repaired_row_counts_in_the_check_of_totals(made: Make) -> None:
    good = prepared(made({"a.csv": table(wrong={"西藏": "四藏"})}, repairs=["四藏"]))
    assert [n.code for n in good.checks.notes] == ["check_national"]
    apart = prepared(made({"a.csv": table(wrong={"西藏": "四藏"})}, apart=["四藏"]))
    assert "check_national" not in [n.code for n in apart.checks.notes]


def test_a_refused_repair_is_set_apart_with_a_note(made: Make) -> None:
    done = prepared(made({"a.csv": table(wrong={"西藏": "四藏"})}, apart=["四藏"]))
    assert "540000" not in done.panel.units
    assert [str(n) for n in done.notes if n.code == "unplaced"] == [
        "These names stand for no one known place; 1 rows are not in the panel: 四藏."
    ]
    assert len(done.ledger) == 0


def test_a_repair_that_is_not_proposed_any_more_is_an_error(made: Make) -> None:
    error = caught(made({"a.csv": table()}, repairs=["四藏"]))
    assert isinstance(error, SpecError)
    assert (error.code, error.where.key) == ("repair_not_proposed", "data.repairs.0")
    assert "No repair of “四藏” is proposed" in str(error)
    other = caught(made({"a.csv": table(wrong={"西藏": "四藏", "江苏": "木星"})}, repairs=["木星"], apart=["四藏"]))
    assert (other.code, "四藏" in str(other)) == ("repair_not_proposed", True)


def test_a_name_set_apart_that_is_not_there_is_an_error(made: Make) -> None:
    error = caught(made({"a.csv": table(wrong={"西藏": "四藏"})}, repairs=["四藏"], apart=["北京"]))
    assert (error.code, error.where.key) == ("nothing_apart", "data.apart.0")


def test_names_that_are_left_are_set_apart_only_where_asked(made: Make) -> None:
    files = {"a.csv": table(wrong={"西藏": "四藏", "江苏": "木星"})}
    error = caught(made(files, repairs=["四藏"]))
    assert (error.code, "木星" in str(error), "四藏" in str(error)) == ("unknown_place", True, False)
    done = prepared(made(files, repairs=["四藏"], unplaced="apart"))
    assert len(done.panel.units) == 30
    assert "540000" in done.panel.units


# What tables do not say


def test_an_answer_is_put_in(made: Make) -> None:
    files = {"a.csv": "省份,x\n北京,1\n天津,2\n"}
    assert caught(made(files)).code == "no_period_column"
    tables = [{"file": "a.csv", "places": "provinces", "known": [{"period": 2019}]}]
    done = prepared(made(files, tables=tables))
    assert (done.panel.periods, value(done, "120000", period=2019)) == ((2019,), 2)


def test_an_answer_goes_beside_a_reading_recipe(made: Make, tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text("tables:\n- file: b.csv\n  skip: true\n", encoding="utf-8")
    tables = [
        {"file": "a.csv", "places": "provinces", "recipe": "r.yaml", "known": [{"period": "2019", "measure": "亿元"}]}
    ]
    done = prepared(made({"a.csv": "省份,x\n北京,1\n天津,2\n"}, tables=tables))
    assert done.panel.series[0].measure == "亿元"


# Units of measure


TWO_UNITS = {
    "a.csv": "省份,年份,x(亿元)\n全国,2019,9\n北京,2019,1\n天津,2019,2\n",
    "b.csv": "省份,年份,x(万元)\n全国,2020,90000\n北京,2020,30000\n天津,2020,50000\n",
    "c.csv": "省份,年份,x\n北京,2021,4\n天津,2021,5\n",
}


def test_a_series_in_two_units_is_refused_unless_one_is_asked_for(made: Make) -> None:
    assert caught(made(TWO_UNITS)).code == "mixed_measures"
    assert caught(made(TWO_UNITS, series={"x": {"convert": "万吨"}})).code == "unit_mismatch"


@pytest.mark.parametrize(("wanted", "factor"), [("亿元", 1), ("万元", 1e4)])
def test_rows_are_each_converted_from_their_own_unit(wanted: str, factor: float, made: Make) -> None:
    path = made(TWO_UNITS, series={"x": {"convert": wanted}})
    done = prepared(path)
    assert done.panel.series[0].measure == wanted
    np.testing.assert_allclose(done.panel.values[:, :, 0], np.array([[1, 2], [3, 5], [4, 5]]) * factor, rtol=1e-12)
    changed = done.ledger.frame.filter(rule="unit.convert")
    assert set(changed["period"]) == ({2020} if wanted == "亿元" else {2019, 2021})
    status = done.reported.status[:, :, 0]
    assert (status[[t for t, p in enumerate(done.panel.periods) if p in set(changed["period"])]] == 1).all()
    assert [n.code for n in done.notes if n.severity == "warning"] == ["measure_assumed"]
    ours = nqpf.tidy([path.parent / name for name in TWO_UNITS])
    np.testing.assert_array_equal(ours.panel.values * factor, done.panel.values)


def test_rows_without_a_unit_are_in_the_one_the_study_states(made: Make) -> None:
    path = made(TWO_UNITS, series={"x": {"unit": "万元", "convert": "亿元"}})
    done = prepared(path)
    assert value(done, "110000", period=2021) == pytest.approx(4e-4)
    assert [n.code for n in done.notes if n.severity == "warning"] == []


# Two tables, one cell

TWICE = {"a.csv": "省份,年份,x\n北京,2020,1\n天津,2020,2\n", "b.csv": "省份,年份,x\n北京,2020,9\n天津,2020,2\n"}


def test_what_two_files_give_alike_counts_once(made: Make) -> None:
    done = prepared(made({"a.csv": TWICE["a.csv"], "b.csv": TWICE["a.csv"]}))
    assert value(done, "110000") == 1
    assert [n.code for n in done.notes if "repeats" in n.code] == ["repeats"]


def test_sheets_that_are_read_one_by_one_are_compared_too(made: Make, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        for name, value_ in (("甲", 1), ("乙", 9)):
            sheet = book.add_worksheet(name)
            for i, row in enumerate([["省份", "年份", "x"], ["北京", 2020, value_], ["天津", 2020, 2]]):
                sheet.write_row(i, 0, row)
    whole = [{"file": "a.xlsx", "places": "provinces"}]
    single = [{"file": "a.xlsx", "places": "provinces", "sheet": name} for name in ("甲", "乙")]
    one, other = (prepared(made({}, tables=tables, conflicts="last")) for tables in (whole, single))
    assert value(one, "110000") == value(other, "110000") == 9
    assert [str(n) for n in one.notes if n.code == "conflicts"] == [
        str(n) for n in other.notes if n.code == "conflicts"
    ]
    assert len([n for n in one.notes if n.code == "conflicts"]) == 1


def test_what_two_files_give_differently_stops(made: Make) -> None:
    error = caught(made(TWICE))
    assert isinstance(error, DataError)
    assert error.code == "duplicate_cell"


@pytest.mark.parametrize(("rule", "kept"), [("neither", np.nan), ("first", 1.0), ("last", 9.0)])
def test_a_conflict_is_decided_as_tidy_does(rule: Any, kept: float, made: Make) -> None:
    path = made(TWICE, conflicts=rule)
    done = prepared(path)
    assert value(done, "110000") == pytest.approx(kept, nan_ok=True)
    assert value(done, "120000") == 2
    ours = nqpf.tidy([path.parent / name for name in TWICE], keep=rule)
    same = ours.panel.select(units=done.panel.units)
    np.testing.assert_array_equal(same.values, done.panel.values)
    assert ours.ledger.frame.equals(done.ledger.frame, null_equal=True)
    assert f"settled_{rule}" in {n.code for n in done.notes}


def test_one_number_in_two_units_is_no_conflict(made: Make) -> None:
    files = {"a.csv": "省份,年份,x(亿元)\n北京,2020,1\n", "b.csv": "省份,年份,x(万元)\n北京,2020,10000\n天津,2020,2\n"}
    path = made(files, series={"x": {"convert": "亿元"}})
    assert value(prepared(path), "110000") == 1
    assert nqpf.tidy([path.parent / name for name in files]).panel.values[0, 0, 0] == 1


def test_what_stands_twice_in_one_table_is_never_settled(made: Make) -> None:
    files = {"a.csv": "省份,年份,x\n北京,2020,1\n北京,2020,9\n天津,2020,3\n"}
    assert caught(made(files, conflicts="first")).code == "duplicate_cell"


# The rest


def test_a_rejected_cell_of_a_series_without_use_is_passed_over(made: Make) -> None:
    files = {"a.csv": "省份,年份,x,y\n北京,2020,1,5\n天津,2020,2,6\n"}
    reject = [{"series": "y", "unit": "北京", "period": 2020, "reason": "misprint"}]
    assert len(prepared(made(files, reject=reject)).ledger) == 0
    assert len(prepared(made(files, ("x", "y"), reject=reject)).ledger) == 1
    reject[0]["series"] = "z"
    assert caught(made(files, reject=reject)).code == "unknown_series_key"


def test_series_there_knows_repaired_tables(made: Make) -> None:
    path = made({"a.csv": table("x", {"西藏": "四藏"}), "b.csv": table("y")}, repairs=["四藏"])
    assert series_there(Study.load(path)) == ["x", "y"]


def test_tidy_accepts_single_repairs(made: Make) -> None:
    path = made({"a.csv": table(wrong={"西藏": "四藏", "江西": "江两"})})
    done = nqpf.tidy(path.parent / "a.csv", accept_repairs=["四藏"])
    assert (len(done.repairs), "540000" in done.panel.units, "360000" in done.panel.units) == (2, True, False)
    applied = [line.en for line in done.lines() if line.en.lstrip().startswith("✓")]
    assert len(applied) == 1
    with pytest.raises(SpecError) as found:
        nqpf.tidy(path.parent / "a.csv", accept_repairs=["火星"])
    assert found.value.code == "repair_not_proposed"
