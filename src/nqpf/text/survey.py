"""The texts of a study, every way they allow: what the chapter is written from.

Each part is what a method gives, or the error that says why it cannot be had from these texts: nothing is left out
without a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from nqpf.data import places
from nqpf.errors import SpecError, Where, hint, listing
from nqpf.messages import Text
from nqpf.results import Note, Part, TableResult
from nqpf.text.copies.duplicates import Duplicates, duplicates
from nqpf.text.corpus import Corpus
from nqpf.text.material import TextMaterial
from nqpf.text.measuring.advantage import advantage
from nqpf.text.measuring.cooccurrence import Cooccurrence, cooccurrence
from nqpf.text.measuring.dates import dated
from nqpf.text.measuring.dictionary import Dictionary
from nqpf.text.measuring.diffusion import Diffusion, diffusion
from nqpf.text.measuring.options import Counting
from nqpf.text.measuring.similarity import similarity_to
from nqpf.text.measuring.talk_substance import TalkSubstance, talk_substance
from nqpf.text.quoted.statements import Statements
from nqpf.text.spec import TextSpec
from nqpf.text.survey_attention import Attention, attention
from nqpf.text.survey_counting import counting, followed, repeated, within
from nqpf.text.survey_quoted import Quoted, quoted

COPIED = 20
"""Letters of a passage from which a text is said to repeat the centre's, rather than to use the same phrase
(convention)."""


@dataclass(frozen=True, slots=True, eq=False)
class TextFound:
    """A corpus, and what the methods gave.

    Attributes
    ----------
    spec, material
        What was asked for, of what.
    regions
        Names of regions by id.
    articles
        As `Corpus.articles`, with unit: the id of its region; null where the table of metadata gives none, and for the
        articles of the centre.
    repeated
        Ids of articles that repeat one which is counted.
    flags
        A row a place that a person should look at: article, file, kind, evidence_zh, evidence_en.
    duplicates
        Articles that repeat others.
    quoted
        Quotations and official statements.
    attention
        Terms by article, region and year.
    advantage
        Which terms a region stresses more than all do.
    network
        Terms that stand in the same sentences more often than by chance.
    diffusion
        When each region first wrote the terms that are followed.
    likeness
        A row an article and one of the centre's: id, unit, reference, cosine, shared (share of the article that stands
        word for word in the reference).
    substance
        Talk against the index.
    evidence
        Passages by item of the theory.
    """

    spec: TextSpec
    material: TextMaterial
    regions: Mapping[str, Text]
    articles: pl.DataFrame
    repeated: tuple[str, ...]
    flags: pl.DataFrame
    duplicates: Part[Duplicates]
    quoted: Part[Quoted]
    attention: Part[Attention]
    advantage: Part[TableResult]
    network: Part[Cooccurrence]
    diffusion: Part[Diffusion]
    likeness: Part[TableResult]
    substance: Part[TalkSubstance]
    evidence: Part[TableResult]

    @property
    def corpus(self) -> Corpus:
        """The texts."""
        return self.material.corpus

    @property
    def notes(self) -> tuple[Note, ...]:
        """Remarks on how the corpus was read."""
        return self.corpus.notes


def survey_text(spec: TextSpec, material: TextMaterial, scores: pl.DataFrame | None, seed: int) -> TextFound:
    """Return what a study asks about its texts.

    Parameters
    ----------
    spec, material
        What is asked, of what.
    scores
        The index that talk is held against: unit (id of the region; its name where the study has names of its own),
        year, score. None where there is none.
    seed
        Of draws.

    Raises
    ------
    SpecError
        Talk is to be held against an index that is not there; the first statement is neither a date nor a dated
        statement; no text has the level of the centre; there is no such item.
    PlaceError
        A region is unknown.
    """
    corpus = material.corpus
    regions, ids = _regions(spec, corpus.articles["region"])
    unit = pl.col("region").replace_strict(ids, default=None, return_dtype=pl.String)
    unit = pl.when(pl.col("level").ne_missing(spec.centre) | pl.lit(spec.centre is None)).then(unit).alias("unit")
    texts = corpus.texts.with_columns(unit)
    _check(spec, texts, scores)
    terms = followed(material.dictionary, spec.follow) if spec.follow else None
    first = _first(spec, terms, material.statements)
    there = texts.height > 0
    same = Part.asked(there, lambda: duplicates(texts, seed=seed))
    words = Part.asked(there, lambda: quoted(corpus, texts, material.statements))
    how = counting(spec, texts, same.result, words.result)
    part: Counting = {**how, "quoted": spec.quoted}
    measured: Counting = {**part, "mode": spec.mode}
    placed = texts.drop_nulls("unit")
    dated_texts = placed.drop_nulls("year")
    return TextFound(
        spec=spec,
        material=material,
        regions=regions,
        articles=corpus.articles.with_columns(unit),
        repeated=() if same.result is None else tuple(repeated(texts, same.result)),
        flags=_flags(corpus),
        duplicates=same,
        quoted=words,
        attention=Part.asked(there, lambda: attention(texts, material.dictionary, measured)),
        advantage=Part.asked(
            placed["unit"].n_unique() > 1,
            lambda: advantage(placed, material.dictionary, unit="unit", **within(measured, placed)),
        ),
        network=Part.asked(there, lambda: cooccurrence(texts, material.dictionary, **part)),
        diffusion=Part()
        if terms is None or not dated_texts.height
        else Part.of(lambda: _diffusion(spec, terms, texts, first)),
        likeness=Part.asked(spec.centre is not None, lambda: _likeness(spec, texts)),
        substance=Part.asked(
            spec.substance is not None,
            lambda: talk_substance(
                dated_texts, material.dictionary, _of_years(scores, dated_texts), unit="unit", time="year", seed=seed,
                lights=spec.lights,
                **within(measured, dated_texts),
            ),
        ),
        evidence=Part.asked(
            there and spec.evidence != "none",
            lambda: corpus.evidence(None if spec.evidence == "all" else list(spec.evidence)),
        ),
    )  # fmt: skip


def _regions(spec: TextSpec, written: pl.Series) -> tuple[dict[str, Text], dict[str, str]]:
    """Return names of regions by id, and ids by the names that the table of metadata has; totals are no regions."""
    names = written.drop_nulls().unique().sort().to_list()
    if spec.places == "none":
        return {name: Text.same(name) for name in names}, {name: name for name in names}
    found = places.resolve(names, spec.places, Where(key="text.metadata"))
    return {p.code: p.title for p in found.values()}, {name: place.code for name, place in found.items()}


def _check(spec: TextSpec, texts: pl.DataFrame, scores: pl.DataFrame | None) -> None:
    if spec.substance is not None and scores is None:
        raise SpecError("text_no_index", where=Where(key="text.substance"), node=spec.substance)
    levels = texts["level"].drop_nulls().unique().sort().to_list()
    if spec.centre is not None and spec.centre not in levels:
        values = {"level": spec.centre, "options": listing(levels), "hint": hint(spec.centre, levels)}
        raise SpecError("text_no_centre", where=Where(key="text.centre"), **values)


def _first(spec: TextSpec, words: Dictionary | None, official: Statements) -> dict[str, str]:
    """Return the date of the first central statement of each term that is followed, where the study gives one."""
    if spec.first is None or words is None:
        return {}
    forms = {term.name: term.forms for term in words.terms}
    given = spec.first if isinstance(spec.first, Mapping) else dict.fromkeys(forms, spec.first)
    found = {}
    for term, first in given.items():
        if term not in forms:
            values = {"value": term, "options": listing(forms), "hint": hint(term, forms)}
            raise SpecError("bad_choice", where=Where(key="text.first"), **values)
        known = official.items.get(first)
        day = first if known is None else (known.date or "").split("/")[0]
        if dated(day) is None:
            ids = [one.id for one in official.items.values() if one.date]
            raise SpecError("text_first", where=Where(key="text.first"), value=first, hint=hint(first, ids))
        if known is None or given is spec.first or any(form in known.text for form in forms[term]):
            found[term] = day
    return found


def _of_years(scores: pl.DataFrame | None, texts: pl.DataFrame) -> pl.DataFrame | None:
    """Return the index in the years that there are texts of."""
    return None if scores is None else scores.filter(pl.col("year").is_in(texts["year"].unique().implode()))


def _flags(corpus: Corpus) -> pl.DataFrame:
    rows = [
        (article.id, article.file, flag.kind, flag.evidence.zh, flag.evidence.en)
        for article in corpus
        for flag in article.flags
    ]
    columns = ("article", "file", "kind", "evidence_zh", "evidence_en")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def _diffusion(spec: TextSpec, words: Dictionary, texts: pl.DataFrame, first: dict[str, str]) -> Diffusion:
    """Return the spread of the terms that are followed: by month where every date says it, else by year.

    Articles that repeat others are part of it: who reprints a term has written it. Where no first statement is given it
    is the first of the centre's articles that the others are held against.
    """
    central = pl.col("unit").is_null() & pl.col("level").eq_missing(spec.centre) & pl.lit(spec.first is None)
    there = texts.drop_nulls("date").filter(pl.col("unit").is_not_null() | central)
    exact = bool((there["date"].str.len_chars() >= len("2024-03")).all())
    asked = {"level": spec.centre} if spec.first is None and spec.centre is not None else None
    return diffusion(
        there, words, unit="unit", time="date", centre=first or asked, period="month" if exact else "year",
        mode=spec.mode,
    )  # fmt: skip


def _likeness(spec: TextSpec, texts: pl.DataFrame) -> TableResult:
    references = texts.filter(level=spec.centre)["id"].to_list()
    found = similarity_to(texts, references, passages=COPIED)
    known = texts.select("id", "unit", "year")
    return replace(found, frame=found.frame.join(known, on="id", how="left", maintain_order="left"))
