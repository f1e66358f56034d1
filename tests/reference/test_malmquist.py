"""Malmquist indices beside Benchmarking and productivity, and the distances behind gtfpch's green ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.productivity.change.malmquist import malmquist

pytestmark = pytest.mark.reference

AGRI_X = ["q.capital", "q.land", "q.labor", "q.materials"]
AGRI_Y = ["q.livestock", "q.crop", "q.other"]


def read(shared: Path, name: str) -> pl.DataFrame:
    return pl.read_csv(shared / "ref" / "productivity" / f"{name}.csv", null_values=["NA"], infer_schema_length=None)


def near(got: pl.Series, expected: pl.Series, tolerance: float) -> None:
    assert got.null_count() == expected.null_count() == 0
    np.testing.assert_allclose(got.to_numpy(), expected.to_numpy(), rtol=0, atol=tolerance)


def test_benchmarking_has_the_reciprocal(shared: Path) -> None:
    """31 provinces × 5 years, constant returns, output orientation: its m, tc and ec are one over ours."""
    theirs = read(shared, "economy_malmquist_benchmarking_crs_out").drop_nulls("m")
    ours = malmquist(read(shared, "economy_long"), ["Capital", "Labor"], ["GIOV"], unit="DMUs", time="Period").frame
    both = theirs.join(ours, left_on=["id", "time"], right_on=["DMUs", "to"], suffix="_ours")
    assert both.height == 31 * 4
    near(both["index"], 1 / both["m"], 1e-8)
    near(both["ec_ours"], 1 / both["ec"], 1e-8)
    near(both["tc_ours"], 1 / both["tc"], 1e-8)


def test_scores_behind_it(shared: Path) -> None:
    """First the year of the quantities, then that of the frontier: 0 before, 1 now."""
    theirs = read(shared, "economy_malmquist_benchmarking_crs_out").drop_nulls("m")
    found = malmquist(read(shared, "economy_long"), ["Capital", "Labor"], ["GIOV"], unit="DMUs", time="Period")
    for name in ("e00", "e10", "e11", "e01"):
        seen, frontier = (pl.col("time") - 1 + int(k) for k in name[1:])
        keyed = theirs.with_columns(frontier_from=frontier, inputs_of=seen)
        both = keyed.join(
            found.distances,
            left_on=["id", "frontier_from", "inputs_of"],
            right_on=["DMUs", "frontier_from", "inputs_of"],
        )
        assert both.height == 31 * 4
        near(both["score"], both[name], 1e-8)


def test_biased_technical_change_of_us_agriculture(shared: Path) -> None:
    theirs = read(shared, "usagri20_malm_crs_out_Changes")
    found = malmquist(read(shared, "usagri20"), AGRI_X, AGRI_Y, unit="States", time="Years", decomposition="bias")
    both = theirs.join(found.frame, left_on=["States", "Year.1"], right_on=["States", "to"], suffix="_ours")
    assert both.height == 20 * 9
    names = {"malmquist": "index", "effch": "ec", "tech": "tc"} | {
        c: f"{c}_ours" for c in ("obtech", "ibtech", "matech")
    }
    for column, ours in names.items():
        near(both[ours], both[column], 1e-8)


def test_distances_of_us_agriculture(shared: Path) -> None:
    """Shephard's output distances are one over φ; digits: year of the frontier, of the inputs, of the outputs."""
    theirs = read(shared, "usagri20_malm_crs_out_Levels")
    found = malmquist(read(shared, "usagri20"), AGRI_X, AGRI_Y, unit="States", time="Years", decomposition="bias")
    for name in ("c111o", "c100o", "c011o", "c000o", "c110o", "c010o"):
        years = [pl.col("Year.0") + int(k) for k in name[1:4]]
        key = ["States", "frontier_to", "inputs_of", "outputs_of"]
        keyed = theirs.with_columns(**dict(zip(key[1:], years, strict=True)))
        both = keyed.join(found.distances, on=key)
        assert both.height == 20 * 9
        near(1 / both["score"], both[name], 1e-8)


@pytest.mark.parametrize(
    ("column", "reference", "first", "last", "count"),
    [
        ("own", "contemporaneous", 0, 0, 90),
        ("fwd", "contemporaneous", 1, 1, 60),
        ("bwd", "contemporaneous", -1, -1, 59),
        ("glob", "global", None, None, 90),
        ("seqn", "sequential", None, 0, 90),
        ("bienn_next", "biennial", 0, 1, 60),
        ("bienn_prev", "biennial", -1, 0, 60),
    ],
)
def test_directional_distances_with_a_bad_output(
    shared: Path, column: str, reference: Any, first: int | None, last: int | None, count: int
) -> None:
    """30 provinces × 3 years, weak disposability, (0, y, −b); one program across years has no solution."""
    theirs = read(shared, "gtfpch_ddf_crs")
    keys: Any = {"unit": "Province", "time": "year"}
    found = malmquist(
        read(shared, "gtfpch_example"), ["K", "L"], ["Y"], ["CO2"], **keys, index="ml", reference=reference
    )
    year = pl.col("inputs_of")
    spans = (pl.col("frontier_from") == (2013 if first is None else year + first)) & (
        pl.col("frontier_to") == (2015 if last is None else year + last)
    )
    both = theirs.join(found.distances.filter(spans), left_on=["id", "year"], right_on=["Province", "inputs_of"])
    there = both.drop_nulls("score")
    assert there.height == count
    near(there["score"], there[column], 1e-8)
    lost = both.filter(pl.col("score").is_null())
    assert lost[column].null_count() == lost.height == (1 if column == "bwd" else 0)
    assert set(lost["status"]) <= {"infeasible"}


def test_what_has_no_solution_across_years_is_counted(shared: Path) -> None:
    """CRS: one program; VRS: 15, 8 of them before the frontier of the next year; none before that of all years."""
    data = read(shared, "gtfpch_example")
    keys: Any = {"unit": "Province", "time": "year"}

    def failed(**options: Any) -> pl.DataFrame:
        found = malmquist(data, ["K", "L"], ["Y"], ["CO2"], **keys, **options)
        lost = found.distances.filter(pl.col("status") != "optimal")
        counted = [n.values["failed"] for n in found.notes if n.code == "change_failed"]
        assert counted == ([lost.height] if lost.height else [])
        empty = found.frame.filter(pl.col("index").is_null())
        assert set(empty["status"]) <= {"infeasible"}
        assert empty["failed"].null_count() == 0
        return lost

    assert failed(index="ml", rts="crs").height == 1
    vrs = failed(index="ml", rts="vrs")
    forward = (vrs["frontier_from"] > vrs["inputs_of"]).sum()
    assert (vrs.height, forward) == (15, 8)
    for rts in ("crs", "vrs"):
        assert failed(index="gml", rts=rts).height == 0
        assert failed(index="luenberger", reference="biennial", rts=rts).height == 0
