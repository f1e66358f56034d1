"""SVG shapes: escaped, well-formed, arrows that end where they should."""

import math
import re
from xml.etree import ElementTree as ET

import pytest

from nqpf.charts.shapes import arc, arrow, on_circle, tag, words


def numbers(path: str) -> list[float]:
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", path)]


def test_tag_escapes_attributes_and_leaves_none_out() -> None:
    element = ET.fromstring(tag("g", data_node='a"<&', class_="x", fill=None))
    assert element.attrib == {"data-node": 'a"<&', "class": "x"}


def test_words_are_escaped_and_set_line_by_line() -> None:
    element = ET.fromstring(words(["R&D <1", "新质"], 10, 20, 10, leading=1.5))
    spans = list(element)
    assert [span.text for span in spans] == ["R&D <1", "新质"]
    assert float(spans[1].attrib["y"]) - float(spans[0].attrib["y"]) == 15


def test_arrow_runs_from_its_head_to_its_tail() -> None:
    line, head = ET.fromstring(arrow([(0, 0), (50, 0), (50, 80)], "#000", dashed=True))
    assert numbers(head.attrib["d"])[:2] == [50, 80]
    assert numbers(line.attrib["d"])[-2:] == [0, 0]
    assert numbers(line.attrib["d"])[0] == 50
    assert "Q" in line.attrib["d"]
    assert line.attrib["stroke-dasharray"] == "5 4"


def test_solid_arrow_has_no_dashes() -> None:
    line, _ = ET.fromstring(arrow([(0, 0), (50, 0)], "#000"))
    assert "stroke-dasharray" not in line.attrib


@pytest.mark.parametrize(("end", "sweep"), [(1.0, "1"), (-1.0, "0")])
def test_arc_ends_on_the_circle(end: float, sweep: str) -> None:
    line, head = ET.fromstring(arc((10, 20), 50, 0.0, end, "#000"))
    assert numbers(head.attrib["d"])[:2] == pytest.approx(on_circle((10, 20), 50, end), abs=0.01)
    assert f" 0 0 {sweep} " in line.attrib["d"]
    assert math.dist(numbers(line.attrib["d"])[-2:], (10, 20)) == pytest.approx(50, abs=0.01)
