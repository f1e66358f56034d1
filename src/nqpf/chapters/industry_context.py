"""What the chapters on industries are given: what was found, and the names of regions, industries and layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from nqpf.chapters.told import Told
from nqpf.index.planning.spec import Ranks
from nqpf.industry.survey import Industry
from nqpf.messages import Text, say


@dataclass(frozen=True, eq=False)
class IndustryContext:
    """The material of the chapters on industries.

    Attributes
    ----------
    title, about
        Of the study.
    activity
        What is counted; None without a table of activity.
    found
        What the methods gave.
    units, industries, layers, sectors
        Names of regions, industries, layers of industries, and sectors of the input–output table, by id.
    ranks
        How the report speaks of ranks.
    """

    title: Text
    about: Text | None
    activity: Text | None
    found: Industry
    units: Mapping[str, Text]
    industries: Mapping[str, Text]
    layers: Mapping[str, Text]
    sectors: Mapping[str, Text]
    ranks: Ranks = "interval"

    @property
    def scope(self) -> Text:
        """How many regions and industries in which years."""
        return say("industry.scope", units=len(self.units), industries=len(self.industries))

    @property
    def pairs(self) -> pl.DataFrame:
        """Every region and industry of the last year."""
        return self.found.pairs

    @cached_property
    def told(self) -> Told:
        """Says remarks and refusals by the names of things, each once."""
        return Told({**self.sectors, **self.layers, **self.industries, **self.units})

    def named(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return a table with ``unit_zh``, ``unit_en``, ``industry_zh``, ``industry_en`` beside its ids."""
        for key, titles in (("unit", self.units), ("industry", self.industries), ("layer", self.layers)):
            if key in frame.columns:
                names = pl.DataFrame(
                    [(id, title.zh, title.en) for id, title in titles.items()],
                    schema=dict.fromkeys((key, f"{key}_zh", f"{key}_en"), pl.String),
                    orient="row",
                )
                frame = frame.join(names, on=key, how="left", maintain_order="left")
        return frame
