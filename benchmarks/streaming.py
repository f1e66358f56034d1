"""Entropy weights and a linear index on a Parquet panel that is far larger than memory should hold.

Run: ``python benchmarks/streaming.py [ROWS [FOLDER]]``. It makes a seeded table of ROWS × 11 ratios (default 50
million, 4.2 GB on disk), times `nqpf.index.stream_index` on it in a process of its own, prints seconds and that
process' peak memory, and removes what it made.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

COLUMNS, PART = 11, 1_000_000

RUN = """\
import json, resource, sys, time
from nqpf.index.stream import stream_index
start = time.perf_counter()
columns = [f"x{k}" for k in range(%d)]
done = stream_index(sys.argv[1], columns, direction={"x2": "cost"}, unit="firm", time="year", scope=sys.argv[3],
                    out=sys.argv[2])
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
print(json.dumps({"rows": done.rows, "seconds": seconds, "peak_gib": peak, "weights": done.frame["weight"].sum()}))
"""


def make(folder: Path, rows: int) -> Path:
    """Write the table, a part at a time, then as one file."""
    for part, start in enumerate(range(0, rows, PART)):
        random, count = np.random.default_rng([7, part]), min(PART, rows - start)
        values = random.gamma(1.5, 0.1, (COLUMNS, count))
        values[3] *= random.random(count) > 0.7  # most firms report nothing here
        values[4] -= 0.1  # a ratio that can be negative
        keys = {"firm": np.arange(start, start + count) // 17, "year": 2008 + np.arange(start, start + count) % 17}
        table = pl.DataFrame(keys | {f"x{k}": values[k] for k in range(COLUMNS)})
        table.write_parquet(folder / f"part{part:04}.parquet", compression="lz4")
    whole = folder / "panel.parquet"
    pl.scan_parquet(folder / "part*.parquet").sink_parquet(whole, compression="lz4")
    for path in folder.glob("part*.parquet"):
        path.unlink()
    return whole


def main() -> None:
    """Make the table, run both scopes, tell what they took."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000_000
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as place:
        panel = make(Path(place), rows)
        print(f"{rows:,} rows × {COLUMNS} columns, {panel.stat().st_size / 1e9:.2f} GB on disk")
        for scope in ("pooled", "yearly"):
            line = [sys.executable, "-c", RUN % COLUMNS, str(panel), str(Path(place) / "scores.parquet"), scope]
            done = json.loads(subprocess.run(line, capture_output=True, text=True, check=True).stdout)
            print(f"{scope:<7} {done['seconds']:6.1f} s, peak {done['peak_gib']:.2f} GiB")


if __name__ == "__main__":
    main()
