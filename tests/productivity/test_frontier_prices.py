"""Cost, revenue and profit efficiency: by hand, identities, and prices that are not there."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.productivity.frontier.prices import price_efficiency

TABLE = {
    "u": ["A", "B", "C"],
    "x1": [1.0, 4.0, 4.0],
    "x2": [4.0, 1.0, 4.0],
    "y": [2.0, 2.0, 2.0],
    "w1": [1.0, 1.0, 1.0],
    "w2": [2.0, 2.0, 2.0],
    "p": [10.0, 10.0, 10.0],
}
INPUTS = {"x1": "w1", "x2": "w2"}


def cloud(seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.lognormal(size=(30, 2))
    y = np.sqrt(x.prod(axis=1))[:, None] ** 0.8 * rng.uniform(0.4, 1, (30, 2))
    prices = rng.uniform(0.5, 2, (30, 4))
    names = ["x1", "x2", "y1", "y2", "w1", "w2", "p1", "p2"]
    return pl.DataFrame(np.hstack([x, y, prices]), schema=names, orient="row")


def test_cost_by_hand() -> None:
    found = price_efficiency(TABLE, ["x1", "x2"], ["y"], prices=INPUTS, unit="u").frame
    assert found["observed"].to_list() == [9.0, 6.0, 12.0]
    assert found["best"].to_list() == pytest.approx([6.0] * 3)
    assert found["efficiency"].to_list() == pytest.approx([2 / 3, 1.0, 0.5])
    assert found["technical"].to_list() == pytest.approx([1.0, 1.0, 5 / 8])
    assert found["allocative"].to_list() == pytest.approx([2 / 3, 1.0, 0.8])
    assert found.select("best_x1", "best_x2").row(2) == pytest.approx((4.0, 1.0))


def test_one_price_for_all_is_a_column_of_it() -> None:
    columns = price_efficiency(TABLE, ["x1", "x2"], ["y"], prices=INPUTS, unit="u").frame
    numbers = price_efficiency(TABLE, ["x1", "x2"], ["y"], prices={"x2": 2.0, "x1": 1.0}, unit="u").frame
    assert numbers.equals(columns)


@pytest.mark.parametrize("rts", ["crs", "vrs", "drs", "irs"])
@pytest.mark.parametrize("aim", ["cost", "revenue"])
def test_the_parts_multiply_and_none_exceeds_1(rts: str, aim: str) -> None:
    prices = {"x1": "w1", "x2": "w2"} if aim == "cost" else {"y1": "p1", "y2": "p2"}
    found = price_efficiency(cloud(), ["x1", "x2"], ["y1", "y2"], prices=prices, aim=aim, rts=rts)  # type: ignore[arg-type]
    assert found.method.id == f"frontier.{aim}"
    parts = found.frame.select("efficiency", "technical", "allocative").to_numpy()
    np.testing.assert_allclose(parts[:, 1] * parts[:, 2], parts[:, 0], atol=1e-15)
    assert parts.max() <= 1 + 1e-9
    worth = cloud().select(prices.values()).to_numpy()
    best = found.frame.select(f"best_{c}" for c in prices).to_numpy()
    np.testing.assert_allclose((worth * best).sum(axis=1), found.frame["best"], rtol=1e-12)


def test_a_cost_least_unit_is_the_cheapest_of_all_that_make_as_much() -> None:
    table = cloud(1)
    one = price_efficiency(table, ["x1", "x2"], ["y1"], prices={"x1": 1.0, "x2": 1.0}, rts="vrs").frame
    x, y = table.select("x1", "x2").to_numpy().sum(axis=1), table["y1"].to_numpy()
    for k in range(30):
        assert one["best"][k] <= x[y >= y[k]].min() + 1e-12


def test_limits_forbid_a_shift_between_inputs() -> None:
    """A uses (1, 4): the cheapest mixture with no more than 1 of the first is A itself, and B's best is B."""
    found = price_efficiency(TABLE, ["x1", "x2"], ["y"], prices=INPUTS, unit="u", limits="observed").frame
    assert found["efficiency"].to_list() == pytest.approx([1.0, 1.0, 0.5])
    assert found.select("best_x1", "best_x2").row(0) == pytest.approx((1.0, 4.0))


