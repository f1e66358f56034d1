"""The tables of a corpus in its folder, its articles one by one, and where each character of them stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from nqpf.errors import SpecError, hint
from nqpf.messages import Text
from nqpf.text.article import Article
from nqpf.text.source import Place
from nqpf.text.store import folder as kept
from nqpf.text.store.metadata import with_metadata
from nqpf.text.store.passages import cited
from nqpf.text.store.rows import article_of, runs_of

PLACES = ("at", "raw", "line", "column", "page", "box")
ORDER = (
    "id", "file", "title", "title_confidence", "title_reason_zh", "title_reason_en", "authors", "affiliations", "date",
    "year", "outlet", "region", "level", "doc_type", "blocks", "chars", "lines", "flags",
)  # fmt: skip

TOGETHER = 256
"""Articles that are read from the folder at a time."""


@dataclass(frozen=True, eq=False)
class Shelf:
    """What is kept in a folder.

    Attributes
    ----------
    folder
        Where it is kept.
    """

    folder: Path

    @property
    def articles(self) -> pl.DataFrame:
        """A row an article: id, file, title (null: it has none), how sure it is and why, authors, affiliations, date.

        Also year, outlet, region, level, doc_type (from the table of metadata first, else as the file says), number of
        blocks and characters, ranges of lines, and kinds of flags.
        """
        rows = with_metadata(kept.table(self.folder, "articles"), kept.table(self.folder, "metadata"))
        return rows.sort("file", maintain_order=True).select(ORDER)

    @property
    def blocks(self) -> pl.DataFrame:
        """A row a block: article, file, block (from 0), kind, level, run_in, paragraph (from 1), diagram, text.

        Blocks of a diagram have its number (from 1); they follow those of the text, of which they are no part.
        """
        return pl.concat(self.batches()).sort("file", maintain_order=True)

    @property
    def text_blocks(self) -> pl.DataFrame:
        """`blocks` without those of diagrams."""
        return self.blocks.filter(pl.col("diagram").is_null())

    @property
    def texts(self) -> pl.DataFrame:
        """A row an article: id, text (its blocks, one a line, without the title), and what is known of it."""
        texts = self.text_blocks.group_by("article", maintain_order=True).agg(pl.col("text").str.join("\n"))
        known = self.articles.select("id", "file", "title", "date", "year", "outlet", "region", "level", "doc_type")
        return known.join(texts.rename({"article": "id"}), on="id", how="left", maintain_order="left").select(
            "id", pl.col("text").fill_null(""), pl.exclude("id", "text")
        )

    @property
    def edits(self) -> pl.DataFrame:
        """The ledger of cleaning: file, rule, start and end (raw offsets), line, column, before, after."""
        return kept.table(self.folder, "edits").sort("file", maintain_order=True)

    @property
    def sources(self) -> pl.DataFrame:
        """A row a file: file, path, sha256, kind, encoding, number of raw characters, lines and articles."""
        return kept.table(self.folder, "sources").drop("fingerprint", "stem").sort("file")

    @property
    def remarks(self) -> pl.DataFrame:
        """Remarks on single files: file, code, severity, zh, en."""
        return kept.table(self.folder, "remarks").sort("file", maintain_order=True)

    @property
    def refusals(self) -> pl.DataFrame:
        """Files that could not be read: file, path, code, reason_zh, reason_en."""
        return kept.table(self.folder, "refusals")

    def batches(self, rows: int = kept.GROUP) -> Iterator[pl.DataFrame]:
        """Yield `blocks` some rows at a time, so that a corpus larger than memory can be gone through."""
        columns = [c for c in kept.SCHEMAS["blocks"] if c not in PLACES]
        yield from kept.batches(self.folder, "blocks", columns, rows)
        yield pl.DataFrame(schema={c: kept.SCHEMAS["blocks"][c] for c in columns})

    def __len__(self) -> int:
        return int(kept.scan(self.folder, "articles").select(pl.len()).collect().item())

    def __iter__(self) -> Iterator[Article]:
        ordered = kept.table(self.folder, "articles").sort("file", maintain_order=True).select("id", "record")
        for part in ordered.iter_slices(TOGETHER):
            blocks = kept.scan(self.folder, "blocks").filter(pl.col("article").is_in(part["id"].to_list())).collect()
            own = blocks.partition_by("article", as_dict=True)
            for id, record in part.iter_rows():
                yield article_of(record, own.get((id,), blocks.clear()))

    def article(self, id: str) -> Article:
        """Return an article with the raw offset of every character.

        Raises
        ------
        SpecError
            There is none of this id.
        """
        found = kept.scan(self.folder, "articles").filter(id=id).select("record").collect()
        if not found.height:
            near = hint(id, kept.scan(self.folder, "articles").select("id").collect()["id"])
            raise SpecError("text_article_unknown", article=id, hint=near)
        return article_of(found.item(), kept.scan(self.folder, "blocks").filter(article=id).collect())

    def place(self, article: str, block: int, offset: int) -> Place:
        """Return where in its file a character of a block stands.

        Raises
        ------
        SpecError
            There is no such article, block or character.
        """
        row = self._block(article, block, offset, offset + 1)
        return runs_of(row).place(row["file"], offset)

    def cite(self, article: str, block: int, start: int, end: int, *, words: bool = True) -> Text:
        """Return the citation of the characters from `start` to `end` (not included) of a block.

        Parameters
        ----------
        article, block, start, end
            The passage.
        words
            Whether its words stand behind the citation.

        Raises
        ------
        SpecError
            There is no such article, block or passage.
        """
        row = self._block(article, block, start, end)
        head = self.articles.row(by_predicate=pl.col("id") == article, named=True)
        return cited(head, row, runs_of(row), start, end, words)

    def spot(self, article: str, offset: int) -> tuple[int, int]:
        """Return block and offset in it of a character of `texts`.

        Raises
        ------
        SpecError
            There is no such article or character.
        """
        blocks = self.article(article).blocks
        rest = offset
        for number, block in enumerate(blocks):
            if 0 <= rest <= len(block.text):
                return number, rest
            rest -= len(block.text) + 1
        raise SpecError("text_no_such_place", article=article, offset=offset)

    def _block(self, article: str, block: int, start: int, end: int) -> dict[str, Any]:
        found = kept.scan(self.folder, "blocks").filter(article=article, block=block).collect()
        if not found.height:
            self.article(article)
        row = found.row(0, named=True) if found.height else {"text": ""}
        if not 0 <= start < end <= len(row["text"]):
            length = len(row["text"])
            raise SpecError("text_no_such_passage", article=article, block=block, start=start, end=end, length=length)
        return row
