"""What holds for every table: small whole numbers, with ties, zeros and twins, are the hardest that a solver meets."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from nqpf.productivity.frontier.dea import Dea, dea

Floats = NDArray[np.float64]
RTS = ["crs", "drs", "irs", "vrs"]
WAYS = ["input", "output"]
few = settings(max_examples=min(15, settings().max_examples))


@st.composite
def tables(draw: st.DrawFn, least: int = 0) -> tuple[Floats, Floats]:
    """Return inputs and outputs of 2 to 9 units, in each something above zero."""
    n, i, o = draw(st.integers(2, 9)), draw(st.integers(1, 3)), draw(st.integers(1, 2))

    def numbers(k: int) -> Floats:
        row = st.lists(st.integers(least, 6), min_size=k, max_size=k).filter(any)
        return np.array(draw(st.lists(row, min_size=n, max_size=n)), float)

    return numbers(i), numbers(o)


def measured(x: Floats, y: Floats, **options: Any) -> Dea:
    inputs, outputs = [f"x{k}" for k in range(x.shape[1])], [f"y{k}" for k in range(y.shape[1])]
    return dea(pl.DataFrame(np.hstack([x, y]), schema=[*inputs, *outputs], orient="row"), inputs, outputs, **options)


def shares(x: Floats, y: Floats, **options: Any) -> Floats:
    found = measured(x, y, **options).frame
    assert set(found["status"]) == {"optimal"}
    return found["efficiency"].to_numpy()


@pytest.mark.parametrize("orientation", WAYS)
@pytest.mark.parametrize("rts", RTS)
@given(table=tables())
@few
def test_a_share_lies_between_0_and_1_and_somebody_is_on_the_frontier(
    rts: str, orientation: str, table: tuple[Floats, Floats]
) -> None:
    found = measured(*table, rts=rts, orientation=orientation).frame
    assert set(found["status"]) == {"optimal"}
    assert found["gap"].max() < 1e-9  # type: ignore[operator]
    share = found["efficiency"].to_numpy()
    assert share.min() > 0
    assert share.max() == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("orientation", WAYS)
@given(table=tables())
@few
def test_a_wider_technology_leaves_a_lower_share(orientation: str, table: tuple[Floats, Floats]) -> None:
    crs, drs, irs, vrs = (shares(*table, rts=rts, orientation=orientation) for rts in RTS)
    free = shares(*table, hull="free", orientation=orientation)
    assert (crs <= np.minimum(drs, irs) + 1e-9).all()
    np.testing.assert_allclose(np.minimum(drs, irs), crs, atol=1e-9)
    assert (np.maximum(drs, irs) <= vrs + 1e-9).all()
    assert (vrs <= free + 1e-9).all()


MEASURES: list[dict[str, Any]] = [
    {"orientation": "input"}, {"orientation": "output", "rts": "crs"}, {"hull": "free"}, {"measure": "hyperbolic"},
    {"measure": "sbm"}, {"measure": "sbm", "rts": "crs", "orientation": "input"}, {"measure": "russell"},
    {"measure": "directional", "direction": "inputs"},
]  # fmt: skip


@pytest.mark.parametrize("options", MEASURES)
@given(table=tables(1), worse=st.lists(st.integers(0, 3), min_size=5, max_size=5), seed=st.integers(0, 99))
@few
def test_who_uses_more_for_less_scores_no_higher(
    options: dict[str, Any], table: tuple[Floats, Floats], worse: list[int], seed: int
) -> None:
    """The last unit is the first with more inputs and less output; order and units of measurement change nothing."""
    x, y = table
    more = np.array(worse[: x.shape[1]], float)
    less = np.minimum(np.array(worse[3 : 3 + y.shape[1]]), y[0] - 1)
    x, y = np.vstack([x, x[:1] + more]), np.vstack([y, y[:1] - less])
    share = shares(x, y, **options)
    assert share[-1] <= share[0] + 1e-9
    order = np.random.default_rng(seed).permutation(len(x))
    again = shares(x[order] * 1000.0, y[order] / 7.0, **options)
    np.testing.assert_allclose(again, share[order], atol=1e-8)


@pytest.mark.parametrize("rts", RTS)
@pytest.mark.parametrize("options", [{"orientation": "input"}, {"orientation": "output"}, {"measure": "sbm"}])
@given(table=tables(1))
@few
def test_targets_are_on_the_frontier(rts: str, options: dict[str, Any], table: tuple[Floats, Floats]) -> None:
    """A target scores 1 and moves nobody: it lies in the technology, and on its rim."""
    x, y = table
    found = measured(x, y, rts=rts, slacks=True, **options)
    target = found.targets.select(pl.exclude("row")).to_numpy()
    both = np.vstack([x, target[:, : x.shape[1]]]), np.vstack([y, target[:, x.shape[1] :]])
    share = shares(*both, rts=rts, **options)
    np.testing.assert_allclose(share[: len(x)], found.frame["efficiency"], atol=1e-8)
    np.testing.assert_allclose(share[len(x) :], 1, atol=1e-8)


@pytest.mark.parametrize("rts", ["crs", "vrs"])
@given(table=tables(1))
@few
def test_slacks_count_at_least_what_the_radial_score_leaves(rts: str, table: tuple[Floats, Floats]) -> None:
    """SBM's share is no higher than Russell's, that no higher than Farrell's, and 1 for the same units or fewer."""
    full = shares(*table, rts=rts, measure="sbm")
    russell = shares(*table, rts=rts, measure="russell")
    radial = shares(*table, rts=rts)
    assert (full <= russell + 1e-9).all()
    assert (russell <= radial + 1e-9).all()
    additive = measured(*table, rts=rts, measure="additive").frame["score"].to_numpy()
    assert ((additive < 1e-9) == (full > 1 - 1e-9)).all()
