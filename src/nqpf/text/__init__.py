"""The text room: from a page as it comes to a citable corpus and a measured idea.

Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "advantage": "measuring.advantage",
    "article_share": "measuring.article_share",
    "check_quote": "quoted.check",
    "clean": "cleaning.clean",
    "coding_sheet": "measuring.coding_scheme",
    "cooccurrence": "measuring.cooccurrence",
    "Corpus": "corpus",
    "corrections_template": "segmenting.corrections",
    "count": "measuring.count",
    "count_stream": "measuring.stream",
    "Dictionary": "measuring.dictionary",
    "diffusion": "measuring.diffusion",
    "duplicates": "copies.duplicates",
    "pmc": "measuring.pmc",
    "pmc_structure": "measuring.pmc",
    "policy_tools": "measuring.policy_tools",
    "quotations": "quoted.quotations",
    "read_corrections": "segmenting.corrections",
    "read_source": "reading.files",
    "read_sources": "reading.files",
    "search_key": "cleaning.search_key",
    "segment": "segmenting.segment",
    "shared_passages": "copies.passages",
    "similarity_to": "measuring.similarity",
    "statements": "quoted.statements",
    "talk_substance": "measuring.talk_substance",
    "tfidf": "measuring.tfidf",
    "variants": "copies.variants",
}
"""The module of each public function."""

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"nqpf.text.{_HOME[name]}"), name)
    raise AttributeError(f"module 'nqpf.text' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
