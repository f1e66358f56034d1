"""The same bytes whoever does the work."""

from __future__ import annotations

import joblib
import numpy as np
import pytest
from dea_programs import radial, units

from nqpf.numerics import solve as solving
from nqpf.numerics.frame import disposal, hull
from nqpf.numerics.programs import Programs, Solved
from nqpf.numerics.solve import solve


@pytest.fixture(scope="module")
def programs() -> Programs:
    return radial(*units(1300, awkward=True))  # three batches


@pytest.fixture(scope="module")
def alone(programs: Programs) -> bytes:
    return whole(solve(programs))


def whole(found: Solved) -> bytes:
    return b"".join(getattr(found, name).tobytes() for name in Solved.__slots__)


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_any_number_of_threads(programs: Programs, alone: bytes, workers: int) -> None:
    assert whole(solve(programs, workers=workers)) == alone


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_processes_and_threads(programs: Programs, alone: bytes, backend: str) -> None:
    with joblib.parallel_config(backend=backend, n_jobs=2):
        assert whole(solve(programs)) == alone


def test_the_hull_too(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "MANY", 600)
    first, second = (hull(programs.columns, disposal(programs), workers=workers) for workers in (1, 3))
    for name in ("frame", "basis", "weight"):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes()
    assert whole(solve(programs, workers=1)) == whole(solve(programs, workers=3))


def test_again_and_again(programs: Programs, alone: bytes) -> None:
    assert {whole(solve(programs)) for _ in range(3)} == {alone}


def test_one_batch_asks_no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many small calls must not pay for a pool."""
    monkeypatch.setattr("nqpf.numerics.batches.spread", None)
    assert np.isfinite(solve(radial(*units(300)), workers=4).value).all()


@pytest.mark.cluster
def test_the_same_bytes_on_dask(programs: Programs, alone: bytes) -> None:
    distributed = pytest.importorskip("distributed", reason="Dask is not installed (extra dask)")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        assert whole(solve(programs)) == alone


@pytest.mark.cluster
def test_the_same_bytes_on_ray(programs: Programs, alone: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    ray = pytest.importorskip("ray", reason="Ray is not installed (extra ray)")
    from ray.util.joblib import register_ray

    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        register_ray()
        with joblib.parallel_config(backend="ray"):
            there = solve(programs)
    finally:
        ray.shutdown()
    assert whole(there) == alone
