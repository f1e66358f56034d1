"""Time from a study to its report in each format: ``python benchmarks/report.py [DEMO]``, medians of three runs.

The mark: thermal in html, docx, pdf and xlsx within 45 s on two cores.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from nqpf.study import FORMATS, demo_path, run

RUNS = 3


def main(demo: str) -> None:
    """Print seconds of running the study and of writing each format, alone and together."""
    with tempfile.TemporaryDirectory() as folder:
        found: dict[str, list[float]] = {}
        for _ in range(RUNS):
            for asked in (*((form,) for form in FORMATS), FORMATS):
                started = time.perf_counter()
                assessment = run(demo_path(demo))
                found.setdefault("run", []).append(time.perf_counter() - started)
                written = time.perf_counter()
                assessment.write(Path(folder) / "out", formats=asked)
                found.setdefault("+".join(asked), []).append(time.perf_counter() - written)
    for name, seconds in found.items():
        print(f"{name:<22}{median(seconds):6.1f} s")
    whole = median(found["run"]) + median(found["+".join(FORMATS)])
    print(f"{'study to four formats':<22}{whole:6.1f} s")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "thermal")
