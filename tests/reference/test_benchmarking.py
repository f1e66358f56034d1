"""Frontiers beside Benchmarking 0.33 and deaR 1.5.3: radial, free hull, super, directional, graph, slacks, cross.

What is a vertex of a program or a comparison agrees to 1e-8 and better (both stop their solver near 1e-11).
Benchmarking's graph efficiency is a bisection that stops at the tolerance of its solver, and is off by up to 5e-6 even
where it must be the root of the radial score; ours is compared at 1e-5, and with that root at 1e-12.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.productivity.frontier.cross import cross_efficiency
from nqpf.productivity.frontier.dea import Dea, dea

pytestmark = pytest.mark.reference

COLUMNS: Mapping[str, tuple[list[str], list[str]]] = {
    "charnes1981": (["x1", "x2", "x3", "x4", "x5"], ["y1", "y2", "y3"]),
    "milkProd": (["energy", "vet", "cows"], ["milk"]),
    "economy2005": (["Capital2005", "Labor2005"], ["GIOV2005"]),
    "tone2001": (["Input1", "Input2"], ["Output1", "Output2"]),
}
BENCHMARKING = ["charnes1981", "milkProd", "economy2005"]
DEAR = ["charnes1981", "economy2005", "tone2001"]
DEAR_RTS = {"crs": "crs", "vrs": "vrs", "drs": "nirs", "irs": "ndrs"}
REFERENCES = {
    "own": "own",
    "fwd": "next",
    "bwd": "previous",
    "glob": "global",
    "seqn": "sequential",
    "bienn_next": "biennial",
    "bienn_prev": "biennial_previous",
}


def read(file: Path) -> pl.DataFrame:
    return pl.read_csv(file, null_values=["NA"], infer_schema_length=None)


def theirs(shared: Path, name: str, program: str) -> pl.DataFrame:
    frame = read(shared / "ref" / "productivity" / f"{name}_{program}.csv")
    return frame.select(pl.col("dmu"), pl.all().exclude("dmu").cast(pl.Float64))


def ours(shared: Path, name: str, **options: Any) -> Dea:
    inputs, outputs = COLUMNS[name]
    return dea(read(shared / "ref" / "productivity" / f"{name}.csv"), inputs, outputs, unit="dmu", **options)


def agree(found: pl.DataFrame, expected: pl.DataFrame, column: str, tolerance: float = 1e-8) -> None:
    """Compare by key; what is infeasible there (infinite or missing) has no number here."""
    both = expected.select("dmu", column).join(found.select("dmu", "score"), on="dmu", validate="1:1")
    assert both.height == expected.height
    got, wanted = both["score"].to_numpy(), both[column].to_numpy()
    there = np.isfinite(wanted)
    assert (np.isfinite(got) == there).all()
    np.testing.assert_allclose(got[there], wanted[there], rtol=0, atol=tolerance)


@pytest.mark.parametrize("name", BENCHMARKING)
@pytest.mark.parametrize("orientation", ["input", "output"])
def test_radial_super_and_free_scores_of_benchmarking(shared: Path, name: str, orientation: str) -> None:
    expected, way = theirs(shared, name, "benchmarking"), orientation.removesuffix("put")
    for rts in ("crs", "vrs", "drs", "irs"):
        agree(ours(shared, name, rts=rts, orientation=orientation).frame, expected, f"{rts}_{way}")
    for rts in ("crs", "vrs"):
        beyond = ours(shared, name, rts=rts, orientation=orientation, super_efficiency=True).frame
        agree(beyond, expected, f"super_{rts}_{way}")
    agree(ours(shared, name, orientation=orientation, hull="free").frame, expected, f"fdh_{way}", 1e-12)


@pytest.mark.parametrize("name", DEAR)
@pytest.mark.parametrize(("orientation", "way"), [("input", "io"), ("output", "oo")])
def test_radial_scores_of_dear(shared: Path, name: str, orientation: str, way: str) -> None:
    expected = theirs(shared, name, "deaR")
    for rts, word in DEAR_RTS.items():
        agree(ours(shared, name, rts=rts, orientation=orientation).frame, expected, f"{word}_{way}")


@pytest.mark.parametrize("name", [*BENCHMARKING, "tone2001"])
@pytest.mark.parametrize("rts", ["crs", "vrs"])
def test_directional_scores_in_the_direction_of_what_is_observed(shared: Path, name: str, rts: str) -> None:
    found = ours(shared, name, rts=rts, measure="directional", direction="observed").frame
    if name in BENCHMARKING:
        agree(found, theirs(shared, name, "benchmarking"), f"ddf_own_{rts}")
    if name in DEAR:
        agree(found, theirs(shared, name, "deaR"), f"dir_{rts}")


@pytest.mark.parametrize("name", BENCHMARKING)
@pytest.mark.parametrize("rts", ["crs", "vrs"])
def test_graph_scores(shared: Path, name: str, rts: str) -> None:
    found = ours(shared, name, rts=rts, measure="hyperbolic").frame
    agree(found, theirs(shared, name, "benchmarking"), f"{rts}_graph", 1e-5)
    if rts == "crs":
        radial = ours(shared, name, rts=rts).frame["score"].to_numpy()
        np.testing.assert_allclose(found["score"].to_numpy() ** 2, radial, atol=1e-12)


def test_slacks_of_the_second_stage(shared: Path) -> None:
    """Each slack, where there is one best set, and the sum of them everywhere; sums are up to 39, hence 2e-8."""
    expected = read(shared / "ref" / "productivity" / "charnes1981_vrs_in_slacks.csv")
    found = ours(shared, "charnes1981", slacks=True)
    assert found.slacks is not None
    both = expected.join(found.slacks, on="dmu", validate="1:1")
    columns = [c for part in COLUMNS["charnes1981"] for c in part]
    got = both.select(columns).to_numpy()
    np.testing.assert_allclose(got, both.select(f"s{c}" for c in columns).to_numpy(), rtol=0, atol=1e-8)
    np.testing.assert_allclose(got.sum(axis=1), both["sum"], rtol=0, atol=2e-8)


@pytest.mark.parametrize(("column", "reference"), REFERENCES.items())
def test_directional_scores_with_carbon_and_all_references(shared: Path, column: str, reference: str) -> None:
    data = read(shared / "ref" / "productivity" / "gtfpch_example.csv")
    expected = read(shared / "ref" / "productivity" / "gtfpch_ddf_crs.csv").with_columns(
        dmu=pl.concat_str("id", "year", separator=" "), want=pl.col(column).cast(pl.Float64)
    )
    found = dea(
        data, ["K", "L"], ["Y"], ["CO2"], unit="Province", time="year", rts="crs", measure="directional",
        direction="outputs", reference=reference,  # type: ignore[arg-type]
    ).frame  # fmt: skip
    agree(found.with_columns(dmu=pl.concat_str("Province", "year", separator=" ")), expected, "want")


@pytest.mark.parametrize("name", DEAR)
@pytest.mark.parametrize(
    ("goal", "formulation", "column"),
    [
        ("aggressive", "difference", "cross_aggr_M2"),
        ("benevolent", "difference", "cross_benev_M2"),
        ("aggressive", "ratio", "cross_aggr_M3"),
        ("benevolent", "ratio", "cross_benev_M3"),
    ],
)
def test_cross_efficiency_of_dear(shared: Path, name: str, goal: Any, formulation: Any, column: str) -> None:
    """Their arbitrary prices are those their solver ends with and can be compared with nobody's."""
    inputs, outputs = COLUMNS[name]
    data = read(shared / "ref" / "productivity" / f"{name}.csv")
    found = cross_efficiency(data, inputs, outputs, unit="dmu", goal=goal, formulation=formulation).frame
    agree(found, theirs(shared, name, "deaR"), column)
