"""Stochastic frontier of Coelli's 60 firms beside Benchmarking 0.33 and frontier 1.1-8.

Both maximise numerically to about five digits; our gradient is zero to ten, and the likelihood not below theirs.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nqpf.productivity.stochastic_frontier.result import SfaResult
from nqpf.productivity.stochastic_frontier.stochastic import sfa

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def firms(shared: Path) -> pl.DataFrame:
    return pl.read_csv(shared / "ref" / "productivity" / "front41.csv")


@pytest.fixture(scope="module")
def found(firms: pl.DataFrame) -> SfaResult:
    return sfa(firms, "output", ["capital", "labour"], unit="firm")


def test_coefficients_and_likelihood_of_benchmarking(shared: Path, found: SfaResult) -> None:
    theirs = pl.read_csv(shared / "ref" / "productivity" / "sfa_benchmarking_front41_coef.csv")
    assert found.log_likelihood == pytest.approx(theirs["loglik"][0], abs=1e-8)
    assert found.log_likelihood >= theirs["loglik"][0]
    np.testing.assert_allclose(found.coefficients["estimate"][:3], theirs["est"], atol=2e-5)
    assert found.lambda_ == pytest.approx(theirs["lambda"][0], abs=1e-4)
    assert found.sigma_sq == pytest.approx(theirs["sigma2"][0], abs=1e-5)
    assert found.status == "converged"
    assert found.gradient < 1e-8


def test_efficiencies_of_benchmarking(shared: Path, found: SfaResult) -> None:
    theirs = pl.read_csv(shared / "ref" / "productivity" / "sfa_benchmarking_front41.csv")
    for ours, name in (("te_bc", "teBC"), ("te_mode", "teMode"), ("te_jlms", "teJ")):
        np.testing.assert_allclose(found.frame[ours], theirs[name], rtol=0, atol=1e-5)


def test_efficiencies_of_frontier(shared: Path, found: SfaResult) -> None:
    theirs = pl.read_csv(shared / "ref" / "productivity" / "sfa_eff_front41_hn.csv")
    np.testing.assert_allclose(found.frame["te_bc"], theirs["efficiency"], rtol=0, atol=1e-5)


def test_the_order_of_firms_is_nothing(firms: pl.DataFrame, found: SfaResult) -> None:
    turned = sfa(firms.reverse(), "output", ["capital", "labour"], unit="firm").frame
    joined = found.frame.join(turned, on="firm")
    assert joined.height == 60
    np.testing.assert_allclose(joined["te_bc"], joined["te_bc_right"], rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"distribution": "truncated"},
        {"panel": "bc92", "decay": False},
        {"panel": "bc92"},
        {"panel": "bc92", "distribution": "truncated"},
        {"panel": "bc95", "effects": ["EDYRS", "BANRAT"]},
        {"panel": "bc95", "effects": ["AGE", "EDYRS", "BANRAT"], "effects_intercept": False},
        {"form": "translog", "panel": "bc92"},
    ],
)
def test_rice_farms_end_at_a_maximum(shared: Path, options: dict[str, object]) -> None:
    farms = pl.read_csv(shared / "ref" / "productivity" / "riceProdPhil.csv", infer_schema_length=None)
    found = sfa(farms, "PROD", ["AREA", "LABOR", "NPK"], unit="FMERCODE", time="YEARDUM", **options)  # type: ignore[arg-type]
    assert found.gradient < 1e-6
    assert found.status in ("converged", "mu_bound")
    assert found.reached > found.tries / 2
    assert found.test.p_value < 1e-5
    assert found.frame["te_bc"].is_between(0, 1).all()
