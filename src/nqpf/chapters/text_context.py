"""What the chapter on texts is given: what was found in them, and the names of regions, groups of terms and levels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from nqpf.chapters.regions_frames import worded
from nqpf.chapters.told import Told
from nqpf.index.planning.spec import Ranks
from nqpf.messages import Text, say
from nqpf.text.survey import TextFound


@dataclass(frozen=True, eq=False)
class TextContext:
    """The material of the chapter on texts.

    Attributes
    ----------
    title, about
        Of the study.
    found
        What the methods gave.
    node
        Title of the node of the index that talk is held against; None where there is none.
    ranks
        How the report speaks of ranks.
    """

    title: Text
    about: Text | None
    found: TextFound
    node: Text | None = None
    ranks: Ranks = "interval"

    @property
    def scope(self) -> Text:
        """How many files, articles and regions."""
        found = self.found
        counts = {"files": found.corpus.sources.height, "articles": found.articles.height}
        return say("texts.scope", regions=len(self.regions), **counts)

    @cached_property
    def regions(self) -> Mapping[str, Text]:
        """Names of the regions that have articles, by id."""
        there = set(self.found.articles["unit"].drop_nulls())
        return {id: title for id, title in self.found.regions.items() if id in there}

    @property
    def groups(self) -> Mapping[str, Text]:
        """Titles of the groups of terms by id."""
        return {group.id: group.title for group in self.found.material.dictionary.groups}

    @property
    def centre(self) -> Text:
        """What the level that the others are held against is called."""
        word = self.found.spec.centre or ""
        return self.found.spec.levels.get(word, Text.same(word))

    @cached_property
    def told(self) -> Told:
        """Says remarks and refusals by the names of regions, each once."""
        return Told(self.found.regions)

    def named(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return a table with the names of its regions, groups of terms, levels and articles beside their ids."""
        for column, titles in (("unit", self.found.regions), ("group", self.groups), ("level", self._levels)):
            if column in frame.columns:
                frame = worded(frame, column, titles)
        if "article" in frame.columns and "title" not in frame.columns:
            known = self.found.articles.select(pl.col("id").alias("article"), "title")
            frame = frame.join(known, on="article", how="left", maintain_order="left")
        return frame

    @property
    def _levels(self) -> Mapping[str, Text]:
        words = self.found.articles["level"].drop_nulls().unique().to_list()
        return {word: self.found.spec.levels.get(word, Text.same(word)) for word in words}
