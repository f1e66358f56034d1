"""Co-occurrence: windows, measures, communities."""

from __future__ import annotations

import math

import pytest

from nqpf.errors import SpecError
from nqpf.messages import speak
from nqpf.text.measuring.cooccurrence import cooccurrence

TERMS = {"g": ["算力", "数据", "氢能", "储能"]}
TEXT = "算力与数据。算力，数据。氢能储能。氢能。\n算力与氢能。天气。"


def edge(found: object, a: str, b: str) -> dict[str, float]:
    rows = found.edges.iter_rows(named=True)  # type: ignore[attr-defined]
    return next(row for row in rows if {row["source"], row["target"]} == {a, b})


def test_measures_by_hand() -> None:
    found = cooccurrence({"id": ["1"], "text": [TEXT]}, TERMS, least=1)
    assert found.windows == 6
    one = edge(found, "算力", "数据")
    assert one["count"] == 2
    assert one["expected"] == pytest.approx(3 * 2 / 6)
    assert one["pmi"] == pytest.approx(math.log2(2 / 1))
    assert one["npmi"] == pytest.approx(1 / math.log2(3))
    assert one["equivalence"] == pytest.approx(4 / 6)
    assert one["p"] == pytest.approx(math.comb(3, 2) / math.comb(6, 2))
    assert edge(found, "算力", "氢能")["weight"] == 0.0
    assert dict(found.nodes.select("term", "windows").iter_rows()) == {"算力": 3, "数据": 2, "氢能": 3, "储能": 1}
    assert dict(found.nodes.select("term", "community").iter_rows()) == {"算力": 0, "数据": 0, "氢能": 1, "储能": 1}
    assert found.modularity > 0


@pytest.mark.parametrize(
    ("window", "windows", "together"),
    [("sentence", 6, 1), ("paragraph", 2, 2), ("article", 1, 1), (1, 6, 1), (2, 5, 3), (6, 1, 1), (9, 1, 1)],
)
def test_windows(window: str | int, windows: int, together: int) -> None:
    found = cooccurrence({"id": ["1"], "text": [TEXT]}, TERMS, window=window, least=1)  # type: ignore[arg-type]
    assert found.windows == windows
    assert edge(found, "算力", "氢能")["count"] == together


def test_windows_do_not_reach_over_documents() -> None:
    apart = cooccurrence({"id": ["1", "2"], "text": ["算力。", "数据。"]}, TERMS, window=5, least=1)
    assert apart.windows == 2
    assert apart.edges.height == 0
    assert "measure_no_pairs" in {note.code for note in apart.notes}


def test_order_of_documents_changes_nothing_and_nested_terms_are_no_pair() -> None:
    table = {"id": ["1", "2"], "text": [TEXT, "储能数据。数据储能。"]}
    turned = {key: value[::-1] for key, value in table.items()}
    one, other = (cooccurrence(t, TERMS) for t in (table, turned))
    assert one.edges.equals(other.edges)
    assert one.nodes.equals(other.nodes)
    nested = {"id": ["1"], "text": ["战略性新兴产业。战略性新兴产业。"]}
    assert cooccurrence(nested, ["新兴产业", "战略性新兴产业"]).edges.height == 0
    assert cooccurrence(nested, ["新兴产业", "战略性新兴产业"], mode="overlapping").edges.height == 1


def test_what_is_everywhere_says_nothing() -> None:
    found = cooccurrence({"id": ["1"], "text": ["算力数据。数据算力。"]}, TERMS)
    one = edge(found, "算力", "数据")
    assert (one["pmi"], one["npmi"], one["weight"], one["p"]) == (0.0, 0.0, 0.0, 1.0)
    note = next(n for n in found.notes if n.code == "measure_pairs_by_chance")
    assert "1 of 1" in note.text().en


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"window": "line"}, "“line” is not one of the choices"),
        ({"window": 0}, "“0” is too small"),
        ({"least": 0}, "“0” is too small"),
        ({"measure": "lift"}, "“lift” is not one of the choices"),
    ],
)
def test_bad_options_are_named(options: dict[str, object], said: str) -> None:
    with speak("en"), pytest.raises(SpecError) as caught:
        cooccurrence({"id": ["1"], "text": [TEXT]}, TERMS, **options)  # type: ignore[arg-type]
    with speak("en"):
        assert said in str(caught.value)
