"""The chapters of an assessment: each calls methods and returns tables, figures and findings.

Names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nqpf.chapters.anonymous import Masks
    from nqpf.chapters.blocks import Chapter
    from nqpf.chapters.context import Context
    from nqpf.chapters.industry_context import IndustryContext
    from nqpf.chapters.text_context import TextContext
    from nqpf.chapters.whole import Whole
    from nqpf.chapters.write import write_chapters

_HOME = {
    "Chapter": "blocks",
    "Context": "context",
    "IndustryContext": "industry_context",
    "Masks": "anonymous",
    "TextContext": "text_context",
    "Whole": "whole",
    "write_chapters": "write",
}

__all__ = ["Chapter", "Context", "IndustryContext", "Masks", "TextContext", "Whole", "write_chapters"]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"nqpf.chapters.{_HOME[name]}"), name)
    raise AttributeError(f"module 'nqpf.chapters' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
