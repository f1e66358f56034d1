"""Spatial regressions beside R: splm 1.6-5 on Produc (48 states × 17 years), spatialreg 1.2-6 and spdep on Columbus.

Estimates of other programs stop at about 1e-8 of the maximum. Impacts are compared with the dense inverse at their
estimates. splm takes the years' means off before the spatial lag, which is our default.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.regions.space.weights import Weights
from nqpf.regions.spatial_regression.regression import spatial_panel
from nqpf.regions.spatial_regression.result import SpatialModel

pytestmark = pytest.mark.reference

X = ["lpcap", "lpc", "lemp", "unemp"]


@pytest.fixture(scope="module")
def states(shared: Path) -> tuple[pl.DataFrame, Weights]:
    folder = shared / "ref" / "regions"
    data = pl.read_csv(folder / "produc_input.csv").with_columns(
        pl.col(c).log().alias(f"l{c}") for c in ("gsp", "pcap", "pc", "emp")
    )
    w = pl.read_csv(folder / "produc_usaww_48x48.csv")
    return data, Weights.of(w.columns[1:], w.select(w.columns[1:]).to_numpy().astype(float))


@pytest.fixture(scope="module")
def columbus(shared: Path) -> tuple[pl.DataFrame, Weights]:
    folder = shared / "ref" / "regions"
    data = pl.read_csv(folder / "columbus_input.csv").with_columns(pl.col("NEIGNO").cast(pl.String))
    return data, Weights.of(data["NEIGNO"].to_list(), pl.read_csv(folder / "columbus_W_49x49.csv").to_numpy())


def produc(states: tuple[pl.DataFrame, Weights], **options: Any) -> SpatialModel:
    data, weights = states
    return spatial_panel(data, "lgsp", X, weights=weights, unit="state", time="year", **options)


def crime(columbus: tuple[pl.DataFrame, Weights], model: Any) -> SpatialModel:
    data, weights = columbus
    return spatial_panel(data, "CRIME", ["INC", "HOVAL"], weights=weights, unit="NEIGNO", model=model)


# model, effects, correction: spatial parameter, its standard error, coefficient of employment, its standard error
SPLM: dict[tuple[str, str, str], tuple[float, float, float, float]] = {
    ("sar", "unit", "none"): (0.27468871, 0.02351640, 0.62509017, 0.02970436),
    ("sem", "unit", "none"): (0.55740132, 0.03307491, 0.78225398, 0.02780572),
    ("sdm", "unit", "none"): (0.49330436, 0.03563833, 0.74324656, 0.02919667),
    ("sar", "time", "none"): (-0.00574525, 0.00583612, 0.59400734, 0.01453787),
    ("sem", "time", "none"): (0.49623017, 0.03579124, 0.56196492, 0.01436835),
    ("sdm", "time", "none"): (0.38906640, 0.03622403, 0.52906726, 0.01527532),
    ("sar", "two_way", "none"): (0.19666416, 0.02693581, 0.68793064, 0.02851863),
    ("sem", "two_way", "none"): (0.39086401, 0.03989329, 0.75884468, 0.02778776),
    ("sdm", "two_way", "none"): (0.36884622, 0.04041201, 0.75062815, 0.02883713),
    ("sar", "unit", "lee_yu"): (0.27468871, 0.02424016, 0.62509017, 0.03061855),
    ("sem", "unit", "lee_yu"): (0.55740132, 0.03409283, 0.78225398, 0.02866148),
    ("sdm", "time", "lee_yu"): (0.38906640, 0.03630156, 0.52906726, 0.01543663),
    ("sar", "two_way", "splm"): (0.19664610, 0.02669721, 0.68793870, 0.02781333),
    ("sdm", "two_way", "splm"): (0.36879582, 0.04163793, 0.75062821, 0.02802444),
}


@pytest.mark.parametrize(("model", "effects", "correction"), SPLM)
def test_estimates_and_standard_errors_are_those_of_splm(
    states: tuple[pl.DataFrame, Weights], model: str, effects: str, correction: str
) -> None:
    found = produc(states, model=model, effects=effects, correction=correction).coefficients
    got = found.filter(pl.col("name").is_in(["lemp", "lambda", "rho"])).select("estimate", "se").to_numpy()
    expected = SPLM[model, effects, correction]
    np.testing.assert_allclose(np.concatenate([got[1], got[0]]), expected, rtol=0, atol=1e-7)


def test_log_likelihoods_and_variances_are_those_of_splm(states: tuple[pl.DataFrame, Weights]) -> None:
    for model, effects, correction, value, sigma2 in (
        ("sar", "unit", "none", 1609.720030, 0.001111379),
        ("sdm", "unit", "none", 1655.019028, 0.000947890),
        ("sar", "unit", "lee_yu", 1491.750762, 0.001180841),
        ("sar", "time", "lee_yu", 816.756761, 0.007579316),
        ("sdm", "two_way", "none", 1680.473532, 0.000919223),
    ):
        found = produc(states, model=model, effects=effects, correction=correction)
        assert found.log_likelihood == pytest.approx(value, abs=2e-6)
        assert found.sigma2 == pytest.approx(sigma2, abs=1e-9)


def test_impacts_are_those_of_the_dense_inverse(states: tuple[pl.DataFrame, Weights]) -> None:
    w = states[1].aligned(states[0]["state"].unique(maintain_order=True).to_list()).dense()
    for model in ("sar", "sdm"):
        for effects in ("unit", "time", "two_way"):
            found = produc(states, model=model, effects=effects)
            b = dict(zip(found.coefficients["name"], found.coefficients["estimate"], strict=True))
            inverse = np.linalg.inv(np.eye(48) - b["rho"] * w)
            for (name,), rows in found.impacts().frame.group_by(["name"]):
                s = inverse @ (np.eye(48) * b[name] + w * b.get(f"W·{name}", 0.0))
                direct, total = np.trace(s) / 48, s.sum() / 48
                np.testing.assert_allclose(rows["estimate"], [direct, total - direct, total], rtol=0, atol=1e-12)
    emp = produc(states, model="sdm", effects="unit").impacts().frame.filter(pl.col("name") == "lemp")
    np.testing.assert_allclose(emp["estimate"], [0.736542257, -0.079360740, 0.657181517], rtol=0, atol=1e-7)


def test_multipliers_are_those_of_slmtest(states: tuple[pl.DataFrame, Weights]) -> None:
    for effects, expected in (
        ("none", (0.1166611567, 135.8911039509, 3.0181547702, 138.7925975644)),
        ("unit", (163.6953674619, 223.8684051358, 34.7494979013, 94.9225355752)),
        ("time", (0.8979088130, 103.5150002958, 4.6634286377, 107.2805201205)),
        ("two_way", (69.1662886185, 98.7246170635, 9.7174933582, 39.2758218032)),
    ):
        found = produc(states, model="sar", effects=effects).tests().frame["statistic"][:4]
        np.testing.assert_allclose(found, expected, rtol=1e-8)


def test_hausman_is_that_of_phtest(states: tuple[pl.DataFrame, Weights]) -> None:
    found = produc(states, model="sar", effects="unit").tests()
    assert found.frame.filter(pl.col("test") == "hausman")["statistic"][0] == pytest.approx(9.5254156350, rel=1e-8)
    assert [n.code for n in found.notes] == ["spatial_hausman"]


SPATIALREG: dict[str, tuple[float, dict[str, tuple[float, float]]]] = {
    "sar": (-182.390427167, {"rho": (0.431023196, 0.117680726), "INC": (-1.0316157064, 0.3051429686)}),
    "sem": (-183.380468953, {"lambda": (0.561790301, 0.133868670), "HOVAL": (-0.3022502135, 0.0904760499)}),
    "sdm": (-181.393510840, {"rho": (0.426335508, 0.156234388), "W·INC": (-0.5202835251, 0.5651289786)}),
    "sdem": (-181.584626933, {"lambda": (0.425399059, 0.158423113), "W·INC": (-1.1567108661, 0.5786287615)}),
    "slx": (-184.078185608, {"W·INC": (-1.3709724502, 0.5612771463), "intercept": (75.0287478969, 6.6259799512)}),
}


@pytest.mark.parametrize("model", SPATIALREG)
def test_cross_sections_are_those_of_spatialreg(columbus: tuple[pl.DataFrame, Weights], model: str) -> None:
    found = crime(columbus, model)
    value, rows = SPATIALREG[model]
    assert found.log_likelihood == pytest.approx(value, abs=1e-7)
    for name, (estimate, se) in rows.items():
        got = found.coefficients.filter(pl.col("name") == name)
        assert got["estimate"][0] == pytest.approx(estimate, rel=1e-6)
        assert got["se"][0] == pytest.approx(se, rel=1e-6)


def test_cross_section_impacts_and_multipliers(columbus: tuple[pl.DataFrame, Weights]) -> None:
    sdm = crime(columbus, "sdm")
    wide = sdm.impacts().frame.pivot("effect", index="name", values=["estimate", "se"])
    np.testing.assert_allclose(wide["estimate_direct"], [-1.02389095600, -0.27922753775], atol=1e-6)
    np.testing.assert_allclose(wide["estimate_indirect"], [-1.47671128250, 0.19538497944], atol=2e-6)
    # spatialreg's own are of 20,000 draws too; those of indirect impacts have heavy tails and settle nowhere
    drawn = sdm.impacts(method="simulation", draws=20_000).frame.pivot("effect", index="name", values="se")
    np.testing.assert_allclose(drawn["direct"], [0.32640255, 0.09468009], rtol=0.02)
    tests = sdm.tests().frame["statistic"][:5]
    expected = (9.3636835656, 5.7231309460, 3.7200475487, 0.0794949291, 9.4431784947)
    np.testing.assert_allclose(tests, expected, rtol=1e-8)
