"""The record of an assessment for machines: every number and finding in ``assessment.json``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nqpf.chapters import Chapter, Context, Whole
from nqpf.chapters.blockages import found_blockages, has_blockages
from nqpf.chapters.cautions import found_lights
from nqpf.chapters.industry import industry_record
from nqpf.chapters.planning import planning_record
from nqpf.chapters.productivity import productivity_record
from nqpf.chapters.regions import regions_record
from nqpf.chapters.regions_frames import finite
from nqpf.chapters.text import text_record
from nqpf.chapters.theory import measured_items, told
from nqpf.chapters.unranked import unranked_notes, unranked_record
from nqpf.messages import LANGUAGES, Text
from nqpf.results import Finding
from nqpf.study.spec import Study


def record(study: Study, whole: Whole, chapters: Sequence[Chapter]) -> dict[str, Any]:
    """Return every number and finding of an assessment, with theory ids."""
    result: dict[str, Any] = {
        "study": study.spec.study,
        "title": _both(study.title),
        "findings": [_finding(finding) for chapter in chapters for finding in chapter.findings],
    }
    result["theory"] = measured_items(whole).select("item", "state").to_dicts()
    if whole.index is not None:
        result |= _of_index(whole.index)
    if whole.industry is not None:
        result["industry"] = industry_record(whole.industry)
    if whole.text is not None:
        result["text"] = text_record(whole.text)
    result["cautions"] = finite(found_lights(whole).to_frame()).to_dicts()
    if has_blockages(whole):
        result["blockages"] = finite(found_blockages(whole).frame).to_dicts()
    return result if whole.index is None else unranked_record(whole.index, result)


def _of_index(context: Context) -> dict[str, Any]:
    index, (states, gauges) = context.index, told(context)
    result: dict[str, Any] = {
        "notes": [
            {"code": n.code, "severity": n.severity, **_both(n.text())}
            for n in unranked_notes(context, (*context.notes, *context.index.notes))
        ],
        "framework": [
            {"node": n.id, "parent": index.framework.nodes[n.parent].id if n.parent >= 0 else None, "level": n.level}
            | {"theory": list(n.theory), **_both(n.title)}
            for n in index.framework.nodes
        ],
        "scores": index.to_frame().to_dicts(),
        "weights": index.weights_frame().to_dicts(),
        "rank_intervals": context.leave_one_out.to_frame().to_dicts(),
        "contributions": {"against": context.against, "parts": context.level_parts.to_frame().to_dicts()},
        "indicators": index.panel.to_frame().to_dicts(),
        "ledger": context.ledger.to_frame().to_dicts(),
        "diagram": {
            "nodes": finite(states).to_dicts(),
            "edges": finite(context.living.edges).to_dicts(),
            "gauges": finite(gauges).to_dicts(),
        },
    }
    if context.over_draws is not None:
        result["imputation_ranks"] = context.over_draws.to_frame().to_dicts()
    if context.multiverse is not None:
        many = context.multiverse
        result["multiverse"] = {
            "intervals": many.intervals().to_dicts(),
            "shares": many.shares().to_dicts(),
            "design": many.design_frame().to_dicts(),
        }
    if context.change_parts is not None:
        result["changes"] = {"since": context.first, "parts": context.change_parts.to_frame().to_dicts()}
    if context.obstacles is not None:
        result["obstacles"] = context.obstacles.to_frame().to_dicts()
    if context.graded is not None:
        result["grades"] = context.graded.to_frame().to_dicts()
    if context.planned is not None:
        result["planning"] = planning_record(context.planned)
    if context.productivity is not None:
        result["productivity"] = productivity_record(context)
    if context.regions is not None:
        result["regions"] = regions_record(context)
    return result


def _finding(finding: Finding) -> dict[str, Any]:
    numbers = {k: _both(v) if isinstance(v, Text) else v for k, v in finding.numbers.items()}
    return {
        "code": finding.code,
        "numbers": numbers,
        "condition": finding.condition,
        "place": finding.place,
        "theory": list(finding.theory),
        **_both(finding.text()),
    }


def _both(text: Text) -> dict[str, str]:
    return {lang: text[lang] for lang in LANGUAGES}


def write_json(path: Path, content: Any) -> None:
    """Write content as JSON that reads the same on every machine."""
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False, default=_plain)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(type(value).__name__)
