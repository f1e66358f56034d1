"""Decoupling: Tapio's eight states and their borders, windows, the chain by hand, and lock-in against chance."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.productivity.growth import Decoupling, decoupling
from nqpf.productivity.growth.decoupling_states import STATES, chain, states


def made(economy: Any, pressure: Any, **more: Any) -> Decoupling:
    y, p = np.atleast_2d(economy), np.atleast_2d(pressure)
    units, years = y.shape
    keys = {"u": np.repeat([f"u{n}" for n in range(units)], years), "t": [*range(2000, 2000 + years)] * units}
    return decoupling(pl.DataFrame({**keys, "y": y.ravel(), "p": p.ravel()}), "y", "p", unit="u", time="t", **more)


@pytest.mark.parametrize(
    ("economy", "pressure", "state"),
    [
        (0.10, -0.01, "strong_decoupling"),
        (0.10, 0.0, "weak_decoupling"),
        (0.10, 0.0799, "weak_decoupling"),
        (0.10, 0.08, "expansive_coupling"),  # the ends count as coupling
        (0.10, 0.12, "expansive_coupling"),
        (0.10, 0.1201, "expansive_negative_decoupling"),
        (-0.10, -0.13, "recessive_decoupling"),
        (-0.10, -0.12, "recessive_coupling"),
        (-0.10, -0.08, "recessive_coupling"),
        (-0.10, -0.05, "weak_negative_decoupling"),
        (-0.10, 0.0, "weak_negative_decoupling"),
        (-0.10, 0.02, "strong_negative_decoupling"),
    ],
)
def test_the_eight_states(economy: float, pressure: float, state: str) -> None:
    e, code = states(np.array([economy]), np.array([pressure]), 0.2)
    assert STATES[code[0]] == state
    assert e[0] == pytest.approx(pressure / economy)


@given(st.floats(-0.3, 0.3), st.floats(-0.3, 0.3), st.floats(0.01, 0.9))
def test_every_change_has_one_state_and_the_economy_its_side(y: float, p: float, band: float) -> None:
    _, code = states(np.array([y]), np.array([p]), band)
    assert (code[0] == -1) == (y == 0)
    if y != 0:
        assert (code[0] < 4) == (y > 0)


def test_steps_windows_and_a_base_by_hand() -> None:
    y, p = [100.0, 110.0, 99.0, 120.0], [50.0, 52.0, 51.0, 60.0]
    yearly = made(y, p).frame
    np.testing.assert_allclose(yearly["elasticity"], [0.4, (1 / 52) / 0.1, (9 / 51) / (21 / 99)])
    assert made(y, p, span=2).frame.select("first", "last").rows() == [(2000, 2002), (2001, 2003)]
    based = made(y, p, base=2000)
    assert based.frame["last"].to_list() == [2001, 2002, 2003]
    np.testing.assert_allclose(based.frame["elasticity"][2], 0.2 / 0.2)
    assert based.lock_in.height == based.chain.height == 0
    logs = made(y, p, growth="log", periods=[(2000, 2003)]).frame
    np.testing.assert_allclose(logs["elasticity"], [1.0])


def test_an_economy_that_stands_still_has_no_elasticity() -> None:
    done = made([100.0, 100.0, 110.0], [50.0, 55.0, 55.0])
    assert done.frame["state"].to_list() == [None, "weak_decoupling"]
    assert done.frame["elasticity"].to_list() == [None, 0.0]
    note = next(note for note in done.notes if note.code == "decoupling_slow")
    assert (note.values["count"], note.values["still"]) == (1, 1)


def test_all_units_together_are_sums() -> None:
    done = made([[1.0, 2.0], [3.0, 3.0]], [[4.0, 5.0], [6.0, 5.0]]).frame.tail(1).row(0, named=True)
    assert done["unit"] is None
    assert (done["economy"], done["pressure"]) == (pytest.approx(5 / 4 - 1), pytest.approx(0.0))


def test_the_chain_by_hand() -> None:
    """Growth of a tenth throughout; pressure rises, rises, falls, falls: weak, weak, strong, strong."""
    y = 100 * 1.1 ** np.arange(5)
    p = 50 * np.cumprod([1.0, 1.05, 1.05, 0.95, 0.95])
    done = made(y, p)
    assert done.chain.rows() == [
        ("strong_decoupling", "strong_decoupling", 1, 1.0),
        ("weak_decoupling", "strong_decoupling", 1, 0.5),
        ("weak_decoupling", "weak_decoupling", 1, 0.5),
    ]
    assert done.lock_in.select("state", "moves", "stay").rows() == [
        ("strong_decoupling", 1, 1.0),
        ("weak_decoupling", 2, 0.5),
        (None, 3, pytest.approx(2 / 3)),
    ]
    assert done.lock_in["low"].null_count() == 3  # one unit is not drawn from
    # of the six orders of two and two, stays are 2, 0 or 1: two, two and two of them
    assert done.lock_in["chance"][2] == pytest.approx((2 + 0 + 1) / 3 / 3, abs=0.05)
    assert done.lock_in["p"][2] == pytest.approx(1 / 3, abs=0.06)


def test_only_steps_on_end_are_linked() -> None:
    y, p = 1.1 ** np.arange(7), np.cumprod([1.0, 1.05, 0.9, 1.05, 1.05, 0.9, 0.9])
    assert made(y, p, span=2).lock_in["moves"].to_list()[-1] == 2  # 2000–2002, 2002–2004, 2004–2006
    periods = [(2000, 2001), (2003, 2004), (2004, 2006)]
    assert made(y, p, periods=periods).lock_in["moves"].to_list()[-1] == 1


def test_lock_in_is_told_from_chance() -> None:
    rng = np.random.default_rng(5)
    free = rng.integers(0, 2, (12, 40))
    stuck = np.where(rng.random(free.shape) < 0.1, free, np.sort(free, axis=0))
    lucky, locked = (chain(one, 0.95, 499, 1) for one in (free, stuck))
    assert locked.p < 0.05 < lucky.p
    assert locked.low[-1] < locked.stay[-1] < locked.high[-1]
    assert lucky.stay[-1] == pytest.approx(lucky.chance, abs=0.06)
    assert np.isnan(locked.stay[2:8]).all()


def test_row_order_and_units_of_measure_do_not_matter() -> None:
    rng = np.random.default_rng(2)
    y, p = (np.exp(np.cumsum(rng.normal(0.03, 0.05, (6, 9)), axis=1)) for _ in range(2))
    first = made(y, p, draws=99)
    again = made(y[::-1] * 3.0, p[::-1] / 7.0, draws=99)
    assert first.chain.equals(again.chain)
    assert first.lock_in["stay"].equals(again.lock_in["stay"])
    shares = first.states.group_by("unit").agg(pl.col("share").sum())["share"]
    np.testing.assert_allclose(shares, 1.0)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"band": 1.0}, "between 0 and 1"),
        ({"growth": "rate"}, "percent"),
        ({"span": 0}, "1 at least"),
        ({"span": 9}, "2000–2009"),
        ({"base": 1999}, "1999"),
        ({"periods": [(2001, 2000)]}, "2001–2000"),
    ],
)
def test_what_will_not_do_is_named(more: Any, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        made([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], **more)


def test_bad_cells_and_gaps() -> None:
    with pytest.raises(MethodError, match="above zero"):
        made([1.0, 2.0], [1.0, 0.0])
    table = {"t": [2000, 2001, 2003], "y": [1.0, 2.0, 3.0], "p": [1.0, 1.0, 2.0]}
    with pytest.raises(DataError, match="Years are absent"):
        decoupling(table, "y", "p", time="t")
    assert decoupling(table, "y", "p", time="t", gaps="skip").frame["last"].to_list() == [2001]
