"""The system as a whole, measured every way its data allow: what the chapters on it are written from.

Each part is what a method gives, or the error that says why it cannot be had from these data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf import theory
from nqpf.data import Panel
from nqpf.data.formula import evaluate
from nqpf.errors import MethodError, SpecError, Where, hint, listing
from nqpf.index import Index
from nqpf.index.framework import Framework, Indicator
from nqpf.productivity.survey import Survey
from nqpf.regions.paths.peers import Peers, peers
from nqpf.regions.paths.sufficiency import sufficiency
from nqpf.regions.paths.sufficiency_result import Sufficiency
from nqpf.regions.paths.typology import Typology, typology
from nqpf.regions.systems.balance import Balance, balance
from nqpf.regions.systems.circle import Circle, circle
from nqpf.regions.systems.common_prosperity import CommonProsperity, common_prosperity
from nqpf.regions.systems.factor_share import FactorShare, factor_share
from nqpf.regions.systems.gap_life import GapLife, gap_life
from nqpf.regions.systems.joint_gain import JointGain, joint_gain
from nqpf.regions.systems.social_gain import SocialGain, social_gain
from nqpf.results import Part
from nqpf.synthesis.causes import Causes, causes
from nqpf.synthesis.leaps import Leaps, leaps
from nqpf.synthesis.living import Living, living
from nqpf.synthesis.quality import Quality, quality
from nqpf.synthesis.risk import Risk, risk
from nqpf.synthesis.scores import Scores, scores_of
from nqpf.synthesis.spec import DistributionSpec, SystemSpec

Floats = NDArray[np.float64]
PRODUCTIVITY = "productivity"
"""Name of the level of total factor productivity among conditions and outcomes."""
KEYS: dict[str, Any] = {"unit": "unit", "time": "period"}
LASTING = ("supply_demand", "forces_relations")
"""Sides whose gap has a life: supply and demand, and relations that must keep up with forces."""


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """Efficiency and distribution.

    Attributes
    ----------
    joint
        Each unit's gain in efficiency beside its change in inequality.
    social
        Growth of the mean income and what its distribution over units takes from it.
    prosperity
        Prosperity times sharing, and its coupling with the index.
    labour
        Share of labour in output.
    """

    joint: Part[JointGain]
    social: Part[SocialGain]
    prosperity: Part[CommonProsperity]
    labour: Part[FactorShare]


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """The system of N units in T years.

    Attributes
    ----------
    spec
        What was asked for.
    scores
        Indicators of the index and beside it on one scale.
    living
        The logic diagram's numbers.
    filled
        By set of roles (circle, balance, reading) and role the indicators that fill it; empty where none does.
    roles
        unit, period and a column for each set and role that is filled, named ``set:role``.
    circles
        By circle; absent where a role has no indicator.
    balances
        By balance of two sides; absent likewise.
    gaps
        How long gaps last, of `LASTING`.
    distribution
        None where the study does not ask for it.
    outcome
        Id of what combinations should suffice for; None where there is nothing.
    typology, sufficiency
        Types of units, and combinations that suffice.
    peers
        Units alike by endowment.
    leaps, causes
        Leaps of the three elements; whether the three causes lead.
    quality, risk
        The index beside high-quality development; growth beside risk.
    """

    spec: SystemSpec
    scores: Scores
    living: Living
    filled: Mapping[str, Mapping[str, tuple[Indicator, ...]]]
    roles: pl.DataFrame
    circles: Mapping[str, Part[Circle]]
    balances: Mapping[str, Part[Balance]]
    gaps: Mapping[str, Part[GapLife]]
    distribution: Distribution | None
    outcome: str | None
    typology: Part[Typology]
    sufficiency: Part[Sufficiency]
    peers: Part[Peers]
    leaps: Part[Leaps]
    causes: Part[Causes]
    quality: Part[Quality]
    risk: Part[Risk]


def survey_system(
    spec: SystemSpec,
    index: Index,
    panel: Panel,
    beside: Framework | None,
    productivity: Survey | None,
    groups: Mapping[str, str],
    seed: int,
) -> System:
    """Return what a study asks about the system as a whole.

    Parameters
    ----------
    spec
        What is asked.
    index, panel
        The index, and the raw series of the same units and years.
    beside
        Indicators beside the index.
    productivity
        Total factor productivity, where it was measured.
    groups
        Group of each unit; empty where there are none.
    seed
        Of every draw.

    Raises
    ------
    NqpfError
        A role, an indicator or a formula is not there; with the key of the study.
    """
    scores = scores_of(index, panel, beside)
    known = {} if productivity is None else estimated(productivity, scores)
    filled = {one.id: _filled(spec, one, scores.indicators) for one in theory.role_sets()}
    roles = _roles(scores, filled)
    words = {**KEYS, "draws": spec.circles.draws, "seed": seed}

    def sides(id: str) -> list[str] | None:
        """Return the columns of a set, or None where a role is empty."""
        return [f"{id}:{role}" for role in filled[id]] if all(filled[id].values()) else None

    level = None if productivity is None else _level(productivity, panel)
    elements = [f"elements:{role}" for role, found in filled["elements"].items() if found]
    rings = {one.id: names for one in theory.circles() if (names := sides(one.id)) is not None}
    pairs = {one.id: names for one in theory.balances() if (names := sides(one.id)) is not None and len(names) == 2}
    lasting = {name: names for name in LASTING if (names := sides(name)) is not None}
    table = _conditions(spec, index, scores, known)
    names = [f"·{name}" for name in spec.paths.conditions or [node.id for node in index.framework.dimensions]]
    outcome = spec.paths.outcome or (PRODUCTIVITY if known else None)
    return System(
        spec=spec,
        scores=scores,
        living=living(scores, known),
        filled=filled,
        roles=roles,
        circles={
            id: Part.of(partial(circle, _complete(roles, ring), ring, lags=spec.circles.lags, **words))
            for id, ring in rings.items()
        },
        balances={id: Part.of(partial(balance, roles, *pair, missing="drop", **words)) for id, pair in pairs.items()},
        gaps={id: Part.of(partial(gap_life, roles, *pair, **words)) for id, pair in lasting.items()},
        distribution=None
        if spec.distribution is None
        else _distribution(spec.distribution, panel, index, productivity, groups, seed),
        outcome=outcome,
        typology=Part.of(lambda: _typed(spec, table, names, seed)),
        sufficiency=Part.asked(outcome is not None, lambda: _sufficing(spec, table, names, str(outcome), seed)),
        peers=Part.asked(spec.peers is not None, lambda: _peers(spec, index, panel)),
        leaps=Part.asked(bool(elements), lambda: leaps(roles, elements, unit="unit", time="period", seed=seed)),
        causes=Part.of(lambda: causes(scores, level, lags=spec.circles.lags)),
        quality=Part.of(lambda: quality(scores, filled["concepts"], level, lags=spec.circles.lags, seed=seed)),
        risk=Part() if level is None else Part.of(partial(risk, scores, level)),
    )


def estimated(found: Survey, scores: Scores) -> dict[str, Floats]:
    """Return what productivity says of boxes of the diagram: its level, and how near a unit is to its year's best."""
    rows = [found.units.index(unit) for unit in scores.units]
    return {"hallmark_tfp": found.level[:, rows], "trait_advanced": found.efficiency[:, rows]}


