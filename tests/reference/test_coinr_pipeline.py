"""COINr's whole example (R0) and its treated index (R3) through `build`, every node of every country to 1e-10."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.data import read
from nqpf.index import Framework, Recipe, build
from nqpf.yamlfile import Document

pytestmark = pytest.mark.reference

TOLERANCE = 1e-10
"""COINr prints 15 significant digits of scores up to 100."""


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "ref" / "index"


@pytest.fixture(scope="module")
def data(folder: Path) -> pl.DataFrame:
    return pl.read_csv(folder / "asem_input_data.csv", null_values=["NA"], infer_schema_length=None)


@pytest.fixture(scope="module")
def framework(folder: Path) -> Framework:
    """Return the tree of COINr's meta table, with its denominators and weights."""
    meta = pl.read_csv(folder / "asem_input_meta.csv", null_values=["NA"])
    rows = meta.filter(pl.col("Type").is_in(["Indicator", "Aggregate"])).to_dicts()

    def below(parent: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for row in (r for r in rows if r["Parent"] == parent):
            node: dict[str, Any] = {"id": row["iCode"], "title": row["iName"], "weight": row["Weight"]}
            if row["Type"] == "Indicator":
                node |= {"direction": "benefit" if row["Direction"] == 1 else "cost", "denominator": row["Denominator"]}
            else:
                node["children"] = below(row["iCode"])
            found.append(node)
        return found

    return Framework.from_document(Document("asem", {"id": "Index", "title": "ASEM", "tree": below("Index")}, {}))


def test_r0_the_whole_example(folder: Path, data: pl.DataFrame, framework: Framework) -> None:
    panel = read(data, unit="uCode", period="Time", places="countries").to_panel()
    groups = {group: part["uCode"].to_list() for (group,), part in data.group_by("EurAsia_group")}
    recipe = Recipe.model_validate({"preset": "coinr_asem", "impute": {"method": "group_mean", "groups": groups}})
    index = build(panel, framework, recipe)
    expected = pl.read_csv(folder / "R0_example_Aggregated.csv", null_values=["NA"], infer_schema_length=None).sort(
        "uCode"
    )
    position = [index.panel.units.index(code) for code in expected["uCode"]]
    for node in framework.nodes:
        theirs = expected[node.id].cast(pl.Float64).to_numpy()
        np.testing.assert_allclose(index.scores[0, position, node.at], theirs, rtol=0, atol=TOLERANCE, err_msg=node.id)
    ranked = pl.read_csv(folder / "R0_example_results_ranked.csv").sort("uCode")
    np.testing.assert_array_equal(index.ranks[0, position, framework.root.at], ranked["Rank"].to_numpy())


def test_r3_treated_points_and_index(folder: Path, data: pl.DataFrame, framework: Framework) -> None:
    panel = read(data, unit="uCode", period="Time", places="countries").to_panel()
    written = {"treat": {"method": "coinr", "winmax": 5}, "normalise": {"range": [1, 100]}, "availability": 0.0}
    index = build(panel, framework, Recipe.model_validate(written))
    expected = pl.read_csv(folder / "R3_treated_amean_aggregated.csv", null_values=["NA"], infer_schema_length=None)
    expected = expected.sort("uCode")
    position = [index.panel.units.index(code) for code in expected["uCode"]]
    for node in framework.nodes:
        theirs = expected[node.id].cast(pl.Float64).to_numpy()
        np.testing.assert_allclose(index.scores[0, position, node.at], theirs, rtol=0, atol=TOLERANCE, err_msg=node.id)
    points = pl.read_csv(folder / "R3_treated_points.csv", infer_schema_length=0)
    for k, indicator in enumerate(framework.indicators):
        changed = int(index.prepared.changed[0, :, k].sum())
        assert changed == sum(bool(mark) for mark in points[indicator.id].to_list()), indicator.id
