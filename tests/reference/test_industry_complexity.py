"""Complexity beside py-ecomplexity 0.5.3 and independent code, on 205 countries × 783 products.

The values of the table are means over partners, wrong as trade and right as arithmetic. Programs agree to 1e-14.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nqpf.industry.relatedness.space import Space, space

pytestmark = pytest.mark.reference

KEYS = {"unit": "country", "industry": "product"}


@pytest.fixture(scope="module")
def found(shared: Path) -> Space:
    file = shared / "ref" / "industry" / "complexity_input_sitc4_9800.csv"
    table = pl.read_csv(file, schema_overrides={"product": pl.String})
    return space(table.sample(fraction=1, shuffle=True, seed=1), "value", **KEYS)


@pytest.fixture(scope="module")
def countries(shared: Path) -> pl.DataFrame:
    return pl.read_csv(shared / "ref" / "industry" / "complexity_country.csv")


@pytest.fixture(scope="module")
def products(shared: Path) -> pl.DataFrame:
    file = shared / "ref" / "industry" / "complexity_product.csv"
    return pl.read_csv(file, schema_overrides={"product": pl.String})


def near(ours: pl.DataFrame, theirs: pl.DataFrame, key: str, pairs: dict[str, str], tolerance: float = 1e-10) -> None:
    both = ours.join(theirs, on=key, how="full", suffix="_theirs", validate="1:1")
    assert both.height == ours.height == theirs.height
    for mine, other in pairs.items():
        other = f"{other}_theirs" if f"{other}_theirs" in both.columns else other
        np.testing.assert_allclose(both[mine], both[other], rtol=0, atol=tolerance, err_msg=mine)


def test_eci_and_pci(found: Space, countries: pl.DataFrame, products: pl.DataFrame) -> None:
    scores = found.complexity()
    near(scores.regions, countries, "country", {"eci": "eci", "diversity": "diversity"})
    near(scores.regions, countries, "country", {"eci": "eci_pyecomplexity"})
    near(scores.industries, products, "product", {"pci": "pci", "ubiquity": "ubiquity"})
    near(scores.industries, products, "product", {"pci": "pci_pyecomplexity"})
    assert scores.summary["lambda2"].item() == pytest.approx(countries["lambda2"][0], abs=1e-12)
    assert scores.summary["lambda2"].item() == pytest.approx(0.178816907, abs=1e-9)


def test_fitness(found: Space, countries: pl.DataFrame, products: pl.DataFrame) -> None:
    scores = found.complexity("fitness", rounds=100)
    near(scores.regions, countries, "country", {"fitness": "fitness_n100"})
    near(scores.industries, products, "product", {"quality": "Q_n100"})


def test_outlook(found: Space, countries: pl.DataFrame) -> None:
    near(found.opportunity().regions, countries, "country", {"coi": "coi_pyecomplexity"})


def test_density_by_its_definition(found: Space) -> None:
    """Proximity as the smaller of both conditional probabilities, density as a plain weighted mean."""
    year = found.presence.years[0]
    m = year.m.astype(float)
    given = m.T @ m / m.sum(axis=0)
    phi = np.minimum(given, given.T)
    np.testing.assert_allclose(found.proximity().matrix(), phi, rtol=0, atol=1e-15)
    np.testing.assert_allclose(found.density().values[0], m @ phi / phi.sum(axis=0), rtol=0, atol=1e-13)
    np.fill_diagonal(phi, 0)
    others = found.density(diagonal="zero")
    np.testing.assert_allclose(others.values[0], m @ phi / phi.sum(axis=0), rtol=0, atol=1e-13)
    assert np.abs(others.values - found.density().values).max() > 0.03
