"""Concentration of imports by product, brought to industries: the narrow product that a wide sector hides.

The sum of squared shares of origins is that of Hirschman (1964); products are put to sectors by a concordance, and
concentration is averaged with the value of each product, as the European Commission screens products (SWD(2021) 352).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
import polars as pl

from nqpf.columns import choose, numbers
from nqpf.errors import DataError, MethodError, Where, listing
from nqpf.frames import as_backend, backend_of, require, to_polars
from nqpf.industry.labels import keys_apart, stated
from nqpf.results import Method, Note, Result

BY_PRODUCT = ("imports", "origins", "hhi", "main_origin", "main_share", "effective")
BY_SECTOR = ("imports", "products", "hhi", "hhi_products", "top_product", "top_hhi")
"""Columns of the tables, beside those of labels."""


@dataclass(frozen=True, slots=True, eq=False)
class ImportConcentration(Result):
    """Concentration of the origins of imports.

    Attributes
    ----------
    frame
        A row for each sector: its name, ``imports``, how many ``products``; ``hhi`` of the sector's totals by origin;
        ``hhi_products``, mean of its products' concentration weighted by value; ``top_product``, the most concentrated
        one, and ``top_hhi``. Without a concordance: the same as `products`.
    products
        A row for each product: its name, ``imports``, ``origins``, ``hhi``, ``effective`` = 1/hhi, ``main_origin`` and
        ``main_share``.
    method, notes
        How the numbers came about, and remarks.
    """

    frame: pl.DataFrame
    products: pl.DataFrame
    method: Method
    notes: tuple[Note, ...] = ()
    backend: nw.Implementation | None = None

    def to_frame(self) -> Any:
        """Return concentration by sector in the kind of dataframe that was given."""
        return as_backend(self.frame, self.backend)


def import_concentration(
    data: Any,
    value: str,
    *,
    product: str,
    origin: str,
    concordance: Any = None,
    sector: str = "sector",
    weight: str | None = None,
    unmatched: Literal["raise", "drop"] = "raise",
) -> ImportConcentration:
    """Measure how concentrated the origins of imports are, by product and by sector.

    Parameters
    ----------
    data
        Imports of one region in one period, a row for each product and origin.
    value
        Column of their value; not negative.
    product, origin
        Columns of products and origins.
    concordance
        Table that puts products to sectors: columns `product` and `sector`, and `weight` where a product belongs to
        several. Not given: products stand for sectors.
    sector, weight
        Columns of `concordance`; weights of a product add up to 1.
    unmatched
        Products that the concordance does not have: ``raise`` an error, or ``drop`` them with a remark on their value.

    Returns
    -------
    ImportConcentration
        By sector and by product.

    Raises
    ------
    SpecError
        No such word for `unmatched`.
    DataError
        A column is absent, a name or number is missing, a pair of product and origin (or of product and sector) comes
        twice, or a product is not in the concordance.
    MethodError
        A value is negative, or weights of a product do not add up to 1.

    References
    ----------
    Hirschman (1964), The paternity of an index, American Economic Review 54(5), 761–762. European Commission (2021),
    SWD(2021) 352, https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=SWD%3A2021%3A352%3AFIN

    Examples
    --------
    >>> trade = {"hs": ["8542", "8542", "8486"], "from": ["A", "B", "A"], "usd": [50.0, 50.0, 100.0]}
    >>> to = {"hs": ["8542", "8486"], "sector": ["electronics", "electronics"]}
    >>> found = import_concentration(trade, "usd", product="hs", origin="from", concordance=to)
    >>> found.frame.select("imports", "hhi", "hhi_products", "top_product").row(0)
    (200.0, 0.625, 0.75, '8486')
    """
    choose("unmatched", unmatched, ("raise", "drop"))
    keys_apart((*BY_PRODUCT, "origin", "··"), product=product)
    keys_apart((*BY_SECTOR, "origin", "··"), sector=sector if concordance is not None else None)
    keys_apart((), product=product, origin=origin, sector=sector if concordance is not None else None)
    frame = _read(data, value, product, origin)
    products = _by_product(frame, product)
    notes: tuple[Note, ...] = ()
    by_sector = products
    if concordance is not None:
        bridge = _bridge(concordance, product, sector, weight)
        joined = frame.join(bridge, on=product, how="left")
        lost = joined.filter(pl.col(sector).is_null())
        if lost.height:
            names = lost[product].unique(maintain_order=True).to_list()
            if unmatched == "raise":
                raise DataError("product_unmatched", names=listing(names), count=len(names))
            whole = float(frame["·"].sum())
            part = float(lost["·"].sum()) / whole if whole > 0 else 0.0
            values = {"count": len(names), "names": listing(names), "share": part}
            notes = (Note("products_dropped", "warning", values),)
        kept = joined.filter(pl.col(sector).is_not_null()).with_columns(pl.col("·") * pl.col("··"))
        by_sector = _by_sector(kept, products, product, sector)
    options = {"value": value, "concordance": concordance is not None, "weight": weight, "unmatched": unmatched}
    method = Method("industry.import_concentration", options)
    return ImportConcentration(by_sector, products, method, notes, backend_of(data))


def _read(data: Any, value: str, product: str, origin: str) -> pl.DataFrame:
    """Return product, origin (``origin``) and value (``·``), checked."""
    frame = to_polars(data)
    require(frame, product, origin, value)
    frame, found = numbers(frame, [value])
    stated(frame, "industry", product)
    stated(frame, "unit", origin)
    names = frame.select(pl.col(product, origin).cast(pl.String))
    twice = names.is_duplicated()
    if twice.any():
        raise DataError("twin_pairs", where=Where(row=int(twice.arg_true()[0]) + 1), count=int(twice.sum()))
    if np.isnan(found).any():
        where = Where(row=int(np.isnan(found[:, 0]).argmax()) + 1)
        raise DataError("activity_missing", where=where, column=value, count=int(np.isnan(found).sum()))
    if (found < 0).any():
        row = int((found[:, 0] < 0).argmax())
        raise MethodError("activity_negative", where=Where(row=row + 1), value=float(found[row, 0]), column=value,
                          count=int((found < 0).sum()))  # fmt: skip
    return names.select(pl.col(product), pl.col(origin).alias("origin")).with_columns(pl.Series("·", found[:, 0]))


def _bridge(concordance: Any, product: str, sector: str, weight: str | None) -> pl.DataFrame:
    """Return product, sector and weight (``··``), checked."""
    frame = to_polars(concordance)
    require(frame, product, sector, *([weight] if weight else []))
    stated(frame, "industry", product)
    stated(frame, "industry", sector)
    keys = frame.select(pl.col(product, sector).cast(pl.String))
    if keys.is_duplicated().any():
        row = int(keys.is_duplicated().arg_true()[0])
        raise DataError("twin_pairs", where=Where(row=row + 1), count=int(keys.is_duplicated().sum()))
    parts = numbers(frame, [weight])[1][:, 0] if weight else np.ones(frame.height)
    bridge = keys.with_columns(pl.Series("··", parts))
    totals = bridge.group_by(product, maintain_order=True).agg(pl.col("··").sum(), pl.col("··").min().alias("least"))
    wrong = totals.filter(~((pl.col("··") - 1).abs() <= 1e-6) | ~(pl.col("least") >= 0))
    if wrong.height:
        raise MethodError("weights_of_product", name=wrong[product][0], total=wrong["··"][0], count=wrong.height)
    return bridge


def _by_product(frame: pl.DataFrame, product: str) -> pl.DataFrame:
    total = pl.col("·").sum()
    return (
        frame.group_by(product, maintain_order=True)
        .agg(
            total.alias("imports"),
            (pl.col("·") > 0).sum().cast(pl.Int64).alias("origins"),
            pl.when(total > 0).then((pl.col("·") ** 2).sum() / total**2).alias("hhi"),
            pl.when(total > 0)
            .then(pl.col("origin").sort_by("·", "origin", descending=[True, False]).first())
            .alias("main_origin"),
            pl.when(total > 0).then(pl.col("·").max() / total).alias("main_share"),
        )
        .with_columns((1 / pl.col("hhi")).alias("effective"))
        .sort(product)
    )


def _by_sector(kept: pl.DataFrame, products: pl.DataFrame, product: str, sector: str) -> pl.DataFrame:
    totals = kept.group_by(sector, "origin").agg(pl.col("·").sum())
    whole = pl.col("·").sum()
    of_totals = totals.group_by(sector).agg(
        whole.alias("imports"), pl.when(whole > 0).then((pl.col("·") ** 2).sum() / whole**2).alias("hhi")
    )
    each = kept.group_by(sector, product).agg(pl.col("·").sum()).join(products.select(product, "hhi"), on=product)
    bought = each.filter(pl.col("·") > 0)
    of_products = bought.group_by(sector).agg(
        pl.len().cast(pl.Int64).alias("products"),
        ((pl.col("·") * pl.col("hhi")).sum() / pl.col("·").sum()).alias("hhi_products"),
        pl.col(product).sort_by("hhi", product, descending=[True, False]).first().alias("top_product"),
        pl.col("hhi").max().alias("top_hhi"),
    )
    found = of_totals.join(of_products, on=sector, how="left").with_columns(pl.col("products").fill_null(0))
    order = [sector, "imports", "products", "hhi", "hhi_products", "top_product", "top_hhi"]
    return found.select(order).sort(sector)
