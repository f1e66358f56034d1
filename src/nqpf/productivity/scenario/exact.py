"""What can be taken apart exactly on the central path: growth into its sources, and the levers' effect into theirs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.productivity.scenario.history import TOTAL
from nqpf.productivity.scenario.project import LEVERS, project
from nqpf.productivity.scenario.run import Sums, base_sums, masks
from nqpf.productivity.scenario.setup import Setup
from nqpf.productivity.scenario.shapley import coalitions, shapley

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Exact:
    """Tables of the central path: `parts` and `accounts`, as `Scenarios` describes them."""

    parts: pl.DataFrame
    accounts: pl.DataFrame


def exact(setup: Setup) -> Exact:
    """Return growth by source, and the difference of all levers and the baseline by lever."""
    levers = setup.spec.levers.names
    chosen = coalitions(len(levers))
    mask = np.zeros((len(chosen), len(LEVERS)))
    mask[:, [LEVERS.index(name) for name in levers]] = chosen
    middle = setup.central()
    start, goes, rates, plan = middle.parts(slice(0, len(setup.past.units)))
    paths = project(start, goes, rates, plan, mask)
    sums, base = Sums.of(start, paths, rates), base_sums(setup.past, rates)
    units = (*setup.past.units, TOTAL) if len(setup.past.units) > 1 else setup.past.units

    def ends(each: Floats, whole: Floats) -> Floats:
        """Return the target year's values of units and of all together, ``float64[2^m, M]``."""
        return np.column_stack([each[:, -1], whole[:, -1]])[:, : len(units)]

    given = [
        name for name in ("output", "energy", "emissions") if name == "output" or getattr(setup.past, name) is not None
    ]
    values = {name: ends(getattr(paths, name), getattr(sums, name)) for name in given}
    alpha = float(rates.share[0, 0])
    skill = ends(paths.skill, np.log(sums.effective / base.effective) - np.log(sums.labour / base.labour))
    growth = {
        "capital": alpha
        * ends(np.log(paths.produced_with / start.produced_with), np.log(sums.produced_with / base.produced_with)),
        "labour": (1 - alpha) * ends(np.log(paths.labour / start.labour), np.log(sums.labour / base.labour)),
        "schooling": (1 - alpha) * skill,
    }
    output = ends(np.log(paths.output / start.output), np.log(sums.output / base.output))
    whole = output - sum(growth.values(), np.zeros(1))
    tfp = np.column_stack([paths.tfp[:, -1], whole[:, -1]])[:, : len(units)] if len(units) > 1 else paths.tfp[:, -1]
    rows = {
        name: int((chosen == m[0, [LEVERS.index(x) for x in levers]]).all(axis=1).argmax())
        for name, m in masks(levers).items()
    }
    return Exact(
        _parts(values, units, levers), _accounts({"output": output, **growth, "tfp": tfp}, units, rows, setup.horizon)
    )


def _parts(values: dict[str, Floats], units: tuple[str, ...], levers: tuple[str, ...]) -> pl.DataFrame:
    schema = {"unit": pl.String, "measure": pl.String, "lever": pl.String}
    frames = [pl.DataFrame(schema=schema | dict.fromkeys(("part", "baseline", "all", "percent"), pl.Float64))]
    for measure, found in values.items():
        for lever, part in zip(levers, shapley(found), strict=True):
            keys = {"unit": units, "measure": measure, "lever": lever}
            numbers = {"part": part, "baseline": found[0], "all": found[-1], "percent": 100 * part / found[0]}
            frames.append(pl.DataFrame(keys | numbers))
    return pl.concat(frames, how="vertical_relaxed")


def _accounts(found: dict[str, Floats], units: tuple[str, ...], rows: dict[str, int], years: int) -> pl.DataFrame:
    frames = [
        pl.DataFrame(
            {"unit": units, "scenario": scenario, "years": np.full(len(units), years)}
            | {name: x[row] for name, x in found.items()}
        )
        for scenario, row in rows.items()
    ]
    return pl.concat(frames)
