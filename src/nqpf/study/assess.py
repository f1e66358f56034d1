"""Run a study, and write its results to a folder, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from nqpf.chapters import Chapter, Context, write_chapters
from nqpf.chapters.planning import planning_record
from nqpf.chapters.productivity import productivity_record
from nqpf.chapters.regions import regions_record
from nqpf.chapters.theory import item_frame, node_states
from nqpf.chapters.unranked import unranked_notes, unranked_record
from nqpf.data import Panel
from nqpf.errors import NqpfError, SpecError
from nqpf.index import Index, build
from nqpf.index.over_draws import OverDraws, over_draws
from nqpf.index.planning.index_grades import index_grades
from nqpf.index.planning.planned import Planned, plan
from nqpf.messages import LANGUAGES, Lang, Text, language, say
from nqpf.productivity.survey import Survey, survey
from nqpf.regions.survey import Regions
from nqpf.report.files import write_figures, write_tables
from nqpf.report.html import render_html
from nqpf.report.workbook import write_workbook
from nqpf.results import Finding, Note
from nqpf.study.folder import PROVENANCE, whole_folder
from nqpf.study.multiverse import in_every_way
from nqpf.study.prepare import Prepared, group_of, prepare
from nqpf.study.provenance import provenance
from nqpf.study.regions import regions_of
from nqpf.study.spec import Study

Progress = Callable[[Text], None]


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """What running a study returns.

    Attributes
    ----------
    study
        The study.
    context
        Panel, ledger, index and names.
    chapters
        Chapters of the report, the summary first.
    provenance
        Hashes, versions and seed.
    """

    study: Study
    context: Context
    chapters: tuple[Chapter, ...]
    provenance: dict[str, Any]

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
        return (*self.context.notes, *self.context.index.notes)

    def to_frame(self) -> pl.DataFrame:
        """Return scores and ranks of every unit, year and node."""
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
                subtitle=self.index.framework.title,
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
            _write_json(draft / "assessment.json", _assessment(self))
            _write_json(draft / PROVENANCE, self.provenance)
        return Path(folder)


def run(study: Study | str | Path, progress: Progress | None = None) -> Assessment:
    """Run a study.

    Parameters
    ----------
    study
        A study, or the path of its YAML file.
    progress
        Is told what is being done.

    Raises
    ------
    NqpfError
        With file, line, unit, indicator, year and what to do.
    """
    tell = progress or (lambda _: None)
    study = study if isinstance(study, Study) else Study.load(study)
    tell(say("progress.data"))
    prepared = prepare(study)
    group, titles = group_of(study, prepared)
    tell(say("progress.index"))
    index = _build(study, prepared)
    _check_grades(study, index)
    kept = _kept(prepared, index)
    planned = _planned(study, kept, index, group)
    context = Context(
        title=study.title,
        about=study.spec.about,
        scheme=prepared.scheme,
        panel=kept,
        reported=prepared.reported,
        ledger=prepared.ledger,
        notes=prepared.notes,
        index=index,
        group=group,
        group_titles=titles,
        filled=prepared.filled,
        checks=prepared.checks,
        over_draws=_over_draws(study, prepared, index, tell),
        multiverse=in_every_way(study, prepared, tell),
        size=_size(study, prepared),
        ranks=study.spec.report.ranks,
        grading=study.spec.report.grades,
        planned=planned,
        productivity=_surveyed(study, kept, tell),
        regions=_compared(study, prepared, kept, index, group, tell),
    )
    tell(say("progress.chapters"))
    return Assessment(study, context, write_chapters(context), provenance(study))


def check_study(study: Study) -> list[Text]:
    """Do everything short of writing, and return what there is to say.

    Raises
    ------
    NqpfError
        As `run`.
    """
    prepared = prepare(study)
    group, _ = group_of(study, prepared)
    index = _build(study, prepared)
    _check_grades(study, index)
    _planned(study, _kept(prepared, index), index, group)
    _surveyed(study, _kept(prepared, index), lambda _: None)
    _compared(study, prepared, _kept(prepared, index), index, group, lambda _: None)
    panel = prepared.panel
    years = say("word.years", first=panel.periods[0], last=panel.periods[-1])
    counts = {"units": len(panel.units), "series": len(panel.series), "indicators": len(study.framework.indicators)}
    lines = [note.text() for note in (*prepared.notes, *index.notes)]
    if len(prepared.ledger):
        lines.append(say("cli.check.changed", count=len(prepared.ledger)))
    found = prepared.checks
    if found.errors + found.warnings:
        lines.append(say("cli.check.odd", count=found.errors + found.warnings))
        lines += found.lines("warning")
    return [*lines, say("cli.check.ok", years=years, **counts)]


def _build(study: Study, prepared: Prepared) -> Index:
    try:
        return build(prepared.panel, study.framework, study.spec.recipe)
    except NqpfError as error:
        raise study.located(error) from None


def _kept(prepared: Prepared, index: Index) -> Panel:
    """Return the raw series without the units that were screened out: the chapters speak of those that were scored."""
    panel, units = prepared.panel, index.panel.units
    return panel if units == panel.units else panel.select(units=units)


def _over_draws(study: Study, prepared: Prepared, index: Index, tell: Progress) -> OverDraws | None:
    """Return the index on every draw of the imputed cells; None where nothing was drawn."""
    if prepared.filled.draws is None:
        return None
    tell(say("progress.draws", draws=len(prepared.filled.draws)))
    try:
        return over_draws(index, prepared.filled.draws)
    except NqpfError as error:
        raise study.located(error) from None


def _size(study: Study, prepared: Prepared) -> tuple[str, ...]:
    """Return the series that say how large a unit is, checked to be there."""
    for place, name in enumerate(study.spec.size):
        try:
            prepared.panel.index(name)
        except NqpfError as error:
            raise error.at(study.where("size", place)) from None
    return study.spec.size


def _planned(study: Study, panel: Panel, index: Index, group: Mapping[str, str]) -> Planned | None:
    """Return the planning scores the study asks for; None where it does not."""
    spec = study.spec.planning
    if spec is None:
        return None
    if spec.rank_step is not None and study.spec.report.ranks != "interval":
        raise SpecError("rank_step_unranked", where=study.where("planning", "rank_step"), mode=study.spec.report.ranks)
    try:
        return plan(spec, panel, index, group)
    except NqpfError as error:
        raise error.at(study.where(*(error.where.key or "planning").split("."))) from None


def _surveyed(study: Study, panel: Panel, tell: Progress) -> Survey | None:
    """Return the productivity the study asks for; None where it does not."""
    spec = study.spec.productivity
    if spec is None:
        return None
    tell(say("progress.productivity"))
    try:
        return survey(spec, panel, study.spec.seed)
    except NqpfError as error:
        key = error.where.key or ""
        at = key.split(".") if key.startswith("productivity") else ["productivity"]
        raise error.at(study.where(*at)) from None


def _compared(
    study: Study, prepared: Prepared, panel: Panel, index: Index, group: Mapping[str, str], tell: Progress
) -> Regions | None:
    """Return the comparison of regions the study asks for; None where it does not."""
    if study.spec.regions is None:
        return None
    tell(say("progress.regions"))
    return regions_of(study, prepared.scheme, panel, index, group)


def _check_grades(study: Study, index: Index) -> None:
    """Find out, before anything is written, whether the units can be graded as the study says."""
    if study.spec.report.grades is not None:
        ranks = index.ranks[-1, :, -1]
        try:
            index_grades(index, study.spec.report.grades, ranks, ranks)
        except NqpfError as error:
            raise type(error)(error.code, where=study.where("report", "grades"), **error.values) from None


def _facts(assessment: Assessment) -> list[tuple[Text, Text]]:
    """Return the key facts in a report's head."""
    made, context = assessment.provenance, assessment.context
    years = say("word.years", first=context.first, last=context.last)
    return [
        (say("fact.study"), Text.same(made["study"]["id"])),
        (say("fact.scope"), say("fact.scope.text", units=len(context.panel.units), years=years)),
        (say("fact.data"), Text.join(f"{Path(d['file']).name} ({d['sha256'][:8]})" for d in made["data"])),
        (say("fact.version"), Text.same(made["nqpf"]["version"])),
        (say("fact.spec"), Text.same(made["study"]["sha256"][:12])),
    ]


