"""COINr's build of the ASEM index (R1: min-max 1 to 100, equal weights, arithmetic, missing kept) to 1e-10."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nqpf.data import read
from nqpf.index import Framework, Recipe, build
from nqpf.yamlfile import Document

pytestmark = pytest.mark.reference

# COINr prints 15 significant digits of scores up to 100: 1e-10 is five orders above what printing loses.
TOLERANCE = 1e-10


def _framework(meta: pl.DataFrame) -> Framework:
    """Return the tree that COINr's meta table describes."""
    rows = meta.filter(pl.col("Type").is_in(["Indicator", "Aggregate"])).to_dicts()

    def below(parent: str) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for row in rows:
            if row["Parent"] != parent:
                continue
            node: dict[str, object] = {"id": row["iCode"], "title": row["iName"]}
            if row["Type"] == "Indicator":
                node |= {"direction": "benefit" if row["Direction"] == 1 else "cost", "unit": row["Unit"]}
            else:
                node["children"] = below(row["iCode"])
            found.append(node)
        return found

    content = {"id": "Index", "title": "Sustainable connectivity", "tree": below("Index")}
    return Framework.from_document(Document("asem", content, {}))


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "ref" / "index"


def _expected(path: Path) -> pl.DataFrame:
    frame = pl.read_csv(path, null_values=["NA"], infer_schema_length=None)
    return frame.with_columns(pl.all().exclude("uCode").cast(pl.Float64))


def _asem(folder: Path) -> tuple[Framework, pl.DataFrame]:
    meta = pl.read_csv(folder / "asem_input_meta.csv", null_values=["NA"])
    data = pl.read_csv(folder / "asem_input_data.csv", null_values=["NA"], infer_schema_length=None)
    return _framework(meta), data


def test_r1_every_node_of_every_country(folder: Path) -> None:
    framework, data = _asem(folder)
    panel = read(data, unit="uCode", period="Time", places="countries").to_panel()
    recipe = Recipe.model_validate({"normalise": {"range": [1, 100]}, "availability": 0.0})
    index = build(panel, framework, recipe)
    expected = _expected(folder / "R1_amean_aggregated.csv").sort("uCode")
    assert expected.height == 51
    position = [index.panel.units.index(c) for c in expected["uCode"]]
    for node in framework.nodes:
        ours = index.scores[0, position, node.at]
        np.testing.assert_allclose(ours, expected[node.id].to_numpy(), rtol=0, atol=TOLERANCE, err_msg=node.id)


def test_r1_normalised_and_ranks(folder: Path) -> None:
    framework, data = _asem(folder)
    panel = read(data, unit="uCode", period="Time", places="countries").to_panel()
    index = build(panel, framework, Recipe.model_validate({"normalise": {"range": [1, 100]}, "availability": 0.0}))
    scores = _expected(folder / "R1_minmax1_100_normalised.csv").sort("uCode")
    ranks = _expected(folder / "R1_amean_ranked.csv").sort("uCode")
    position = [index.panel.units.index(c) for c in scores["uCode"]]
    for k, indicator in enumerate(framework.indicators):
        expected = scores[indicator.id].to_numpy()
        np.testing.assert_allclose(index.normalised[0, position, k], expected, rtol=0, atol=TOLERANCE)
    np.testing.assert_array_equal(index.ranks[0, position, framework.root.at], ranks["Rank"].to_numpy())
