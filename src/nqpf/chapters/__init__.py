"""The chapters of an assessment: each calls methods and returns tables, figures and findings."""

from nqpf.chapters.blocks import Chapter
from nqpf.chapters.checks import checks_chapter
from nqpf.chapters.coherence import coherence_chapter
from nqpf.chapters.context import Context
from nqpf.chapters.data import data_chapter
from nqpf.chapters.index import index_chapter
from nqpf.chapters.industry import industry_chapters, industry_methods
from nqpf.chapters.industry_context import IndustryContext
from nqpf.chapters.methods import methods_chapter, used_methods
from nqpf.chapters.multiverse import multiverse_chapter
from nqpf.chapters.planning import planning_chapter
from nqpf.chapters.productivity import productivity_chapter
from nqpf.chapters.profiles import profiles_chapter
from nqpf.chapters.regions import regions_chapter
from nqpf.chapters.summary import summary_chapter
from nqpf.chapters.text import text_chapter, text_methods
from nqpf.chapters.text_context import TextContext
from nqpf.chapters.theory import theory_chapter
from nqpf.chapters.unranked import unranked

__all__ = ["Chapter", "Context", "IndustryContext", "TextContext", "write_chapters"]


def write_chapters(
    context: Context | None, industry: IndustryContext | None = None, text: TextContext | None = None
) -> tuple[Chapter, ...]:
    """Return the chapters of an assessment in the order of the report.

    Parameters
    ----------
    context, industry, text
        Material of the chapters on the index, on industries and on texts; None where a study has none.
    """
    of_industry = () if industry is None else tuple(chapter(industry) for chapter in industry_chapters(industry))
    beside = (*of_industry, *(() if text is None else (text_chapter(text),)))
    used = ({} if industry is None else industry_methods(industry)) | ({} if text is None else text_methods(text))
    if context is None:
        first = industry or text
        assert first is not None
        rest = (*beside, methods_chapter(used))
        return (summary_chapter(first.about, first.ranks, rest), *rest)
    order = [index_chapter, coherence_chapter, profiles_chapter, theory_chapter, data_chapter, checks_chapter]
    if context.multiverse is not None:
        order.insert(2, multiverse_chapter)
    if context.planned is not None:
        order.insert(order.index(theory_chapter), planning_chapter)
    if context.productivity is not None:
        order.insert(order.index(profiles_chapter), productivity_chapter)
    if context.regions is not None:
        order.insert(order.index(profiles_chapter), regions_chapter)
    chapters = [chapter(context) for chapter in order]
    place = order.index(profiles_chapter)
    annex = methods_chapter(used_methods(context) | used)
    rest = unranked(context, [*chapters[:place], *beside, *chapters[place:], annex])
    return (summary_chapter(context.about, context.ranks, rest), *rest)
