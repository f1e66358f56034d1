"""The chapters of an assessment: each calls methods and returns tables, figures and findings."""

from nqpf.chapters.blocks import Chapter
from nqpf.chapters.checks import checks_chapter
from nqpf.chapters.context import Context
from nqpf.chapters.data import data_chapter
from nqpf.chapters.index import index_chapter
from nqpf.chapters.methods import methods_chapter
from nqpf.chapters.profiles import profiles_chapter
from nqpf.chapters.summary import summary_chapter
from nqpf.chapters.theory import theory_chapter

__all__ = ["Chapter", "Context", "write_chapters"]


def write_chapters(context: Context) -> tuple[Chapter, ...]:
    """Return the chapters of an assessment in the order of the report."""
    order = (index_chapter, profiles_chapter, theory_chapter, data_chapter, checks_chapter, methods_chapter)
    rest = tuple(chapter(context) for chapter in order)
    return (summary_chapter(context, rest), *rest)
