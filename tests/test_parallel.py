"""Work on several processors: in order, with progress, and clean when stopped."""

from __future__ import annotations

import os

import joblib
import pytest

from nqpf.errors import MethodError, SpecError
from nqpf.parallel import spread


def square(x: int) -> int:
    if x == 13:
        raise MethodError("no_variance")
    return x * x


@pytest.mark.parametrize("workers", [None, 1, 2])
def test_results_stand_in_the_order_of_the_items(workers: int | None) -> None:
    assert spread(square, range(9), workers=workers) == [x * x for x in range(9)]


def test_nothing_to_do() -> None:
    assert spread(square, []) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_progress_is_told_after_each_item(workers: int) -> None:
    told: list[tuple[int, int]] = []
    spread(square, [1, 2, 3], workers=workers, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_fault_travels_back_whole(workers: int) -> None:
    with pytest.raises(MethodError, match="there is no variance to share out"):
        spread(square, [1, 13, 2], workers=workers)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interruption_leaves_nothing_behind(workers: int) -> None:
    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        spread(square, range(50), workers=workers, progress=stop)
    assert spread(square, [4], workers=workers) == [16]


@pytest.mark.parametrize("workers", [0, -2])
def test_a_number_of_workers_that_cannot_be(workers: int) -> None:
    with pytest.raises(SpecError, match=f"There cannot be {workers} workers"):
        spread(square, [1], workers=workers)


def test_threads_share_this_process_unless_told_otherwise() -> None:
    assert set(spread(lambda _: os.getpid(), range(6), workers=2, threads=True)) == {os.getpid()}
    with joblib.parallel_config(backend="loky", n_jobs=2):
        assert os.getpid() not in spread(lambda _: os.getpid(), range(6), threads=True)
