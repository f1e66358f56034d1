"""Reading tables: long ones, squares as WIOD and ICIO write them, the statistical bureau's, and pymrio's objects."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from io_tables import (
    CODES,
    FINAL,
    FLOWS,
    IMPORTS,
    NAMES,
    OTHER,
    OUTPUT,
    PRIMARY,
    competitive,
    non_competitive,
    workbook,
    world,
)
from numpy.testing import assert_allclose

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.industry.input_output.table import IOTable
from nqpf.messages import speak

Rows = list[list[Any]]


@pytest.fixture
def nbs(tmp_path: Path) -> Callable[..., IOTable]:
    """Return a reader of cells as a workbook of the statistical bureau."""

    def read(rows: Rows, **options: Any) -> IOTable:
        return IOTable.from_nbs(workbook(tmp_path / "表.xlsx", {"表1": rows}), **options)

    return read


def test_the_competitive_layout(nbs: Callable[..., IOTable]) -> None:
    table = nbs(competitive())
    assert table.sectors == ("农产品", "工业品", "服务")
    assert table.codes == ("01", "02", "03")
    assert_allclose(table.flows, FLOWS)
    assert_allclose(table.output, OUTPUT)
    assert table.finals == (
        "农村居民消费支出",
        "城镇居民消费支出",
        "政府消费支出",
        "固定资本形成总额",
        "存货变动",
        "出口",
        "进口",
        "其他",
    )
    assert table.uses == ("consumption",) * 3 + ("capital", "inventories", "exports", "imports", "other")
    assert_allclose(table.final, np.column_stack([FINAL, -IMPORTS, OTHER]))
    assert table.addeds == ("劳动者报酬", "生产税净额", "固定资产折旧", "营业盈余")
    assert (table.unit, table.year) == ("万元", 2020)
    assert table.source == "表.xlsx [表1]"
    assert "io_competitive" in [n.code for n in table.notes]
    assert table.balance().balanced


def test_imports_of_the_competitive_layout_split_off(nbs: Callable[..., IOTable]) -> None:
    table = nbs(competitive(), imports="proportional")
    used = FLOWS.sum(axis=1) + FINAL[:, :5].sum(axis=1)
    assert_allclose(table.imports, FLOWS * (IMPORTS / used)[:, None])
    assert_allclose(table.flows + table.imports, FLOWS)
    assert table.balance().balanced
    assert "io_competitive" not in [n.code for n in table.notes]
    with pytest.raises(SpecError, match="proportional"):
        nbs(competitive(), imports="split")


def test_imports_printed_as_negative_numbers_and_by_name_only(nbs: Callable[..., IOTable]) -> None:
    rows = competitive()
    at = rows[4].index("IM")
    for row in rows[5:8]:
        row[at] *= -1
    whole = nbs(rows)
    del rows[4]
    rows = [[row[0], *row[2:]] if i > 2 else row for i, row in enumerate(rows)]
    by_name = nbs(rows)
    assert by_name.codes == ()
    assert_allclose(by_name.final, whole.final)
    assert_allclose(whole.final[:, 6], -IMPORTS)


def test_lines_are_known_by_name_whatever_their_order(nbs: Callable[..., IOTable]) -> None:
    rows = competitive()
    rows[5], rows[7] = rows[7], rows[5]
    table = nbs(rows)
    assert table.sectors == tuple(NAMES)
    assert_allclose(table.flows, FLOWS)


def test_the_non_competitive_layout(nbs: Callable[..., IOTable]) -> None:
    table = nbs(non_competitive())
    share = np.array([0.1, 0.2, 0.05])[:, None]
    assert_allclose(table.flows, FLOWS * (1 - share))
    assert_allclose(table.imports, FLOWS * share)
    assert table.import_sectors == tuple(NAMES)
    assert table.final_imports is not None
    assert_allclose(table.final_imports, FINAL[:, 2:] * share)
    assert table.uses == ("consumption", "capital", "inventories", "exports")
    assert table.codes == tuple(CODES)
    assert table.balance().balanced
    m = table.imports.sum(axis=0) / table.output @ table.inverse
    e = FINAL[:, 5] * 0.9 ** np.array([1, 0, 0]) * np.array([1, 0.8, 0.95])
    assert table.import_content().vertical_share == pytest.approx(m @ e / e.sum())


def test_a_row_of_imports_that_does_not_add_up(nbs: Callable[..., IOTable]) -> None:
    rows = non_competitive()
    rows[7][-1] += 50
    with pytest.raises(MethodError, match=r"工业品.*states imports of .* a gap of -50; such rows"):
        nbs(rows)
    assert nbs(rows, balance="note").imports.shape == (3, 3)


def _without_column(rows: Rows, code: str) -> Rows:
    at = next(row.index(code) for row in rows if code in row)
    return [row[:at] + row[at + 1 :] if i > 2 else row for i, row in enumerate(rows)]


def _text(rows: Rows) -> Rows:
    rows[6][3] = "不详?!"
    return rows


def _gap(rows: Rows) -> Rows:
    rows[6][-1] += 100
    return rows


def _renamed(rows: Rows) -> Rows:
    rows[6][0] = "工业产品"
    return rows


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        (lambda rows: _without_column(rows, "GO"), DataError, "There is no column of total output"),
        (_renamed, DataError, "In the rows only: 工业产品. In the columns only: 工业品"),
        (lambda rows: [row for row in rows if row[0] != "服务"], DataError,
         "In the rows only: —. In the columns only: 服务"),
        (_text, DataError, r"row 7, cell D7.*the cell holds “不详\?!”"),
        (_gap, MethodError, r"industry 工业品: The row “工业品” adds up to .* a gap of -100"),
        (lambda rows: _without_column(rows, "EX"), MethodError, "does not|do not balance"),
        (lambda rows: [*rows[:6], rows[5], *rows[6:]], DataError, "“农产品” stands in the rows more than once"),
    ],
)  # fmt: skip
def test_what_lacks_in_a_table_is_named(
    nbs: Callable[..., IOTable], change: Callable[[Rows], Rows], error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        nbs(change(competitive()))


def test_no_final_use_at_all(nbs: Callable[..., IOTable]) -> None:
    rows = competitive()
    for code in ("FU101", "FU102", "FU103", "TC", "FU201", "FU202", "GCF", "EX", "TFU"):
        rows = _without_column(rows, code)
    with pytest.raises(DataError, match="There is no column of final use"):
        nbs(rows)


def test_households_alone_still_make_their_total_a_total(nbs: Callable[..., IOTable]) -> None:
    rows = competitive()
    at = rows[4].index("FU103")
    for row in rows[5:8]:
        row[-1] -= row[at]
    rows = [row for row in _without_column(rows, "FU103") if row[0] not in (*PRIMARY.values(), "增加值合计", "总投入")]
    table = nbs(rows)
    assert "最终消费支出合计" not in table.finals
    assert table.added is None
    assert table.balance().balanced


def test_value_added_without_its_parts(nbs: Callable[..., IOTable]) -> None:
    table = nbs([row for row in competitive() if row[0] not in PRIMARY.values()])
    assert table.addeds == ("增加值合计",)
    assert table.balance().balanced


def test_trade_between_provinces_is_an_origin_of_its_own(nbs: Callable[..., IOTable]) -> None:
    rows = competitive()
    at = rows[4].index("IM")
    for i, row in enumerate(rows[3:8]):
        row.insert(at, ["国内省外流入", "IF", 6, 12, 3][i])
        if i > 1:
            row[-1] -= row[at]
    rows = [row for row in rows if row[0] not in (*PRIMARY.values(), "增加值合计", "总投入")]
    table = nbs(rows, imports="proportional")
    assert table.import_origins == ("国内省外流入",) * 3 + ("进口",) * 3
    assert table.imports[:3].sum() + table.final_imports[:3].sum() == pytest.approx(21)  # type: ignore[index]
    assert table.balance().balanced


def test_sheets_of_coefficients_are_passed_over(tmp_path: Path) -> None:
    coefficients = [row[:5] for row in competitive()]
    file = workbook(tmp_path / "a.xlsx", {"流量": competitive(), "系数": coefficients})
    assert IOTable.from_nbs(file).source == "a.xlsx [流量]"
    twice = workbook(tmp_path / "b.xlsx", {"2017": competitive(), "2020": competitive()})
    with pytest.raises(DataError, match="Several sheets look like input–output tables: 2017, 2020"):
        IOTable.from_nbs(twice)
    assert IOTable.from_nbs(twice, sheet="2020").source == "b.xlsx [2020]"
    with pytest.raises(DataError, match="No input–output table was found"):
        IOTable.from_nbs(workbook(tmp_path / "c.xlsx", {"s": [["a", 1], ["b", 2]]}))


def test_faults_of_files_in_chinese(nbs: Callable[..., IOTable]) -> None:
    with speak("zh"), pytest.raises(MethodError) as caught:
        nbs(_gap(competitive()))
    with speak("zh"):
        assert "“工业品”一行中间使用与最终使用合计" in str(caught.value)
        assert "不平衡的行共 1 个" in str(caught.value)


def square(table: IOTable, style: str) -> Rows:
    """Return the cells of a world table as ICIO or WIOD write it."""
    assert table.added is not None
    finals = [name.split("|") for name in table.finals]
    pairs = list(zip(table.regions, table.sectors, strict=True))
    if style == "icio":
        head: Rows = [["V1", *(f"{r}_{s}" for r, s in pairs), *(f"{r}_{c}" for r, c in finals), "OUT"]]
        labels: Rows = [[f"{r}_{s}"] for r, s in pairs]
        below: Rows = [["VA", *table.added[0]], ["OUT", *table.output]]
    else:
        columns = [*pairs, *finals, ("TOT", "GO")]
        head = [
            ["World table", None, None, "Intermediate"],
            ["(2011, million dollars)"],
            [None, None, None, *(s for _, s in columns)],
            [None, None, None, *(f"text of {s}" for _, s in columns)],
            [None, None, None, *(r for r, _ in columns)],
            [None, None, None, *(f"c{k + 1}" for k in range(len(columns)))],
        ]
        labels = [[s, f"text of {s}", r] for r, s in pairs]
        below = [
            ["II_fob", "Total intermediate consumption", "TOT", *table.flows.sum(axis=0)],
            ["VA", "Value added at basic prices", "TOT", *table.added[0]],
            ["GO", "Output at basic prices", "TOT", *table.output],
        ]
    body = zip(labels, table.flows, table.final, table.output, strict=True)
    return [*head, *([*label, *z, *y, x] for label, z, y, x in body), *below]


@pytest.mark.parametrize("style", ["icio", "wiod"])
def test_squares_of_regions_and_sectors(tmp_path: Path, style: str) -> None:
    table = world()
    found = IOTable.from_square(workbook(tmp_path / "w.xlsx", {"2011": square(table, style)}))
    assert found.labels == table.labels
    assert found.finals == table.finals
    assert_allclose(found.flows, table.flows)
    assert_allclose(found.final, table.final)
    assert_allclose(found.output, table.output)
    assert found.added is not None
    assert found.addeds == ("VA",)
    assert_allclose(found.added, table.added)


def test_categories_of_squares_say_what_they_are(tmp_path: Path) -> None:
    lines = ["V1,A_x,A_y,A_HFCE,A_GFCF,A_INVNT,OUT", "A_x,1,2,5,3,-1,10", "A_y,3,4,5,0,8,20", "VA,6,14", "OUT,10,20"]
    file = tmp_path / "icio.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    found = IOTable.from_square(file)
    assert found.uses == ("consumption", "capital", "inventories")
    assert found.finals == ("A|HFCE", "A|GFCF", "A|INVNT")


def test_squares_that_are_none(tmp_path: Path) -> None:
    rows = square(world(), "icio")
    del rows[5]
    with pytest.raises(DataError, match=r"In the rows only: —\. In the columns only: R1\|s0"):
        IOTable.from_square(workbook(tmp_path / "a.xlsx", {"s": rows}))
    rows = [row[:13] for row in square(world(), "icio")]
    with pytest.raises(DataError, match="There is no column of final use"):
        IOTable.from_square(workbook(tmp_path / "b.xlsx", {"s": rows}))


def long(table: IOTable) -> list[dict[str, Any]]:
    """Return a world table as rows, value added and output included."""
    assert table.added is not None
    rows = []
    pairs = list(zip(table.regions, table.sectors, strict=True))
    for i, (r, s) in enumerate(pairs):
        ends = [(*pairs[j], table.flows[i, j]) for j in range(len(pairs))]
        ends += [(*name.split("|"), table.final[i, k]) for k, name in enumerate(table.finals)]
        ends.append((r, "output", table.output[i]))
        rows += [{"from": r, "supplier": s, "to": e, "user": u, "usd": v} for e, u, v in ends]
        rows.append({"from": r, "supplier": "va", "to": r, "user": s, "usd": table.added[0, i]})
    return rows


LONG: dict[str, Any] = {
    "supplier": "supplier", "user": "user", "supplier_region": "from", "user_region": "to",
    "final": ["home", "stock"], "added": ["va"], "output": "output",
}  # fmt: skip


@pytest.mark.parametrize("frame", [pl.DataFrame, pd.DataFrame])
def test_long_tables_in_any_order(frame: Callable[[Any], Any]) -> None:
    table = world()
    rows = long(table)
    random.Random(3).shuffle(rows)
    found = IOTable.from_long(frame(rows), "usd", **LONG)
    assert found.labels == table.labels
    assert found.finals == table.finals
    assert_allclose(found.flows, table.flows)
    assert_allclose(found.final, table.final)
    assert found.added is not None
    assert_allclose(found.added, table.added)


def test_long_tables_with_imports_apart() -> None:
    rows = pl.DataFrame(
        [("home", "1", "1", 5.0), ("home", "1", "10", 4.0), ("home", "10", "2", 1.0), ("home", "2", "10", 3.0),
         ("home", "2", "1", 2.0), ("home", "10", "use", 9.0), ("home", "1", "use", 1.0), ("home", "2", "use", 5.0),
         ("USA", "2", "10", 2.5), ("USA", "2", "use", 0.5)],
        schema=["origin", "s", "u", "v"], orient="row",
    )  # fmt: skip
    found = IOTable.from_long(
        rows, "v", supplier="s", user="u", supplier_region="origin", imports=["USA"], final=["use"]
    )
    assert found.sectors == ("1", "2", "10")
    assert found.regions == ("", "", "")
    assert_allclose(found.imports, [[0, 0, 2.5]])
    assert (found.import_sectors, found.import_origins) == (("2",), ("USA",))
    assert_allclose(found.final_imports, [[0.5]])  # type: ignore[arg-type]
    note = found.notes[0]
    assert (note.code, note.values["count"]) == ("io_pairs_absent", 4)


@pytest.mark.parametrize(
    ("change", "options", "text"),
    [
        (lambda rows: [*rows, rows[3]], {}, r"row 241: The delivery of “R0\|s0” to “R0\|s3” stands in row 4 already"),
        (lambda rows: rows, {"final": ["home"]}, r"Only deliver: —\. Only take: R0\|stock, R1\|stock, R2\|stock"),
        (lambda rows: rows, {"final": ["home", "stocks"]}, r"no “stocks”\. Did you mean “stock”"),
        (lambda rows: rows, {"output": "total"}, "has no total output for it|Only take"),
        (lambda rows: [{**rows[0], "supplier": None}, *rows[1:]], {}, "row 1: “supplier” is empty"),
        (lambda rows: [{**rows[0], "usd": None}, *rows[1:]], {}, r"row 1: “usd” has no number here \(1 rows"),
        (lambda rows: rows, {"imports": ["R7"]}, "The column “from” has no “R7”"),
        (
            lambda rows: [r for r in rows if r["user"] != "output" or r["from"] != "R1"],
            {},
            r"R1\|s0: “output” has no total",
        ),
    ],
)
def test_long_tables_that_lack_something(change: Callable[[Any], Any], options: dict[str, Any], text: str) -> None:
    with pytest.raises(DataError, match=text):
        IOTable.from_long(pl.DataFrame(change(long(world()))), "usd", **{**LONG, **options})


def pymrio_like(table: IOTable) -> SimpleNamespace:
    rows = pd.MultiIndex.from_arrays([table.regions, table.sectors], names=["region", "sector"])
    finals = pd.MultiIndex.from_tuples([tuple(f.split("|")) for f in table.finals])
    return SimpleNamespace(
        Z=pd.DataFrame(table.flows, index=rows, columns=rows),
        Y=pd.DataFrame(table.final, index=rows, columns=finals),
        x=pd.DataFrame({"indout": table.output}, index=rows),
        factor_inputs=SimpleNamespace(F=pd.DataFrame(table.added, index=["va"], columns=rows)),
    )


def test_objects_of_pymrio() -> None:
    table = world()
    found = IOTable.from_pymrio(pymrio_like(table), added="factor_inputs", year=2011)
    assert found.labels == table.labels
    assert found.finals == table.finals
    assert found.addeds == ("va",)
    assert found.year == 2011
    assert_allclose(found.inverse, table.inverse)


def test_objects_that_are_not_of_pymrio() -> None:
    with pytest.raises(DataError, match="The object has no “Z”"):
        IOTable.from_pymrio(object())
    system = pymrio_like(world())
    with pytest.raises(DataError, match="The object has no “emissions”"):
        IOTable.from_pymrio(system, added="emissions")
    system.Y = system.Y.iloc[::-1]
    with pytest.raises(DataError, match=r"“Y” has “R2\|s3” at place 1, the rows of Z have “R0\|s0”"):
        IOTable.from_pymrio(system)
