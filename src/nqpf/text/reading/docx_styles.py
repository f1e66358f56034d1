"""The styles of a Word file: which of them are headings, lists or captions, through whatever they are based on."""

from __future__ import annotations

import re

from nqpf.data.files.archive import Archive
from nqpf.text.reading.docx_paragraph import W

HEADING = re.compile(r"(?:heading|标题)\s*([1-6])", re.IGNORECASE)
TITLES = frozenset(("title", "标题", "文档标题"))
CAPTIONS = frozenset(("caption", "题注"))
LISTS = re.compile(r"list|列表|列出段落", re.IGNORECASE)


def styles_of(archive: Archive) -> dict[str, str]:
    """Return the word of `Source.styles` for each style of paragraph that has one, by its id."""
    own: dict[str, str] = {}
    based: dict[str, str] = {}
    for style in archive.tree("word/styles.xml").iter(W + "style"):
        id = style.get(W + "styleId", "")
        name = style.find(W + "name")
        level = style.find(f"{W}pPr/{W}outlineLvl")
        stated = None if level is None else level.get(W + "val")
        own[id] = _word("" if name is None else name.get(W + "val", ""), stated)
        parent = style.find(W + "basedOn")
        based[id] = "" if parent is None else parent.get(W + "val", "")
    return {id: word for id in own if (word := _inherited(id, own, based))}


def _word(name: str, level: str | None) -> str:
    bare = name.strip().lower()
    if found := HEADING.fullmatch(bare):
        return f"h{found[1]}"
    if level is not None and level in "012345":
        return f"h{int(level) + 1}"
    if bare in TITLES:
        return "h1"
    if bare in CAPTIONS:
        return "caption"
    return "list" if LISTS.search(bare) else ""


def _inherited(id: str, own: dict[str, str], based: dict[str, str]) -> str:
    seen: set[str] = set()
    while id in own and id not in seen:
        if own[id]:
            return own[id]
        seen.add(id)
        id = based[id]
    return ""
