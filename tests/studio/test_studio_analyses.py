"""The panel of analyses: forms that say what the models say, errors at their keys, parts as YAML."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi")

from nqpf.errors import SpecError
from nqpf.messages import catalogue
from nqpf.studio.desk import Desk
from nqpf.studio.store import Session, Store
from nqpf.studio.views import analyses
from nqpf.studio.views.form import PARTS, form, known, model_of
from nqpf.studio.wire import plain

FIELD = "studio.form.field."
FORMS = {part: form(part) for part in (*PARTS, "report")}


def walk(field: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield field
    inner = [*field.get("fields", ()), *field.get("ways", ()), *field.get("items", ())]
    for one in [*inner, *([field["item"]] if "item" in field else [])]:
        yield from walk(one)


EVERY = [one for part in FORMS.values() for one in walk(part)]


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Store(tmp_path).create(demo="thermal")


def change(session: Session, **parts: Any) -> None:
    document = {**session.document, **parts}
    session.edit({k: v for k, v in document.items() if v is not None}, session.revision, "test")


def test_a_form_and_its_yaml_hold_every_key_of_the_model() -> None:
    for part in FORMS:
        model = model_of(part)
        if model is None:
            assert FORMS[part]["kind"] == "list"
            continue
        stated = {one["key"] for one in FORMS[part]["fields"]} | set(FORMS[part]["others"])
        assert stated == set(model.model_fields)


def test_every_text_of_a_field_belongs_to_a_field() -> None:
    texts = {key.removeprefix(FIELD).removesuffix(".help") for key in catalogue() if key.startswith(FIELD)}
    titles = {one["title"].en for one in EVERY if "title" in one}
    assert {key for key in texts if catalogue()[FIELD + key].en not in titles} == {"size"}
    shown = {one["path"] for one in EVERY if "path" in one}
    assert {key for key in texts if not key.startswith("given.") and key not in shown} == set()


def test_every_word_of_a_form_is_one_that_the_model_takes() -> None:
    words = [one for one in EVERY if one["kind"] == "word"]
    assert len(words) > 40
    assert all(word["title"].zh and word["title"].en for one in words for word in one["words"])
    rts = next(one for one in EVERY if one.get("path") == "productivity.rts")
    assert [word["value"] for word in rts["words"]] == ["crs", "vrs"]


def test_limits_and_defaults_are_the_models() -> None:
    by_path = {one["path"]: one for one in EVERY if "path" in one and "key" in one}
    assert by_path["productivity.frontier"]["default"] == 0.9
    assert (by_path["productivity.frontier"]["above"], by_path["productivity.frontier"]["below"]) == (0, 1)
    assert by_path["regions.classes"] | {"min": 2, "max": 10} == by_path["regions.classes"]
    assert by_path["productivity.output"]["required"]
    assert by_path["productivity.output"]["kind"] == "formula"
    assert by_path["regions.weights"]["optional"]
    assert "default" not in by_path["scenario.rd"]
    assert [way["kind"] for way in by_path["productivity.share"]["ways"]] == ["number", "word"]


def test_kinds_are_told_of_places_that_there_are() -> None:
    paths = {one["path"] for one in EVERY if "path" in one}
    named = [path for kinds in (known()["kinds"], known()["keys"]) for listed in kinds.values() for path in listed]
    assert {path for path in [*named, *known()["common"]] if path not in paths} == set()
    assert next(one for one in EVERY if one.get("path") == "scenario.capital")["common"]


def test_the_nearest_word_on_a_path_decides_its_kind() -> None:
    value = next(one for one in EVERY if one.get("path") == "planning.targets.value")
    assert value["ways"][1]["names"] == "unit"
    assert next(one for one in EVERY if one.get("path") == "planning.targets")["names"] == "measure"


def test_a_demo_names_its_series_and_has_nothing_wrong(session: Session) -> None:
    found = analyses.state(Desk(), session.folder)
    assert {one["id"] for one in found["series"]} == {"capacity", "labour", "energy", "generation", "co2"}
    assert next(one for one in found["nodes"] if one["id"] == "means")["leaf"] is False
    assert len(found["units"]) == 30
    assert found["periods"][0] == 2007
    assert {part: [str(e) for e in errors] for part, errors in found["problems"].items() if errors} == {}


def test_what_is_wrong_is_said_by_part_and_key(session: Session) -> None:
    change(session, productivity={"output": "generation", "capital": "capacty", "labour": "labour"}, planning={})
    found = analyses.state(Desk(), session.folder)["problems"]
    assert [error.code for error in found["productivity"]] == ["unknown_series_in_formula"]
    assert found["productivity"][0].where.key == "productivity.capital"
    assert "capacity" in found["productivity"][0].what.en
    assert found["planning"][0].where.key == "planning"
    assert found["planning"][0].where.file == "study.yaml"
    assert found["scenario"] == []


def test_a_half_made_part_hides_no_names(session: Session) -> None:
    change(session, productivity={}, scenario={"share": 3})
    found = analyses.state(Desk(), session.folder)
    assert len(found["series"]) == 5
    assert [error.code for error in found["problems"]["productivity"]] == ["missing_key"]
    assert found["problems"]["scenario"] != []


def test_an_index_is_asked_for_where_there_is_none(tmp_path: Path) -> None:
    session = Store(tmp_path).create(title="x")
    change(session, multiverse={}, text={"files": "a.txt"})
    found = analyses.state(Desk(), session.folder)["problems"]
    assert [error.code for error in found["multiverse"]] == ["no_index_for"]
    assert found["text"] == []


def test_values_are_offered_only_where_the_study_says_them(session: Session) -> None:
    change(session, productivity={"labour": "labour"}, system=None)
    offers = analyses.state(Desk(), session.folder)["offers"]
    assert [one["value"] for one in offers["productivity.capital"]] == ["capacity"]
    assert "scenarios" in offers["productivity.capital"][0]["why"].en
    assert "productivity.labour" not in offers
    assert "productivity.share" not in offers
    assert "scenario.rd" not in offers


def test_a_part_as_yaml_keeps_its_comments(session: Session) -> None:
    text = analyses.as_yaml(Desk(), session.folder, "scenario")
    assert "广东 2007 年装机缺失" in text
    assert "# 换一种做法" not in text  # the comment of the next part
    assert plain(analyses.of_yaml(Desk(), session.folder, "scenario", text)) == session.document["scenario"]
    assert analyses.as_yaml(Desk(), session.folder, "industry") == "{}\n"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("output: a\ncapital: b\nlabuor: c\n", "unknown_key", 3),
        ("output: a\n\ncapital: b\nlabour: c\nrts: irs\n", "bad_choice", 5),
        ("output: a\n  capital: b\n", "yaml_syntax", 2),
        ("- a\n", "yaml_not_mapping", 1),
        ("output: a\ncapital: b\nlabour: c\ninputs:\n  output: x\n", "bad_value", 1),
    ],
)
def test_what_is_wrong_in_the_box_is_said_with_its_line(session: Session, text: str, code: str, line: int) -> None:
    with pytest.raises(SpecError) as caught:
        analyses.of_yaml(Desk(), session.folder, "productivity", text)
    assert (caught.value.code, caught.value.where.line, caught.value.where.file) == (code, line, None)


def test_only_parts_with_a_model_are_written_as_yaml(session: Session) -> None:
    for part in ("size", "data", "__class__"):
        with pytest.raises(SpecError, match="multiverse"):
            analyses.of_yaml(Desk(), session.folder, part, "{}")
