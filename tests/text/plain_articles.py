"""A stand-in for cleaning and segmenting: an article a file, its first line the title, a paragraph a line."""

from __future__ import annotations

from pathlib import PurePosixPath

import numpy as np
import polars as pl

from nqpf.messages import Text
from nqpf.text.article import Article, Block, Flag, Inferred
from nqpf.text.source import Cleaned, Source


def plain_articles(source: Source, how: object) -> tuple[Cleaned, tuple[Article, ...]]:
    """Return the lines of a source without blanks as the paragraphs of one article."""
    gone = [i for i, c in enumerate(source.text) if c == " "]
    kept = np.array([i for i, c in enumerate(source.text) if c != " "], dtype=np.int64)
    edits = pl.DataFrame(
        [{"rule": "blank", "start": i, "end": i + 1, "line": 0, "column": 0, "before": " ", "after": ""} for i in gone],
        schema={"rule": pl.String, "start": pl.Int64, "end": pl.Int64, "line": pl.Int64, "column": pl.Int64}
        | {"before": pl.String, "after": pl.String},
    )
    text = source.text.replace(" ", "")
    title, _, _ = source.text.partition("\n")
    blocks, at = [], 0
    for number, line in enumerate(text.split("\n")):
        if number and line:
            blocks.append(Block("paragraph", line, tuple(kept[at : at + len(line)].tolist())))
        at += len(line) + 1
    said = Inferred(title, 0.9, Text("首行", "first line"))
    article = Article(
        f"{PurePosixPath(source.file).stem}-1", source.file, said, (), (), None, None, tuple(blocks),
        ((1, len(source.starts)),), (Flag("damaged", 0, 1, Text("疑", "doubt")),),
    )  # fmt: skip
    return Cleaned(source, text, kept, edits), (article,)
