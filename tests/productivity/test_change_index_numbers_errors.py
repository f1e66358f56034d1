"""What `index_numbers` refuses, and what it says."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from index_panels import KEYS, PRICED, PRICES, SHADOWED, X, Y, panel

from nqpf.errors import DataError, MethodError, NqpfError, SpecError
from nqpf.messages import speak
from nqpf.productivity import index_numbers

DATA = panel(4, 2)


def refused(kind: type[NqpfError], *said: str, data: Any = DATA, **options: Any) -> None:
    with pytest.raises(kind) as error:
        index_numbers(data, X, Y, **{**KEYS, **PRICES, **options})
    for words in said:
        assert words in str(error.value)
    with speak("zh"):
        assert str(error.value)


def cell(column: str, value: float | None) -> pl.DataFrame:
    """Return the panel with another value for f02 in 2002."""
    here = (pl.col("farm") == "f02") & (pl.col("year") == 2002)
    return DATA.with_columns(pl.when(here).then(pl.lit(value)).otherwise(pl.col(column)).alias(column))


@pytest.mark.parametrize("index", PRICED)
def test_market_prices_are_asked_for(index: Any) -> None:
    refused(SpecError, index, "needs prices", "hicks_moorsteen", "fare_primont", index=index, input_prices=None,
            output_prices=None)  # fmt: skip


@pytest.mark.parametrize("side", ["input_prices", "output_prices"])
@pytest.mark.parametrize("index", ["fisher", "fare_primont"])
def test_prices_of_one_side_only(side: str, index: Any) -> None:
    refused(SpecError, "one side only", "input_prices= and output_prices=", index=index, **{side: None})


def test_prices_that_do_not_fit_the_quantities() -> None:
    refused(SpecError, "1 columns of prices instead of 2", "input_prices", input_prices=["wage"])
    refused(SpecError, "1 columns of prices instead of 2", input_prices="wage")
    refused(SpecError, "no column of prices of “land”", input_prices={"labour": "wage"})
    refused(SpecError, "“labor”", "labour", input_prices={"labor": "wage", "land": "rent"})
    refused(DataError, "pages", input_prices=["pages", "rent"])


@pytest.mark.parametrize("value", [0.0, -1.5])
def test_prices_that_are_not_above_zero(value: float) -> None:
    refused(MethodError, "“corn”", "not above zero", "unit f02", "year 2002", "p_corn", data=cell("p_corn", value))


def test_prices_that_are_missing() -> None:
    gone = cell("rent", None)
    refused(DataError, "price of “land” is missing", "unit f02", "year 2002", data=gone)
    kept = index_numbers(gone, X, Y, **KEYS, **PRICES, missing="skip").changes
    assert kept.filter(pl.col("status") == "no_pair")["farm"].to_list() == ["f02"]


def test_quantities_that_are_missing_or_infinite() -> None:
    refused(DataError, "f02", "2002", data=cell("corn", None))
    refused(DataError, "corn", data=cell("corn", float("inf")))
    refused(DataError, "p_corn", data=cell("p_corn", float("inf")))


@pytest.mark.parametrize("index", ["fisher", *SHADOWED, "bjurek"])
def test_negative_quantities(index: Any) -> None:
    refused(MethodError, "negative", "unit f02", "year 2002", "corn", data=cell("corn", -1.0), index=index)


@pytest.mark.parametrize("index", ["tornqvist", "ccd"])
def test_logarithms_admit_no_zero_and_name_what_does(index: Any) -> None:
    refused(MethodError, f'index="{index}"', "unit f02", "corn", 'index="fisher"', data=cell("corn", 0.0), index=index)
    assert index_numbers(cell("corn", 0.0), X, Y, **KEYS, **PRICES).changes["status"].to_list() == ["defined"] * 4


def test_an_observation_of_nothing() -> None:
    nothing = cell("corn", 0.0).with_columns(
        rye=pl.when((pl.col("farm") == "f02") & (pl.col("year") == 2002)).then(0.0).otherwise(pl.col("rye"))
    )
    refused(MethodError, "nothing above zero among corn, rye", "unit f02", data=nothing)


def test_words_that_are_no_option() -> None:
    refused(SpecError, "fischer", "fisher", index="fischer")
    refused(SpecError, "nirs", "vrs", rts="nirs")
    refused(SpecError, "out", "output", orientation="out")
    refused(SpecError, "biennial", "contemporaneous", reference="biennial")
    refused(SpecError, "first", "base", comparison="first")
    refused(SpecError, "missing", missing="drop")


@pytest.mark.parametrize("index", ["tornqvist", "hicks_moorsteen", "fare_primont"])
def test_scaling_is_for_sums_at_market_prices(index: Any) -> None:
    refused(SpecError, "scaled", "goes with: fisher, laspeyres, paasche, lowe", index=index, scaled=True)


def test_bases_that_are_not_there_or_not_asked_for() -> None:
    refused(SpecError, "no “f99”", "f00, f01, f02, f03", comparison="base", base_unit="f99")
    refused(SpecError, "no “1999”", "2001, 2002", comparison="base", base_year=1999)
    refused(SpecError, "base_year", "goes with: base", comparison="unit", base_unit="f01", base_year=2001)
    refused(SpecError, "base_unit", comparison="previous", base_unit="f01")
    refused(SpecError, "not said which", "base_unit=", comparison="unit")


def test_nothing_to_compare() -> None:
    refused(MethodError, "one year only", "2001", data=DATA.filter(pl.col("year") == 2001))
    apart = DATA.with_columns(pl.col("farm") + pl.col("year").cast(pl.String))
    refused(MethodError, "anything to be compared with", "2001, 2002", data=apart)
    one = index_numbers(DATA.filter(pl.col("year") == 2001), X, Y, **KEYS, **PRICES, index="lowe", base_unit="f01")
    assert one.changes["status"].to_list() == ["defined"] * 4  # among units, one year will do


def test_rows_twice_and_columns_that_are_absent() -> None:
    refused(DataError, "f00", data=pl.concat([DATA, DATA[:1]]))
    refused(DataError, "farmer", "farm", unit="farmer")
    with pytest.raises(NqpfError, match="barley"):
        index_numbers(DATA, X, ["corn", "barley"], **KEYS, **PRICES)


def test_units_called_like_a_column_of_the_tables() -> None:
    for name in ("tfp", "from", "tied"):
        refused(SpecError, f"“{name}”", "Rename", data=DATA.rename({"farm": name}), unit=name)


def test_quantities_called_like_a_column_of_prices() -> None:
    with pytest.raises(SpecError, match="“tied”"):
        index_numbers(DATA.rename({"corn": "tied"}), X, ["tied", "rye"], **KEYS, **PRICES)
