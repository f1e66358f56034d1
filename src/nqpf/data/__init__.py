"""The data room: tables of statistics become a panel that knows where each number came from."""

from nqpf.data.capital import CapitalStock, capital_stock, capital_variants
from nqpf.data.checks import Checks, check, check_tables
from nqpf.data.deflate_panel import deflate_series
from nqpf.data.ledger import Ledger
from nqpf.data.missing import fill
from nqpf.data.panel import Panel, Series, Status
from nqpf.data.prices import Prices, chain, deflate, inflate, rebase, volume
from nqpf.data.read import Reading, read
from nqpf.data.reading.recipe import ReadingRecipe
from nqpf.data.sources import fetch
from nqpf.data.tidy import Tidied, tidy
from nqpf.data.write import save, write

__all__ = [
    "CapitalStock",
    "Checks",
    "Ledger",
    "Panel",
    "Prices",
    "Reading",
    "ReadingRecipe",
    "Series",
    "Status",
    "Tidied",
    "capital_stock",
    "capital_variants",
    "chain",
    "check",
    "check_tables",
    "deflate",
    "deflate_series",
    "fetch",
    "fill",
    "inflate",
    "read",
    "rebase",
    "save",
    "tidy",
    "volume",
    "write",
]
