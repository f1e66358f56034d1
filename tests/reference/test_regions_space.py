"""Moran's I and local Moran's I beside esda 2.8 on Columbus; weights read from the files of other programs.

Statistics and moments agree to 1e-12. esda prints the smaller side of the permutation test; both programs draw 999
times, so that two p-values of one unit may differ by 4 √2 standard errors of one.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError
from nqpf.regions.space.build import weights
from nqpf.regions.space.lisa import lisa
from nqpf.regions.space.moran import moran
from nqpf.regions.space.weights import Weights

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def home(shared: Path) -> Path:
    return shared / "ref" / "regions"


@pytest.fixture(scope="module")
def columbus(home: Path) -> pl.DataFrame:
    return pl.read_csv(home / "columbus_input.csv").with_columns(pl.col("NEIGNO").cast(pl.String))


@pytest.fixture(scope="module")
def neighbours(home: Path, columbus: pl.DataFrame) -> Weights:
    return Weights.from_table(home / "columbus_W_49x49.csv", columbus["NEIGNO"].to_list())


def near(got: object, expected: object) -> None:
    np.testing.assert_allclose(np.asarray(got), np.asarray(expected), rtol=1e-12, atol=1e-12)


def test_moran(home: Path, columbus: pl.DataFrame, neighbours: Weights) -> None:
    theirs = pl.read_csv(home / "columbus_moran_esda_expected.csv")
    ours = moran(columbus, "CRIME", unit="NEIGNO", weights=neighbours).frame
    for mine, his in {
        "moran": "I", "expected": "EI", "variance_random": "VI_rand", "z_random": "z_rand",
        "variance_normal": "VI_norm", "z_normal": "z_norm",
    }.items():  # fmt: skip
        near(ours[mine], theirs[his])


def test_local_moran(home: Path, columbus: pl.DataFrame, neighbours: Weights) -> None:
    theirs = pl.read_csv(home / "columbus_lisa_esda_expected.csv")
    ours = lisa(columbus, "CRIME", unit="NEIGNO", weights=neighbours).frame
    near(ours["local"], theirs["Is"])
    assert ours["quadrant"].replace_strict({"HH": 1, "LH": 2, "LL": 3, "HL": 4}).to_list() == theirs["q"].to_list()
    p = theirs["p_sim"].to_numpy()
    assert (np.abs(ours["p_directed"].to_numpy() - p) <= 4 * np.sqrt(2 * p * (1 - p) / 999)).all()


@pytest.mark.parametrize(("null", "names"), [("conditional", ("EIc", "VIc")), ("total", ("EI", "VI"))])
def test_moments_of_local_moran(
    home: Path, columbus: pl.DataFrame, neighbours: Weights, null: str, names: tuple[str, str]
) -> None:
    """Esda's moments are those of I with the variance over n, though its I has n − 1."""
    theirs = pl.read_csv(home / "columbus_lisa_esda_expected.csv")
    call = {"unit": "NEIGNO", "weights": neighbours, "null": null, "divisor": "population"}
    ours = lisa(columbus, "CRIME", **call).frame  # type: ignore[arg-type]
    near(ours["expected"], theirs[names[0]])
    near(ours["variance"], theirs[names[1]])


def test_a_file_with_names_and_one_without(home: Path) -> None:
    states = Weights.from_table(home / "produc_usaww_48x48.csv")
    assert states.labels[:2] == ("ALABAMA", "ARIZONA")
    assert states.standard == "row"
    with pytest.raises(DataError, match="no names of rows"):
        Weights.from_table(home / "us48_W.csv")
    numbered = Weights.from_table(home / "us48_W.csv", [str(i) for i in range(48)])
    np.testing.assert_allclose(numbered.dense(), states.dense(), rtol=0, atol=1e-12)


def test_borders_of_the_provinces_from_another_source(shared: Path) -> None:
    """Borders as measured on outlines, beside the table of borders that is shipped."""
    table = pl.read_csv(shared / "data" / "china_province_adjacency.csv")
    mainland = [
        c for c in table["name_a"].append(table["name_b"]).unique() if not c.startswith(("香港", "台湾", "澳门"))
    ]
    drawn = Weights.from_pairs(
        table.filter(pl.col("name_a").is_in(mainland), pl.col("name_b").is_in(mainland)),
        "name_a",
        "name_b",
        units=sorted(mainland),
    )
    ours = weights("contiguity", {"u": sorted(mainland)}, unit="u", islands="keep", standard="binary")
    np.testing.assert_array_equal(drawn.dense(), ours.dense())
