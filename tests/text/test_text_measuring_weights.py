"""TF-IDF, advantage and similarity: by hand, against scikit-learn, and what must not matter."""

from __future__ import annotations

import math
import sys

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, SpecError
from nqpf.messages import speak
from nqpf.text.measuring.advantage import advantage
from nqpf.text.measuring.similarity import similarity_to
from nqpf.text.measuring.tfidf import tfidf

TERMS = ["算力", "氢能", "数据"]
PAGES = pl.DataFrame(
    {
        "id": ["1", "2", "3", "4"],
        "text": ["算力算力氢能", "氢能，数据", "天气晴", "数据数据数据算力"],
        "region": ["甲", "甲", "乙", "乙"],
        "year": [2023, 2024, 2023, 2024],
    }
)


def weight(frame: pl.DataFrame) -> dict[tuple[str, str], float]:
    return {(id, term): w for id, term, w in frame.select("id", "term", "weight").iter_rows()}


def test_tfidf_by_hand() -> None:
    plain = weight(tfidf(PAGES, TERMS, idf="plain", norm="none").frame)
    assert plain == {
        ("1", "算力"): pytest.approx(2 * math.log(2)), ("1", "氢能"): pytest.approx(math.log(2)),
        ("2", "氢能"): pytest.approx(math.log(2)), ("2", "数据"): pytest.approx(math.log(2)),
        ("4", "数据"): pytest.approx(3 * math.log(2)), ("4", "算力"): pytest.approx(math.log(2)),
    }  # fmt: skip
    logs = weight(tfidf(PAGES, TERMS, tf="log", idf="none", norm="none").frame)
    assert logs["4", "数据"] == pytest.approx(1 + math.log(3))
    shares = weight(tfidf(PAGES, TERMS, tf="share", idf="none", norm="none").frame)
    assert shares["1", "算力"] == pytest.approx(2 / 3)
    found = tfidf(PAGES, TERMS)
    assert "measure_no_words" in {note.code for note in found.notes}
    length = found.frame.group_by("id").agg((pl.col("weight") ** 2).sum())["weight"].to_numpy()
    np.testing.assert_allclose(length, 1.0, atol=1e-12)


def test_tfidf_is_scikit_learns() -> None:
    library = pytest.importorskip("sklearn.feature_extraction.text")
    texts = ["算力 算力 氢能", "氢能 数据", "算力 数据 数据"]
    theirs = library.TfidfVectorizer(token_pattern=r"\S+")
    matrix = theirs.fit_transform(texts).toarray()
    ours = weight(tfidf({"id": ["0", "1", "2"], "text": texts}, TERMS).frame)
    for (id, term), w in ours.items():
        assert w == pytest.approx(matrix[int(id), theirs.vocabulary_[term]], abs=1e-12)


def test_tfidf_options() -> None:
    assert tfidf(PAGES, TERMS, top=1).frame["term"].to_list() == ["算力", "数据", "数据"]
    assert set(tfidf(PAGES, TERMS, least_documents=3).frame["term"]) == set()
    one = tfidf(PAGES, TERMS).frame.sort("id", "term")
    assert one.equals(tfidf(PAGES.reverse(), TERMS).frame.sort("id", "term"))
    with speak("en"), pytest.raises(SpecError, match="No dictionary is given"):
        tfidf(PAGES)
    with speak("en"), pytest.raises(SpecError, match="“0” is too small"):
        tfidf(PAGES, TERMS, top=0)
    with speak("en"), pytest.raises(SpecError, match="does not go with vocabulary"):
        tfidf(PAGES, vocabulary="open", mode="longest")


def test_open_vocabulary_keeps_the_terms_of_the_dictionary_whole() -> None:
    pytest.importorskip("rjieba")
    table = {"id": ["a"], "text": ["发展新质生产力，提高全要素生产率 3.6%"]}
    words = set(tfidf(table, ["新质生产力", "全要素生产率"], vocabulary="open", stop=["提高"]).frame["term"])
    assert words == {"发展", "新质生产力", "全要素生产率"}
    assert "新质生产力" not in set(tfidf(table, vocabulary="open").frame["term"])
    spans = {"id": ["a"], "start": [0], "end": [7], "kind": ["quotation"]}
    own = tfidf(table, ["新质生产力"], vocabulary="open", quoted="own", spans=spans).frame["term"]
    assert "新质生产力" not in set(own)


