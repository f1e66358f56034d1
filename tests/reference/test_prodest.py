"""Production functions beside prodest 1.0.1, and on panels whose truth is known.

prodest searches by BFGS with numeric derivatives and stops near a minimum, which our search meets; 2e-5 is
its distance.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.errors import MethodError
from nqpf.productivity.firms.production_function import production_function
from nqpf.productivity.firms.production_result import ProductionFunction

pytestmark = pytest.mark.reference

WRONG = [(0.472, 1.346, 0.223), (2.078, -1.554, 0.372), (0.152, 0.156, 0.143)]
"""Where most starts of a search on chilean.csv end; notes/productivity.md §5.2 has their criteria."""


@pytest.fixture(scope="module")
def chilean(shared: Path) -> pl.DataFrame:
    return pl.read_csv(shared / "ref" / "productivity" / "chilean.csv")


@pytest.fixture(scope="module")
def simulated(shared: Path) -> pl.DataFrame:
    """Return the panel of Ackerberg, Caves and Frazer: labour 0.6, capital 0.4."""
    return pl.read_csv(shared / "ref" / "productivity" / "panelsim_acf_dgp.csv")


@pytest.fixture(scope="module")
def theirs(shared: Path) -> pl.DataFrame:
    return pl.read_csv(shared / "ref" / "productivity" / "prodest_chilean_ols_op_lp.csv")


def fit(data: pl.DataFrame, method: str, proxy: str | None = None, **more: Any) -> ProductionFunction:
    free = [name for name in ("fX1", "fX2", "fX") if name in data.columns]
    options: dict[str, Any] = {"unit": "idvar", "time": "timevar", "method": method} | more
    return production_function(data, "Y", free, ["sX"], proxy, **options)


@pytest.mark.parametrize(
    ("method", "proxy", "name"),
    [("ols", None, "OLS"), ("olley_pakes", "inv", "OP_R20"), ("levinsohn_petrin", "pX", "LP_R20")],
)
def test_elasticities(chilean: pl.DataFrame, theirs: pl.DataFrame, method: str, proxy: str | None, name: str) -> None:
    expected = theirs.filter((pl.col("method") == name) & (pl.col("par") != "(Intercept)"))["est"]
    ours = fit(chilean, method, proxy).elasticities["estimate"]
    np.testing.assert_allclose(ours, expected, atol=1e-12 if method == "ols" else 2e-5)
    # free inputs come from a linear regression, which both solve exactly
    np.testing.assert_allclose(ours[:2], expected[:2], atol=1e-10)


def test_errors_of_least_squares(chilean: pl.DataFrame, theirs: pl.DataFrame) -> None:
    expected = theirs.filter((pl.col("method") == "OLS") & (pl.col("par") != "(Intercept)"))["se"]
    np.testing.assert_allclose(fit(chilean, "ols", errors="classical").elasticities["se"], expected, rtol=1e-10)


def test_bootstrapped_errors_are_of_their_size(chilean: pl.DataFrame, theirs: pl.DataFrame) -> None:
    """Their 20 draws tell a standard error to about 16 %; three times that is allowed."""
    for method, proxy, name in (("olley_pakes", "inv", "OP_R20"), ("levinsohn_petrin", "pX", "LP_R20")):
        expected = theirs.filter(pl.col("method") == name)["se"].to_numpy()
        ours = fit(chilean, method, proxy, draws=60).elasticities["se"].to_numpy()
        assert (np.abs(np.log(ours / expected)) < 0.6).all()


def test_ackerberg_caves_frazer_solves_its_moments(chilean: pl.DataFrame) -> None:
    found = fit(chilean, "ackerberg_caves_frazer", "pX")
    np.testing.assert_allclose(found.elasticities["estimate"], [0.65, 0.64, 0.25], atol=0.005)
    assert found.criterion is not None
    assert found.criterion < 1e-20
    assert found.ends["zero"].sum() == 1
    assert found.ends.filter("zero")["starts"][0] > 5
    above = found.ends.filter(~pl.col("zero"))
    assert above["starts"].sum() > 20  # most starts of other programs end there
    for point in WRONG:
        near = (above.select("end_fX1", "end_fX2", "end_sX").to_numpy() - np.array(point)).__abs__().max(axis=1)
        assert near.min() < 0.01
    assert above["criterion"].min() > 5e-6  # type: ignore[operator]


def test_wrong_starts_on_chilean_give_no_number(chilean: pl.DataFrame) -> None:
    with pytest.raises(MethodError, match="None of 3 starts leads to a criterion of zero"):
        fit(chilean, "ackerberg_caves_frazer", "pX", starts=WRONG)


@pytest.mark.parametrize("proxy", ["pX1", "pX2"])
def test_the_truth_of_the_simulated_panel(simulated: pl.DataFrame, proxy: str) -> None:
    """Within three bootstrapped errors; least squares and Levinsohn–Petrin are far off in this design."""
    found = fit(simulated, "ackerberg_caves_frazer", proxy, draws=40)
    off = (found.elasticities["estimate"].to_numpy() - np.array([0.6, 0.4])) / found.elasticities["se"].to_numpy()
    assert np.abs(off).max() < 3
    assert found.ends.filter("zero").height > 1  # the second solution that the paper warns of, labour near 1
    second = found.ends.filter(pl.col("zero") & ~pl.col("chosen") & (pl.col("end_fX") < 1.1))
    np.testing.assert_allclose(second["end_fX"], [0.97], atol=0.03)
    assert any(note.code == "pf_several_roots" for note in found.notes)


def test_gaps_of_the_panel_are_counted(chilean: pl.DataFrame) -> None:
    keys = set(chilean.select("idvar", "timevar").iter_rows())
    pairs = sum((unit, year - 1) in keys for unit, year in keys)
    note = next(n for n in fit(chilean, "levinsohn_petrin", "pX").notes if n.code == "pf_pairs")
    assert note.values["pairs"] == pairs == 1944
    assert note.values["first"] == chilean["idvar"].n_unique()
