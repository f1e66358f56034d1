"""Scores, resampled scores and indices are the same bytes whoever does the work."""

from __future__ import annotations

from collections.abc import Callable

import joblib
import numpy as np
import polars as pl
import pytest

from nqpf.productivity.change.malmquist import malmquist
from nqpf.productivity.frontier.dea import dea
from nqpf.productivity.inference.bootstrap import bootstrap

X, Y = ["x1", "x2"], ["y"]


def firms(units: int, years: int = 1) -> pl.DataFrame:
    rng = np.random.default_rng(units)
    x = rng.lognormal(0.0, 0.6, (units * years, 2)).round(1) + 0.1
    y = np.sqrt(x.prod(axis=1)) * np.exp(-np.abs(rng.normal(0.0, 0.4, units * years)))
    keys = {"firm": np.tile(np.arange(units), years), "year": np.repeat(np.arange(years) + 2001, units)}
    return pl.DataFrame(keys | {"x1": x[:, 0], "x2": x[:, 1], "y": y})


def scores(workers: int | None = None) -> pl.DataFrame:
    return dea(firms(1200), X, Y, unit="firm", slacks=True, workers=workers).frame  # three batches of programs


def resampled(workers: int | None = None) -> pl.DataFrame:
    return bootstrap(firms(25), X, Y, unit="firm", draws=120, workers=workers).frame  # three chunks of draws


def indices(workers: int | None = None) -> pl.DataFrame:
    return malmquist(firms(30, 4), X, Y, unit="firm", time="year", workers=workers).frame


WORK = [scores, resampled, indices]


def same(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    return one.equals(other, null_equal=True)


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("work", WORK)
def test_any_number_of_workers(work: Callable[..., pl.DataFrame], workers: int) -> None:
    assert same(work(workers=workers), work())


@pytest.mark.cluster
def test_the_same_on_dask() -> None:
    distributed = pytest.importorskip("distributed", reason="Dask is not installed (extra dask)")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        there = [work() for work in WORK]
    assert all(same(far, work()) for far, work in zip(there, WORK, strict=True))


@pytest.mark.cluster
def test_the_same_on_ray(monkeypatch: pytest.MonkeyPatch) -> None:
    ray = pytest.importorskip("ray", reason="Ray is not installed (extra ray)")
    from ray.util.joblib import register_ray

    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        register_ray()
        with joblib.parallel_config(backend="ray"):
            there = [work() for work in WORK]
    finally:
        ray.shutdown()
    assert all(same(far, work()) for far, work in zip(there, WORK, strict=True))
