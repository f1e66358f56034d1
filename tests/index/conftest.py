"""Small frameworks and panels, written as mappings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl
import pytest

from nqpf.data import Panel, Series
from nqpf.data.panel import Status, complete
from nqpf.index import Framework
from nqpf.messages import Text
from nqpf.yamlfile import Document

Grow = Callable[..., Framework]
Fill = Callable[..., Panel]

NOTHING_READ = complete(pl.DataFrame(schema={"unit": pl.String}))


def _nodes(tree: Mapping[str, Any]) -> list[dict[str, Any]]:
    nodes = []
    for name, what in tree.items():
        if isinstance(what, str):
            nodes.append({"id": name, "direction": what})
        elif "direction" in what:
            nodes.append({"id": name} | what)
        else:
            own = {key: what[key] for key in ("weight", "availability") if key in what}
            nodes.append({"id": name, **own, "children": _nodes({k: v for k, v in what.items() if k not in own})})
    return nodes


@pytest.fixture(scope="session")
def grow() -> Grow:
    """Return a maker of frameworks: ``grow({"D": {"x": "benefit", "y": {"direction": "target", "target": 5}}})``."""

    def make(tree: Mapping[str, Any]) -> Framework:
        return Framework.from_document(Document("tree", {"id": "I", "title": "Index", "tree": _nodes(tree)}, {}))

    return make


@pytest.fixture(scope="session")
def fill() -> Fill:
    """Return a maker of panels: series by name, a row a year from 2020, a column a unit from A."""

    def make(series: Mapping[str, Any], *, units: str | None = None, first: int = 2020) -> Panel:
        values = np.stack([np.asarray(v, dtype=float) for v in series.values()], axis=2)
        names = tuple(units or "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: values.shape[1]])
        status = np.where(np.isnan(values), Status.MISSING, Status.REPORTED).astype(np.int8)
        return Panel(
            periods=tuple(range(first, first + len(values))),
            units=names,
            series=tuple(Series(name, Text.same(name)) for name in series),
            values=values,
            status=status,
            labels={name: Text.same(name) for name in names},
            origin=NOTHING_READ,
        )

    return make
