"""Where the boxes and arrows of the logic diagram stand: ``logic_layout.yaml`` as frozen objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from ruamel.yaml import YAML

from nqpf.charts.shapes import Point

Look = Literal["card", "row"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels, y downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        """The centre."""
        return self.x + self.width / 2, self.y + self.height / 2

    def holds(self, point: Point) -> bool:
        """Return whether `point` lies inside or on the rim."""
        return self.x <= point[0] <= self.x + self.width and self.y <= point[1] <= self.y + self.height


@dataclass(frozen=True, slots=True)
class Place:
    """Place of words: `at` is the top of the first line, or the bottom of the last where `above`."""

    at: Point
    width: float
    anchor: Literal["start", "middle", "end"] = "start"
    above: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """The way of an arrow from `source` to `target`: along `path`, or along the ring where that is empty."""

    source: str
    target: str
    path: tuple[Point, ...]
    label: Place | None


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole drawing.

    Attributes
    ----------
    size
        Width and height in pixels.
    field
        Ground of the core and its traits.
    boxes
        Rectangle of each node, by id.
    rows, small
        Kinds of nodes whose value stands beside the text instead of below it; kinds in small type.
    captions
        Place of the heading of each kind that has one.
    ring_center, ring_radius, ring_label
        The circle of education, science and talent.
    routes
        The arrows.
    legend
        Room for the legend.
    """

    size: Point
    field: Box
    boxes: Mapping[str, Box]
    rows: frozenset[str]
    small: frozenset[str]
    captions: Mapping[str, Place]
    ring_center: Point
    ring_radius: float
    ring_label: Place
    routes: tuple[Route, ...]
    legend: Box


@cache
def layout() -> Layout:
    """Return the layout of the logic diagram; read once.

    Examples
    --------
    >>> layout().boxes["cause_tech"].width
    220
    """
    text = resources.files("nqpf.charts").joinpath("logic_layout.yaml").read_text(encoding="utf-8")
    raw: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    ring = raw["ring"]
    return Layout(
        size=tuple(raw["size"]),
        field=Box(*raw["field"]),
        boxes={id: Box(*numbers) for id, numbers in raw["boxes"].items()},
        rows=frozenset(raw["looks"]["row"]),
        small=frozenset(raw["looks"]["small"]),
        captions={kind: _place(place) for kind, place in raw["captions"].items()},
        ring_center=tuple(ring["center"]),
        ring_radius=ring["radius"],
        ring_label=_place(ring["label"]),
        routes=tuple(_route(route) for route in raw["routes"]),
        legend=Box(*raw["legend"]),
    )


def _place(raw: Mapping[str, Any]) -> Place:
    return Place(**{**raw, "at": tuple(raw["at"])})


def _route(raw: Mapping[str, Any]) -> Route:
    source, target = raw["edge"]
    label = _place(raw["label"]) if "label" in raw else None
    return Route(source, target, tuple((x, y) for x, y in raw.get("path", ())), label)
