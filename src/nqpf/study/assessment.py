"""What running a study returns, and how it is written to a folder, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from nqpf.chapters import Chapter, Context, IndustryContext, TextContext
from nqpf.errors import SpecError, listing
from nqpf.index import Index
from nqpf.messages import Lang, Text, language, say
from nqpf.report.files import write_figures, write_tables
from nqpf.report.html import render_html
from nqpf.report.workbook import write_workbook
from nqpf.results import Finding, Note
from nqpf.study.folder import PROVENANCE, whole_folder
from nqpf.study.record import record, write_json
from nqpf.study.spec import Study

Progress = Callable[[Text], None]
FILES = 4
"""Files of data that the head of a report names."""


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """What running a study returns.

    Attributes
    ----------
    study
        The study.
    of_index
        Panel, ledger, index and names; None where the study has no index.
    industry
        What was found of industries, and their names; None where the study does not ask.
    text
        What was found in texts; None where the study has none.
    chapters
        Chapters of the report, the summary first.
    provenance
        Hashes, versions and seed.
    """

    study: Study
    of_index: Context | None
    industry: IndustryContext | None
    text: TextContext | None
    chapters: tuple[Chapter, ...]
    provenance: dict[str, Any]

    @property
    def context(self) -> Context:
        """Panel, ledger, index and names.

        Raises
        ------
        SpecError
            The study has no index.
        """
        if self.of_index is None:
            raise SpecError("no_index", where=self.study.where())
        return self.of_index

    @property
    def index(self) -> Index:
        """The index."""
        return self.context.index

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Findings of all chapters, in the order of the summary."""
        return tuple(f for chapter in self.chapters for f in chapter.findings)

    @property
    def notes(self) -> tuple[Note, ...]:
        """Remarks on data and index."""
        return () if self.of_index is None else (*self.of_index.notes, *self.of_index.index.notes)

    def to_frame(self) -> pl.DataFrame:
        """Return scores and ranks of every unit, year and node; without an index regions' industries, or articles."""
        if self.of_index is None and self.industry is not None:
            return self.industry.pairs
        if self.of_index is None and self.text is not None:
            return self.text.found.articles
        return self.context.scores

    def write(self, folder: str | Path, lang: Lang | None = None, progress: Progress | None = None) -> Path:
        """Write report, tables, figures, ``assessment.json`` and ``provenance.json`` to a folder.

        Parameters
        ----------
        folder
            Is made, or replaced if it holds an earlier output of nqpf. It changes only when everything is written.
        lang
            Language the report opens in and of the workbook; default: the study's, else the reader's.
        progress
            Is told what is being done.

        Raises
        ------
        OutputError
            The folder cannot be written, or holds something else.
        """
        tell = progress or (lambda _: None)
        lang = lang or self.study.spec.report.lang or language()
        with whole_folder(Path(folder)) as draft:
            tell(say("progress.report"))
            html = render_html(
                title=self.study.title,
                subtitle=_subtitle(self),
                chapters=self.chapters,
                facts=_facts(self),
                lang=lang,
            )
            (draft / "report.html").write_text(html, encoding="utf-8", newline="\n")
            tell(say("progress.tables"))
            write_tables(draft / "tables", self.chapters)
            write_workbook(draft / "tables" / "tables.xlsx", self.chapters, lang)
            tell(say("progress.figures"))
            write_figures(draft / "figures", self.chapters, (lang,))
            write_json(
                draft / "assessment.json", record(self.study, self.of_index, self.industry, self.text, self.chapters)
            )
            write_json(draft / PROVENANCE, self.provenance)
        return Path(folder)


def _facts(assessment: Assessment) -> list[tuple[Text, Text]]:
    """Return the key facts in a report's head."""
    made = assessment.provenance
    return [
        (say("fact.study"), Text.same(made["study"]["id"])),
        (say("fact.scope"), _scope(assessment)),
        (say("fact.data"), listing([f"{Path(d['file']).name} ({d['sha256'][:8]})" for d in made["data"]], FILES)),
        (say("fact.version"), Text.same(made["nqpf"]["version"])),
        (say("fact.spec"), Text.same(made["study"]["sha256"][:12])),
    ]


def _scope(assessment: Assessment) -> Text:
    """Return how many units in which years."""
    if (context := assessment.of_index) is not None:
        years = say("word.years", first=context.first, last=context.last)
        return say("fact.scope.text", units=len(context.panel.units), years=years)
    parts = [part.scope for part in (assessment.industry, assessment.text) if part is not None]
    return Text.join(parts, "；", "; ")


def _subtitle(assessment: Assessment) -> Text:
    if assessment.of_index is not None:
        return assessment.of_index.framework.title
    return say("industry.subtitle") if assessment.industry is not None else say("text.subtitle")
