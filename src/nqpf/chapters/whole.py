"""Everything an assessment is written from: what was found of the index, of industries and of texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nqpf.chapters.context import Context
from nqpf.chapters.industry_context import IndustryContext
from nqpf.chapters.text_context import TextContext
from nqpf.index.planning.spec import Ranks
from nqpf.messages import Text


@dataclass(frozen=True, eq=False)
class Whole:
    """The material of a report; a part is None where the study does not have it.

    Attributes
    ----------
    index, industry, text
        Material of the chapters on the index, on industries and on texts.
    """

    index: Context | None
    industry: IndustryContext | None = None
    text: TextContext | None = None

    @property
    def first(self) -> Context | IndustryContext | TextContext:
        """The part that the report is named after."""
        first = self.index or self.industry or self.text
        assert first is not None
        return first

    @property
    def about(self) -> Text | None:
        """What the study can and cannot say."""
        return self.first.about

    @property
    def ranks(self) -> Ranks:
        """How the report speaks of ranks."""
        return self.first.ranks

    @property
    def names(self) -> Mapping[str, Text]:
        """Names of units by id."""
        names = dict(self.industry.units) if self.industry is not None else {}
        return names | (dict(self.index.panel.labels) if self.index is not None else {})
