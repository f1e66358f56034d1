"""What every chapter is given: the panel, the index and the names of things; and what several chapters share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.data import Checks, Ledger, Panel
from nqpf.data.missing import Filled, is_filled
from nqpf.errors import MethodError
from nqpf.index import Framework, Index, contributions, leave_one_out, obstacle
from nqpf.index.coherence import Coherence, coherence
from nqpf.index.contributions import Contributions
from nqpf.index.framework import Node
from nqpf.index.leave_one_out import LeaveOneOut
from nqpf.index.multiverse import Multiverse
from nqpf.index.obstacle import Obstacles
from nqpf.index.over_draws import OverDraws
from nqpf.index.planning.index_grades import IndexGrades, index_grades
from nqpf.index.planning.planned import Planned
from nqpf.index.planning.spec import GradesSpec, Ranks
from nqpf.index.tree import node_ends
from nqpf.index.weights import WeightDrift
from nqpf.index.yearly_weights import yearly_weights
from nqpf.messages import Text
from nqpf.productivity.scenario.scenarios import Scenarios
from nqpf.productivity.survey import Survey
from nqpf.regions.survey import Regions
from nqpf.results import Note
from nqpf.synthesis.living import Living, living
from nqpf.synthesis.scores import Scores, scores_of
from nqpf.synthesis.shakes import Shakes, shakes
from nqpf.synthesis.survey import System, estimated

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Context:
    """The material of an assessment.

    Attributes
    ----------
    title, about
        Of the study.
    scheme
        ``provinces``, ``countries`` or ``none``.
    panel, reported
        Raw series, and the same before missing values were dealt with.
    ledger
        Every changed cell.
    notes
        What was understood while reading.
    index
        The index.
    group, group_titles
        Each unit's group and each group's title; empty where there are none.
    filled
        How missing values were dealt with.
    checks
        What looks wrong in the numbers as reported.
    over_draws
        Ranks on every draw of the imputed cells, where any were drawn.
    multiverse
        The index built in every defensible way, where the study asks for it.
    size
        Raw series that say how large a unit is.
    ranks
        How the report speaks of ranks: with intervals, in grades only, or not at all.
    grading
        How units are graded, where they are shown in grades only.
    planned
        Planning scores, where the study asks for any.
    seed
        Of whatever is drawn.
    productivity
        Total factor productivity, where the study asks for it.
    regions
        The units compared in space and time, where the study asks for it.
    system
        The system put together, where the study asks for it.
    scenarios, projected
        Projections to a target year, where the study asks for them, and formulas of what is projected.
    """

    title: Text
    about: Text | None
    scheme: str
    panel: Panel
    reported: Panel
    ledger: Ledger
    notes: tuple[Note, ...]
    index: Index
    group: Mapping[str, str]
    group_titles: Mapping[str, Text]
    filled: Filled
    checks: Checks
    over_draws: OverDraws | None = None
    multiverse: Multiverse | None = None
    size: tuple[str, ...] = ()
    ranks: Ranks = "interval"
    grading: GradesSpec | None = None
    planned: Planned | None = None
    seed: int = 0
    productivity: Survey | None = None
    regions: Regions | None = None
    system: System | None = None
    scenarios: Scenarios | None = None
    projected: Mapping[str, str] = field(default_factory=dict)

    @property
    def framework(self) -> Framework:
        """The tree of indicators."""
        return self.index.framework

    @property
    def first(self) -> int:
        """First year."""
        return self.panel.periods[0]

    @property
    def last(self) -> int:
        """Last year."""
        return self.panel.periods[-1]

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Lowest and highest score of an indicator, where its scale has such."""
        return self.index.fitted.recipe.normalise.bounds

    def ends(self, node: Node) -> tuple[float, float] | None:
        """Return the lowest and highest score a node can have, where its scale has such."""
        return node_ends(self.framework, self.index.fitted.recipe, node.at)

    @property
    def against(self) -> str:
        """What contributions to the level are measured from: ``floor`` or ``mean``."""
        return str(self.level_parts.method.options["against"])

    @cached_property
    def scale(self) -> Scores:
        """The indicators of the index, and those beside it, on one scale from 0 to 1."""
        return self.system.scores if self.system is not None else scores_of(self.index, self.panel, None)

    @cached_property
    def living(self) -> Living:
        """The logic diagram's numbers for every unit and year."""
        if self.system is not None:
            return self.system.living
        found = self.productivity
        return living(self.scale, {} if found is None else estimated(found, self.scale))

    @cached_property
    def shakes(self) -> Shakes:
        """Whether growth and productivity have left the old way."""
        return shakes(self.productivity, self.seed)

    @cached_property
    def level_parts(self) -> Contributions:
        """What each indicator contributes to the level: above the worst score, or the mean where there is no worst."""
        try:
            return contributions(self.index, "floor")
        except MethodError:
            return contributions(self.index, "mean")

    @cached_property
    def change_parts(self) -> Contributions | None:
        """What each indicator contributes to the change since the first year; None where that cannot be told."""
        try:
            return contributions(self.index, self.first) if self.first != self.last else None
        except MethodError:
            return None

    @cached_property
    def obstacles(self) -> Obstacles | None:
        """Obstacle degrees, where the scale has a best score."""
        try:
            return obstacle(self.index)
        except MethodError:
            return None

    @cached_property
    def leave_one_out(self) -> LeaveOneOut:
        """Ranks without each indicator in turn."""
        return leave_one_out(self.index)

    @cached_property
    def yearly_weights(self) -> WeightDrift | None:
        """Weights if every year had its own, where weights come from the scores."""
        return yearly_weights(self.index)

    @cached_property
    def coherence(self) -> Coherence:
        """The statistical audit of the index."""
        return coherence(self.index, raw=self.panel, size=self.size)

    def rank_interval(self) -> tuple[Floats, Floats]:
        """Return the best and worst rank, ``float64[T, N]`` each: indicators left out, imputed cells drawn anew."""
        if self.over_draws is not None:
            return self.over_draws.low, self.over_draws.high
        return self.leave_one_out.interval()

    @cached_property
    def graded(self) -> IndexGrades | None:
        """Units in grades, where the report shows grades only."""
        if self.grading is None:
            return None
        low, high = self.rank_interval()
        runs = None if self.multiverse is None else self.multiverse.intervals(period=self.last)
        return index_grades(self.index, self.grading, low[-1], high[-1], runs)

    @cached_property
    def imputed(self) -> NDArray[np.bool_]:
        """Where an indicator rests on a filled figure, ``bool[T, N, K]``."""
        return is_filled(self.index.panel.status)

    @cached_property
    def unit_names(self) -> pl.DataFrame:
        """Columns unit, unit_zh, unit_en, group, group_zh, group_en."""
        rows = []
        for unit in self.panel.units:
            label, group = self.panel.labels[unit], self.group.get(unit)
            title = self.group_titles[group] if group else None
            rows.append((unit, label.zh, label.en, group, title.zh if title else None, title.en if title else None))
        names = ["unit", "unit_zh", "unit_en", "group", "group_zh", "group_en"]
        return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")

    def node_names(self, key: str) -> pl.DataFrame:
        """Return columns `key`, ``key_zh``, ``key_en`` for the nodes of the framework."""
        rows = [(n.id, n.title.zh, n.title.en) for n in self.framework.nodes]
        return pl.DataFrame(rows, schema=dict.fromkeys((key, f"{key}_zh", f"{key}_en"), pl.String), orient="row")

    def series_names(self, key: str) -> pl.DataFrame:
        """Return columns `key`, ``key_zh``, ``key_en`` for the raw series."""
        rows = [(s.id, s.title.zh, s.title.en) for s in self.panel.series]
        return pl.DataFrame(rows, schema=dict.fromkeys((key, f"{key}_zh", f"{key}_en"), pl.String), orient="row")

    @cached_property
    def scores(self) -> pl.DataFrame:
        """Columns of `unit_names`, period, node, level, score, rank, present: a row a unit, year and node."""
        return self.index.to_frame().join(self.unit_names, on="unit", how="left", maintain_order="left")

    def peers(self, unit: str) -> list[int]:
        """Return positions of the units that `unit` is compared with: its group, or all where it has none."""
        group = self.group.get(unit)
        units = self.panel.units
        return [n for n, u in enumerate(units) if group is None or self.group.get(u) == group]

    def label(self, unit: str) -> Text:
        """Return a unit's name."""
        return self.panel.labels[unit]
