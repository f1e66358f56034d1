"""Every phrase of the theory room stands in its document, on the line it names."""

import csv
import re
from pathlib import Path

import pytest

from nqpf.theory import diagram, items

SHARED = Path(__file__).parents[2].parent / "shared"
pytestmark = [
    pytest.mark.reference,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the five documents (../shared) are not beside the project"),
]


def squeeze(text: str) -> str:
    """Drop white space and line breaks: the pages are set justified and hard-wrapped."""
    return re.sub(r"\s+", "", text)


def begins_on_line(phrase: str, file: str, line: int) -> bool:
    lines = (SHARED / "seeds" / f"{file}.txt").read_text(encoding="utf-8").split("\n")
    at = squeeze("".join(lines[line - 1 :])).find(squeeze(phrase))
    return 0 <= at < len(squeeze(lines[line - 1]))


def test_phrases_of_items_stand_in_the_documents():
    places = [(i.id, p) for i in items() for p in i.phrases]
    assert [(id, p) for id, p in places if not begins_on_line(p.text, p.file, p.line)] == []


def test_phrases_of_the_diagram_stand_in_the_documents():
    whole = diagram()
    parts = [whole, *whole.nodes, *whole.captions, *(e for e in whole.edges if e.phrase)]
    assert [p for p in parts if not begins_on_line(p.phrase, p.file, p.line)] == []


def test_a_phrase_on_another_line_is_not_found():
    phrase = items()[0].phrases[0]
    assert begins_on_line(phrase.text, phrase.file, phrase.line)
    assert not begins_on_line(phrase.text, phrase.file, phrase.line - 2)
    assert not begins_on_line(phrase.text, phrase.file, phrase.line + 2)


def test_items_are_those_of_the_survey_of_the_documents():
    with (SHARED / "theory" / "coverage.csv").open(encoding="utf-8", newline="") as lines:
        survey = {row["id"]: row["status"] for row in csv.DictReader(lines)}
    assert {i.id: i.status for i in items()} == survey
