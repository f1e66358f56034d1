"""The article-share index and the dates it goes by."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import polars as pl
import pytest

from nqpf.errors import DataError, MethodError, SpecError
from nqpf.messages import speak
from nqpf.text.measuring.article_share import article_share
from nqpf.text.measuring.dates import dated, name_of, number_of

LISTS = {"policy": ["政策", "规划"], "new": ["新质生产力"]}


def papers() -> pl.DataFrame:
    """Two outlets, three months; hits of A: 1/2, 0/2, 2/2; of B: 0/1, 1/1, none in the third."""
    hit, miss = "新质生产力规划", "政策"
    rows = [
        ("a1", "A", "2024-01-05", hit), ("a2", "A", "2024-01-09", miss),
        ("a3", "A", "2024年2月", miss), ("a4", "A", "2024-02-02", "新质生产力"),
        ("a5", "A", "2024-03-01", hit), ("a6", "A", "2024-03-31", hit),
        ("b1", "B", "2024-01-01", miss), ("b2", "B", "2024-02-29", hit),
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=["id", "outlet", "date", "text"], orient="row")


def test_by_hand() -> None:
    found = article_share(papers(), LISTS, outlet="outlet")
    a = np.array([0.5, 0.0, 1.0])
    b = np.array([0.0, 1.0])
    z = np.array([
        (a[0] / a.std(ddof=1) + b[0] / b.std(ddof=1)) / 2, (a[1] / a.std(ddof=1) + b[1] / b.std(ddof=1)) / 2,
        a[2] / a.std(ddof=1),
    ])  # fmt: skip
    np.testing.assert_allclose(found.frame["index"].to_numpy(), 100 * z / z.mean(), atol=1e-9)
    assert found.frame["outlets"].to_list() == [2, 2, 1]
    assert found.frame["articles"].to_list() == [3, 3, 2]
    assert found.frame["hits"].to_list() == [1, 1, 2]
    assert found.frame["index"].mean() == pytest.approx(100)
    assert {"measure_few_articles", "measure_silent"} <= {note.code for note in found.notes}
    assert found.outlets.filter(outlet="B", period="2024-03")["share"].to_list() == [None]


def test_order_and_size_of_an_outlet_do_not_matter() -> None:
    table = papers()
    one = article_share(table, LISTS, outlet="outlet")
    more = table.filter(outlet="A").with_columns(id=pl.col("id") + "x")
    other = article_share(pl.concat([more, table.reverse()]), LISTS, outlet="outlet")
    np.testing.assert_allclose(one.frame["index"].to_numpy(), other.frame["index"].to_numpy())


def test_base_window_lists_and_longer_periods() -> None:
    table = papers().filter(outlet="A")
    found = article_share(table, LISTS, base=("2024-01", "2024-02"))
    assert found.frame["index"].head(2).mean() == pytest.approx(100)
    assert found.frame["index"].to_list() == pytest.approx([200, 0, 400])
    assert article_share(table, LISTS, groups=["policy"]).frame["hits"].to_list() == [2, 1, 2]
    gap = table.filter(pl.col("id") != "a3", pl.col("id") != "a4")
    assert article_share(gap, LISTS).frame["index"].to_list()[1] is None
    years = pl.DataFrame({"id": ["1", "2"], "date": ["2023", "2024"], "text": ["政策", "新质生产力政策"]})
    assert article_share(years, LISTS, period="year").frame["period"].to_list() == ["2023", "2024"]


@pytest.mark.parametrize(
    ("change", "options", "kind", "said"),
    [
        ({"date": None}, {}, DataError, "has no date; documents without a usable “date”: 6"),
        ({"date": "spring"}, {}, DataError, "“spring” is no date"),
        ({"date": "2024"}, {}, DataError, "too coarse for periods of a month"),
        ({"text": "政策"}, {}, MethodError, "does not vary over the base window"),
        ({}, {"base": ("2024-02", "2024-09")}, SpecError, "is not within 2024-01 to 2024-03"),
        ({}, {"base": ("x", "2024-02")}, SpecError, "“x” is no date"),
        ({}, {"groups": ["old"]}, SpecError, "“old” is not one of the choices"),
        ({}, {"period": "week"}, SpecError, "“week” is not one of the choices"),
        ({}, {"outlet": "paper"}, DataError, "“paper”"),
    ],
)
def test_bad_input_is_named(change: dict[str, str], options: dict[str, object], kind: type, said: str) -> None:
    table = papers().filter(outlet="A").with_columns(**{k: pl.lit(v, pl.String) for k, v in change.items()})
    with speak("en"), pytest.raises(kind) as caught:
        article_share(table, LISTS, **options)  # type: ignore[arg-type]
    with speak("en"):
        assert said in str(caught.value)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("2023年9月7日", "2023-09-07"), ("2023-9-7", "2023-09-07"), ("2023/09/07", "2023-09-07"),
        ("20230907", "2023-09-07"), ("2023年9月", "2023-09"), ("2023-09", "2023-09"), ("2023年", "2023"),
        (2023, "2023"),
        (date(2023, 9, 7), "2023-09-07"), (datetime(2023, 9, 7, 8), "2023-09-07"), ("2023-09-07T08:00", "2023-09-07"),
        ("2023-13", None), ("九月", None), ("2023-02-30", None), ("", None),
    ],
)  # fmt: skip
def test_dates_are_as_exact_as_they_are_written(written: object, text: str | None) -> None:
    found = dated(written)
    assert (found.text() if found else None) == text


@pytest.mark.parametrize(("period", "name"), [("month", "2023-09"), ("quarter", "2023-Q3"), ("year", "2023")])
def test_periods_have_names(period: str, name: str) -> None:
    found = dated("2023-09-07")
    assert found is not None
    assert name_of(number_of(found, period), period) == name  # type: ignore[arg-type]
