"""The spatial Markov chain: counts by hand, tests beside each other, and neighbours that are not there."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from nqpf.errors import DataError, MethodError, NqpfError, SpecError
from nqpf.regions.distribution.markov import markov
from nqpf.regions.distribution.spatial_markov import SpatialMarkovChain, spatial_markov
from nqpf.regions.space.weights import Weights

UNITS, YEARS = 12, 9


def table(values: Any) -> pl.DataFrame:
    x = np.asarray(values, dtype=float)
    n, t = x.shape
    frame = pl.DataFrame(
        {
            "unit": np.repeat([f"u{i}" for i in range(n)], t),
            "year": np.tile(np.arange(2010, 2010 + t), n),
            "x": x.ravel(),
        }
    )
    return frame.with_columns(pl.col("x").fill_nan(None))


def ring(n: int, reach: int = 1) -> Weights:
    """Return weights of units in a ring, each with `reach` neighbours on both sides."""
    matrix = np.zeros((n, n))
    for step in [*range(-reach, 0), *range(1, reach + 1)]:
        matrix[np.arange(n), (np.arange(n) + step) % n] = 1 / (2 * reach)
    return Weights.of([f"u{i}" for i in range(n)], matrix)


def chain(values: Any, weights: Weights, **options: Any) -> SpatialMarkovChain:
    return spatial_markov(table(values), "x", unit="unit", time="year", weights=weights, **options)


@pytest.fixture(scope="module")
def walks() -> np.ndarray:
    rng = np.random.default_rng(1)
    return np.asarray(rng.normal(size=(UNITS, 1)) + rng.normal(0, 0.7, (UNITS, YEARS)).cumsum(axis=1))


def overall(found: SpatialMarkovChain, test: str) -> dict[str, Any]:
    return found.tests.filter((pl.col("test") == test) & pl.col("lag_class").is_null()).row(0, named=True)


def test_counts_by_hand() -> None:
    pair = Weights.of(["u0", "u1"], [[0, 1], [1, 0]])
    found = chain([[1, 5, 5], [5, 5, 1]], pair, cuts=[3], lag_cuts="same")
    # u0 moves up beside 5, then stays high beside 5; u1 stays high beside 1, then falls beside 5
    assert found.transitions["count"].to_list() == [0, 0, 0, 1, 0, 1, 1, 1]
    assert found.transitions["probability"].to_list() == [None, None, 0, 1, 0, 1, 0.5, 0.5]
    assert found.transitions["lag_class"].to_list() == [1] * 4 + [2] * 4
    assert found.pooled["count"].to_list() == [0, 1, 1, 2]
    assert found.classes.filter(pl.col("kind") == "lag")["lower"].to_list() == [None, 3]


def test_the_lag_is_that_of_the_first_year(walks: np.ndarray) -> None:
    weights = ring(UNITS)
    found = chain(walks, weights, classes=3, horizon=2)
    lag = weights.lag(walks.T)
    cuts = np.quantile(lag, [1 / 3, 2 / 3])
    last = np.digitize(lag[: YEARS - 2], cuts, right=True)
    by_class = found.transitions.group_by("lag_class", maintain_order=True).agg(pl.col("count").sum())["count"]
    assert by_class.to_list() == np.bincount(last.ravel(), minlength=3).tolist()


def test_all_neighbours_together_are_the_chain_of_markov(walks: np.ndarray) -> None:
    for options in ({"classes": 3}, {"cuts": "yearly", "classes": 2}, {"cuts": [-1, 0.5]}):
        found = chain(walks, ring(UNITS), **options)
        alone = markov(table(walks), "x", unit="unit", time="year", **options)
        assert found.pooled.equals(alone.transitions)
        assert found.transitions["count"].sum() == UNITS * (YEARS - 1)
        expected = found.transitions.group_by("from", "to", maintain_order=True).agg(pl.col("expected").sum())
        np.testing.assert_allclose(expected["expected"], found.pooled["count"], atol=1e-12)


def test_p_values_are_the_upper_tail_and_parts_add_up(walks: np.ndarray) -> None:
    found = chain(walks, ring(UNITS), classes=3, test="chi2")
    for test in ("Q", "LR"):
        row = overall(found, test)
        assert row["p"] == pytest.approx(stats.chi2.sf(row["statistic"], row["df"]), rel=1e-12)
        parts = found.tests.filter((pl.col("test") == test) & pl.col("lag_class").is_not_null())["contribution"]
        assert parts.sum() == pytest.approx(row["statistic"])
        assert row["p_permutation"] is None
    full = chain(walks, ring(UNITS), classes=3, degrees="full")
    assert overall(full, "Q")["df"] == 3 * 2 * 2
    assert overall(full, "Q")["statistic"] == overall(found, "Q")["statistic"]


def test_a_far_tail_does_not_vanish() -> None:
    rng = np.random.default_rng(2)
    pulled = rng.normal(size=(40, 12))
    for t in range(1, 12):  # every unit goes where its neighbours were
        pulled[:, t] = 0.5 * (np.roll(pulled[:, t - 1], 1) + np.roll(pulled[:, t - 1], -1)) + 0.3 * pulled[:, t]
    row = overall(chain(pulled, ring(40), classes=3), "Q")
    assert 0 < row["p"] < 1e-17  # 1 − cdf would be 0


def test_permutation_when_asked_or_when_many_counts_are_small(walks: np.ndarray) -> None:
    options = {"classes": 3, "draws": 99, "seed": 5}
    small = chain(walks, ring(UNITS), test="auto", **options)
    assert small.small_expected > 0.2
    assert overall(small, "Q")["p_permutation"] is not None
    assert "distribution_small_drawn" in [n.code for n in small.notes]
    assert small.tests.equals(chain(walks, ring(UNITS), test="permutation", **options).tests)
    plain = chain(walks, ring(UNITS), test="chi2", **options)
    note = next(n for n in plain.notes if n.code == "distribution_small_expected")
    assert "below 5" in str(note)
    assert 'test="permutation"' in str(note)
    assert "distribution_chi2_only" in [n.code for n in plain.notes]
    assert "draws" not in plain.method.options
    assert plain.tests["p_permutation"].null_count() == plain.tests.height
    large = np.random.default_rng(6).normal(size=(100, 12))
    assert "draws" not in chain(large, ring(100), classes=2).method.options
    p = small.tests["p_permutation"].drop_nulls().to_numpy() * 100
    np.testing.assert_allclose(p, p.round(0), atol=1e-9)
    assert p.min() >= 1


def test_permutation_finds_what_is_there_and_not_what_is_not() -> None:
    rng = np.random.default_rng(3)
    noise = rng.normal(size=(30, 12))
    pulled = noise.copy()
    for t in range(1, 12):
        pulled[:, t] = 0.5 * (np.roll(pulled[:, t - 1], 1) + np.roll(pulled[:, t - 1], -1)) + 0.3 * noise[:, t]
    found = [overall(chain(v, ring(30), classes=3, test="permutation", draws=199), "LR") for v in (noise, pulled)]
    assert found[0]["p_permutation"] > 0.05
    assert found[1]["p_permutation"] == 1 / 200


def test_permutation_keeps_its_level_where_chi2_does_not() -> None:
    """Random walks around levels of their own, none of which heeds its neighbours."""
    rejected = np.zeros(2)
    for seed in range(40):
        rng = np.random.default_rng(seed)
        values = rng.normal(size=(31, 1)) + rng.normal(0, 0.1, (31, 12)).cumsum(axis=1)
        row = overall(chain(values, ring(31, 2), test="permutation", draws=99, seed=seed), "Q")
        rejected += [row["p"] <= 0.05, row["p_permutation"] <= 0.05]
    assert rejected[0] >= 12
    assert rejected[1] <= 6


def test_order_of_rows_and_of_weights_does_not_matter(walks: np.ndarray) -> None:
    weights = ring(UNITS)
    order = np.random.default_rng(4).permutation(UNITS)
    turned = Weights.of([weights.labels[i] for i in order], weights.dense()[np.ix_(order, order)])
    one = chain(walks, weights, classes=3, test="permutation", draws=99)
    shuffled = table(walks).sample(fraction=1, shuffle=True, seed=5)
    other = spatial_markov(
        shuffled, "x", unit="unit", time="year", weights=turned, classes=3, test="permutation", draws=99
    )
    assert other.transitions.equals(one.transitions)
    assert other.tests["p_permutation"].equals(one.tests["p_permutation"])
    scaled = chain(walks * 1000, weights, classes=3)
    assert scaled.transitions.equals(one.transitions)


def test_lag_classes_of_their_own(walks: np.ndarray) -> None:
    found = chain(walks, ring(UNITS), classes=3, lag_classes=2)
    assert found.transitions.height == 2 * 9
    assert found.ergodic.height == 2 * 3
    given = chain(walks, ring(UNITS), classes=3, lag_cuts=[-0.5, 0.1, 0.8])
    assert given.method.options["lag_classes"] == 4
    assert given.method.options["lag_cuts"] == [-0.5, 0.1, 0.8]


def test_a_neighbour_without_a_value_leaves_the_lag_empty(walks: np.ndarray) -> None:
    holed = walks.copy()
    holed[3, 4] = np.nan
    found = chain(holed, ring(UNITS), classes=2)
    # the moves of u3 into and out of that year, and those of its two neighbours out of it
    assert found.transitions["count"].sum() == UNITS * (YEARS - 1) - 4
    note = next(n for n in found.notes if n.code == "distribution_lag_absent")
    assert note.values == {"cells": 2, "of": UNITS * YEARS - 1}


def test_units_of_the_weights_without_data_are_left_out_with_a_note(walks: np.ndarray) -> None:
    fewer = walks[: UNITS - 1]
    found = chain(fewer, ring(UNITS), classes=2)
    assert "weights_left_out" in [n.code for n in found.notes]
    assert "distribution_lag_not_mean" not in [n.code for n in found.notes]
    path = ring(UNITS).aligned([f"u{i}" for i in range(UNITS - 1)]).standardised("row")
    assert chain(fewer, path, classes=2).transitions.equals(found.transitions)


def test_sums_of_neighbours_are_remarked(walks: np.ndarray) -> None:
    found = chain(walks, ring(UNITS).standardised("binary"), classes=2)
    assert "distribution_lag_not_mean" in [n.code for n in found.notes]


def test_rows_of_the_single_chains_are_remarked(walks: np.ndarray) -> None:
    found = chain(walks, ring(UNITS), classes=4)
    few = next(n for n in found.notes if n.code == "distribution_lag_rows_few")
    rows = found.transitions.filter(pl.col("from") == pl.col("to"))["n"]
    assert few.values["count"] == int(((rows > 0) & (rows < 10)).sum())
    assert set(found.ergodic["status"]) <= {"irreducible", "periodic", "reducible", "row_absent"}
    assert found.ergodic.filter(pl.col("status") != "irreducible")["share"].null_count() > 0


@pytest.mark.parametrize(
    ("options", "kind", "says"),
    [
        ({"weights": ring(5)}, DataError, "u5"),
        ({"weights": Weights.of([f"u{i}" for i in range(UNITS)], np.zeros((UNITS, UNITS)))}, MethodError, "u0"),
        ({"classes": 3, "lag_classes": 2, "lag_cuts": "same"}, SpecError, "lag_classes is 2, but the lag is to be cut"),
        ({"test": "exact"}, SpecError, "permutation"),
        ({"draws": 5}, SpecError, "a whole number, 19 or more"),
        ({"seed": -1}, SpecError, "a whole number, 0 or more"),
        ({"lag_classes": 40, "classes": 3}, MethodError, "Of 40 quantile classes"),
        ({"horizon": YEARS}, MethodError, f"no unit has values in two years {YEARS} apart"),
    ],
)
def test_what_cannot_be_counted_is_refused(
    walks: np.ndarray, options: dict[str, Any], kind: type[NqpfError], says: str
) -> None:
    values = np.round(walks, 0) if options.get("lag_classes") else walks
    with pytest.raises(kind) as caught:
        chain(values, **{"weights": ring(UNITS), **options})
    assert says in str(caught.value)


def test_no_move_with_all_neighbours_is_refused() -> None:
    values = [[1, 2, 3], [4, np.nan, 6], [np.nan, 8, 5.0]]
    with pytest.raises(MethodError, match="No move has values of all its neighbours"):
        chain(values, ring(3), cuts=[4], lag_cuts="same")
