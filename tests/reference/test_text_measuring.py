"""Counts on the five documents: every term of the starter list as brute force finds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from nqpf.text.measuring.count import count
from nqpf.text.measuring.dictionary import Dictionary
from nqpf.text.measuring.stream import count_stream

pytestmark = pytest.mark.reference


def test_every_term_is_found_as_often_as_brute_force_finds_it(shared: Path) -> None:
    files = sorted((shared / "seeds").glob("*.txt"))
    texts = [file.read_text(encoding="utf-8") for file in files]
    words = Dictionary.load("nqpf_starter")
    found = count({"id": [file.name for file in files], "text": texts}, words)
    for term in words.terms:
        wanted = [sum(text.count(form) for form in term.forms) for text in texts]
        assert found.terms.filter(term=term.name)["count"].to_list() == wanted, term.name
    streamed = count_stream(files, words)
    totals = dict(streamed.terms.select("term", "count").iter_rows())
    for term in words.terms:
        assert totals[term.name] == found.terms.filter(term=term.name)["count"].sum()


def test_the_starter_list_holds_the_list_it_was_made_from(shared: Path) -> None:
    given = Dictionary.load(shared / "theory" / "terms.yaml")
    ours = Dictionary.load("nqpf_starter")
    assert [group.title.zh for group in ours.groups] == [group.id for group in given.groups]
    assert [t.name for t in ours.terms] == [t.name for t in given.terms]
