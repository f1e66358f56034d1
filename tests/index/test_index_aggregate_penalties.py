"""The Mazziotta–Pareto indices and the mean-min function, worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nqpf.errors import MethodError, SpecError
from nqpf.index.aggregate import AGGREGATORS, ampi, mean_min, mpi
from nqpf.index.options.aggregate import Aggregate
from nqpf.messages import speak

TABLE = {"a": [1.0, 2.0, 6.0], "b": [30.0, 10.0, 20.0]}
COLUMNS = ["a", "b"]


def near(got: Any, expected: Any) -> None:
    np.testing.assert_allclose(got, expected, rtol=0, atol=1e-11)


def standardised(ddof: int) -> np.ndarray:
    x = np.column_stack([TABLE["a"], TABLE["b"]])
    return 100 + 10 * (x - x.mean(axis=0)) / x.std(axis=0, ddof=ddof)


@pytest.mark.parametrize("ddof", [0, 1])
def test_mpi_in_figures(ddof: int) -> None:
    z = standardised(ddof)
    mean, sd = z.mean(axis=1), z.std(axis=1, ddof=ddof)
    found = mpi(TABLE, COLUMNS, ddof=ddof).frame  # type: ignore[arg-type]
    near(found["mean"], mean)
    near(found["sd"], sd)
    near(found["penalty"], sd**2 / mean)
    near(found["score"], mean - sd**2 / mean)
    near(mpi(TABLE, COLUMNS, ddof=ddof, penalty="neg").frame["score"], mean + sd**2 / mean)  # type: ignore[arg-type]


def test_mpi_weights() -> None:
    z = standardised(0)
    mean = 0.7 * z[:, 0] + 0.3 * z[:, 1]
    variance = 0.7 * (z[:, 0] - mean) ** 2 + 0.3 * (z[:, 1] - mean) ** 2
    near(mpi(TABLE, COLUMNS, weights=[0.7, 0.3]).frame["score"], mean - variance / mean)
    corrected = mpi(TABLE, COLUMNS, weights=[0.7, 0.3], ddof=1, standardise="none").frame
    x = np.column_stack([TABLE["a"], TABLE["b"]])
    mean = 0.7 * x[:, 0] + 0.3 * x[:, 1]
    variance = (0.7 * (x[:, 0] - mean) ** 2 + 0.3 * (x[:, 1] - mean) ** 2) / (1 - 0.58)
    near(corrected["sd"], np.sqrt(variance))
    alone = mpi(TABLE, COLUMNS, weights=[1, 0], ddof=1, standardise="none").frame
    near(alone["score"], TABLE["a"])  # one input is balanced


def test_balance_goes_unpunished() -> None:
    even = {"a": [1.0, 2.0, 3.0], "b": [10.0, 20.0, 30.0]}
    near(mpi(even, COLUMNS).frame["penalty"], [0, 0, 0])
    near(mpi(even, COLUMNS).frame["score"], 100 + 10 * np.array([-1, 0, 1]) / np.sqrt(2 / 3))


def test_ampi_in_figures() -> None:
    x = np.column_stack([TABLE["a"], TABLE["b"]])
    for options, centre in (
        ({}, x.mean(axis=0)),
        ({"centre": "middle"}, np.array([3.5, 20.0])),
        ({"reference": {"b": 15.0, "a": 2.0}}, np.array([2.0, 15.0])),
    ):
        z = 100 + 60 * (x - centre) / (x.max(axis=0) - x.min(axis=0))
        mean, sd = z.mean(axis=1), z.std(axis=1)
        near(ampi(TABLE, COLUMNS, **options).frame["score"], mean - sd**2 / mean)  # type: ignore[arg-type]
    middle = ampi(TABLE, COLUMNS, centre="middle").frame
    near(middle["mean"], [(70 + 130) / 2, (82 + 70) / 2, (130 + 100) / 2])


def test_ampi_does_not_hang_on_units_or_turned_directions() -> None:
    # Compind turns a negative polarity in the goalposts; here what is turned is turned before.
    turned = {"a": [-3 * v for v in TABLE["a"]], "b": TABLE["b"]}
    x = np.column_stack([TABLE["a"], TABLE["b"]])
    z = 100 + 60 * (x - x.mean(axis=0)) / (x.max(axis=0) - x.min(axis=0))
    z[:, 0] = 200 - z[:, 0]
    mean, sd = z.mean(axis=1), z.std(axis=1)
    near(ampi(turned, COLUMNS).frame["score"], mean - sd**2 / mean)


def test_frozen_goalposts_make_years_comparable() -> None:
    how, kind = Aggregate(method="ampi"), AGGREGATORS["ampi"]
    s, w = np.array([[0.0, 0.2], [1.0, 0.8], [0.5, 0.5]]), np.array([[0.5, 0.5]])
    assert kind.sample is not None
    sample = kind.sample(s, w, how, None)
    later = kind.score(np.array([[0.5, 0.5], [1.0, 1.0]]), w, how, sample)
    near(later, [100, 100 + 60 * (0.5 + 0.5 / 0.6) / 2 - _penalty(100 + 30, 100 + 50)])


def _penalty(a: float, b: float) -> float:
    return float(np.var([a, b]) / np.mean([a, b]))


def test_mean_min_in_figures() -> None:
    z = standardised(0)
    mean, worst = z.mean(axis=1), z.min(axis=1)
    found = mean_min(TABLE, COLUMNS, alpha=0.3, beta=2).frame
    near(found["worst"], worst)
    near(found["score"], mean - 0.3 * (np.sqrt((mean - worst) ** 2 + 4) - 2))
    near(mean_min(TABLE, COLUMNS, alpha=0).frame["score"], mean)
    near(mean_min(TABLE, COLUMNS, alpha=1, beta=0).frame["score"], worst)
    near(mean_min(TABLE, COLUMNS, alpha=1, beta=0, weights=[0, 1]).frame["score"], z[:, 1])


def test_a_column_that_does_not_vary() -> None:
    flat = {"a": [1.0, 1.0, 1.0], "b": [1.0, 2.0, 3.0]}
    for method in (mpi, ampi, mean_min):
        with pytest.raises(MethodError, match="indicator a: This column does not vary") as caught:
            method(flat, COLUMNS)
        with speak("zh"):
            assert "这一列没有差异" in str(caught.value)
    near(mpi(flat, COLUMNS, standardise="none").frame["mean"], [1, 1.5, 2])
    # The engine has been told what to do with such an indicator; it scores 100 here.
    how, s = Aggregate(method="mpi"), np.column_stack([flat["a"], flat["b"]])
    kind, w = AGGREGATORS["mpi"], np.array([[0.5, 0.5]])
    assert kind.sample is not None
    near(kind.score(s, w, how, kind.sample(s, w, how, None))[1], 100)


def test_a_mean_that_is_not_positive() -> None:
    negative = {"a": [-1.0, 2.0], "b": [0.5, 3.0]}
    with pytest.raises(MethodError, match="row 1: The mean of the scores is not positive"):
        mpi(negative, COLUMNS, standardise="none")


def test_a_reference_is_given_for_every_column() -> None:
    with pytest.raises(MethodError, match="indicator b: reference does not name this column") as caught:
        ampi(TABLE, COLUMNS, reference={"a": 1.0, "B": 2.0})
    assert "a, B" in str(caught.value)


@pytest.mark.parametrize(
    ("method", "options"),
    [(mpi, {"penalty": "up"}), (mpi, {"ddof": 2}), (ampi, {"centre": "mode"}), (mean_min, {"alpha": 1.5})],
)
def test_options(method: Any, options: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match=next(iter(options))):
        method(TABLE, COLUMNS, **options)


def test_years_are_standardised_alone() -> None:
    data = {"a": [1.0, 2.0, 6.0, 2.0, 4.0, 12.0], "b": [3.0, 1.0, 2.0, 6.0, 2.0, 4.0], "y": [1, 1, 1, 2, 2, 2]}
    found = mpi(data, COLUMNS, by="y").frame["score"].to_list()
    near(found[:3], found[3:])  # everything doubled: nothing changed within the year
    with pytest.raises(MethodError, match="year 2"):
        mpi({**data, "a": [1.0, 2.0, 3.0, 4.0, 4.0, 4.0]}, COLUMNS, by="y")
