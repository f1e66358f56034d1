"""What running a study returns, and how it is written to a folder, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from nqpf.chapters import Chapter, Context, IndustryContext, Masks, TextContext, Whole
from nqpf.chapters.selection import ROWS
from nqpf.data.write import save
from nqpf.errors import NqpfError, OutputError, SpecError, Where, listing
from nqpf.index import Index
from nqpf.messages import Lang, Text, language, say
from nqpf.report.files import write_figures, write_tables
from nqpf.report.html import render_html
from nqpf.report.workbook import write_workbook
from nqpf.results import Finding, Note
from nqpf.study.folder import PROVENANCE, whole_folder
from nqpf.study.record import record, write_json
from nqpf.study.spec import Format, Study

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
    whole
        What was found: of the index, of industries, of texts, and of the system.
    chapters
        Chapters of the report, the summary first.
    provenance
        Hashes, versions and seed.
    masks
        What puts codes in the place of units' names; None where they are named.
    """

    study: Study
    whole: Whole
    chapters: tuple[Chapter, ...]
    provenance: dict[str, Any]
    masks: Masks | None = None

    @property
    def of_index(self) -> Context | None:
        """Panel, ledger, index and names; None where the study has no index."""
        return self.whole.index

    @property
    def industry(self) -> IndustryContext | None:
        """What was found of industries, and their names; None where the study does not ask."""
        return self.whole.industry

    @property
    def text(self) -> TextContext | None:
        """What was found in texts; None where the study has none."""
        return self.whole.text

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

    def write(
        self,
        folder: str | Path,
        lang: Lang | None = None,
        progress: Progress | None = None,
        formats: Sequence[Format] | None = None,
    ) -> Path:
        """Write report, tables, figures, ``assessment.json`` and ``provenance.json`` to a folder.

        Parameters
        ----------
        folder
            Is made, or replaced if it holds an earlier output of nqpf. It changes only when everything is written.
        lang
            Language the report opens in, and of the documents; default: the study's, else the reader's.
        progress
            Is told what is being done.
        formats
            Formats of the report; default: the study's.

        Raises
        ------
        OutputError
            The folder cannot be written, or holds something else; or a format cannot be had (a font or a package is
            not there, a template does not fit), which is said when everything else is written.
        """
        tell = progress or (lambda _: None)
        lang = lang or self.study.spec.report.lang or language()
        refused: dict[str, NqpfError] = {}
        with whole_folder(Path(folder)) as draft:
            for name in dict.fromkeys(formats or self.study.spec.report.formats):
                tell(say("progress.report", format=name))
                try:
                    self._report(draft / f"report.{name}", name, lang, tell)
                except OutputError as error:
                    refused[name] = error
            tell(say("progress.tables"))
            write_tables(draft / "tables", self.chapters)
            tell(say("progress.figures"))
            write_figures(draft / "figures", self.chapters, (lang,))
            written = record(self.study, self.whole, self.chapters)
            write_json(draft / "assessment.json", written if self.masks is None else self.masks.value(written))
            write_json(draft / PROVENANCE, self.provenance)
        if refused:
            # A reader knows the report by the folder it was meant for, not by the draft.
            reasons = [
                type(error)(error.code, where=Where(file=str(Path(folder) / f"report.{name}")), **error.values).text()
                for name, error in refused.items()
            ]
            raise OutputError("formats_refused", where=Where(file=str(folder)), reasons=Text.join(reasons, "\n", "\n"))
        return Path(folder)

    def _report(self, path: Path, form: Format, lang: Lang, tell: Progress) -> None:
        """Write the report in one format."""
        head: dict[str, Any] = {
            "title": self.study.title,
            "subtitle": _subtitle(self),
            "chapters": self.chapters,
            "facts": _facts(self),
            "lang": lang,
        }
        spec = self.study.spec.report
        match form:
            case "html":
                save(path, render_html(**head).encode())
            case "xlsx":
                write_workbook(path, self.chapters, lang)
            case "docx":
                from nqpf.report.docx import write_docx

                template = None if spec.template is None else self.study.folder / spec.template
                write_docx(path, **head, template=template, most_rows=ROWS[spec.detail], tell=tell)
            case "pdf":
                from nqpf.report.pdf import write_pdf

                write_pdf(path, **head, most_rows=ROWS[spec.detail])


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
