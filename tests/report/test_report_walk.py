from __future__ import annotations

import pytest

from nqpf.chapters.blocks import Chapter, Section
from nqpf.messages import Text
from nqpf.report.walk import anchor, outline


def test_numbers_follow_reading_order(chapters: tuple[Chapter, ...]) -> None:
    places = outline(chapters).places
    numbers = {name: place.number for name, place in places.items()}
    assert numbers == {
        "summary": "1", "scores": "2", "method": "2.1", "results": "2.2", "ranks": "2-1", "bars": "2-1",
        "deep": "2.2.1", "logic": "2-2", "regions": "3", "profiles": "3.1", "profile-广东": "", "bars-Guangdong": "3-1",
        "profile-江苏": "", "bars-Jiangsu": "3-2",
    }  # fmt: skip
    assert [place.level for place in (places["scores"], places["results"], places["deep"])] == [1, 2, 3]


def test_labels_in_both_languages(chapters: tuple[Chapter, ...]) -> None:
    places = outline(chapters).places
    assert places["ranks"].label == Text("表 2-1", "Table 2-1")
    assert places["bars-Jiangsu"].label == Text("图 3-2", "Figure 3-2")
    assert places["deep"].label == Text("第 2.2.1 节", "Section 2.2.1")
    assert places["profile-江苏"].label == Text("“江苏”", "“Jiangsu”")


def test_finds_a_block_by_its_id_and_tells_loose_findings(chapters: tuple[Chapter, ...]) -> None:
    found = outline(chapters)
    target = found.find("profile 江苏")
    assert target is not None
    assert target.block.title.en == "Jiangsu"
    assert [finding.place for finding in found.loose()] == ["not-here"]


@pytest.mark.parametrize("second", ["a", "A"])
def test_an_id_stands_once(second: str) -> None:
    twins = tuple(Section(id, Text("节", "Part"), ()) for id in ("a", second))
    with pytest.raises(ValueError, match=f"id '{second}'"):
        outline([Chapter("c", Text("章", "Chapter"), twins)])


def test_anchor_is_safe_in_a_file_name() -> None:
    assert anchor('../a:b|"c" 广东') == "..-a-b-c-广东"