def test_without_rjieba_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rjieba", None)
    with speak("en"), pytest.raises(SpecError, match=r'pip install "nqpf\[text\]"'):
        tfidf(PAGES, vocabulary="open")


def test_advantage_by_hand_and_its_weighted_mean_is_one() -> None:
    found = advantage(PAGES, TERMS).frame
    rca = {(r, t): x for r, t, x in found.select("region", "term", "rca").iter_rows()}
    assert rca["甲", "算力"] == pytest.approx((2 / 5) / (3 / 9))
    assert rca["乙", "氢能"] == 0.0
    mean = found.group_by("region").agg((pl.col("rca") * _share()).sum())
    assert mean["rca"].to_numpy() == pytest.approx(1.0)
    assert found["few"].all()
    assert found.equals(advantage(PAGES.reverse(), TERMS).frame)
    twice = PAGES.with_columns(id=pl.col("id") + "x")
    assert found["rca"].equals(advantage(pl.concat([PAGES, twice]), TERMS).frame["rca"])


def _share() -> pl.Expr:
    total = {"算力": 3 / 9, "氢能": 2 / 9, "数据": 4 / 9}
    return pl.col("term").replace_strict(total, return_dtype=pl.Float64)


def test_advantage_by_year_and_where_there_is_nothing() -> None:
    found = advantage(PAGES, [*TERMS, "元宇宙"], time="year").frame
    row = {(y, r, t): x for y, r, t, x in found.select("year", "region", "term", "rca").iter_rows()}
    assert row[2023, "甲", "算力"] == 1.0
    assert row[2023, "乙", "算力"] is None
    assert row[2024, "甲", "元宇宙"] is None
    by_size = advantage(PAGES, TERMS, size="characters").frame
    assert by_size.row(0, named=True)["expected"] == pytest.approx(3 * (3 + 8) / (6 + 5 + 3 + 8))


def test_similarity_is_the_cosine_and_copies_are_told_apart() -> None:
    plan = "加快发展新质生产力，扎实推进高质量发展。"
    pages = {
        "id": ["国", "抄", "换", "无"],
        "text": [plan, "各地要" + plan + "天气好。", "高质量发展要扎实，新质生产力要加快。", "……"],
    }
    found = {row["id"]: row for row in similarity_to(pages, "国", passages=8).frame.iter_rows(named=True)}
    assert found["抄"]["cosine"] > found["换"]["cosine"] > 0
    assert found["抄"]["shared"] == pytest.approx(18 / 24)
    assert found["换"]["shared"] == 0.0
    assert found["无"]["cosine"] is None
    assert found["无"]["shared"] is None
    assert similarity_to(pages, "国").frame["shared"].null_count() == 3


def test_similarity_is_scikit_learns() -> None:
    library = pytest.importorskip("sklearn.feature_extraction.text")
    texts = ["新质生产力", "生产力发展", "新质产业发展", "天气"]
    theirs = library.TfidfVectorizer(analyzer="char", ngram_range=(2, 2), sublinear_tf=True).fit_transform(texts)
    wanted = (theirs @ theirs.T).toarray()
    found = similarity_to({"id": list("0123"), "text": texts}, ["0", "3"]).frame
    for id, reference, cosine in found.select("id", "reference", "cosine").iter_rows():
        assert cosine == pytest.approx(wanted[int(id), int(reference)], abs=1e-12)


def test_similarity_of_terms_and_bad_input() -> None:
    found = similarity_to(PAGES, "1", dictionary=TERMS, vocabulary="dictionary", tf="count", idf="none").frame
    assert dict(found.select("id", "cosine").iter_rows())["4"] == pytest.approx(2 / math.sqrt(5 * 10))
    with speak("en"), pytest.raises(SpecError, match="“9” is not one of the choices"):
        similarity_to(PAGES, "9")
    with speak("en"), pytest.raises(SpecError, match="Passages of 3 letters"):
        similarity_to(PAGES, "1", passages=3)
    with pytest.raises(DataError):
        similarity_to({"id": ["1"]}, "1")
