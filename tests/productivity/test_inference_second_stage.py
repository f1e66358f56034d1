"""Second stage: the truncated regression is a maximum, the bootstrap finds what was put in, bad input."""

import numpy as np
import polars as pl
import pytest
from scipy import optimize
from scipy.special import log_ndtr

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.productivity.inference import second_stage
from nqpf.productivity.inference.truncated import truncated_regression


def truncated(mean, sigma, rng):
    found = np.full(mean.size, np.nan)
    while np.isnan(found).any():
        drawn = mean + sigma * rng.standard_normal(mean.size)
        found = np.where(np.isnan(found) & (drawn > 1), drawn, found)
    return found


@pytest.fixture
def data():
    rng = np.random.default_rng(11)
    z, w, x = rng.normal(size=150), rng.uniform(0, 1, 150), rng.uniform(1, 9, 150)
    delta = truncated(1.2 + 0.35 * z, 0.25, rng)
    return pl.DataFrame({"x": x, "y": x**0.8 / delta, "z": z, "w": w, "delta": delta})


def test_truncated_regression_finds_the_maximum(data) -> None:
    delta, z = data["delta"].to_numpy(), np.column_stack([np.ones(150), data["z"], data["w"]])

    def minus(p):
        mean, sigma = z @ p[:3], np.exp(p[3])
        rest = (delta - mean) / sigma
        return np.sum(np.log(sigma) + 0.5 * np.log(2 * np.pi) + rest**2 / 2 + log_ndtr((mean - 1) / sigma))

    best = optimize.minimize(minus, [1.5, 0, 0, -1], method="BFGS", options={"gtol": 1e-8})
    found = truncated_regression(np.vstack([delta, delta]), z, np.ones((2, 150), bool))
    np.testing.assert_allclose(found.loglik, -best.fun, rtol=1e-10)
    np.testing.assert_allclose(found.beta, np.tile(best.x[:3], (2, 1)), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.sigma, np.exp(best.x[3]), rtol=1e-5)


def test_rows_not_used_have_no_say(data) -> None:
    delta, z = data["delta"].to_numpy(), np.column_stack([np.ones(150), data["z"]])
    used = np.arange(150) < 100
    part = truncated_regression(delta[None, :100], z[:100], np.ones((1, 100), bool))
    whole = truncated_regression(np.where(used, delta, 99.0)[None], z, used[None])
    np.testing.assert_allclose(whole.beta, part.beta, rtol=1e-9)


@pytest.mark.parametrize("algorithm", [1, 2])
@pytest.mark.parametrize("orientation", ["input", "output"])
def test_what_was_put_in_is_found(data, algorithm, orientation) -> None:
    found = second_stage(
        data, ["x"], ["y"], ["z", "w"], algorithm=algorithm, orientation=orientation, draws=300, correction_draws=50
    )
    table = {row["term"]: row for row in found.to_frame().to_dicts()}
    assert table["z"]["low"] > 0
    assert not table["w"]["excludes_zero"]
    if orientation == "output":
        assert table["z"]["low"] < 0.35 < table["z"]["high"]
    assert found.efficiencies.height == 150
    assert ("corrected" in found.efficiencies.columns) == (algorithm == 2)


def test_the_same_seed_gives_the_same_numbers_whoever_works(data) -> None:
    kwargs = {"draws": 120, "correction_draws": 60}
    one = second_stage(data, ["x"], ["y"], ["z"], **kwargs)
    two = second_stage(data, ["x"], ["y"], ["z"], workers=2, **kwargs)
    assert one.coefficients.equals(two.coefficients)
    assert not one.coefficients.equals(second_stage(data, ["x"], ["y"], ["z"], seed=2, **kwargs).coefficients)


def test_bad_input(data) -> None:
    with pytest.raises(MethodError) as caught:
        second_stage(data.with_columns(c=pl.lit(3.0)), ["x"], ["y"], ["z", "c"])
    assert (caught.value.code, caught.value.where.indicator) == ("second_stage_collinear", "c")
    with pytest.raises(MethodError, match="z2"):
        second_stage(data.with_columns(z2=2 * pl.col("z") + 1), ["x"], ["y"], ["z", "z2"])
    hole = data.with_columns(z=pl.when(pl.int_range(150) == 4).then(None).otherwise("z"))
    with pytest.raises(MethodError) as missing:
        second_stage(hole, ["x"], ["y"], ["z"])
    assert (missing.value.code, missing.value.where.row) == ("second_stage_missing", 5)
    with pytest.raises(DataError, match="zz"):
        second_stage(data, ["x"], ["y"], ["zz"])
    with pytest.raises(MethodError) as few:
        second_stage(data.head(4), ["x"], ["y"], ["z", "w"])
    assert few.value.code == "second_stage_few"
    for wrong in ({"algorithm": 3}, {"draws": 3}, {"level": 0.0}):
        with pytest.raises(SpecError):
            second_stage(data, ["x"], ["y"], ["z"], **wrong)
    with pytest.raises(SpecError):
        second_stage(data, ["x"], ["y"], [])