def _assessment(assessment: Assessment) -> dict[str, Any]:
    """Return every number and finding, with theory ids."""
    context, index = assessment.context, assessment.index
    states = node_states(context)
    result: dict[str, Any] = {
        "study": assessment.study.spec.study,
        "title": _both(assessment.study.title),
        "findings": [_finding(f) for f in assessment.findings],
        "notes": [
            {"code": n.code, "severity": n.severity, **_both(n.text())}
            for n in unranked_notes(context, assessment.notes)
        ],
        "framework": [
            {"node": n.id, "parent": index.framework.nodes[n.parent].id if n.parent >= 0 else None, "level": n.level}
            | {"theory": list(n.theory), **_both(n.title)}
            for n in index.framework.nodes
        ],
        "scores": index.to_frame().to_dicts(),
        "weights": index.weights_frame().to_dicts(),
        "rank_intervals": context.leave_one_out.to_frame().to_dicts(),
        "contributions": {"against": context.against, "parts": context.level_parts.to_frame().to_dicts()},
        "indicators": index.panel.to_frame().to_dicts(),
        "ledger": context.ledger.to_frame().to_dicts(),
        "theory": {
            "nodes": states.to_dicts(),
            "items": item_frame(context, states).select("item", "measured").to_dicts(),
        },
    }
    if context.over_draws is not None:
        result["imputation_ranks"] = context.over_draws.to_frame().to_dicts()
    if context.multiverse is not None:
        many = context.multiverse
        result["multiverse"] = {
            "intervals": many.intervals().to_dicts(),
            "shares": many.shares().to_dicts(),
            "design": many.design_frame().to_dicts(),
        }
    if context.change_parts is not None:
        result["changes"] = {"since": context.first, "parts": context.change_parts.to_frame().to_dicts()}
    if context.obstacles is not None:
        result["obstacles"] = context.obstacles.to_frame().to_dicts()
    if context.graded is not None:
        result["grades"] = context.graded.to_frame().to_dicts()
    if context.planned is not None:
        result["planning"] = planning_record(context.planned)
    if context.productivity is not None:
        result["productivity"] = productivity_record(context)
    if context.regions is not None:
        result["regions"] = regions_record(context)
    return unranked_record(context, result)


def _finding(finding: Finding) -> dict[str, Any]:
    numbers = {k: _both(v) if isinstance(v, Text) else v for k, v in finding.numbers.items()}
    return {
        "code": finding.code,
        "numbers": numbers,
        "condition": finding.condition,
        "place": finding.place,
        "theory": list(finding.theory),
        **_both(finding.text()),
    }


def _both(text: Text) -> dict[str, str]:
    return {lang: text[lang] for lang in LANGUAGES}


def _write_json(path: Path, content: Any) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False, default=_plain)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(type(value).__name__)
