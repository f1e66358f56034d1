"""A corpus: files of text read, cleaned and cut into articles, kept in a folder, searched and cited.

What the other parts of the room do with a corpus goes through one table, `Corpus.texts` (a row an article, its blocks
one a line). The methods `duplicates`, `quotations`, `check_quote` and `count` hand it to the functions of these names.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from nqpf.parallel import Progress
from nqpf.results import Note, TableResult
from nqpf.text.cleaning.search_key import Match
from nqpf.text.reading.files import PathLike
from nqpf.text.segmenting.segment import Repair
from nqpf.text.source import Kind
from nqpf.text.store.evidence import evidence
from nqpf.text.store.folder import state
from nqpf.text.store.index import available, bring_up
from nqpf.text.store.ingest import Missing, ingest
from nqpf.text.store.pipeline import Reading
from nqpf.text.store.search import Words, search
from nqpf.text.store.shelf import Shelf
from nqpf.text.store.spans import COUNTED, KINDS, SpanKind, spans_of

if TYPE_CHECKING:
    from nqpf.text.copies.duplicates import Duplicates
    from nqpf.text.measuring.count import CountResult
    from nqpf.text.measuring.dictionary import Terms
    from nqpf.text.quoted.check import QuoteCheck


@dataclass(frozen=True, eq=False)
class Corpus(Shelf):
    """Articles of many files, with the place of every character; make one with `of`, `ingest` or `open`.

    Attributes
    ----------
    folder
        Where it is kept: ``articles``, ``blocks``, ``edits``, ``sources``, ``remarks``, ``refusals`` and ``metadata``
        as parquet, ``index.sqlite`` for search, ``corpus.json`` with version, options and hashes of the files.
    notes
        Remarks on how it was made.
    """

    notes: tuple[Note, ...] = ()
    _room: tempfile.TemporaryDirectory[str] | None = None

    @classmethod
    def of(
        cls,
        paths: PathLike | Iterable[PathLike],
        *,
        corrections: PathLike | None = None,
        metadata: Any = None,
        encoding: str | None = None,
        kind: Kind | None = None,
        main: bool = False,
        repair: Repair = "apply",
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> Corpus:
        r"""Return the corpus of some files, kept for as long as it is used.

        Parameters are those of `ingest`. There is no index: searches go through all blocks, which for some megabytes
        takes no time.

        Examples
        --------
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = Path(folder, "a.txt").write_text("村里修路\n\n今年春天，村里修了一条新路。", encoding="utf-8")
        ...     corpus = Corpus.of(folder)
        >>> corpus.search("新路").frame.select("article", "line", "text").row(0)
        ('a-1', 3, '新路')
        """
        room = tempfile.TemporaryDirectory(prefix="nqpf-corpus-")
        reading = Reading(encoding, kind, main, repair, _path(corrections))
        notes = ingest(
            paths, Path(room.name), reading=reading, metadata=metadata, workers=workers, progress=progress
        )  # fmt: skip
        return cls(Path(room.name), notes, room)

    @classmethod
    def ingest(
        cls,
        paths: PathLike | Iterable[PathLike],
        folder: PathLike,
        *,
        corrections: PathLike | None = None,
        metadata: Any = None,
        encoding: str | None = None,
        kind: Kind | None = None,
        main: bool = False,
        repair: Repair = "apply",
        missing: Missing = "keep",
        index: bool = True,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> Corpus:
        """Take files into the corpus of a folder; those it has already, unchanged, are passed over.

        Parameters
        ----------
        paths
            Files, and folders with all that lies below them: txt, md, docx, html, pdf with a text layer. One that
            cannot be read stops nothing; see `refusals`.
        folder
            Where the corpus is kept: a new or empty folder, or one that holds a corpus.
        corrections
            A file of corrections by hand to articles; see `nqpf.text.segment`.
        metadata
            A csv file or dataframe with a column ``file`` or ``article`` and any of ``region``, ``date``, ``level``,
            ``outlet``, ``doc_type``. It replaces the one given before; without it that one stays.
        encoding, kind, main
            As for `nqpf.text.read_source`, of every file.
        repair
            As for `nqpf.text.segment`: whether columns in the wrong order are put right or only flagged.
        missing
            ``keep`` or ``drop`` articles of files that are no longer where they were.
        index
            Whether to bring the search index up to date (without it searches go through all blocks).
        workers, progress
            See `nqpf.parallel.spread`.

        Raises
        ------
        DataError
            A path leads nowhere, the table of metadata is not as it must be, or the folder holds a corpus of another
            version.
        SpecError
            The folder holds other files, or an option is none.
        OutputError
            The folder cannot be written.
        """
        where = Path(folder)
        reading = Reading(encoding, kind, main, repair, _path(corrections))
        notes = ingest(
            paths, where, reading=reading, metadata=metadata, missing=missing, workers=workers, progress=progress
        )  # fmt: skip
        if index and available():
            bring_up(where)
        elif index:
            notes = (*notes, Note("text_index_absent", "info"))
        return cls(where, notes)

    @classmethod
    def open(cls, folder: PathLike) -> Corpus:
        """Return the corpus that is kept in a folder.

        Raises
        ------
        DataError
            There is none, it is damaged, or of another version.
        """
        state(Path(folder))
        return cls(Path(folder))

    def search(
        self,
        query: str,
        *,
        match: Match = "folded",
        region: str | Sequence[str] | None = None,
        year: int | Iterable[int] | None = None,
        file: str | Sequence[str] | None = None,
        article: str | Sequence[str] | None = None,
        words: Words = "all",
        context: int = 20,
        limit: int | None = 100,
    ) -> TableResult:
        """Return where words stand.

        Parameters
        ----------
        query
            What is looked for; two characters and more by the index, one by going through all blocks.
        match
            ``exact``: character by character. ``folded``: traditional and simplified forms, width, small
            and capital letters, blanks inside Chinese are taken for the same. ``loose``: punctuation is ignored too.
        region, year, file, article
            Only these; one or several.
        words
            ``own``: not in direct quotations; ``quoted``: only in these.
        context
            Characters given before and after.
        limit
            Most places that are listed; None: all.

        Returns
        -------
        TableResult
            A row a place: article, title, file, region, date, block, paragraph, start, end (characters of the block),
            page, line, column, before, text, after, cite_zh, cite_en.

        Raises
        ------
        SpecError
            The query holds nothing to look for, or an option is none.
        """
        return search(
            self.folder, query, match=match, region=region, year=year, file=file, article=article, words=words,
            context=context, limit=limit,
        )  # fmt: skip

    def evidence(
        self, item: str | Sequence[str] | None = None, *, least: float = 0.6, most: int = 5, context: int = 20
    ) -> TableResult:
        """Return passages that speak to items of the theory.

        Parameters
        ----------
        item
            Id of an item, e.g. ``"A04"``, or several; None: all.
        least
            Where a phrase of the item stands nowhere, the share of what it says that a sentence must hold.
        most
            Most passages a phrase.
        context
            Characters given before and after.

        Returns
        -------
        TableResult
            A row a passage: item, phrase, match (``phrase``: its own words, punctuation and blanks apart; ``terms``: a
            sentence with most of what it says; ``none``: no passage), score, and the columns of `search`.

        Raises
        ------
        SpecError
            There is no such item, or `least` is not above 0 and at most 1.
        """
        return evidence(self.folder, item, least=least, most=most, context=context)

    @property
    def duplicates(self) -> Duplicates:
        """Articles that are the same, nearly the same, or inside each other; see `nqpf.text.duplicates`."""
        from nqpf.text.copies.duplicates import duplicates

        return duplicates(self.texts)

    @property
    def quotations(self) -> TableResult:
        """Quotations with speaker, occasion and date; see `nqpf.text.quotations`."""
        from nqpf.text.quoted.quotations import quotations

        return quotations(self.texts, date="date")

    def check_quote(self, quote: str, **how: Any) -> QuoteCheck:
        """Check a quotation against the corpus and the official statements; see `nqpf.text.check_quote`."""
        from nqpf.text.quoted.check import check_quote

        return check_quote(quote, self.texts, **how)

    def count(self, dictionary: Terms, **how: Any) -> CountResult:
        """Count the terms of a dictionary; see `nqpf.text.count`.

        `by` may name file, title, date, year, outlet, region, level or doc_type. Where own or quoted words, texts
        without headings or without duplicates are asked for, the corpus finds these parts itself.
        """
        from nqpf.text.measuring.count import count

        kinds = [kind for key, (all_of_it, kind) in COUNTED.items() if how.get(key, all_of_it) != all_of_it]
        return count(self.texts, dictionary, **({"spans": self.spans(*kinds)} if kinds else {}) | how)

    def spans(self, *kinds: SpanKind) -> pl.DataFrame:
        """Return parts of `texts` by kind: id, start, end, kind.

        Parameters
        ----------
        *kinds
            ``quotation`` (direct ones), ``heading``, ``duplicate`` (articles that repeat another); default: all.
        """
        return spans_of(self.texts, self.text_blocks, kinds or KINDS)


def _path(path: PathLike | None) -> str | None:
    return None if path is None else str(Path(path).resolve())