def _filled(spec: SystemSpec, one: theory.RoleSet, indicators: Sequence[Indicator]) -> dict[str, tuple[Indicator, ...]]:
    """Return the indicators of each role of a set: as the study says, else by their marks, each in one role at most."""
    by_id = {indicator.id: indicator for indicator in indicators}
    for name, ids in spec.roles.items():
        theory.role(name)
        for wrong in (id for id in ids if id not in by_id):
            where = Where(key=f"system.roles.{name}")
            raise SpecError("system_role", where=where, indicator=wrong, hint=hint(wrong, by_id), role=name)
    stated = {id for role in one.roles for id in spec.roles.get(role.id, ())}
    by_marks = theory.assign(one, [indicator for indicator in indicators if indicator.id not in stated])
    return {
        role.id: tuple(by_id[id] for id in spec.roles[role.id]) if role.id in spec.roles else by_marks[role.id]
        for role in one.roles
    }


def _roles(scores: Scores, filled: Mapping[str, Mapping[str, tuple[Indicator, ...]]]) -> pl.DataFrame:
    place = {indicator.id: k for k, indicator in enumerate(scores.indicators)}
    return scores.table(
        {
            f"{one}:{role}": scores.mean([place[i.id] for i in found])
            for one, roles in filled.items()
            for role, found in roles.items()
            if found
        }
    )


