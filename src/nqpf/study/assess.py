"""Run a study: its data, its index, and every analysis that it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nqpf.chapters import Context, IndustryContext, Masks, TextContext, Whole, write_chapters
from nqpf.data import Panel
from nqpf.errors import NqpfError, SpecError
from nqpf.index import Index, build
from nqpf.index.over_draws import OverDraws, over_draws
from nqpf.index.planning.index_grades import index_grades
from nqpf.index.planning.planned import Planned, plan
from nqpf.messages import Text, say
from nqpf.productivity.scenario.scenarios import Scenarios
from nqpf.productivity.survey import Survey, survey
from nqpf.regions.survey import Regions
from nqpf.study.assessment import Assessment, Progress
from nqpf.study.industry import industries_of
from nqpf.study.multiverse import in_every_way
from nqpf.study.prepare import Prepared, group_of, prepare
from nqpf.study.provenance import provenance
from nqpf.study.regions import regions_of
from nqpf.study.scenario import scenarios_of
from nqpf.study.spec import Study
from nqpf.study.system import system_of
from nqpf.study.text import texts_of
from nqpf.synthesis.survey import System


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
    context = None if study.tree is None else _context(study, tell)
    industry = _industries(study, context, tell)
    text = _texts(study, context, tell)
    return _assessed(study, Whole(context, industry, text), tell)


def run_plan(study: Study | str | Path, progress: Progress | None = None) -> Assessment:
    """Run what a study says of its industries, and nothing else: where each region can go, cautions, the plan.

    Parameters
    ----------
    study, progress
        As of `run`.

    Raises
    ------
    SpecError
        The study asks for no plan.
    NqpfError
        As `run`.
    """
    tell = progress or (lambda _: None)
    study = study if isinstance(study, Study) else Study.load(study)
    if study.spec.industry is None or study.spec.industry.plan is None:
        raise SpecError("no_plan", where=study.where())
    industry = _industries(study, None, tell)
    return _assessed(study, Whole(None, industry), tell)


def _assessed(study: Study, whole: Whole, tell: Progress) -> Assessment:
    """Return the assessment written from what was found, as the study wants its report."""
    tell(say("progress.chapters"))
    asked = study.spec.report
    masks = Masks.of(whole.names, study.spec.seed) if asked.anonymous else None
    made = provenance(study)
    try:
        chapters = write_chapters(whole, only=asked.chapters, detail=asked.detail, masks=masks, made=made)
    except SpecError as error:
        raise (error.at(study.where("report", "chapters")) if error.code == "no_chapter" else error) from None
    return Assessment(study, whole, chapters, made, masks)


def _context(study: Study, tell: Progress) -> Context:
    """Return the material of the chapters on the index."""
    tell(say("progress.data"))
    prepared = prepare(study)
    group, titles = group_of(study, prepared)
    tell(say("progress.index"))
    index = _build(study, prepared)
    _check_grades(study, index)
    kept = _kept(prepared, index)
    planned = _planned(study, kept, index, group)
    productivity = _surveyed(study, kept, tell)
    return Context(
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
        seed=study.spec.seed,
        productivity=productivity,
        regions=_compared(study, prepared, kept, index, group, tell),
        system=_put_together(study, kept, index, productivity, group, tell),
        scenarios=_projected(study, kept, tell),
        projected={} if study.spec.scenario is None else {at[0]: f for at, f in study.spec.scenario.formulas.items()},
    )


def check_study(study: Study) -> list[Text]:
    """Do everything short of writing, and return what there is to say.

    Raises
    ------
    NqpfError
        As `run`.
    """
    if study.tree is not None:
        return _check_index(study)
    _industries(study, None, lambda _: None)
    _texts(study, None, lambda _: None)
    return [say("cli.check.ok_parts")]


def _check_index(study: Study) -> list[Text]:
    _industries(study, None, lambda _: None)
    prepared = prepare(study)
    group, _ = group_of(study, prepared)
    index = _build(study, prepared)
    _check_grades(study, index)
    _planned(study, _kept(prepared, index), index, group)
    productivity = _surveyed(study, _kept(prepared, index), lambda _: None)
    _put_together(study, _kept(prepared, index), index, productivity, group, lambda _: None)
    _projected(study, _kept(prepared, index), lambda _: None)
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


def _put_together(
    study: Study, panel: Panel, index: Index, productivity: Survey | None, group: Mapping[str, str], tell: Progress
) -> System | None:
    """Return the system as a whole; None where the study does not ask for it."""
    if study.spec.system is None:
        return None
    tell(say("progress.system"))
    return system_of(study, panel, index, productivity, group)


def _projected(study: Study, panel: Panel, tell: Progress) -> Scenarios | None:
    """Return the projections the study asks for; None where it does not."""
    if study.spec.scenario is None:
        return None
    tell(say("progress.scenario"))
    return scenarios_of(study, panel)


def _industries(study: Study, context: Context | None, tell: Progress) -> IndustryContext | None:
    """Return what the study asks about its industries; None where it does not."""
    if study.spec.industry is None:
        return None
    tell(say("progress.industry"))
    return industries_of(study, context)


def _texts(study: Study, context: Context | None, tell: Progress) -> TextContext | None:
    """Return what was found in the study's texts; None where it has none."""
    if study.spec.text is None:
        return None
    tell(say("progress.text"))
    return texts_of(study, context)


def _check_grades(study: Study, index: Index) -> None:
    """Find out, before anything is written, whether the units can be graded as the study says."""
    if study.spec.report.grades is not None:
        ranks = index.ranks[-1, :, -1]
        try:
            index_grades(index, study.spec.report.grades, ranks, ranks)
        except NqpfError as error:
            raise type(error)(error.code, where=study.where("report", "grades"), **error.values) from None
