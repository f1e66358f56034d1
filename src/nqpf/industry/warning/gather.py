"""All cautions in one table: number, thresholds, light and tier of each, and why where there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import polars as pl

from nqpf.columns import choose
from nqpf.errors import SpecError
from nqpf.industry.warning.lights import CAUTIONS, CautionResult, Signal, sentence, table_of
from nqpf.messages import Text
from nqpf.results import Method, Note

Years = Literal["latest", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cautions(CautionResult):
    """Lights of all cautions; `frame` and `lights` are the same table.

    Attributes
    ----------
    summary
        A row a caution: warn, watch, none, not_assessed (numbers of rows), best_tier.
    """

    summary: pl.DataFrame

    def sentences(self) -> tuple[Text, ...]:
        """Return a sentence a row, in the order of the table."""
        return tuple(sentence(row) for row in self.lights.iter_rows(named=True))


def cautions(*results: CautionResult, years: Years = "latest") -> Cautions:
    """Put the lights of several cautions into one table.

    Parameters
    ----------
    *results
        What `crowding`, `headroom`, `exuberance`, `plan_similarity`, `mismatch` and `abandonment` returned, in any
        order and number; a caution that is not among them stands in the table as not assessed.
    years
        ``latest``: of each number of a region and industry the one of the last year only; ``all``.

    Returns
    -------
    Cautions
        A row a number: caution, region, industry, year, measure, number, watch, warn, light, tier, evidence; first
        those to warn of, then to watch. ``.summary``, ``.sentences()``.

    Raises
    ------
    SpecError
        Something else than such a result, or no such option.

    Notes
    -----
    The numbers stand side by side; nothing adds them up. A light is a question, no finding of harm: that crowded
    industries do worse these numbers do not show.

    Examples
    --------
    >>> from nqpf.industry.warning.headroom import headroom
    >>> found = headroom({"i": ["pv"], "y": [2023], "u": [0.6]}, industry="i", time="y", utilisation="u")
    >>> cautions(found).lights.select("measure", "number", "light", "tier").row(0)
    ('utilisation', 0.6, 'warn', 'measured')
    """
    choose("years", years, get_args(Years))
    for result in results:
        if not isinstance(result, CautionResult) or isinstance(result, Cautions):
            raise SpecError("cautions_result", kind=type(result).__name__)
    parts = [result.lights for result in results]
    there = {row[0] for part in parts for row in part.select("caution").unique().iter_rows()}
    absent = [
        Signal(name, "any", None, None, None, "not_assessed", "not_given") for name in CAUTIONS if name not in there
    ]
    table = pl.concat([*parts, table_of(absent)])
    if years == "latest":
        table = _latest(table)
    rank = pl.col("light").replace_strict({"warn": 0, "watch": 1, "none": 2}, default=3, return_dtype=pl.Int8)
    order = pl.col("caution").replace_strict({n: i for i, n in enumerate(CAUTIONS)}, return_dtype=pl.Int8)
    table = table.sort(rank, order, "measure", "industry", "region", "year", maintain_order=True)
    notes: dict[str, Note] = {str(note): note for result in results for note in result.notes}
    return Cautions(
        frame=table,
        lights=table,
        summary=_summary(table),
        method=Method("industry.cautions", {"years": years, "of": [result.method.id for result in results]}),
        notes=tuple(notes.values()),
    )


def _latest(table: pl.DataFrame) -> pl.DataFrame:
    """Keep for each number the row of the last year; a year that ends a span is the year of the span."""
    end = pl.col("year").str.split("–").list.last().str.zfill(12)
    return table.filter(end.is_null() | (end == end.max().over("caution", "measure", "region", "industry")))


def _summary(table: pl.DataFrame) -> pl.DataFrame:
    tiers = ["measured", "indicated", "suggested", "not_assessed"]
    rank = pl.col("tier").cast(pl.Enum(tiers)).to_physical()
    counted = table.group_by("caution").agg(
        *((pl.col("light") == light).sum().alias(light) for light in ("warn", "watch", "none")),
        (pl.col("tier") == "not_assessed").sum().alias("not_assessed"),
        rank.min().alias("best_tier"),
    )
    counted = counted.with_columns(pl.col("best_tier").replace_strict(dict(enumerate(tiers)), return_dtype=pl.String))
    order = pl.col("caution").cast(pl.Enum(CAUTIONS))
    return counted.sort(order)