def _complete(table: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Return the rows in which every column has a number."""
    return table.select("unit", "period", *columns).drop_nulls()


def _conditions(spec: SystemSpec, index: Index, scores: Scores, estimated: Mapping[str, Floats]) -> pl.DataFrame:
    """Return unit, period, and a column ``·ID`` for every node, indicator beside the index, and productivity."""
    nodes = {node.id: index.scores[:, :, node.at] for node in index.framework.nodes}
    beside = {one.id: scores.scores[:, :, k] for k, one in enumerate(scores.indicators) if one.id not in nodes}
    level = {PRODUCTIVITY: estimated["hallmark_tfp"]} if estimated else {}
    columns = {**nodes, **beside, **level}
    asked = [(name, "conditions") for name in spec.paths.conditions]
    for name, key in asked + ([(spec.paths.outcome, "outcome")] if spec.paths.outcome else []):
        if name not in columns:
            where = Where(key=f"system.paths.{key}")
            raise SpecError("system_node", where=where, node=name, hint=hint(name, columns), known=listing(columns, 40))
    return scores.table({f"·{name}": one for name, one in columns.items()})  # no id is taken for a key


def _typed(spec: SystemSpec, table: pl.DataFrame, names: Sequence[str], seed: int) -> Typology:
    if len(names) < 2:
        raise MethodError("system_few_conditions", count=len(names))
    last = table.filter(pl.col("period") == table["period"].max()).select("unit", *names).drop_nulls()
    return typology(last, names, unit="unit", clusters=spec.paths.clusters, draws=spec.paths.draws, seed=seed)


def _sufficing(spec: SystemSpec, table: pl.DataFrame, names: Sequence[str], outcome: str, seed: int) -> Sufficiency:
    if len(names) < 2:
        raise MethodError("system_few_conditions", count=len(names))
    last = table.filter(pl.col("period") == table["period"].max()).select("unit", *names, f"·{outcome}").drop_nulls()
    return sufficiency(last, names, f"·{outcome}", unit="unit", consistency=spec.paths.consistency, seed=seed)


def _peers(spec: SystemSpec, index: Index, panel: Panel) -> Peers:
    """Return who is like whom in the last year, and what the best peers have reached in every dimension."""
    assert spec.peers is not None
    owned = spec.peers.endowment.items()
    formulas = {f"endowment·{name}": (f"system.peers.endowment.{name}", text) for name, text in owned}
    table = quantities(panel, formulas)
    targets = [index.framework.root, *index.framework.dimensions]
    scores = pl.DataFrame({"unit": index.panel.units} | {f"·{n.id}": index.scores[-1, :, n.at] for n in targets})
    last = table.filter(pl.col("period") == panel.periods[-1]).join(scores, on="unit", maintain_order="left")
    wanted = [f"·{node.id}" for node in targets]
    return peers(last, list(formulas), unit="unit", count=spec.peers.count, targets=wanted)


def _distribution(
    spec: DistributionSpec,
    panel: Panel,
    index: Index,
    productivity: Survey | None,
    groups: Mapping[str, str],
    seed: int,
) -> Distribution:
    formulas = {name: (f"system.distribution.{name}", text) for name, text in spec.formulas.items()}
    table = quantities(panel, formulas)
    if spec.efficiency is None:
        level = (
            table["income"] if productivity is None else pl.Series(_level(productivity, panel).ravel()).fill_nan(None)
        )
        table = table.with_columns(efficiency=level)
    grouped = table.with_columns(group=pl.col("unit").replace_strict(groups, default=None, return_dtype=pl.String))
    group = "group" if groups and not grouped["group"].has_nulls() else None
    ends = grouped.filter(pl.col("period").is_in([panel.periods[0], panel.periods[-1]]))
    whole = index.framework.root.at
    prosperity = table.with_columns(index=pl.Series(index.scores[:, :, whole].ravel()).fill_nan(None))
    return Distribution(
        joint=Part.asked(
            spec.inequality is not None,
            lambda: joint_gain(ends, "efficiency", "inequality", group=group, seed=seed, **KEYS),
        ),
        social=Part.of(lambda: social_gain(ends, "income", weight="population", **KEYS)),
        prosperity=Part.asked(spec.inequality is not None, lambda: _prosperity(prosperity)),
        labour=Part.asked(
            spec.labour is not None and spec.output is not None, lambda: factor_share(table, "labour", "output", **KEYS)
        ),
    )


def _prosperity(table: pl.DataFrame) -> CommonProsperity:
    """Return common prosperity: log income and low inequality, each between the worst and best of units and years."""
    income, gap = pl.col("income").log(), pl.col("inequality")
    scaled = table.drop_nulls(["income", "inequality", "index"]).with_columns(
        prosperity=(income - income.min()) / (income.max() - income.min()),
        sharing=(gap.max() - gap) / (gap.max() - gap.min()),
        index=(pl.col("index") - pl.col("index").min()) / (pl.col("index").max() - pl.col("index").min()),
    )
    return common_prosperity(scaled, "prosperity", "sharing", index="index", **KEYS)


def _level(found: Survey, panel: Panel) -> Floats:
    return found.level[:, [found.units.index(unit) for unit in panel.units]]


def quantities(panel: Panel, formulas: Mapping[str, tuple[str, str]]) -> pl.DataFrame:
    """Return unit, period and formulas over the raw series by name, each given with the key it is written at."""
    keys = {
        "unit": np.tile(np.array(panel.units, dtype=object), len(panel.periods)),
        "period": np.repeat(panel.periods, len(panel.units)),
    }
    frame = pl.DataFrame(keys, schema={"unit": pl.String, "period": pl.Int64})
    for name, (key, formula) in formulas.items():
        values = evaluate(panel, formula, name=name, where=Where(key=key))
        frame = frame.with_columns(pl.Series(name, values.ravel()).fill_nan(None))
    return frame
