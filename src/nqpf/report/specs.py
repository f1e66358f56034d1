"""What the charts of a page are drawn from: their specifications, with what they share kept once.

Thirty profiles in two languages repeat the same rows and the same look sixty times; in the page each is there once
and is put back when a chart is drawn.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass, field
from typing import Any

from nqpf.messages import Lang

USUAL_HEIGHT = 320
"""Pixels kept free for a chart that does not state its height in pixels."""
AROUND = 70
"""Pixels for axes and legend around the height a chart states."""


@dataclass(slots=True)
class Specs:
    """The charts of one page and their shared parts.

    Attributes
    ----------
    charts
        By chart and language: ``spec`` without data and look, ``datasets`` (name → part) and ``config`` (part).
    parts
        Rows and configurations by a name derived from their content.
    """

    charts: dict[str, dict[Lang, dict[str, Any]]] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict)

    def add(self, chart: str, lang: Lang, spec: dict[str, Any]) -> None:
        """Take in the Vega-Lite specification of a chart in one language."""
        rest = {key: value for key, value in spec.items() if key not in ("datasets", "config", "$schema")}
        datasets = {name: self._part(rows) for name, rows in spec.get("datasets", {}).items()}
        entry = {"spec": _finite(rest), "datasets": datasets, "config": self._part(spec.get("config", {}))}
        self.charts.setdefault(chart, {})[lang] = entry

    def _part(self, content: Any) -> str:
        clean = _finite(content)
        written = json.dumps(clean, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        name = hashlib.sha256(written.encode()).hexdigest()[:16]
        self.parts[name] = clean
        return name


def expected_height(spec: dict[str, Any]) -> int:
    """Return about how many pixels a chart will take, so that a page does not jump when it is drawn."""
    height = spec.get("height")
    return round(height + AROUND) if isinstance(height, (int, float)) else USUAL_HEIGHT


def _finite(value: Any) -> Any:
    """Return `value` with null for the numbers JSON cannot say."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(inner) for inner in value]
    return value