@pytest.mark.parametrize("aim", ["cost", "revenue", "profit"])
def test_limits_leave_less_to_gain_but_no_less_than_the_radial_score(aim: str) -> None:
    given = {"x1": "w1", "x2": "w2", "y1": "p1", "y2": "p2"}
    prices = {k: v for k, v in given.items() if aim == "profit" or (k[0] == "x") == (aim == "cost")}
    free, bound = (
        price_efficiency(cloud(3), ["x1", "x2"], ["y1", "y2"], prices=prices, aim=aim, limits=limits).frame  # type: ignore[arg-type]
        for limits in ("none", "observed")
    )
    sign = 1 if aim == "cost" else -1
    assert (sign * (bound["best"] - free["best"]) >= -1e-10).all()
    assert (sign * (bound["best"] - free["best"]) > 1e-6).any()
    low, high = ("technical", "inefficiency") if aim == "profit" else ("efficiency", "technical")
    assert (bound[low] <= bound[high] + 1e-10).all()
    for column in prices:
        beyond = bound[f"best_{column}"] - cloud(3)[column]
        assert ((beyond if column[0] == "x" else -beyond) <= 1e-9).all()


def test_profit_by_hand() -> None:
    """The best profit is that of B, 20 − 6; C's direction (4, 4, 2) is worth 4 + 8 + 20."""
    prices = {**INPUTS, "y": "p"}
    found = price_efficiency(TABLE, ["x1", "x2"], ["y"], prices=prices, aim="profit", unit="u").frame
    assert found["observed"].to_list() == [11.0, 14.0, 8.0]
    assert found["best"].to_list() == pytest.approx([14.0] * 3)
    c = found.row(2, named=True)
    assert (c["inefficiency"], c["technical"]) == pytest.approx((6 / 32, 0.0))
    np.testing.assert_allclose(found["technical"] + found["allocative"], found["inefficiency"], atol=1e-15)
    assert found["allocative"].min() >= -1e-12
    inputs = price_efficiency(
        TABLE, ["x1", "x2"], ["y"], prices=prices, aim="profit", direction="inputs", unit="u"
    ).frame
    assert inputs.select("inefficiency", "technical").row(2) == pytest.approx((0.5, 3 / 8))


def test_profit_without_a_limit_is_a_status() -> None:
    prices = {**INPUTS, "y": "p"}
    found = price_efficiency(TABLE, ["x1", "x2"], ["y"], prices=prices, aim="profit", unit="u", rts="crs")
    assert found.frame["status"].to_list() == ["unbounded"] * 3
    assert found.frame["best"].null_count() == 3
    assert "frontier_unbounded" in {n.code for n in found.notes}


def test_prices_that_are_not_there_are_named() -> None:
    def cost(**changed: object) -> pl.DataFrame:
        options = {"prices": INPUTS, "unit": "u", **changed}
        table = options.pop("table", TABLE)
        return price_efficiency(table, ["x1", "x2"], ["y"], **options).frame  # type: ignore[arg-type]

    with pytest.raises(SpecError, match="no price of “x2”"):
        cost(prices={"x1": "w1"})
    with pytest.raises(SpecError, match="“y” is no quantity that needs a price here"):
        cost(prices={**INPUTS, "y": "p"})
    with pytest.raises(DataError, match="“w3”"):
        cost(prices={"x1": "w1", "x2": "w3"})
    with pytest.raises(DataError, match=r"row 2, unit B, indicator w1: The price of “x1” is missing"):
        cost(table={**TABLE, "w1": [1.0, None, 1.0]})
    with pytest.raises(MethodError, match=r"unit C, indicator w2: The price 0 of “x2” is not above zero"):
        cost(table={**TABLE, "w2": [1.0, 1.0, 0.0]})
    with pytest.raises(SpecError, match="profit"):
        cost(direction="observed")
    with pytest.raises(SpecError, match="none, observed"):
        cost(limits="all")
    with pytest.raises(SpecError, match="cost, revenue, profit"):
        cost(aim="costs")
    skipped = cost(table={**TABLE, "w1": [1.0, None, 1.0]}, missing="skip")
    assert skipped["status"].to_list() == ["optimal", "missing", "optimal"]
    assert skipped["best"].to_list() == pytest.approx([9.0, None, 9.0])
