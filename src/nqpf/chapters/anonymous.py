"""A report that names no unit: one pass over the finished chapters that puts a code in the place of every name.

It goes by what is there, as the pass that leaves out ranks does: names and ids of units wherever they stand, in texts,
tables, anchors and pictures. A picture in which the place of a mark tells which unit it is goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from nqpf.chapters.blocks import Block, Callout, Chapter, FindingList, Formula, Paragraph, Section, Table
from nqpf.charts.figure import Figure
from nqpf.messages import LANGUAGES, Lang, Text, say
from nqpf.results import Finding

ANNEX = ("methods",)
"""Chapters that name no unit."""


@dataclass(frozen=True, slots=True)
class Masks:
    """Puts codes in the place of names.

    Attributes
    ----------
    codes
        Code of each id, and of each name by language.
    pattern
        Finds them by language.
    """

    codes: Mapping[Lang, Mapping[str, str]]
    pattern: Mapping[Lang, re.Pattern[str]]

    @classmethod
    def of(cls, names: Mapping[str, Text], seed: int) -> Masks:
        """Return masks for units with these names by id; codes are dealt out at random, the same for the same seed."""
        dealt = np.random.default_rng(seed).permutation(len(names)) + 1
        width = len(str(len(names)))
        codes: dict[Lang, dict[str, str]] = {lang: {} for lang in LANGUAGES}
        for (id, name), number in zip(names.items(), dealt, strict=True):
            code = say("anonymous.unit", number=f"{number:0{width}d}")
            for lang in LANGUAGES:
                codes[lang] |= {word: code[lang] for word in (name.zh, name.en)}
                codes[lang][id] = code.en if id not in (name.zh, name.en) else code[lang]
        return cls(codes, {lang: _pattern(codes[lang]) for lang in LANGUAGES})

    def words(self, text: str, lang: Lang) -> str:
        """Return a string with codes for names."""
        return self.pattern[lang].sub(lambda found: self.codes[lang][found.group()], text)

    def text(self, text: Text) -> Text:
        """Return a text with codes for names."""
        return Text(self.words(text.zh, "zh"), self.words(text.en, "en"))

    def value(self, value: Any, lang: Lang = "en") -> Any:
        """Return a value of any kind with codes for names, those of keys included."""
        if isinstance(value, Text):
            return self.text(value)
        if isinstance(value, str):
            return self.words(value, lang)
        if isinstance(value, Mapping):
            return {
                self.words(str(key), lang): self.value(one, key if key in LANGUAGES else lang)
                for key, one in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.value(one, lang) for one in value]
        return value

    def frame(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return a table with codes for names."""
        for name in (n for n, kind in frame.schema.items() if kind == pl.String):
            lang: Lang = "zh" if name.endswith("_zh") else "en"
            words = {word: self.words(word, lang) for word in frame[name].drop_nulls().unique()}
            changed = {word: new for word, new in words.items() if new != word}
            if changed:
                frame = frame.with_columns(pl.col(name).replace(changed))
        return frame


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Return what finds the words, the longest first; those in letters and digits only as whole words."""
    longest = sorted((w for w in words if w), key=len, reverse=True)
    parts = [rf"(?<![A-Za-z0-9]){re.escape(w)}(?![A-Za-z0-9])" if w.isascii() else re.escape(w) for w in longest]
    return re.compile("|".join(parts) or r"(?!)")


def anonymous(chapters: Sequence[Chapter], masks: Masks) -> tuple[Chapter, ...]:
    """Return chapters in which no unit is named."""
    return tuple(c if c.id in ANNEX else _chapter(c, masks) for c in chapters)


def _chapter(chapter: Chapter, masks: Masks) -> Chapter:
    findings = tuple(_finding(f, masks) for f in chapter.findings)
    return replace(chapter, blocks=_blocks(chapter.blocks, masks), findings=findings)


def _finding(finding: Finding, masks: Masks) -> Finding:
    numbers = {key: masks.value(value) for key, value in finding.numbers.items()}
    place = masks.words(finding.place, "en")
    return replace(finding, numbers=numbers, condition=masks.words(finding.condition, "en"), place=place)


def _blocks(blocks: Sequence[Block], masks: Masks) -> tuple[Block, ...]:
    kept = (b for b in blocks if not (isinstance(b, Figure) and b.placed))
    return tuple(_block(b, masks) for b in kept)


def _block(block: Block, masks: Masks) -> Block:
    if isinstance(block, Formula):
        return block
    if isinstance(block, FindingList):
        return FindingList(tuple(_finding(f, masks) for f in block.findings))
    if isinstance(block, Paragraph | Callout):
        return replace(block, text=masks.text(block.text))
    named: dict[str, Any] = {"id": masks.words(block.id, "en"), "title": masks.text(block.title)}
    if isinstance(block, Section):
        return replace(block, **named, blocks=_blocks(block.blocks, masks))
    if isinstance(block, Table):
        note = None if block.note is None else masks.text(block.note)
        columns = tuple(replace(c, title=masks.text(c.title)) for c in block.columns)
        return replace(block, **named, frame=masks.frame(block.frame), columns=columns, note=note)
    return _figure(block, named, masks)


def _figure(figure: Figure, named: dict[str, Any], masks: Masks) -> Figure:
    def draw(lang: Lang) -> dict[str, Any] | str:
        drawn = figure.drawn(lang)
        return masks.words(drawn, lang) if isinstance(drawn, str) else masks.value(drawn, lang)

    live = figure.live
    return replace(
        figure,
        **named,
        caption=masks.text(figure.caption),
        data=masks.frame(figure.data),
        draw=draw,
        live=None if live is None else lambda: masks.value(live()),
    )
