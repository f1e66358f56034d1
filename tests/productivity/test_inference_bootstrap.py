"""Bootstrap and subsampling of efficiencies: what must hold of bias and interval, workers, bad input."""

import joblib
import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.productivity.inference import bootstrap
from nqpf.productivity.inference.draws import bandwidth, smooth_draw


def production(n=40, seed=1, years=1):
    rng = np.random.default_rng(seed)
    frame = pl.DataFrame({"u": np.tile(np.arange(n), years), "year": np.repeat(np.arange(2000, 2000 + years), n)})
    x, v = rng.uniform(1, 5, (2, n * years))
    return frame.with_columns(x=x, v=v, y=x**0.4 * v**0.4 * np.exp(-np.abs(rng.normal(0, 0.3, n * years))))


@pytest.mark.parametrize("orientation", ["input", "output"])
@pytest.mark.parametrize("method", ["smoothed", "subsampling"])
def test_efficiency_is_corrected_towards_less(method, orientation) -> None:
    found = bootstrap(production(), ["x", "v"], ["y"], unit="u", draws=200, method=method, orientation=orientation)
    frame = found.frame.drop_nulls()
    assert frame.height >= 20
    sign = 1 if orientation == "input" else -1
    assert (sign * (frame["score"] - frame["corrected"]) > 0).all()
    assert (frame["low"] < frame["high"]).all()
    inner = frame["high"] if orientation == "input" else -frame["low"]
    assert (inner <= sign * frame["score"] + 1e-9).all()  # the interval lies beyond the estimate


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    hits = []
    for seed in range(12):
        x = rng.uniform(1, 5, 60)
        true = np.exp(-rng.exponential(0.3, 60))
        frame = pl.DataFrame({"x": x, "y": x * true})
        found = bootstrap(frame, ["x"], ["y"], rts="crs", draws=300, seed=seed).frame
        hits += ((found["low"].to_numpy() <= true) & (true <= found["high"].to_numpy())).tolist()
    assert 0.8 < np.mean(hits) < 0.995


def test_a_draw_is_never_below_one_and_keeps_mean_and_spread() -> None:
    delta = np.concatenate([np.ones(50), 1 + np.random.default_rng(0).exponential(0.4, 150)])
    h = bandwidth(delta)
    drawn = np.concatenate([smooth_draw(delta, h, np.random.default_rng(s)) for s in range(200)])
    assert drawn.min() >= 1
    assert abs(drawn.mean() - delta.mean()) < 0.03
    assert abs(drawn.std() / delta.std() - 1) < 0.1


def test_years_have_frontiers_of_their_own_and_seeds_of_their_own() -> None:
    both = production(years=2)
    found = bootstrap(both, ["x", "v"], ["y"], unit="u", time="year", draws=100).frame
    first = both.filter(pl.col("year") == 2000)
    alone = bootstrap(first, ["x", "v"], ["y"], unit="u", time="year", draws=100).frame
    assert found.filter(pl.col("year") == 2000).equals(alone)
    other = found.filter(pl.col("year") == 2001)["se"]
    assert not np.allclose(other, alone["se"])


def test_workers_do_not_change_anything() -> None:
    one = bootstrap(production(20), ["x"], ["y"], draws=120).frame
    with joblib.parallel_config(backend="threading"):
        assert bootstrap(production(20), ["x"], ["y"], draws=120, workers=2).frame.equals(one)


def test_scaling_a_quantity_changes_nothing() -> None:
    data = production(20)
    one = bootstrap(data, ["x", "v"], ["y"], draws=100).frame
    two = bootstrap(data.with_columns(pl.col("x") * 1e6), ["x", "v"], ["y"], draws=100).frame
    np.testing.assert_allclose(two["low"], one["low"], rtol=1e-7)


def test_few_units_are_remarked_on() -> None:
    found = bootstrap(production(8), ["x", "v"], ["y"], draws=100)
    assert [note.code for note in found.notes] == ["bootstrap_few_units"]
    many = bootstrap(production(40), ["x", "v"], ["y"], draws=100, method="subsampling", exponent=0.4)
    assert "bootstrap_infeasible" in [note.code for note in many.notes]
    assert many.frame["low"].null_count() == (many.frame["share"] < 0.95).sum()


def test_bad_input() -> None:
    data = production(20)
    with pytest.raises(MethodError, match=r"not positive \(1 cells\)|（共 1 处）"):
        bootstrap(data.with_columns(x=pl.when(pl.col("u") == 3).then(0.0).otherwise("x")), ["x"], ["y"])
    with pytest.raises(MethodError) as caught:
        bootstrap({"x": [1.0, 2.0, 3.0], "y": [1.0, 2.0, 3.0]}, ["x"], ["y"])
    assert caught.value.code == "bootstrap_all_efficient"
    with pytest.raises(DataError) as missing:
        bootstrap(data.with_columns(y=pl.when(pl.col("u") == 3).then(None).otherwise("y")), ["x"], ["y"], unit="u")
    assert missing.value.where.unit == "3"
    wrong = {"draws": 9, "level": 1.5, "exponent": 0.0, "method": "naive", "orientation": "both"}
    for key, value in wrong.items():
        with pytest.raises(SpecError) as caught_spec:
            bootstrap(data, ["x"], ["y"], **{key: value})
        assert caught_spec.value.where.key == key
