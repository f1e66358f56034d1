"""Read a study's texts, hold them against its index where it asks, and name things."""

from __future__ import annotations

import polars as pl

from nqpf.chapters import Context, TextContext
from nqpf.errors import NqpfError, SpecError, Where, hint, listing
from nqpf.study.spec import Study
from nqpf.text.material import read_material
from nqpf.text.survey import survey_text


def texts_of(study: Study, context: Context | None) -> TextContext | None:
    """Return what was found in the texts of a study; None where it has none.

    Parameters
    ----------
    study
        The study.
    context
        The material of its index; None where it has none.

    Raises
    ------
    NqpfError
        With the place in the study.
    """
    spec = study.spec.text
    if spec is None:
        return None
    try:
        node, scores = None, None
        if spec.substance is not None and context is not None:
            node, scores = spec.substance, _scores(context, spec.substance, spec.places == "none")
        found = survey_text(spec, read_material(spec, study.folder), scores, study.spec.seed)
    except NqpfError as error:
        key = error.where.key or ""
        raise error.at(study.where(*(key.split(".") if key.startswith("text") else ["text"]))) from None
    titles = {} if context is None else {n.id: n.title for n in context.framework.nodes}
    return TextContext(study.title, study.spec.about, found, titles.get(node or ""), study.spec.report.ranks)


def _scores(context: Context, node: str, by_name: bool) -> pl.DataFrame:
    """Return unit, year and score of a node; units by their name where the texts' regions have names of their own."""
    known = [n.id for n in context.framework.nodes]
    if node not in known:
        where = Where(key="text.substance")
        raise SpecError("regions_node", where=where, node=node, hint=hint(node, known), options=listing(known, 20))
    frame = context.scores.filter(pl.col("node") == node)
    names = ("unit_zh", "unit_en") if by_name else ("unit",)
    rows = [frame.select(pl.col(name).alias("unit"), year="period", score="score") for name in names]
    return pl.concat(rows).unique(["unit", "year"], maintain_order=True).drop_nulls()
