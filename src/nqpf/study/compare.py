"""``nqpf compare``: published systems on the user's own data, beside the study's own index.

A system's indicator is matched to the data by a formula that the study writes for it (``systems:``), by an indicator of
the study's framework that is the same entry of the catalogue, or by a series of the name its vendor gives it. A system
runs on what is there and says how much that is; with too little it is refused with the list of what is absent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from nqpf.data.write import csv_bytes, save
from nqpf.errors import NqpfError, SpecError, Where, listing
from nqpf.index.compare import Comparison, compare, framework_of
from nqpf.index.framework import Framework, Indicator
from nqpf.index.recipe import Recipe
from nqpf.messages import Text, say
from nqpf.results import Note
from nqpf.study.coverage import Coverage, check_mapping, cover
from nqpf.study.folder import PROVENANCE, whole_folder
from nqpf.study.prepare import prepare
from nqpf.study.provenance import provenance
from nqpf.study.spec import Study
from nqpf.theory.systems import State, System, system
from nqpf.theory.systems_show import mark

Progress = Callable[[Text], None]

OWN = "study"
"""Name of the study's own index among the systems."""


@dataclass(frozen=True, slots=True, eq=False)
class StudyComparison:
    """Published systems and the study's own index side by side.

    Attributes
    ----------
    study
        The study.
    coverage
        Each system that was asked for.
    comparison
        The study's index and the systems that were run.
    notes
        Remarks on data and comparison.
    """

    study: Study
    coverage: tuple[Coverage, ...]
    comparison: Comparison
    notes: tuple[Note, ...]

    def coverage_frame(self) -> pl.DataFrame:
        """Return a row for each indicator of each system: state of its source, formula and how it was matched."""
        rows = [
            {
                "system": c.system.id,
                "state": c.system.state,
                "address": c.system.address,
                "run": c.refused is None,
                "indicator": m.indicator.id,
                "dimension": m.indicator.dimension,
                "title_zh": m.indicator.title.zh,
                "title_en": m.indicator.title.en,
                "matched_by": m.by,
                "formula": m.formula,
            }
            for c in self.coverage
            for m in c.matches
        ]
        kinds = dict.fromkeys(("address", "dimension", "matched_by", "formula"), pl.String)
        return pl.DataFrame(rows, schema_overrides=kinds, infer_schema_length=None)

    def lines(self) -> list[Text]:
        """Return the comparison in words: what was run on how much, how alike the ranks are, who is agreed on."""
        return [*self._systems(), *self._alike(), *_agreed(self.comparison)]

    @property
    def states(self) -> dict[str, State]:
        """How far each system was checked, by id; the study's own index is nobody else's and has none."""
        return {c.system.id: c.system.state for c in self.coverage}

    def _stated(self, table: pl.DataFrame, *columns: str) -> pl.DataFrame:
        """Return a table with the state of each system that a column names beside it."""
        states = dict(self.states)
        return table.with_columns(
            pl.col(c).replace_strict(states, default=None, return_dtype=pl.String).alias(f"{c}_state") for c in columns
        )

    def _alike(self) -> Iterator[Text]:
        """Yield a line for each pair of systems in the last year."""
        last = self.comparison.agreement_frame().filter(period=self.comparison.periods[-1])
        for row in last.iter_rows(named=True):
            words = row | {key: self._marked(row[key]) for key in ("first", "second")}
            yield say("compare.pair_undefined", **words) if row["spearman"] is None else say("compare.pair", **words)

    def _marked(self, id: str) -> Text:
        state = self.states.get(id)
        return Text.join([id, mark(state)], "", "") if state else Text.same(id)

    def _systems(self) -> Iterator[Text]:
        yield say("compare.own", title=self.study.framework.title)
        for c in self.coverage:
            about = {
                "system": c.system.id,
                "state": say(f"systems.state.{c.system.state}"),
                "address": c.system.address or say("systems.no_address"),
                "found": len(c.found),
                "total": len(c.matches),
            }
            if c.refused is not None:
                yield say("compare.refused", why=c.refused, **about)
            else:
                yield say("compare.run", **about)
                absent = [m.indicator.title for m in c.matches if m.formula is None]
                if absent:
                    yield say("compare.partly", absent=listing(absent, 30))
                if c.system.caution:
                    yield say("compare.caution", caution=c.system.caution)

    def write(self, folder: str | Path) -> Path:
        """Write scores, agreement, units, coverage and a summary in both languages to a folder, whole or not at all.

        Raises
        ------
        OutputError
            The folder cannot be written, or holds something else.
        """
        tables = {
            "scores": self._stated(self.comparison.to_frame(), "system"),
            "agreement": self._stated(self.comparison.agreement_frame(), "first", "second"),
            "units": self.comparison.units_frame(),
            "coverage": self.coverage_frame(),
        }
        with whole_folder(Path(folder)) as draft:
            for name, table in tables.items():
                save(draft / f"{name}.csv", csv_bytes(table))
            for lang, text in (("zh", [line.zh for line in self.lines()]), ("en", [line.en for line in self.lines()])):
                (draft / f"summary.{lang}.txt").write_text("\n".join(text) + "\n", encoding="utf-8", newline="\n")
            made = provenance(self.study) | {"systems": self.states}
            written = json.dumps(made, ensure_ascii=False, indent=1)
            (draft / PROVENANCE).write_text(written + "\n", encoding="utf-8", newline="\n")
        return Path(folder)


