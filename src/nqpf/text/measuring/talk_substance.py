"""Talk against substance: who writes more of a thing than their index of it would suggest, and how sure that is.

Attention and score are standardised over regions, year by year; the interval of their difference comes from drawing the
documents of each region anew (Efron 1979, doi:10.1214/aos/1176344552). It says nothing of why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Unpack, get_args

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import rankdata

from nqpf.columns import choose
from nqpf.data.keyed import Keyed
from nqpf.errors import SpecError, Where
from nqpf.frames import as_backend, backend_of
from nqpf.results import Method, Note, Result
from nqpf.text.measuring.dictionary import Terms
from nqpf.text.measuring.gaps import LEAST_DOCUMENTS, Across, Cells, Gaps, centred, gaps_of
from nqpf.text.measuring.measured import Measured
from nqpf.text.measuring.options import Counting

Bools = NDArray[np.bool_]

LEAST_UNITS = 5
"""Regions below which a year is not assessed (convention)."""


@dataclass(frozen=True, slots=True, eq=False)
class TalkSubstance(Result):
    """Talk against substance.

    Attributes
    ----------
    frame
        A row a unit and time of either table: documents (with something to count), count, characters, attention
        (occurrences per thousand characters), score, z_attention, z_score, gap (their difference: above 0 the talk is
        ahead), low, high, rank_difference (rank by score less rank by attention: above 0 the talk ranks better),
        rank_low, rank_high, verdict, light.
    agreement
        A row a time: units, rho (Spearman's rank correlation of attention and score), p (permutation, two-sided); null
        where not assessed.
    method, notes, backend
        How they came about, remarks, library of the table that was given.

    Notes
    -----
    Verdicts: ``talk_ahead`` and ``substance_ahead`` where the interval of the gap lies on one side of 0,
    ``no_evidence`` where it holds 0, ``not_assessed`` where text or score is absent, the year has too few units, or the
    unit too few documents. Lights: ``warn`` and ``watch`` where the talk is ahead by so much; else ``none``; null where
    not assessed.
    """

    frame: pl.DataFrame
    agreement: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return `frame` as the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def talk_substance(
    data: Any,
    dictionary: Terms,
    substance: Any,
    *,
    id: str = "id",
    text: str = "text",
    unit: str = "region",
    time: str = "year",
    score: str = "score",
    across: Across = "time",
    lights: tuple[float, float] = (0.5, 1.0),
    draws: int = 999,
    level: float = 0.95,
    seed: int = 0,
    **how: Unpack[Counting],
) -> TalkSubstance:
    """Return how far the attention that regions give to something is ahead of their index of it.

    Parameters
    ----------
    data, dictionary, id, text
        As of `count`; documents have columns `unit` and `time` besides.
    substance
        Table with columns `unit`, `time` and `score`: the index.
    unit, time, score
        Columns.
    across
        Standardise attention and score over the units of each ``time``, or over ``all`` units and times together.
    lights
        Gap, in standard deviations, from which a light is ``watch`` and ``warn`` (conventions: a half, one).
    draws
        How often the documents are drawn, and ranks permuted.
    level
        Of the interval.
    seed
        Of the draws.
    **how
        As of `count`.

    Returns
    -------
    TalkSubstance

    Raises
    ------
    DataError
        As `count`; a document has no unit or year; the index has a unit and year twice, or a score that is no number.
    SpecError
        As `count`; thresholds that do not rise, a level that is none, fewer than 99 draws.

    References
    ----------
    Efron (1979), doi:10.1214/aos/1176344552.

    Examples
    --------
    >>> talk = {"甲": 4, "乙": 3, "丙": 2, "丁": 1, "戊": 0}
    >>> rows = [(f"{r}{i}", r, 2024, "算力" * n + "稳步推进" * 9) for r, n in talk.items() for i in range(5)]
    >>> pages = dict(zip(("id", "region", "year", "text"), zip(*rows)))
    >>> index = {"region": list(talk), "year": [2024] * 5, "score": [0.1, 0.2, 0.3, 0.4, 0.5]}
    >>> found = talk_substance(pages, ["算力"], index, draws=99)
    >>> found.frame.select("region", "rank_difference", "verdict", "light").rows()[-1]
    ('甲', 4.0, 'talk_ahead', 'warn')
    """
    choose("across", across, get_args(Across))
    _check(lights, draws, level)
    seen = Measured.of(data, dictionary, id, text, how)
    cells = Cells.of(seen, Keyed.of(substance, unit, time), id, unit, time, score)
    drawn = cells.drawn(draws, seed)
    gaps = gaps_of(cells, drawn, across, LEAST_UNITS, level)
    frame = _frame(cells, gaps, lights, unit, time)
    agreement = _agreement(cells, gaps.known, draws, seed, time)
    options = {"across": across, "lights": lights, "draws": draws, "level": level, "seed": seed}
    notes = [*seen.notes(), *_remarks(frame, level)]
    return TalkSubstance(
        frame, agreement, Method("text.talk_substance", {**seen.options(), **options}), tuple(notes), backend_of(data)
    )


def _check(lights: tuple[float, float], draws: int, level: float) -> None:
    if not 0 < level < 1:
        raise SpecError("measure_level", where=Where(key="level"), value=level)
    if draws < 99:
        raise SpecError("measure_draws", where=Where(key="draws"), value=draws)
    if not 0 <= lights[0] <= lights[1]:
        raise SpecError("measure_lights", where=Where(key="lights"), value=f"{lights[0]}, {lights[1]}")


def _frame(cells: Cells, gaps: Gaps, lights: tuple[float, float], unit: str, time: str) -> pl.DataFrame:
    there = (cells.documents > 0) | np.isfinite(cells.score)
    t, n = np.nonzero(there)
    columns = {
        "documents": cells.documents, "count": cells.count, "characters": cells.size, "attention": cells.attention,
        "score": cells.score, "z_attention": gaps.z_attention, "z_score": gaps.z_score, "gap": gaps.gap,
        "low": gaps.low, "high": gaps.high, "rank_difference": gaps.rank, "rank_low": gaps.rank_low,
        "rank_high": gaps.rank_high,
    }  # fmt: skip
    whole = ("documents", "count", "characters")
    low, high, gap = pl.col("low"), pl.col("high"), pl.col("gap")
    verdict = (
        pl.when(low.is_null()).then(pl.lit("not_assessed"))
        .when(low > 0).then(pl.lit("talk_ahead"))
        .when(high < 0).then(pl.lit("substance_ahead"))
        .otherwise(pl.lit("no_evidence"))
    )  # fmt: skip
    ahead = pl.col("verdict") == "talk_ahead"
    light = (
        pl.when(pl.col("verdict") == "not_assessed").then(None)
        .when(ahead & (gap >= lights[1])).then(pl.lit("warn"))
        .when(ahead & (gap >= lights[0])).then(pl.lit("watch"))
        .otherwise(pl.lit("none"))
    )  # fmt: skip
    return (
        pl.DataFrame(
            {
                unit: [cells.units[i] for i in n],
                time: [cells.years[i] for i in t],
                **{name: pl.Series(values[t, n]).fill_nan(None) for name, values in columns.items()},
            },
            schema_overrides={unit: pl.String},
        )
        .with_columns(pl.col(whole).cast(pl.Int64))
        .with_columns(verdict=verdict)
        .with_columns(light=light)
    )


def _agreement(cells: Cells, known: Bools, draws: int, seed: int, time: str) -> pl.DataFrame:
    """Return rank correlations of attention and score by year, with the share of permutations that are as strong."""
    rows: list[tuple[int, int, float | None, float | None]] = []
    streams = np.random.SeedSequence([seed, 1]).spawn(len(cells.years))
    for t, (year, stream) in enumerate(zip(cells.years, streams, strict=True)):
        at = np.flatnonzero(known[t])
        if not at.size:
            rows.append((year, 0, None, None))
            continue
        one, other = (centred(rankdata(x[t, at])) for x in (cells.attention, cells.score))
        rho = float(one @ other)
        shuffled = np.random.default_rng(stream).permuted(np.tile(one, (draws, 1)), axis=1) @ other
        p = (1 + int((np.abs(shuffled) >= abs(rho) - 1e-12).sum())) / (draws + 1)
        rows.append((year, at.size, rho, p))
    schema = {time: pl.Int64, "units": pl.Int64, "rho": pl.Float64, "p": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _remarks(frame: pl.DataFrame, level: float) -> list[Note]:
    notes = []
    silent = int((frame["verdict"] == "not_assessed").sum())
    judged = frame.height - silent
    if silent:
        values = {"rows": silent, "of": frame.height, "units": LEAST_UNITS, "documents": LEAST_DOCUMENTS}
        notes.append(Note("measure_not_assessed", values=values))
    if judged > 1:
        notes.append(Note("measure_many_gaps", "info", values={"rows": judged, "chance": judged * (1 - level)}))
    return notes
