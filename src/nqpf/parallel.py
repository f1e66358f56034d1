"""The one seam for work on several processors: joblib, so processes here, Dask or Ray where the user says so.

``with joblib.parallel_config(backend="dask"): …`` around a call sends its work to a cluster; nothing else changes, and
results come back in the order of the items whoever computed them.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Iterable
from typing import TypeVar

import joblib

from nqpf.errors import SpecError

A = TypeVar("A")
B = TypeVar("B")

Progress = Callable[[int, int], None]
"""Told how many items are done, of how many."""


def spread(
    function: Callable[[A], B],
    items: Iterable[A],
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    threads: bool = False,
) -> list[B]:
    """Return ``[function(item) for item in items]``, computed by several workers.

    A worker that fails, and Ctrl-C, stop the others; nothing is left running.

    Parameters
    ----------
    function
        Is given one item; for workers in other processes it must be a function of a module.
    items
        What is worked on.
    workers
        How many work at once; −1 as many as there are processors. None: what ``joblib.parallel_config`` says around
        the call, else one.
    progress
        Told after each item how many are done, of how many.
    threads
        Whether workers are threads of this process where ``joblib.parallel_config`` names no other kind: right for
        compiled functions that let go of the interpreter, as nothing is then copied.

    Raises
    ------
    SpecError
        `workers` is neither a positive number nor −1.

    Examples
    --------
    >>> spread(abs, [-2, 3, -1])
    [2, 3, 1]
    """
    if workers is not None and workers < 1 and workers != -1:
        raise SpecError("workers_count", workers=workers)
    jobs = list(items)
    found: list[B] = []
    results = _pool(workers, threads)(joblib.delayed(function)(job) for job in jobs)
    try:
        for result in results:
            found.append(result)
            if progress:
                progress(len(found), len(jobs))
    finally:
        if isinstance(results, Generator):
            with warnings.catch_warnings():  # that work is thrown away is no news to who stopped it
                warnings.simplefilter("ignore")
                results.close()
    return found


def _pool(workers: int | None, threads: bool) -> joblib.Parallel:
    """Return workers that hand over results as they come, or all at the end where they know no better (Ray)."""
    prefer = "threads" if threads else None
    try:
        return joblib.Parallel(n_jobs=workers, return_as="generator", prefer=prefer)
    except ValueError:
        return joblib.Parallel(n_jobs=workers, prefer=prefer)
