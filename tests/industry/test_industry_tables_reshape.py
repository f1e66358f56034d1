"""Smaller tables out of larger ones: regions, groups, imports split off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from io_tables import textbook, world
from numpy.testing import assert_allclose

from nqpf.errors import MethodError, SpecError
from nqpf.industry.input_output.table import IOTable


def competitive() -> IOTable:
    return IOTable.of(
        [[20.0, 60], [30, 10]], [[40.0, 10, -20, -5, 0], [70, 20, 0, 0, 5]], sectors=["a", "b"],
        finals=["home", "sold", "bought", "inflow", "error"],
        uses=["consumption", "exports", "imports", "imports", "other"],
    )  # fmt: skip


def test_a_region_keeps_its_accounts() -> None:
    table = world()
    one = table.country("R1")
    assert_allclose(one.flows.sum(axis=1) + one.final.sum(axis=1), one.output)
    assert one.added is not None
    assert_allclose(one.flows.sum(axis=0) + one.imports.sum(axis=0) + one.added.sum(axis=0), one.output)
    assert one.balance().faults.is_empty()
    assert one.labels == ("s0", "s1", "s2", "s3")
    assert one.finals == ("home", "stock", "exports_intermediate", "exports_final")
    assert one.uses == ("consumption", "inventories", "exports", "exports")
    assert set(one.import_origins) == {"R0", "R2"}
    assert one.notes[-1].values == {"region": "R1", "count": 4}


def test_what_regions_sell_others_buy() -> None:
    table = world()
    ones = [table.region(f"R{i}") for i in range(3)]
    sold = sum(one.used_as("exports").sum() for one in ones)
    bought = sum(one.imports.sum() + one.final_imports.sum() for one in ones if one.final_imports is not None)
    assert sold == pytest.approx(bought)
    i = ones[1].import_origins.index("R2")
    assert_allclose(ones[1].imports[i], table.flows[8, 4:8])
    assert ones[1].import_sectors[i] == "s0"


def test_an_unknown_region_names_the_nearest() -> None:
    with pytest.raises(SpecError, match=r"no region “R9”.*There are: R0, R1, R2"):
        world().region("R9")
    with pytest.raises(SpecError, match="no region “CHN”"):
        textbook().country("CHN")


def test_aggregation_adds_up_and_keeps_the_balance() -> None:
    table = world()
    groups = {"s0": "goods", "s1": "goods", "s2": "services", "s3": "services"}
    found = table.aggregate(groups)
    assert found.labels == tuple(f"R{r}|{g}" for r in range(3) for g in ("goods", "services"))
    assert found.flows.sum() == pytest.approx(table.flows.sum())
    assert found.flows[0, 2] == pytest.approx(table.flows[0:2, 4:6].sum())
    assert found.balance().faults.is_empty()
    assert_allclose(found.inverse @ found.final.sum(axis=1), found.output)


def test_aggregation_and_regions_commute() -> None:
    table = world()
    groups = {"s0": "goods", "s1": "goods"}
    one, other = table.aggregate(groups).region("R1"), table.region("R1").aggregate(groups)
    assert one.labels == other.labels
    assert_allclose(one.flows, other.flows)
    assert_allclose(one.imports, other.imports)
    assert one.import_sectors == other.import_sectors
    assert_allclose(one.final, other.final)


def test_regions_can_be_grouped() -> None:
    found = world().aggregate(regions={"R0": "west", "R2": "west"})
    assert found.labels[:4] == ("west|s0", "west|s1", "west|s2", "west|s3")
    assert found.finals == ("west|home", "west|stock", "R1|home", "R1|stock")
    assert found.uses == ("consumption", "inventories") * 2
    assert found.balance().faults.is_empty()


def test_groups_of_unknown_sectors_are_refused() -> None:
    with pytest.raises(SpecError, match=r"“s9”, named in “sectors”, is not in the table.*The table has: s0"):
        world().aggregate({"s9": "x"})
    with pytest.raises(SpecError, match="“Rx”, named in “regions”"):
        world().aggregate(regions={"Rx": "x"})


def test_split_imports_add_up_to_what_was_there() -> None:
    table, apart = competitive(), competitive().split_imports()
    assert_allclose(apart.flows + apart.imports[:2] + apart.imports[2:], table.flows)
    assert_allclose(apart.flows.sum(axis=1) + apart.final.sum(axis=1), table.output)
    assert apart.imports.sum() + apart.final_imports.sum() == pytest.approx(25)  # type: ignore[union-attr]
    assert apart.finals == ("home", "sold", "error")
    assert_allclose(apart.final[:, 1:], [[10, 0], [20, 5]])  # exports and the error stay whole
    assert apart.import_origins == ("bought", "bought", "inflow", "inflow")
    share = 25 / 120
    assert_allclose(apart.flows[0], np.array([20, 60]) * (1 - share))
    assert apart.notes[-1].code == "io_split"
    assert "assumption" in str(apart.notes[-1])
    assert "import_content_split" in [n.code for n in apart.import_content().notes]


def test_imports_that_cannot_be_split() -> None:
    with pytest.raises(MethodError, match="No final category is marked as imports"):
        textbook().split_imports()
    with pytest.raises(MethodError, match="imports apart already"):
        competitive().split_imports().split_imports()
    table = competitive()
    final = table.final.copy()
    final[0, 2] = -200
    with pytest.raises(MethodError, match=r"industry a: Imports of 205 are more than the domestic use of 120"):
        replace(table, final=final).split_imports()
    with pytest.raises(SpecError, match="proportional"):
        table.split_imports("equal")  # type: ignore[arg-type]
