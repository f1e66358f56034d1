"""Five years of the ASEM data: the first is COINr's example year, which yearly and base-year scopes must give again.

The panel's other years are the first with artificial noise, so what is taken from 2018 alone (bounds, treatment, ranks)
reproduces COINr's R1 and R3 within the panel, while pooled bounds must not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.data import read
from nqpf.index import Framework, Index, Recipe, build
from nqpf.yamlfile import Document

pytestmark = pytest.mark.reference

TOLERANCE = 1e-10
"""COINr prints 15 significant digits of scores up to 100."""
YEARLY = {"normalise": {"range": [1, 100], "scope": "yearly"}, "availability": 0.0}
BASE = {"normalise": {"range": [1, 100], "scope": "base", "base": [2018, 2018]}, "availability": 0.0}


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "ref" / "index"


@pytest.fixture(scope="module")
def framework(folder: Path) -> Framework:
    meta = pl.read_csv(folder / "asem_input_meta.csv", null_values=["NA"])
    rows = meta.filter(pl.col("Type").is_in(["Indicator", "Aggregate"])).to_dicts()

    def below(parent: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for row in (r for r in rows if r["Parent"] == parent):
            node: dict[str, Any] = {"id": row["iCode"], "title": row["iName"]}
            if row["Type"] == "Indicator":
                node["direction"] = "benefit" if row["Direction"] == 1 else "cost"
            else:
                node["children"] = below(row["iCode"])
            found.append(node)
        return found

    return Framework.from_document(Document("asem", {"id": "Index", "title": "ASEM", "tree": below("Index")}, {}))


@pytest.fixture(scope="module")
def panel(folder: Path) -> Any:
    data = pl.read_csv(folder / "asem_panel_input_data.csv", null_values=["NA"], infer_schema_length=None)
    return read(data, unit="uCode", period="Time", places="countries").to_panel()


def _worst(index: Index, file: Path, year: int = 2018) -> float:
    """Return the largest difference over all nodes and units that either of the two has."""
    expected = pl.read_csv(file, null_values=["NA"], infer_schema_length=None)
    position, t = [index.panel.units.index(code) for code in expected["uCode"]], index.panel.periods.index(year)
    worst = 0.0
    for node in index.framework.nodes:
        ours, theirs = index.scores[t, position, node.at], expected[node.id].cast(pl.Float64).to_numpy()
        np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs), err_msg=node.id)
        worst = max(worst, float(np.nanmax(np.abs(ours - theirs))))
    return worst


@pytest.mark.parametrize("recipe", [YEARLY, BASE])
def test_the_first_year_is_r1(folder: Path, framework: Framework, panel: Any, recipe: dict[str, Any]) -> None:
    assert panel.periods == (2018, 2019, 2020, 2021, 2022)
    index = build(panel, framework, Recipe.model_validate(recipe))
    assert _worst(index, folder / "R1_amean_aggregated.csv") < TOLERANCE
    ranked = pl.read_csv(folder / "R1_amean_ranked.csv")
    position = [index.panel.units.index(code) for code in ranked["uCode"]]
    np.testing.assert_array_equal(index.ranks[0, position, framework.root.at], ranked["Rank"].to_numpy())
    assert _worst(index, folder / "R1_amean_aggregated.csv", 2019) > 1.0  # the next year is another one


def test_treated_year_by_year_the_first_is_r3(folder: Path, framework: Framework, panel: Any) -> None:
    written = YEARLY | {"treat": {"method": "coinr", "winmax": 5, "scope": "yearly"}}
    index = build(panel, framework, Recipe.model_validate(written))
    assert _worst(index, folder / "R3_treated_amean_aggregated.csv") < TOLERANCE


def test_pooled_bounds_are_those_of_all_years(folder: Path, framework: Framework, panel: Any) -> None:
    index = build(panel, framework, Recipe.model_validate({"normalise": {"range": [1, 100]}, "availability": 0.0}))
    assert _worst(index, folder / "R1_amean_aggregated.csv") > 1.0
    ends = index.normalised.reshape(-1, len(framework.indicators))
    np.testing.assert_allclose(np.nanmin(ends, axis=0), 1, rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(np.nanmax(ends, axis=0), 100, rtol=0, atol=TOLERANCE)
