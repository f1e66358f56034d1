"""Constructs the table of this demo: invented firms with the features of a real vendor table.

Nothing in it was observed. A quarter of the firms do no R&D and report zeros; leases within R&D are zero for most; some
cells are empty; some firms enter late or leave early; equity and manufacturing costs can be negative. Run
``python make_firms.py`` to write ``firms.csv`` again: the same bytes every time.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from pathlib import Path
from random import Random
from statistics import NormalDist

SEED, FIRMS, YEARS = 20240131, 60, range(2018, 2024)

COLUMNS = (
    "RDPSalaryRatio",
    "RDPersonRatio",
    "HighEduPersonRatio",
    "FixedAssetsRatio",
    "ManufacturCostsRatio",
    "RDPDepAmortRatio",
    "RDPLeaseCostsRatio",
    "DirectInvestment",
    "IntangibleAssetsRatio",
    "AssetTurnover",
    "EquityMultiplierRec",
)


def rows() -> Iterator[list[str]]:
    """Yield the table's rows, the column names first."""
    yield ["Symbol", "EndDate", *COLUMNS]
    random = Random(SEED)
    for firm in range(1, FIRMS + 1):
        first = random.choice(YEARS[1:4]) if random.random() < 0.2 else YEARS[0]
        last = random.choice(YEARS[3:5]) if random.random() < 0.1 else YEARS[-1]
        does_rd, leases = random.random() > 0.25, random.random() < 0.2
        level = {name: normal(random) for name in (*COLUMNS, "rd")}
        for year in YEARS:
            cells = [cell(random, name, level, year - YEARS[0], does_rd, leases) for name in COLUMNS]
            if first <= year <= last:
                yield [f"099{firm:03}", f"{year}-12-31", *cells]


def cell(random: Random, name: str, level: dict[str, float], age: int, does_rd: bool, leases: bool) -> str:
    """Return one ratio as it is written: a number, a zero where there is nothing, or an empty cell."""
    shock, gap = normal(random), random.random()
    if name in ("HighEduPersonRatio", "RDPersonRatio") and gap < 0.05:
        return ""
    own, steady = level[name] + 0.25 * shock, level[name] + 0.08 * shock
    spending = math.exp(-4.6 + 0.8 * level["rd"] + 0.3 * own + 0.04 * age)  # shares of revenue, 1 % in the middle
    values = {
        "RDPSalaryRatio": spending,
        "RDPersonRatio": logistic(-2.0 + 0.7 * level["rd"] + 0.4 * own + 0.05 * age),
        "HighEduPersonRatio": logistic(-0.8 + 0.4 * level["rd"] + 0.7 * own + 0.04 * age),
        "FixedAssetsRatio": logistic(-1.4 + 0.8 * steady),
        "ManufacturCostsRatio": 0.22 + 0.11 * steady,
        "RDPDepAmortRatio": 0.15 * spending,
        "RDPLeaseCostsRatio": 0.02 * spending if leases else 0.0,
        "DirectInvestment": 0.7 * spending,
        "IntangibleAssetsRatio": logistic(-3.2 + 0.7 * own),
        "AssetTurnover": math.exp(-0.5 + 0.45 * own),
        "EquityMultiplierRec": 1 - math.exp(-0.95 + 0.55 * steady),  # what debt leaves of the assets
    }
    of_rd = name.startswith("RDP") or name == "DirectInvestment"
    return f"{0.0 if of_rd and not does_rd else values[name]:.6f}"


def normal(random: Random) -> float:
    """Return a standard normal number; one call of the generator each, so the stream does not depend on versions."""
    return NormalDist().inv_cdf(min(max(random.random(), 1e-12), 1 - 1e-12))


def logistic(x: float) -> float:
    """Return x on the scale from 0 to 1."""
    return 1 / (1 + math.exp(-x))


def main() -> None:
    """Write the table beside this file."""
    with (Path(__file__).parent / "firms.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows())


if __name__ == "__main__":
    main()
