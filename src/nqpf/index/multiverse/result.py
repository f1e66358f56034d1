"""What a multiverse returns: every run's scores and ranks, the design, and summaries of how firm ranks are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from nqpf.errors import NqpfError, SpecError, Where, hint, listing
from nqpf.index.multiverse.design import Design
from nqpf.index.multiverse.noise import Noise
from nqpf.index.multiverse.shares import Runs, Target, shares_frame
from nqpf.index.multiverse.slots import Slot
from nqpf.index.multiverse.stability import FIRM, intervals_frame, pairs_frame, stability_frame
from nqpf.messages import Text
from nqpf.results import Method, Note, Result

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Multiverse(Result):
    """An index under every combination of choices.

    A row of the design is a run; rows that are alike are computed once. Runs that failed keep their rows, without
    scores.

    Attributes
    ----------
    slots
        What varies, in the order of the design's columns.
    noise
        Noise on weights, where there is any.
    design
        Alternatives of every row.
    run_of
        ``int[R]``: which distinct run each row of the design is.
    run_scores, run_ranks
        ``float64`` and ``float32[distinct runs, T, N]``: score of the index and rank within the year, over the T years
        that were kept and all N units; NaN where there is none.
    failures
        Why distinct runs failed.
    refused
        Those of them that were not begun, because they cannot be built whatever the data.
    baseline_scores, baseline_ranks
        ``float64[T, N]`` of the recipe itself.
    units, labels, periods
        Codes and names of the units, and the years that were kept.
    places, level
        What the summaries take where nothing else is said.
    """

    slots: tuple[Slot, ...]
    noise: Noise | None
    design: Design
    run_of: NDArray[np.int64]
    run_scores: Floats
    run_ranks: NDArray[np.float32]
    failures: Mapping[int, NqpfError]
    refused: frozenset[int]
    baseline_scores: Floats
    baseline_ranks: Floats
    units: tuple[str, ...]
    labels: Mapping[str, Text]
    periods: tuple[int, ...]
    places: int
    level: float
    notes: tuple[Note, ...]
    method: Method

    def __len__(self) -> int:
        """Rows of the design."""
        return len(self.run_of)

    @property
    def scores(self) -> Floats:
        """``float64[R, T, N]``: score of the index in every row of the design."""
        return self.run_scores[self.run_of]

    @property
    def ranks(self) -> NDArray[np.float32]:
        """``float32[R, T, N]``: rank within the year in every row of the design, 1 best, ties sharing the smaller."""
        return self.run_ranks[self.run_of]

    @property
    def status(self) -> list[str]:
        """State of every row: ``ok``, ``failed`` or ``refused``."""
        states = {i: "refused" if i in self.refused else "failed" for i in self.failures}
        return [states.get(i, "ok") for i in self.run_of.tolist()]

    @property
    def valid(self) -> NDArray[np.bool_]:
        """``bool[R]``: rows that did not fail."""
        return np.isin(self.run_of, list(self.failures), invert=True)

    def to_frame(self) -> pl.DataFrame:
        """Return run (from 1), unit, period, score and rank: a row each."""
        runs, years, units = len(self), len(self.periods), len(self.units)
        keys = {
            "run": np.repeat(np.arange(1, runs + 1), years * units),
            "unit": np.tile(self.units, runs * years),
            "period": np.tile(np.repeat(self.periods, units), runs),
        }
        frame = pl.DataFrame(keys | {"score": self.scores.reshape(-1), "rank": self.ranks.reshape(-1)})
        return frame.with_columns(pl.col("score").fill_nan(None), pl.col("rank").fill_nan(None).cast(pl.Int64))

    def design_frame(self) -> pl.DataFrame:
        """Return the design: run, block (of Sobol' designs), status, and for each slot the alternative's label.

        Columns ``SLOT_position`` hold the alternatives' positions from 1.
        """
        blocks = self.design.blocks()
        columns: dict[str, Any] = {"run": np.arange(1, len(self) + 1)}
        columns |= {"block": blocks} if blocks else {}
        columns["status"] = self.status
        for f, slot in enumerate(self.slots):
            labels = np.array([a.label for a in slot.alternatives])
            columns[slot.name] = labels[self.design.levels[:, f]]
        positions = {f"{s.name}_position": self.design.levels[:, f] + 1 for f, s in enumerate(self.slots)}
        return pl.DataFrame(columns | positions)

    def failures_frame(self) -> pl.DataFrame:
        """Return run, status, the alternatives' labels and the reason (``reason_zh``, ``reason_en``) of what failed."""
        reasons = {i: error.text() for i, error in self.failures.items()}
        rows = [(row + 1, reasons[i].zh, reasons[i].en) for row, i in enumerate(self.run_of.tolist()) if i in reasons]
        schema = {"run": pl.Int64, "reason_zh": pl.String, "reason_en": pl.String}
        failed = pl.DataFrame(rows, schema=schema, orient="row")
        shown = self.design_frame().select("run", "status", *(s.name for s in self.slots))
        return shown.join(failed, on="run", how="inner", maintain_order="left")

    def intervals(self, level: float | None = None, period: int | None = None) -> pl.DataFrame:
        """Return how far the rank of each unit moves over the runs.

        Quantiles interpolate between order statistics (type 7 of Hyndman and Fan). Of a Sobol' design the rows A and B
        count: the others are no independent sample.

        Parameters
        ----------
        level
            Share of runs between ``low`` and ``high``; default: `level` of the multiverse.
        period
            Year; default: all that were kept.

        Returns
        -------
        polars.DataFrame
            unit, period, rank (of the baseline), median, mean, low, high, best, worst, and ``runs`` that rank the unit.
        """
        level = self.level if level is None else level
        if not 0 < level < 1:
            raise SpecError("level_out_of_range", where=Where(key="level"), level=level)
        years = self.periods if period is None else (period,)
        positions = [self._at(year) for year in years]
        return pl.concat(
            [self._frame(t, intervals_frame(self._sample(t), self.baseline_ranks[t], level)) for t in positions]
        )

    def stable(self, places: int | None = None, period: int | None = None, firm: float = FIRM) -> pl.DataFrame:
        """Return which ranks are stable, and who stands firmly in the head, in the tail, or in the grey middle.

        Parameters
        ----------
        places
            A rank is stable if it stays within so many places of the baseline's in a share `firm` of the runs;
            default: `places` of the multiverse.
        period
            Year; default: the last.
        firm
            Share of runs from which a statement counts as firm.

        Returns
        -------
        polars.DataFrame
            unit, period, rank, ``within`` (share of runs within `places`), ``stable``, ``top`` and ``bottom`` (shares
            of runs in the first and the last third of the units ranked), and ``zone``: ``head``, ``tail`` or ``grey``.
        """
        t = self._at(self.periods[-1] if period is None else period)
        places = self.places if places is None else places
        return self._frame(t, stability_frame(self._sample(t), self.baseline_ranks[t], places, firm))

    def shares(
        self,
        target: Target = "rank",
        *,
        period: int | None = None,
        top: int = 10,
        each: bool = False,
        centre: bool = True,
        draws: int = 1000,
        level: float | None = None,
    ) -> pl.DataFrame:
        """Return the share of variance that each choice explains.

        Complete factorial designs are taken apart exactly; where failed runs leave holes, the smallest set of slots
        that decides which fail is taken as one choice (``normalise × aggregate``). Sobol' designs give first-order and
        total indices, random ones first-order shares, both with bootstrap intervals.

        Parameters
        ----------
        target
            ``rank``: the rank of every unit, variances added up over the units. ``top``: membership of the first
            `top`, likewise. ``shift``: mean |rank − rank of the baseline|. ``spearman``: rank correlation with the
            baseline. Or a function of ranks and scores ``float64[R, N]`` that returns ``float64[R]`` or
            ``float64[R, M]``.
        period
            Year; default: the last.
        top
            Of the target ``top``.
        each
            A share for every unit on its own, without intervals.
        centre, draws, level
            Of Sobol' designs, see `sobol_indices`; of the bootstrap intervals.

        Returns
        -------
        polars.DataFrame
            slot, effect (``first``: the slot alone; ``pair``: what two do together beyond that; ``higher``: three and
            more; ``total``: all that the slot takes part in), share, low, high; with `each` unit before them. Exact
            shares of ``first``, ``pair`` and ``higher`` sum to one. Null where nothing varies.
        """
        t = self._at(self.periods[-1] if period is None else period)
        runs = Runs(
            ranks=self.run_ranks[self.run_of, t].astype(float),
            scores=self.run_scores[self.run_of, t],
            baseline=self.baseline_ranks[t],
            units=self.units,
            names=[slot.name for slot in self.slots],
            design=self.design,
            valid=self.valid,
        )
        level, seed = self.level if level is None else level, self.design.seed or 0
        return shares_frame(runs, target, top=top, each=each, centre=centre, draws=draws, level=level, seed=seed)

    def pairs(self, period: int | None = None, units: Sequence[str] | None = None) -> pl.DataFrame:
        """Return for every two units the share of runs in which the one outranks the other.

        Parameters
        ----------
        period
            Year; default: the last.
        units
            Codes of the units to compare; default: all.

        Returns
        -------
        polars.DataFrame
            unit, other, ``ahead`` (share of runs in which `unit` ranks better), ``tied``; over the runs that rank both.
        """
        t = self._at(self.periods[-1] if period is None else period)
        wanted = self.units if units is None else tuple(units)
        for unit in wanted:
            if unit not in self.units:
                raise SpecError("unknown_unit", unit=unit, hint=hint(unit, self.units))
        return pairs_frame(self._sample(t)[:, [self.units.index(u) for u in wanted]], wanted)

    def _frame(self, t: int, frame: pl.DataFrame) -> pl.DataFrame:
        """Return a frame with a row a unit with the unit and the year before it."""
        keys = {"unit": list(self.units), "period": [self.periods[t]] * len(self.units)}
        return pl.concat([pl.DataFrame(keys), frame], how="horizontal")

    def _sample(self, t: int) -> Floats:
        """Return the ranks of the rows that are a sample and did not fail, ``float64[runs, N]``."""
        rows = self.run_of[self.design.sample]
        found: Floats = self.run_ranks[rows[self.valid[self.design.sample]], t].astype(float)
        return found

    def _at(self, period: int) -> int:
        if period not in self.periods:
            raise SpecError("unknown_period", period=period, options=listing(self.periods, 40))
        return self.periods.index(period)
