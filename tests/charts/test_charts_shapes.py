"""SVG shapes: escaped, well-formed."""

import math
from xml.etree import ElementTree as ET

import pytest

from nqpf.charts.shapes import on_circle, tag, words


def test_tag_escapes_attributes_and_leaves_none_out() -> None:
    element = ET.fromstring(tag("g", data_node='a"<&', class_="x", fill=None))
    assert element.attrib == {"data-node": 'a"<&', "class": "x"}


def test_words_are_escaped_and_set_line_by_line() -> None:
    element = ET.fromstring(words(["R&D <1", "新质"], 10, 20, 10, leading=1.5))
    spans = list(element)
    assert [span.text for span in spans] == ["R&D <1", "新质"]
    assert float(spans[1].attrib["y"]) - float(spans[0].attrib["y"]) == 15


def test_a_point_on_a_circle_is_its_radius_away() -> None:
    assert math.dist(on_circle((10, 20), 50, 1.3), (10, 20)) == pytest.approx(50)
