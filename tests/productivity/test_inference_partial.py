"""Partial frontiers: hand cases, their limit in the free disposal hull, the mean that order m stands for."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.errors import MethodError, SpecError
from nqpf.productivity.inference import order_alpha, order_m


@pytest.fixture
def data():
    rng = np.random.default_rng(2)
    return pl.DataFrame({"x": rng.uniform(1, 5, 50), "v": rng.uniform(1, 5, 50), "y": rng.uniform(1, 5, 50)})


def hull(data, orientation):
    x, y = data.select("x", "v").to_numpy(), data["y"].to_numpy()
    found = []
    for i in range(len(y)):
        if orientation == "input":
            found.append((x[y >= y[i]] / x[i]).max(axis=1).min())
        else:
            found.append((y[(x <= x[i]).all(axis=1)] / y[i]).max())
    return found


@pytest.mark.parametrize("orientation", ["input", "output"])
def test_both_end_in_the_free_disposal_hull(data, orientation) -> None:
    kwargs = {"inputs": ["x", "v"], "outputs": ["y"], "orientation": orientation}
    far, whole = order_m(data, m=100_000, **kwargs).frame, order_alpha(data, alpha=1.0, **kwargs).frame
    expected = hull(data, orientation)
    for frame in (far, whole):
        np.testing.assert_allclose(frame["fdh"], expected, rtol=1e-14)
        np.testing.assert_allclose(frame["score"], expected, rtol=1e-9)


def test_order_m_is_the_mean_over_draws(data) -> None:
    found = order_m(data, ["x", "v"], ["y"], m=5).frame["score"]
    x, y = data.select("x", "v").to_numpy(), data["y"].to_numpy()
    ratios = (x[y >= y[7]] / x[7]).max(axis=1)
    drawn = np.random.default_rng(0).choice(ratios, (100_000, 5)).min(axis=1)
    assert abs(found[7] - drawn.mean()) < 5 * drawn.std() / np.sqrt(1e5)


def test_order_alpha_takes_the_next_rank_where_there_is_none() -> None:
    data = {"x": [1.0, 2.0, 3.0, 4.0, 5.0], "y": [1.0] * 5}
    assert order_alpha(data, ["x"], ["y"], alpha=0.8).frame["score"][4] == 1 / 5  # rank 0.2 · 5 = 1
    assert order_alpha(data, ["x"], ["y"], alpha=0.7).frame["score"][4] == 2 / 5  # rank 1.5, so 2
    assert order_alpha(data, ["x"], ["y"], alpha=0.7, orientation="output").frame["score"][4] == 1.0


@given(st.integers(1, 60), st.integers(1, 60))
def test_more_peers_leave_less_room(first, second) -> None:
    data = {"x": [1.0, 1.4, 2.0, 4.0], "y": [2.0, 1.0, 3.0, 2.5]}
    few, many = (order_m(data, ["x"], ["y"], m=m).frame["score"] for m in sorted((first, second)))
    assert (many <= few + 1e-12).all()
    few, many = (order_m(data, ["x"], ["y"], m=m, orientation="output").frame["score"] for m in sorted((first, second)))
    assert (many >= few - 1e-12).all()


def test_each_year_has_peers_of_its_own(data) -> None:
    twice = pl.concat([data.with_columns(u=pl.int_range(50), t=pl.lit(year)) for year in (2001, 2002)])
    found = order_m(twice, ["x", "v"], ["y"], m=10, unit="u", time="t").frame
    alone = order_m(data, ["x", "v"], ["y"], m=10).frame
    for year in (2001, 2002):
        assert found.filter(pl.col("t") == year)["score"].to_list() == alone["score"].to_list()


def test_bad_input(data) -> None:
    with pytest.raises(SpecError, match="0"):
        order_m(data, ["x"], ["y"], m=0)
    with pytest.raises(SpecError, match=r"1\.2"):
        order_alpha(data, ["x"], ["y"], alpha=1.2)
    zero = data.with_columns(y=pl.lit(0.0))
    with pytest.raises(MethodError) as caught:
        order_m(zero, ["x"], ["y"], m=5, orientation="output")
    assert caught.value.where.indicator == "y"
    assert order_m(zero, ["x"], ["y"], m=5).frame["peers"].to_list() == [50] * 50
    few = order_m(data.head(4), ["x"], ["y"], m=5)
    assert [note.code for note in few.notes] == ["partial_few_peers"]
