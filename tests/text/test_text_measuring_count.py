"""Counts: against brute force, by hand, and under what must not change them."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nqpf.errors import DataError, SpecError
from nqpf.messages import speak
from nqpf.text.measuring.characters import codes_of, kinds_of, sentence_starts
from nqpf.text.measuring.count import CountResult, count
from nqpf.text.measuring.dictionary import Dictionary

TERMS = ["新质生产力", "生产力", "战略性新兴产业", "新兴产业", "产业"]
PAGE = "发展新质生产力。战略性新兴产业不是一哄而上的产业！\n培育新兴产业"


def counts(found: CountResult) -> dict[str, int]:
    return dict(found.terms.group_by("term").agg(pl.col("count").sum()).iter_rows())


def codes(found: CountResult) -> set[str]:
    return {note.code for note in found.notes}


def occurrences(text: str, term: str) -> int:
    return sum(text.startswith(term, a) for a in range(len(text)))


@given(
    st.lists(st.text(alphabet="新质生产力a", min_size=1, max_size=3), min_size=1, max_size=6, unique=True),
    st.lists(st.text(alphabet="新质生产力a。，\n 不是", max_size=40), min_size=1, max_size=4),
)
def test_every_term_is_counted_as_brute_force_does(terms: list[str], texts: list[str]) -> None:
    table = {"id": [str(k) for k in range(len(texts))], "text": texts}
    found = count(table, terms)
    rows = {(id, term): n for id, term, n in found.terms.select("id", "term", "count").iter_rows()}
    assert rows == {(str(k), term): occurrences(text, term) for k, text in enumerate(texts) for term in terms}
    place = count(table, terms, positions=True).positions
    assert place is not None
    assert place.height == sum(rows.values())
    for id, start, end, form in place.select("id", "start", "end", "form").iter_rows():
        assert texts[int(id)][start:end] == form


def test_nested_terms_in_both_modes() -> None:
    table = {"id": ["a"], "text": [PAGE]}
    every = {"新质生产力": 1, "生产力": 1, "战略性新兴产业": 1, "新兴产业": 2, "产业": 3}
    assert counts(count(table, TERMS)) == every
    assert counts(count(table, TERMS, mode="longest")) == {**every, "生产力": 0, "新兴产业": 1, "产业": 1}
    assert "measure_nested" in codes(count(table, TERMS))
    assert "measure_nested" not in codes(count(table, TERMS, mode="longest"))


def test_adjacent_terms_are_all_found() -> None:
    table = {"id": ["a"], "text": ["算力氢能算力算力"]}
    for mode in ("overlapping", "longest"):
        assert counts(count(table, ["算力", "氢能"], mode=mode)) == {"算力": 3, "氢能": 1}  # type: ignore[arg-type]


def test_denominators_are_named_and_by_hand() -> None:
    table = {"id": ["a"], "text": [PAGE]}
    sizes = count(table, TERMS).documents.row(0, named=True)
    solid = len(PAGE) - 1
    assert sizes == {"id": "a", "characters": solid, "letters": solid - 2, "sentences": 3, "paragraphs": 2}
    row = {unit: count(table, ["新兴产业"], unit=unit).terms.row(0, named=True) for unit in UNITS}  # type: ignore[arg-type]
    assert row["characters"]["rate"] == pytest.approx(2000 / solid)
    assert row["letters"]["rate"] == pytest.approx(2000 / (solid - 2))
    assert row["sentences"]["rate"] == pytest.approx(2 / 3)
    assert row["paragraphs"]["rate"] == 1.0
    assert row["articles"]["rate"] == 1.0
    assert row["characters"]["units"] is None
    assert row["sentences"]["units"] == 2


UNITS = ("characters", "letters", "sentences", "paragraphs", "articles")


def test_groups_count_a_sentence_once() -> None:
    table = {"id": ["a"], "text": ["算力与氢能。算力。天气。"]}
    found = count(table, {"one": ["算力", "氢能"], "two": ["天气"]}, unit="sentences")
    assert found.groups.select("group", "count", "units").rows() == [("one", 3, 2), ("two", 1, 1)]
    assert found.total.select("count", "units", "size").rows() == [(4, 3, 3)]


def test_synonyms_are_their_term_and_a_place_counts_once() -> None:
    words = Dictionary.of({"g": ["x"]})
    assert words.groups[0].terms[0].forms == ("x",)
    term = "{term: 人工智能, synonyms: [人工智能技术, AI]}"
    ai = f"name: n\nversion: '1'\ngroups:\n  g:\n    title: g\n    terms:\n    - {term}\n"
    table = {"id": ["a"], "text": ["人工智能技术与AI和人工智能"]}
    found = count(table, _loaded(ai), positions=True)
    assert found.terms.select("term", "count").rows() == [("人工智能", 3)]
    assert found.positions is not None
    assert found.positions["form"].to_list() == ["人工智能技术", "AI", "人工智能"]


def _loaded(text: str) -> Dictionary:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "w.yaml"
        file.write_text(text, encoding="utf-8")
        return Dictionary.load(file)


SPANS = pl.DataFrame(
    {
        "id": ["a", "a", "a", "b"],
        "start": [0, 6, 20, 0],
        "end": [5, 15, 26, 3],
        "kind": ["heading", "quotation", "duplicate", "quotation"],
    }
)


def test_own_and_quoted_words_add_up() -> None:
    text = "新质生产力\n“发展新质生产力”是要求。\n我们发展新质生产力。"
    assert text[6:15] == "“发展新质生产力”"[:9]
    table = {"id": ["a"], "text": [text]}
    spans = SPANS.filter(pl.col("id") == "a")
    part = {
        quoted: count(table, ["新质生产力"], quoted=quoted, spans=spans)  # type: ignore[arg-type]
        for quoted in ("all", "own", "quoted")
    }
    number = {k: f.terms["count"][0] for k, f in part.items()}
    size = {k: f.documents["characters"][0] for k, f in part.items()}
    assert number == {"all": 3, "own": 2, "quoted": 1}
    assert size["own"] + size["quoted"] == size["all"]
    assert part["all"].terms["quoted"][0] == 1
    without = count(table, ["新质生产力"], headings="without", duplicates="without", spans=spans)
    assert without.terms["count"][0] == 1 + int(text.index("新质生产力", 15) < 20)
    assert without.documents["characters"][0] == size["all"] - 5 - sum(not c.isspace() for c in text[20:26])


def test_passages_must_fit_and_be_known() -> None:
    table = {"id": ["a"], "text": ["新质生产力"]}
    found = count(table, ["生产力"], spans={"id": ["b"], "start": [0], "end": [3], "kind": ["quotation"]})
    assert "measure_spans_elsewhere" in codes(found)
    with speak("en"), pytest.raises(DataError, match="from 0 to 9 is not inside its document of 5 characters"):
        count(table, ["生产力"], spans={"id": ["a"], "start": [0], "end": [9], "kind": ["quotation"]})
    with pytest.raises(SpecError, match="quote"):
        count(table, ["生产力"], spans={"id": ["a"], "start": [0], "end": [2], "kind": ["quote"]})
    with speak("en"), pytest.raises(SpecError, match="which passages are quotations"):
        count(table, ["生产力"], quoted="own")


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("发展新质生产力不是忽视、放弃传统产业", 1),
        ("防止传统产业一哄而上", 1),
        ("并非传统产业", 1),
        ("不要搞传统产业", 1),
        ("不是别的，传统产业要发展", 0),
        ("不是别的而是传统产业", 0),
        ("不得不发展传统产业", 0),
        ("传统产业不可或缺", 0),
        ("不可替代的传统产业", 0),
        ("不断发展传统产业", 0),
        ("不仅发展传统产业", 0),
        ("没有别的。传统产业", 0),
        ("防止泡沫化；传统产业", 0),
        ("反对“传统产业”", 1),
    ],
)
def test_negation_reaches_to_the_end_of_its_clause(text: str, negated: int) -> None:
    table = {"id": ["a"], "text": [text]}
    found = count(table, ["传统产业"], positions=True)
    assert found.terms.select("count", "negated").rows() == [(1, negated)]
    assert found.positions is not None
    assert found.positions["negated"].to_list() == [bool(negated)]
    assert count(table, ["传统产业"], negation="leave_out").terms["count"].to_list() == [1 - negated]
    assert count(table, ["传统产业"], negation="ignore").terms["negated"].to_list() == [None]


def test_sentences_end_where_they_should() -> None:
    text = "“好。”“不好！”他说：“走吧。”就走了……从“0”到“1”；①3.6%？\n标题\nIn 2024 we grew 3.6 times. Yes."
    starts = sentence_starts(kinds_of(codes_of(text))).tolist()
    parts = [text[a:b].strip() for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    assert parts == [
        "“好。”", "“不好！”", "他说：“走吧。”", "就走了……", "从“0”到“1”；①3.6%？", "标题",
        "In 2024 we grew 3.6 times.", "Yes.",
    ]  # fmt: skip


def test_order_of_rows_and_splitting_at_sentences_change_nothing() -> None:
    texts = ["发展新质生产力。产业不是一切。", "新兴产业！产业，产业。", "防止产业空心化。天气好。"]
    table = pl.DataFrame({"id": ["1", "2", "3"], "text": texts, "region": ["甲", "乙", "甲"]})
    one = count(table, TERMS, by="region", unit="sentences")
    other = count(table.reverse(), TERMS, by="region", unit="sentences")
    assert one.terms.equals(other.terms)
    halves = [(f"{k}{j}", part, region) for k, (text, region) in enumerate(zip(texts, ["甲", "乙", "甲"], strict=True))
              for j, part in enumerate([text[: _middle(text)], text[_middle(text) :]])]  # fmt: skip
    split = pl.DataFrame(halves, schema=["id", "text", "region"], orient="row")
    again = count(split, TERMS, by="region", unit="sentences")
    assert again.terms.drop("documents").equals(one.terms.drop("documents"))
    assert again.documents.select(pl.exclude("id", "paragraphs").sum()).equals(
        one.documents.select(pl.exclude("id", "paragraphs").sum())
    )


def _middle(text: str) -> int:
    return max(text.index("。") if "。" in text else 0, text.index("！") if "！" in text else 0) + 1


def test_by_adds_documents_up() -> None:
    table = {"id": [1, 2, 3], "text": ["算力", "算力算力", "氢能"], "year": [2023, 2024, 2024]}
    found = count(table, ["算力"], by="year")
    assert found.terms.select("year", "documents", "count").rows() == [(2023, 1, 1), (2024, 2, 2)]
    whole = count(table, ["算力"], by=[], unit="articles").terms
    assert whole.select("documents", "count", "units", "rate").rows() == [(3, 3, 2, pytest.approx(2 / 3))]
    assert count(table, ["算力"], zeros=False).terms["id"].to_list() == ["1", "2"]


def test_mixed_languages_are_told() -> None:
    table = {"id": ["zh", "en"], "text": ["人工智能AI在中国", "MAINLAND AI and TRAINING."]}
    found = count(table, ["AI"])
    assert found.terms["count"].to_list() == [1, 3]
    assert {"measure_inside_latin", "measure_foreign"} <= codes(found)
    assert "en" in str(next(n for n in found.notes if n.code == "measure_foreign").values["names"])
    whole = count(table, ["AI"], latin="whole")
    assert whole.terms["count"].to_list() == [1, 1]
    assert "measure_inside_latin" not in codes(whole)


def test_what_says_little_is_told() -> None:
    found = count({"id": ["a", "b"], "text": ["算力", " \n"]}, ["算力", "氢能"])
    assert {"measure_short", "measure_empty", "measure_never"} <= codes(found)
    assert found.terms["rate"].to_list() == [500.0, 0.0, None, None]
    for note in found.notes:
        assert note.text().zh
        assert note.text().en


@pytest.mark.parametrize(
    ("table", "options", "said"),
    [
        ({"id": ["a", "a"], "text": ["x", "y"]}, {}, "2 documents have the same name: “a”"),
        ({"id": ["a", "b"], "text": ["x", None]}, {}, "Row 2 has no value of “text”"),
        ({"id": ["a"], "text": [3]}, {}, "holds no text"),
        ({"id": [], "text": []}, {}, "no rows"),
        ({"id": ["a"], "body": ["x"]}, {}, "“text”"),
        ({"id": ["a"], "text": ["x"], "region": [None]}, {"by": "region"}, "has no “region”"),
        ({"id": ["a"], "text": ["x"]}, {"by": "year"}, "“year”"),
        ({"id": ["a"], "text": ["x"]}, {"mode": "longst"}, "Did you mean “longest”"),
        ({"id": ["a"], "text": ["x"]}, {"unit": "words"}, "“words” is not one of the choices"),
        ({"id": ["a"], "text": ["x"]}, {"negation": True}, "“True” is not one of the choices"),
    ],
)
def test_bad_input_is_named(table: dict[str, Any], options: dict[str, Any], said: str) -> None:
    with speak("en"), pytest.raises((DataError, SpecError)) as caught:
        count(table, ["x"], **options)
    with speak("en"):
        assert said in str(caught.value)


def test_a_table_of_another_library_comes_back_as_it() -> None:
    pandas = pytest.importorskip("pandas")
    found = count(pandas.DataFrame({"id": ["a"], "text": ["算力"]}), ["算力"])
    assert isinstance(found.to_frame(), pandas.DataFrame)
    assert found.method.id == "text.count"
    assert found.method.options["mode"] == "overlapping"
    assert found.method.options["dictionary"].startswith("own 0 ")


@pytest.mark.slow
def test_a_line_of_a_hundred_megabytes_counts_in_linear_time() -> None:
    import time

    unit = "发展新质生产力，培育战略性新兴产业、" * 1000
    took = []
    for megabytes in (25, 100):
        text = unit * round(megabytes * 1e6 / 3 / len(unit))
        start = time.process_time()
        found = count({"id": ["a"], "text": [text]}, TERMS)
        took.append(time.process_time() - start)
        assert counts(found)["新质生产力"] == text.count("新质生产力")
    assert took[1] < 4 * took[0] * 1.8
