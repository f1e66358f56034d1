"""The multiverse of an index: it is built again under every combination of defensible choices, and all ranks are kept.

After the multiverse analysis of Steegen et al. (2016) and the uncertainty analysis of composite indicators of Saisana,
Saltelli & Tarantola (2005). Every recipe of the design is checked before the first is run; a run that fails keeps its
row and its reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nqpf.data.panel import Panel
from nqpf.errors import NqpfError, SpecError, Where, listing
from nqpf.index.build import build_on
from nqpf.index.framework import Framework
from nqpf.index.multiverse.check import refusals
from nqpf.index.multiverse.design import DEFAULT_N, Design, make_design
from nqpf.index.multiverse.paths import with_settings
from nqpf.index.multiverse.result import Multiverse
from nqpf.index.multiverse.slots import FACTORIAL_DRAWS, Slots, read_slots
from nqpf.index.multiverse.work import Bench, Run, on_all_units, work
from nqpf.index.recipe import Recipe
from nqpf.numerics.ranks import competition_rank
from nqpf.parallel import Progress
from nqpf.results import Method, Note

Floats = NDArray[np.float64]

FEW = 100
"""A smaller sample of combinations is remarked on."""


def multiverse(
    panel: Panel,
    framework: Framework,
    recipe: Recipe | None = None,
    *,
    vary: Mapping[str, Any],
    design: str | Any = "factorial",
    n: int | None = None,
    seed: int = 0,
    period: int | Sequence[int] | Literal["all"] | None = None,
    invalid: Literal["count", "refuse"] = "count",
    places: int = 2,
    level: float = 0.9,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Multiverse:
    """Build an index under every combination of choices.

    Two choices that only make sense together (normalisation and aggregation, say) break the independence that shares
    of variance by choice rest on. Write them as one slot under a name of your own, whose alternatives set both:
    ``{"scale": [{"normalise": …, "aggregate": …}, …]}``.

    Parameters
    ----------
    panel, framework, recipe
        Those of the baseline; as `nqpf.index.build`.
    vary
        Alternatives by slot. A slot is an attribute path of the recipe (``normalise``, ``normalise.range``,
        ``weight.method``, ``nodes.D1``, ``treat.winmax``, …) with a list of values as they are written in YAML or as
        option objects (``minmax`` for ``{method: minmax}``), or a mapping of labels to values; a name of one's own with
        alternatives that set several paths; ``weights_noise`` with ``{kind: dirichlet, concentration: 50}``,
        ``{kind: uniform, width: 0.25}`` or ``{kind: simplex}``; ``leave_out`` with ``all`` or a list of indicators;
        ``panel`` with a mapping of completed panels.
    design
        ``factorial``: every combination; ``sobol``: Saltelli's design on a Sobol' sequence; ``montecarlo``: at random;
        or a table with a column a slot of labels or positions (from 1).
    n
        Rows of ``montecarlo``, base rows of ``sobol``.
    seed
        Of the design and of noise, 0 or more.
    period
        Years that are kept; default: the last.
    invalid
        Combinations that cannot be built whatever the data: ``count`` and show them, or ``refuse`` to begin.
    places, level
        What the summaries take where nothing else is said: ranks within so many places count as stable; share of
        runs inside an interval.
    workers
        See `nqpf.parallel.spread`; results have the same bytes with any number.
    progress
        Told how many groups of runs are done, of how many.

    Raises
    ------
    SpecError
        A slot there is not, an alternative it cannot take or that fits no combination, a wrong design or year.
    MethodError
        The baseline itself cannot be built.

    References
    ----------
    Steegen, Tuerlinckx, Gelman & Vanpaemel (2016), Increasing transparency through a multiverse analysis, Perspectives
    on Psychological Science 11(5), doi:10.1177/1745691616658637. Saisana, Saltelli & Tarantola (2005), Uncertainty and
    sensitivity analysis techniques as tools for the quality assessment of composite indicators, Journal of the Royal
    Statistical Society A 168(2), doi:10.1111/j.1467-985X.2005.00350.x.
    """
    recipe = recipe or Recipe()
    if seed < 0:
        raise SpecError("seed_negative", where=Where(key="seed"), seed=seed)
    sampled = isinstance(design, str) and design in ("sobol", "montecarlo")
    draws = (n or DEFAULT_N) if sampled else FACTORIAL_DRAWS
    slots = read_slots(vary, recipe, framework, panel, draws=draws)
    plan = make_design(design, slots.slots, n=n, seed=seed)
    rows, run_of = np.unique(plan.levels, axis=0, return_inverse=True)
    runs, refused = _runs(rows, slots, recipe, framework)
    own = Bench(panel, framework)
    refused |= refusals(own.bench, {i: run.recipe for i, run in runs.items()})
    _refuse_begin(slots, rows, refused, invalid)
    base = build_on(own.bench, recipe)
    at = _periods(panel, period)
    done = work(
        {i: run for i, run in runs.items() if i not in refused},
        own,
        {label: Bench(one, framework) for label, one in slots.panels.items()},
        at=at,
        noise=slots.noise,
        seed=seed,
        workers=workers,
        progress=progress,
    )
    failed, scores = dict(refused), np.full((len(rows), len(at), len(panel.units)), np.nan)
    for i, found in done.items():
        if isinstance(found, NqpfError):
            failed[i] = found
        else:
            scores[i] = found
    baseline = on_all_units(base.scores[list(at), :, -1], base.panel.units, panel.units)
    return Multiverse(
        slots=slots.slots,
        noise=slots.noise,
        design=plan,
        run_of=run_of.reshape(-1),
        run_scores=scores,
        run_ranks=competition_rank(scores).astype(np.float32),
        failures=failed,
        refused=frozenset(refused),
        baseline_scores=baseline,
        baseline_ranks=competition_rank(baseline),
        units=panel.units,
        labels=panel.labels,
        periods=tuple(panel.periods[t] for t in at),
        places=places,
        level=level,
        notes=_notes(plan, scores, baseline, failed),
        method=Method(
            f"multiverse.{plan.kind}", {"design": plan.kind, "n": plan.n, "seed": seed, "runs": len(plan.levels)}
        ),
    )


def _runs(
    rows: NDArray[np.int64], slots: Slots, recipe: Recipe, framework: Framework
) -> tuple[dict[int, Run], dict[int, NqpfError]]:
    """Return the runs by row, and why those are refused whose recipes cannot be written."""
    runs: dict[int, Run] = {}
    refused: dict[int, NqpfError] = {}
    recipes: dict[tuple[int, ...], Recipe | NqpfError] = {}
    special = {path for slot in slots.slots for path in slot.paths if path[0] not in Recipe.model_fields}
    of_recipe = [f for f, slot in enumerate(slots.slots) if not slot.paths & special]
    for i, row in enumerate(rows.tolist()):
        key = tuple(row[f] for f in of_recipe)
        if key not in recipes:
            sets = [slots.slots[f].alternatives[row[f]].sets for f in of_recipe]
            recipes[key] = _recipe(recipe, framework, sets)
        found = recipes[key]
        if isinstance(found, NqpfError):
            refused[i] = found
            continue
        values = {path[0]: v for f, at in enumerate(row) for path, v in slots.slots[f].alternatives[at].sets.items()}
        runs[i] = Run(found, values.get("panel"), values.get("weights_noise"), values.get("leave_out"))
    return runs, refused


def _recipe(recipe: Recipe, framework: Framework, sets: Sequence[Mapping[Any, Any]]) -> Recipe | NqpfError:
    try:
        return with_settings(recipe, framework, {path: value for one in sets for path, value in one.items()})
    except SpecError as error:
        return error


def _refuse_begin(
    slots: Slots, rows: NDArray[np.int64], refused: Mapping[int, NqpfError], invalid: Literal["count", "refuse"]
) -> None:
    """Refuse a design with an alternative that fits no combination, or with any misfit where that is wished."""
    bad = np.isin(np.arange(len(rows)), list(refused))
    for f, slot in enumerate(slots.slots):
        for a, one in enumerate(slot.alternatives):
            mine = rows[:, f] == a
            if mine.any() and bad[mine].all():
                reason = refused[int(np.flatnonzero(mine)[0])]
                where = Where(key=f"vary.{slot.name}.{a}")
                raise SpecError(
                    "alternative_never_runs", where=where, slot=slot.name, label=one.label, body=reason.text()
                )
    if refused and invalid == "refuse":
        first = next(iter(refused))
        named = zip(slots.slots, rows[first], strict=True)
        words = {"count": len(refused), "total": len(rows), "body": refused[first].text()}
        combination = listing(f"{slot.name}: {slot.alternatives[a].label}" for slot, a in named)
        raise SpecError("combinations_refused", where=Where(key="vary"), combination=combination, **words)


def _periods(panel: Panel, period: int | Sequence[int] | Literal["all"] | None) -> tuple[int, ...]:
    """Return the positions of the years that are kept."""
    if period == "all":
        return tuple(range(len(panel.periods)))
    if period is None:
        return (len(panel.periods) - 1,)
    found = []
    for one in (period,) if isinstance(period, int) else period:
        if one not in panel.periods:
            raise SpecError("unknown_period", where=Where(key="period"), period=one, options=listing(panel.periods, 40))
        found.append(panel.periods.index(int(one)))
    return tuple(found)


def _notes(plan: Design, scores: Floats, baseline: Floats, failed: Mapping[int, NqpfError]) -> tuple[Note, ...]:
    notes = []
    if failed:
        notes.append(Note("multiverse_failed", values={"failed": len(failed), "total": len(scores)}))
    ran = np.isin(np.arange(len(scores)), list(failed), invert=True)
    fewer = int(((np.isnan(scores) & ~np.isnan(baseline)).any(axis=(1, 2)) & ran).sum())
    if fewer:
        notes.append(Note("multiverse_fewer_units", values={"count": fewer, "total": int(ran.sum())}))
    if plan.kind == "sobol" and plan.n and plan.n & (plan.n - 1):
        notes.append(Note("sobol_not_power", "info", {"n": plan.n}))
    if plan.n is not None and plan.n < FEW:
        notes.append(Note("multiverse_few_runs", values={"n": plan.n, "few": FEW}))
    return tuple(notes)
