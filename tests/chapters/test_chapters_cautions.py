"""Chapter on cautions: every sentence in both languages, both sides of every finding, and nothing without a number."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from nqpf.chapters.blocks import Chapter, Paragraph, Section, Table
from nqpf.chapters.cautions import cautions_chapter
from nqpf.chapters.whole import Whole
from nqpf.charts.figure import Figure
from nqpf.errors import MethodError
from nqpf.messages import LANGUAGES, Text, catalogue, say
from nqpf.report.cells import cells
from nqpf.report.walk import outline, walk
from nqpf.results import Finding, Method
from nqpf.synthesis.light import CAUTIONS, ITEMS, Count, Light
from nqpf.synthesis.lights import Lights, lights

VALUES: dict[str, Any] = {
    "alike": {"pairs": 45},
    "trend": {"first": 0.5, "last": 0.7, "slope": 0.02, "kind": "unido"},
    "types": {"types": 3, "p": 0.01},
    "paths": {"paths": 2, "p": 0.02},
    "talk": {"low": 0.1, "high": 0.9},
    "level": {"low": 0.1, "high": 0.9, "units": 30},
    "change": {"low": 0.1, "high": 0.9, "units": 30},
}
"""What the sentence on a reading says besides its number."""
NEEDED: dict[str, Any] = {"no_types": {"p": 0.4}, "paths_chance": {"paths": 3, "p": 0.4}, "units": {"units": 4}}


def reading(caution: Any, name: str, light: Any, number: float = 0.4, **more: Any) -> Light:
    values = VALUES.get(name, {})
    return Light(caution, name, number, 0.3, 0.6, light, "measured", values, Count.of([light]), **more)


def written(monkeypatch: pytest.MonkeyPatch, *given: Light, whole: Whole | None = None) -> Chapter:
    method = Method("synthesis.lights", lights().method.options)
    monkeypatch.setattr("nqpf.chapters.cautions.found_lights", lambda _: Lights(given, method))
    return cautions_chapter(whole or Whole(None))


def table(chapter: Chapter, id: str) -> Table:
    return next(block for block in chapter.blocks if isinstance(block, Table) and block.id == id)


def column(found: Table, key: str) -> list[Text]:
    return [cell.text for cell in cells(found.frame, next(c for c in found.columns if c.key == key))]


def test_a_study_with_nothing_still_has_the_page() -> None:
    chapter = cautions_chapter(Whole(None))
    ids = [block.id for block in chapter.blocks if isinstance(block, Figure | Table | Section)]
    assert ids == ["cautions-page", "cautions-missing", "cautions-rules"]
    named = dict.fromkeys(text.en for text in column(table(chapter, "cautions-missing"), "caution"))
    assert list(named) == [say(f"lights.caution.{name}").en for name in CAUTIONS]
    assert all(text.en.startswith("Not assessed") for text in column(table(chapter, "cautions-missing"), "what"))
    (finding,) = chapter.findings
    assert (finding.code, finding.numbers["count"], finding.numbers["all"]) == ("cautions_absent", 6, 6)
    assert finding.theory == tuple(items[0] for items in ITEMS.values())
    outline([chapter])


@pytest.mark.parametrize(
    ("light", "code"), [("warn", "caution_lit"), ("watch", "caution_lit"), ("none", "caution_quiet")]
)
def test_each_light_has_its_sentence(monkeypatch: pytest.MonkeyPatch, light: Any, code: str) -> None:
    chapter = written(monkeypatch, reading("one_model", "types", light), reading("one_model", "paths", "none"))
    finding = chapter.findings[0]
    assert (finding.code, finding.theory, finding.place) == (code, ("L02",), "cautions-table")
    assert (finding.numbers["count"], "40%" in finding.text().en) == (2, True)
    assert ("warning" in finding.text().en.split(".")[0]) is (light == "warn")
    assert "亮" in finding.text().zh if light != "none" else "未触线" in finding.text().zh
    if light != "none":
        assert (finding.numbers["warns"], finding.numbers["watches"]) == ((1, 0) if light == "warn" else (0, 1))
    absent = chapter.findings[1]
    assert (absent.code, absent.numbers["count"]) == ("cautions_absent", 5)
    assert "L02" not in absent.theory


def test_a_finding_speaks_of_the_gravest_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    chapter = written(
        monkeypatch, reading("one_model", "types", "none", 0.11), reading("one_model", "paths", "warn", 0.97)
    )
    assert "97%" in chapter.findings[0].text().en
    assert "11%" not in chapter.findings[0].text().en


def test_where_all_cautions_are_assessed_none_is_said_to_be_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    names = dict(zip(CAUTIONS, ("crowding.share", "alike", "abandonment.tfp", "types", "talk", "level"), strict=True))
    chapter = written(monkeypatch, *(reading(caution, name, "none") for caution, name in names.items()))
    assert [finding.code for finding in chapter.findings] == ["caution_quiet"] * 6
    assert not any(isinstance(block, Table) and block.id == "cautions-missing" for block in chapter.blocks)


def test_every_sentence_on_a_reading_renders(monkeypatch: pytest.MonkeyPatch) -> None:
    names = sorted(key.removeprefix("lights.what.") for key in catalogue() if key.startswith("lights.what."))
    assert names == sorted(VALUES)
    shown = table(written(monkeypatch, *(reading("sameness", name, "watch") for name in names)), "cautions-table")
    assert shown.frame.height == len(names)
    for text in column(shown, "what"):
        assert all("{" not in text[lang] for lang in LANGUAGES)
        assert "0.4" in text.en.replace("40%", "0.4")
    assert {text.en for text in column(shown, "count")} == {"1 / 1"}


def test_every_reason_renders(monkeypatch: pytest.MonkeyPatch) -> None:
    needs = sorted(key.removeprefix("lights.needs.") for key in catalogue() if key.startswith("lights.needs."))
    rooms = ["crowding", "headroom", "exuberance", "mismatch", "plan_similarity", "abandonment"]
    given = [Light("herding", name, needs=name, values=NEEDED.get(name, {})) for name in (*needs, *rooms)]
    refused = Light("one_model", "types", refused=MethodError("paths_few_units", units=3, least=6))
    shown = column(table(written(monkeypatch, *given, refused), "cautions-missing"), "what")
    assert len(shown) == len(given) + 1
    assert all(text.zh.startswith("未评估") and text.en.startswith("Not assessed") for text in shown)
    assert "3" in shown[-1].en


def test_what_a_number_is_about_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    text = SimpleNamespace(found=SimpleNamespace(regions={"A1": Text("甲县", "County A")}))
    one = reading("repackaging", "talk", "warn", unit="A1", year="2022")
    chapter = written(monkeypatch, one, whole=Whole(None, None, text))  # type: ignore[arg-type]
    (said,) = column(table(chapter, "cautions-table"), "what")
    assert said.zh.startswith("甲县，2022：")
    assert said.en.startswith("County A, 2022:")
    assert "County A" in chapter.findings[0].text().en


def test_the_line_of_a_correlation_is_told_as_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    told = written(monkeypatch, reading("without_tfp", "level", "watch")).findings[0].text().en
    assert "the interval reaches 0" in told
    plain = written(monkeypatch, reading("one_model", "types", "watch")).findings[0].text().en
    assert "watch from 0.3, warn from 0.6" in plain


def test_the_rules_tell_the_lines_that_were_used() -> None:
    rules = next(b for b in cautions_chapter(Whole(None)).blocks if isinstance(b, Section) and b.id == "cautions-rules")
    said = "\n".join(block.text.en for block in rules.blocks if isinstance(block, Paragraph))
    assert len(rules.blocks) == len(CAUTIONS)
    assert "watch from 0.85, warn from 0.9" in said
    assert "70% of units, warn at 90%" in said
    assert "不能只搞一种模式" in said


def test_findings_have_a_number_a_condition_and_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    others = (Light(caution, "talk", needs="text") for caution in CAUTIONS if caution != "one_model")
    chapter = written(monkeypatch, reading("one_model", "types", "warn"), *others)
    places = outline([chapter])
    for finding in chapter.findings:
        assert isinstance(finding, Finding)
        assert finding.condition
        assert places.find(finding.place) is not None
        assert any(isinstance(value, int | float) for value in finding.numbers.values())
    assert all(isinstance(block, Paragraph | Table | Figure | Section) for block in walk(chapter.blocks))
