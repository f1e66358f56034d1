"""All hypothetical extractions of a world table beside a system solved anew for each of them.

``python benchmarks/extraction.py FILE.npz`` with arrays Z, Y, x, countries and sectors of a world table; without a
file, on a made-up table of the same size. Solutions anew are timed on a handful of sectors, and the time of all is
that times their number: an extrapolation, and printed as such.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from statistics import median

import numpy as np

from nqpf.industry.input_output.cut import cuts
from nqpf.industry.input_output.extraction import extraction
from nqpf.industry.input_output.table import IOTable

RUNS = 5
HANDFUL = 5


def seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """Return the median time of one call after a warm-up."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def arrays(file: str | None) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[str], list[str]]:
    """Return flows, final deliveries, output, regions and sectors."""
    if file is not None:
        read = np.load(file)
        names = [read[name].astype(str).tolist() for name in ("countries", "sectors")]
        return read["Z"].astype(float), read["Y"].astype(float), read["x"].astype(float), names[0], names[1]
    rng = np.random.default_rng(0)
    size = 41 * 35
    a = rng.gamma(0.1, 1.0, (size, size))
    a *= rng.uniform(0.3, 0.7, size) / a.sum(axis=0)
    y = rng.gamma(1.0, 100.0, (size, 41))
    x = np.linalg.solve(np.eye(size) - a, y.sum(axis=1))
    return a * x, y, x, [f"r{i:02}" for i in range(41)], [f"s{i:02}" for i in range(35)]


def main(file: str | None) -> None:
    z, y, x, regions, sectors = arrays(file)
    n = len(x)
    places = tuple(np.repeat(regions, len(sectors)).tolist())
    finals = tuple(f"f{k}" for k in range(y.shape[1]))

    def table() -> IOTable:
        """Return a table that has no inverse yet."""
        return IOTable(tuple(sectors) * len(regions), z, y, x, places, finals, np.zeros((0, n)))

    def anew(i: int) -> float:
        left = np.divide(z, x, out=np.zeros_like(z), where=x > 0)
        f = x - left @ x
        left[i], left[:, i], f[i] = 0.0, 0.0, 0.0
        return float((x - np.linalg.solve(np.eye(n) - left, f)).sum())

    ready = table()
    found = extraction(ready).frame["loss"].to_numpy()
    some = np.argsort(-x)[:HANDFUL]
    np.testing.assert_allclose([anew(int(i)) for i in some], found[some], rtol=1e-9)
    for mode in ("total", "backward", "forward"):
        fresh = seconds(lambda mode=mode: extraction(table(), mode=mode))  # type: ignore[misc]
        again = seconds(lambda mode=mode: extraction(ready, mode=mode))  # type: ignore[misc]
        print(f"{n} extractions, {mode}: {fresh:.2f} s with the inverse, {again:.3f} s more on the same table")
    single = seconds(lambda: [anew(int(i)) for i in some], 3) / HANDFUL
    print(f"solved anew: {single:.2f} s each ({HANDFUL} timed); all {n} extrapolated to {single * n:.0f} s")
    print(f"{len(regions)} regions as groups: {seconds(lambda: extraction(ready, groups='region')):.3f} s")
    target = max(regions, key=lambda r: x[[p == r for p in places]].sum())
    print(f"cuts of all origins to {target}: {seconds(lambda: cuts(ready, users=target)):.3f} s")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