def compare_study(
    study: Study | str | Path,
    systems: Sequence[str],
    *,
    min_coverage: float = 0.5,
    every_dimension: bool = True,
    within: int = 3,
    progress: Progress | None = None,
) -> StudyComparison:
    """Run published systems on a study's data beside its own index.

    Parameters
    ----------
    study
        A study, or the path of its YAML file.
    systems
        Ids of systems, as `nqpf.theory.systems` lists them.
    min_coverage
        Least share of a system's indicators that must be there for it to be run.
    every_dimension
        Also ask for at least one indicator of each of its dimensions.
    within
        Units whose ranks are no further apart than this in all systems count as agreed on.
    progress
        Is told what is being done.

    Raises
    ------
    SpecError
        An unknown system or indicator; none of the systems can be run on these data (``no_system_comparable``).
    NqpfError
        As `nqpf.run`, for what is wrong with study or data.
    """
    tell = progress or (lambda _: None)
    study = study if isinstance(study, Study) else Study.load(study)
    if not 0 <= min_coverage <= 1:
        raise SpecError("compare_coverage", where=Where(key="min_coverage"), value=min_coverage)
    wanted = [system(id) for id in dict.fromkeys(systems)]
    check_mapping(study)
    tell(say("progress.data"))
    coverage = cover(study, wanted, min_coverage, every_dimension)
    run = [c for c in coverage if c.refused is None]
    if not run:
        why = [say("compare.why_not", system=c.system.id, mark=mark(c.system.state), why=c.refused) for c in coverage]
        raise SpecError("no_system_comparable", where=study.where(), systems=Text.join(why, "；", "; "))
    frameworks = {c.system.id: _framework(c) for c in run}
    prepared = prepare(replace(study, tree=_union(study.framework, frameworks.values())))
    tell(say("progress.index"))
    recipes = {c.system.id: _recipe(study, c.system) for c in run}
    pairs = {OWN: (study.framework, study.spec.recipe)} | {id: (f, recipes[id]) for id, f in frameworks.items()}
    try:
        done = compare(prepared.panel, pairs, within=within)
    except NqpfError as error:
        raise study.located(error) from None
    return StudyComparison(study, coverage, done, (*prepared.notes, *done.notes))


def _framework(covered: Coverage) -> Framework:
    found = {m.indicator.id: m for m in covered.found}
    made = framework_of(
        covered.system,
        {id: str(m.formula) for id, m in found.items()},
        {id: m.where for id, m in found.items() if m.where is not None},
    )
    nodes = tuple(
        replace(n, mixed_vintages=found[n.id].mixed[0], mixed_scopes=found[n.id].mixed[1])
        if isinstance(n, Indicator)
        else n
        for n in made.nodes
    )
    return Framework(made.id, made.title, made.source, nodes)


def _union(own: Framework, others: Iterable[Framework]) -> Framework:
    """Return a framework that names every series that any of them needs, for reading the data once."""
    leaves = [i for framework in (own, *others) for i in framework.indicators]
    return Framework(own.id, own.title, own.source, (*leaves, own.root))


def _recipe(study: Study, one: System) -> Recipe:
    """Return a system's recipe; what the study says of holes holds for every index on its data."""
    return Recipe.model_validate(dict(one.recipe or {}) | {"availability": study.spec.recipe.availability})


def _agreed(done: Comparison) -> Iterator[Text]:
    """Yield on whom all systems agree in the last year, and on whom they differ most."""
    year = done.units_frame().filter(period=done.periods[-1]).drop_nulls("spread")

    def named(frame: pl.DataFrame) -> Text:
        return listing([done.labels[u] for u in frame["unit"]], 40) if frame.height else say("compare.nobody")

    close = year.filter("agreed").sort("best")
    about = {"period": done.periods[-1], "within": done.within, "count": close.height, "total": year.height}
    yield say("compare.agreed", units=named(close), **about)
    yield say("compare.top", units=named(year.filter("top").sort("best")))
    yield say("compare.bottom", units=named(year.filter("bottom").sort("best")))
    apart = year.filter(~pl.col("agreed")).sort("spread", "unit", descending=[True, False]).head(5)
    differing = [
        say("compare.range", unit=done.labels[row["unit"]], best=row["best"], worst=row["worst"])
        for row in apart.iter_rows(named=True)
    ]
    yield say("compare.differ", units=listing(differing) if differing else say("compare.nobody"))
