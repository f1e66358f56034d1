"""Tables from arrays: what is checked before there is a table, and what the balance says."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from io_tables import textbook, world

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.industry.input_output.table import IOTable

Z = [[150.0, 500.0], [200.0, 100.0]]
Y = [350.0, 1700.0]
AB = ["a", "b"]


def test_output_defaults_to_the_sums_of_rows() -> None:
    table = IOTable.of(Z, Y, sectors=AB)
    assert table.output.tolist() == [1000, 2000]
    assert table.labels == ("a", "b")
    assert table.keys.rows() == [("a",), ("b",)]
    assert table.finals == ("final",)


def test_labels_join_region_and_sector() -> None:
    table = world(2, 1)
    assert table.labels == ("R0|s0", "R1|s0")
    assert table.finals == ("R0|home", "R0|stock", "R1|home", "R1|stock")
    assert table.keys.columns == ["region", "sector"]


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        ({"flows": [[1, 2, 3], [4, 5, 6]]}, DataError, r"“flows” has the shape \(2, 3\) instead of \(2, 2\)"),
        ({"final": [1, 2, 3]}, DataError, r"“final” has the shape \(3, 1\)"),
        ({"flows": [[1, "x"], [3, 4]]}, DataError, "“flows” holds something that is no number"),
        (
            {"flows": [[1, np.nan], [3, 4]]},
            DataError,
            r"“flows” has missing or infinite values \(1\), the first at \(1, 2\)",
        ),
        ({"sectors": ["a", "a"]}, DataError, "Names of “sectors” that come more than once \(1\): a"),
        ({"finals": ["c", "d"]}, SpecError, "“finals” has 2 names instead of 1"),
        ({"output": [1000, -1]}, MethodError, r"industry b: Its output is negative \(-1\)"),
        ({"regions": ["x|y", "z"]}, SpecError, "name “x|y” holds a bar"),
        ({"uses": ["export"]}, SpecError, "export"),
        ({"balance": "ignore"}, SpecError, "ignore"),
        ({"imports": [[1, 2]]}, SpecError, "“import_sectors” has 0 names instead of 1"),
        ({"added": [[1, 2, 3]]}, DataError, r"“added” has the shape \(1, 3\)"),
    ],
)
def test_what_is_no_table_is_refused(change: dict[str, Any], error: type[Exception], text: str) -> None:
    given: dict[str, Any] = {"flows": Z, "final": Y, "output": [1000, 2000], "sectors": AB, **change}
    with pytest.raises(error, match=text):
        IOTable.of(given.pop("flows"), given.pop("final"), given.pop("output"), **given)


def test_an_unbalanced_row_names_itself_and_the_gap() -> None:
    with pytest.raises(
        MethodError, match=r"The row “b” adds up to 2000 but its output is 2010: a gap of -10 \(-0\.50%\)"
    ):
        IOTable.of(Z, Y, [1000, 2010], sectors=AB)
    table = IOTable.of(Z, Y, [1000, 2010], sectors=AB, balance="note")
    assert [n.code for n in table.notes] == ["io_unbalanced_row"]
    assert "gap -10" in str(table.notes[0])
    assert IOTable.of(Z, Y, [1000, 2010], sectors=AB, tolerance=0.01).notes[0].code == "io_gaps_row"


def test_an_unbalanced_column_is_found_where_value_added_is_known() -> None:
    with pytest.raises(MethodError, match=r"The column “a” adds up to 950 but its output is 1000: a gap of -50"):
        IOTable.of(Z, Y, sectors=AB, added=[600, 1400])


def test_flows_on_their_side_are_suspected() -> None:
    with pytest.raises(MethodError, match="suppliers are rows, users columns"):
        IOTable.of(np.transpose(Z), Y, [1000, 2000], sectors=AB)
    table = IOTable.of(np.transpose(Z), Y, [1000, 2000], sectors=AB, balance="note")
    assert "transposed" in table.balance().faults["code"].to_list()
    assert "transposed" not in textbook().balance().faults["code"].to_list()


def test_rounded_tables_may_miss_by_half_a_unit_a_cell() -> None:
    table = IOTable.of([[1, 2], [3, 4]], [7, 3], [11, 9], sectors=AB)
    assert table.rounding == 2
    assert table.notes[0].code == "io_gaps_row"
    with pytest.raises(MethodError, match="a gap of -3"):
        IOTable.of([[1, 2], [3, 4]], [7, 3], [10, 13], sectors=AB)
    with pytest.raises(MethodError, match=r"a gap of -0\.9"):
        IOTable.of([[1, 2], [3, 4.1]], [7, 3], [10, 11], sectors=AB)


def test_negative_inputs_are_refused_or_kept_openly() -> None:
    flows = [[150, 500], [-20, 100]]
    with pytest.raises(MethodError, match=r"input of “a” from “b” is negative \(-20; 1 in all\)"):
        IOTable.of(flows, Y, sectors=AB)
    table = IOTable.of(flows, Y, sectors=AB, negative="keep")
    assert table.flows[1, 0] == -20
    assert "io_negative_flow" in [n.code for n in table.notes]
    with pytest.raises(MethodError, match="input of “b” from “a” is negative"):
        IOTable.of(Z, Y, sectors=AB, imports=[[1, -2], [0, 0]])


def test_balance_lists_what_is_wrong() -> None:
    z = [[0, 0, 0, 0], [0, 5, 0, 0], [0, 0, 90, 90], [3, 0, 90, 0]]
    table = IOTable.of(
        z, [[0, 0], [5, 0], [-20, 0], [7, -30]], [0, 10, 160, 70], sectors=["none", "alone", "c", "d"],
        uses=["consumption", "inventories"],
    )  # fmt: skip
    found = table.balance()
    faults = {(code, sector): value for code, sector, value in found.faults.rows()}
    assert faults[("no_output_but_flows", "none")] == 3
    assert faults[("isolated", "alone")] == 10
    assert faults[("negative_final", "c")] == -20
    assert faults[("negative_added", "c")] == -20
    assert faults[("negative_added", "d")] == -20
    assert ("negative_final", "d") not in faults
    assert found.balanced
    assert [n.code for n in found.notes] == ["io_no_added"]
    assert found.frame["column_gap"].null_count() == 4


def test_balance_of_a_sound_table_finds_nothing() -> None:
    found = textbook().balance()
    assert found.balanced
    assert found.faults.is_empty()
    assert found.frame["row_gap"].to_list() == [0, 0]
    assert found.frame["column_gap_share"].to_list() == [0, 0]
    assert found.frame["added_share"].to_list() == [0.65, 0.7]
    assert found.method.id == "industry.balance"
    assert isinstance(found.to_frame(), pl.DataFrame)


def test_blocks_need_as_many_categories_for_every_region() -> None:
    with pytest.raises(DataError, match="“final” has the shape"):
        IOTable.from_blocks([[1, 0], [0, 1]], [[1, 2, 3], [1, 2, 3]], regions=["A", "B"], sectors=["s"])
