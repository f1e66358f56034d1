"""Leontief, Ghosh, multipliers, linkages, lengths, upstreamness, import content: textbook numbers and identities."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from io_tables import textbook, world
from numpy.testing import assert_allclose

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.industry.input_output.table import IOTable


def three() -> IOTable:
    return IOTable.of(
        [[0.0, 50, 0], [0, 0, 80], [0, 0, 0]], [[20.0, 30], [20, 0], [70, 20]], sectors=["ore", "steel", "cars"],
        finals=["home", "sold"], uses=["consumption", "exports"],
    )  # fmt: skip


def test_the_textbook_numbers() -> None:
    """Miller and Blair (2009), sections 2.3 and 12.1."""
    found = textbook().leontief()
    assert_allclose(found.a, [[0.15, 0.25], [0.2, 0.05]])
    assert_allclose(found.l, [[1.254, 0.330], [0.264, 1.122]], atol=5e-4)
    assert_allclose(found.l @ [600, 1500], [1247.46, 1841.58], atol=0.1)
    assert_allclose(found.frame["multiplier"], [1.518, 1.452], atol=5e-4)
    supply = textbook().ghosh()
    assert_allclose(supply.b, [[0.15, 0.5], [0.1, 0.05]])
    assert_allclose(supply.g, [[1.254, 0.660], [0.132, 1.122]], atol=5e-4)
    assert found.inverse.columns == ["sector", "a", "b"]
    assert supply.coefficients.row(0) == ("a", 0.15, 0.5)
    assert [n.code for n in supply.notes] == ["ghosh_reading"]


@given(st.integers(1, 4), st.integers(1, 5), st.integers(0, 10_000))
@settings(max_examples=min(25, settings().max_examples))
def test_identities_of_the_models(regions: int, sectors: int, seed: int) -> None:
    table = world(regions, sectors, seed)
    x, a, whole = table.output, table.coefficients, table.inverse
    assert (whole >= np.eye(len(x)) - 1e-12).all()
    assert_allclose(whole @ table.final.sum(axis=1), x)
    assert_allclose(table.allocation, a * x / x[:, None])
    assert_allclose(table.ghosh_inverse, whole * x / x[:, None])
    assert table.added is not None
    assert_allclose(table.added.sum(axis=0) @ table.ghosh_inverse, x)
    added = table.multipliers("value_added").frame
    assert_allclose(added["total"], np.ones(len(x)))  # a closed world: all of it is somebody's value added
    chain = table.upstreamness().frame
    # weighted by value added, upstreamness is what downstreamness is by final use (Antràs and Chor 2018)
    assert_allclose(chain["upstreamness"] @ table.added.sum(axis=0), x.sum())
    assert_allclose(chain["downstreamness"] @ table.final.sum(axis=1), x.sum())


def test_a_change_of_money_changes_nothing_but_money() -> None:
    table = world()
    other = IOTable.of(table.flows * 7, table.final * 7, table.output * 7, sectors=table.sectors, regions=table.regions)
    assert_allclose(other.inverse, table.inverse)
    assert_allclose(other.propagation().lengths, table.propagation().lengths)


@pytest.mark.parametrize("shape", ["closed", "too_much", "exact"])
def test_a_singular_system_names_the_sectors(shape: str) -> None:
    z = {
        "closed": [[0, 50, 0], [50, 0, 0], [0, 0, 5]],
        "too_much": [[0, 60, 0], [60, 0, 0], [0, 0, 5]],
        "exact": [[50, 0, 0], [0, 50, 0], [0, 0, 5]],
    }[shape]
    final = [[50 - sum(z[0])], [50 - sum(z[1])], [95]]
    table = IOTable.of(z, final, [50, 50, 100], sectors=["coal", "power", "rest"])
    with pytest.raises(MethodError, match="together coal, power use up all they make") as caught:
        table.leontief()
    assert caught.value.code == "leontief_singular"
    assert "rest" not in str(caught.value)


def test_multipliers_of_jobs_incomes_and_imports() -> None:
    table = IOTable.of(
        [[20.0, 60], [30, 10]], [20, 60], sectors=["a", "b"], imports=[[10, 20]], import_sectors=["oil"],
        added=[[30, 5], [10, 5]], addeds=["wages", "profits"],
    )  # fmt: skip
    jobs = {"sector": ["b", "a"], "jobs": [5.0, 40.0]}
    found = table.multipliers(["jobs", "wages", "import", "value_added", "output", "input"], extensions=jobs).frame
    whole = np.linalg.inv(np.eye(2) - [[0.2, 0.6], [0.3, 0.1]])
    totals = {name: part["total"].to_numpy() for (name,), part in found.group_by("of")}
    assert_allclose(totals["jobs"], [0.4, 0.05] @ whole)
    assert_allclose(totals["wages"], [0.3, 0.05] @ whole)
    assert_allclose(totals["import"], [0.1, 0.2] @ whole)
    assert_allclose(totals["import"] + totals["value_added"], 1)
    assert_allclose(totals["output"], whole.sum(axis=0))
    assert_allclose(totals["input"], table.ghosh_inverse.sum(axis=1))
    assert found.filter(of="jobs")["ratio"].to_list() == pytest.approx(list(([0.4, 0.05] @ whole) / [0.4, 0.05]))


def test_multipliers_that_cannot_be() -> None:
    table = textbook()
    with pytest.raises(SpecError, match="outputs"):
        table.multipliers("outputs")
    with pytest.raises(DataError, match=r"“b” has no number"):
        table.multipliers("jobs", extensions={"sector": ["a"], "jobs": [1.0]})
    with pytest.raises(DataError, match="has no “c”"):
        table.multipliers("jobs", extensions={"sector": ["a", "c"], "jobs": [1.0, 2.0]})


def test_households_as_a_sector() -> None:
    table = IOTable.of(
        [[150.0, 500], [200, 100]], [[50, 300], [400, 1300]], sectors=["a", "b"], finals=["home", "rest"],
        added=[[300, 500], [350, 900]], addeds=["wages", "profits"],
    )  # fmt: skip
    closed = (["wages"], ["home"])
    larger = np.linalg.inv(np.eye(3) - [[0.15, 0.25, 50 / 800], [0.2, 0.05, 400 / 800], [0.3, 0.25, 0]])
    found = table.leontief(closed=closed)
    assert_allclose(found.l, larger[:2, :2])
    assert_allclose(table.multipliers(closed=closed).frame["total"], larger[:2, :2].sum(axis=0))
    assert (found.l > table.inverse).all()
    with pytest.raises(DataError, match="“added” has no “wage”"):
        table.leontief(closed=(["wage"], ["home"]))
    with pytest.raises(DataError, match="no parts of value added"):
        IOTable.of([[1, 0], [0, 1]], [1, 1], sectors=["a", "b"]).leontief(closed=closed)


def test_linkages_leave_sectors_without_output_out_of_the_mean() -> None:
    plain = IOTable.of([[150, 500], [200, 100]], [350, 1700], sectors=["a", "b"]).linkages()
    idle = IOTable.of([[150, 500, 0], [200, 100, 0], [0, 0, 0]], [350, 1700, 0], sectors=["a", "b", "idle"]).linkages()
    columns = [c for c in plain.frame.columns if c != "sector"]
    assert idle.frame.head(2).equals(plain.frame)
    assert idle.frame.select(columns).row(2) == (None,) * len(columns)
    assert {n.code for n in idle.notes} == {"linkages_without_output", "linkages_few"}
    assert "1: idle" in str(next(n for n in idle.notes if n.code == "linkages_without_output"))
    assert plain.frame["backward_norm"].mean() == pytest.approx(1)
    assert plain.frame["kind"].to_list() == ["key", "weak"]


def test_forward_linkages_by_either_inverse() -> None:
    table = world()
    supply, demand = table.linkages().frame, table.linkages(forward="leontief").frame
    assert_allclose(supply["forward"], table.ghosh_inverse.sum(axis=1))
    assert_allclose(demand["forward"], table.inverse.sum(axis=1))
    assert_allclose(demand["forward_direct"], table.coefficients.sum(axis=1))
    column = table.inverse[:, 3]
    assert supply["backward_cv"][3] == pytest.approx(column.std(ddof=1) / column.mean())
    with pytest.raises(SpecError, match="ghosh"):
        table.linkages(forward="gosh")  # type: ignore[arg-type]


def test_propagation_along_a_chain() -> None:
    found = three().propagation()
    assert_allclose(found.lengths, [[np.nan, 1, 2], [np.nan, np.nan, 1], [np.nan] * 3])
    assert found.frame.rows() == [("ore", 1.5, None), ("steel", 1.0, 1.0), ("cars", None, 1.5)]
    assert found.notes[0].values["count"] == 6
    assert found.matrix["steel"].to_list() == [1.0, None, None]


def test_propagation_is_the_mean_number_of_rounds() -> None:
    table = world()
    a = table.coefficients
    above = below = np.zeros_like(a)
    power = np.eye(len(a))
    for k in range(1, 400):
        power = power @ a
        above, below = above + k * power, below + power
    assert_allclose(table.propagation().lengths, above / below)
    weighted = table.propagation(average="weighted").frame
    assert_allclose(weighted["forward"], above.sum(axis=1) / below.sum(axis=1))
    # forward or backward, by the Leontief or by the Ghosh inverse: the same length
    g = table.ghosh_inverse
    assert_allclose(table.propagation().lengths, g @ (g - np.eye(len(g))) / (g - np.eye(len(g))))


def test_upstreamness_along_a_chain() -> None:
    found = three().upstreamness()
    assert found.frame["upstreamness"].to_list() == pytest.approx([1.9, 1.8, 1.0])
    assert found.frame["downstreamness"].to_list() == pytest.approx([1.0, 1.5, 1 + 80 / 90 * 1.5])
    assert found.frame["final_share"].to_list() == [0.5, 0.2, 1.0]
    assert found.exports == pytest.approx((30 * 1.9 + 20 * 1.0) / 50)
    assert [n.code for n in found.notes] == ["upstreamness_exports"]


def test_upstreamness_of_an_open_economy() -> None:
    found = three().upstreamness(correction="open")
    # of ore, 30 are exported: 50 of 70 used at home are inputs of steel; of cars nothing is an input
    assert found.frame["upstreamness"].to_list() == pytest.approx([1 + 50 / 70 * 1.8, 1.8, 1.0])
    with pytest.raises(MethodError, match="marked as “inventories”"):
        three().upstreamness(correction="open_inventories")
    with pytest.raises(MethodError, match="marked as “exports”"):
        textbook().upstreamness(correction="open")


def imported(**more: Any) -> IOTable:
    return IOTable.of(
        [[20.0, 60, 0], [30, 10, 0], [0, 0, 0]], [[15.0, 5], [40, 20], [0, 0]], sectors=["a", "b", "idle"],
        imports=[[10, 0, 0], [5, 15, 0], [0, 5, 0]], import_sectors=["oil", "chips", "chips"],
        import_origins=["X", "Y", "Z"], finals=["home", "exports"], uses=["consumption", "exports"], **more,
    )  # fmt: skip


def test_import_content_and_its_sources() -> None:
    table = imported()
    found = table.import_content()
    frame = found.frame
    total = np.array([15, 20]) / 100 @ np.linalg.inv(np.eye(2) - [[0.2, 0.6], [0.3, 0.1]])
    assert frame["total"].to_list() == pytest.approx([*total, None])
    assert frame["input_share"].to_list() == pytest.approx([15 / 65, 20 / 90, None])
    assert_allclose((frame["total"] + frame["domestic"]).drop_nulls(), 1)
    assert frame["hhi"].to_list() == pytest.approx([5 / 9, 0.625, None])
    assert frame["top_origin"].to_list() == ["X", "Y", None]
    assert frame["top_share"].to_list() == pytest.approx([2 / 3, 0.75, None])
    assert found.vertical_share == pytest.approx((5 * total[0] + 20 * total[1]) / 25)
    products = found.products
    assert products.select("sector", "imports", "origins").rows() == [("oil", 10.0, 1), ("chips", 25.0, 2)]
    assert products["hhi"].to_list() == pytest.approx([1, 0.64 + 0.04])


def test_import_content_needs_imports_apart() -> None:
    with pytest.raises(DataError, match="does not show imports apart"):
        textbook().import_content()
    found = IOTable.of(
        [[20.0, 60], [30, 10]], [20, 60], sectors=["a", "b"], imports=[[10, 20], [0, 0]]
    ).import_content()
    assert found.frame["hhi"].null_count() == 2
    assert [n.code for n in found.notes] == ["origins_unknown"]
    assert found.vertical_share is None


def test_places_in_value_chains() -> None:
    found = world().chain_position()
    frame = found.frame
    assert_allclose(frame["domestic_share"] + frame["foreign_share"], 1)
    money = found.sources.drop("region").to_numpy()
    assert_allclose(money.sum(axis=0), frame["exports"])
    assert (frame["indirect_share"] * frame["exports"]).sum() == pytest.approx(
        (frame["foreign_share"] * frame["exports"]).sum()
    )
    with pytest.raises(DataError, match="does not tell regions apart"):
        textbook().chain_position()


def test_results_say_how_they_came_about() -> None:
    table = world()
    ids = [r.method.id for r in (table.leontief(), table.ghosh(), table.linkages(), table.propagation(),
           table.upstreamness(), table.balance(), table.multipliers(), table.chain_position(),
           table.region("R0").import_content())]  # fmt: skip
    assert [i.partition(".")[2] for i in ids] == [
        "leontief", "ghosh", "linkages", "propagation", "upstreamness", "balance", "leontief", "chain_position",
        "import_content",
    ]  # fmt: skip
    assert isinstance(table.linkages().to_frame(), pl.DataFrame)
