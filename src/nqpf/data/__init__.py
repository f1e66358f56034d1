"""The data room: tables of statistics become a panel that knows where each number came from."""

from nqpf.data.checks import suspicious_cells
from nqpf.data.ledger import Ledger
from nqpf.data.missing import fill
from nqpf.data.panel import Panel, Series, Status
from nqpf.data.read import Reading, read

__all__ = ["Ledger", "Panel", "Reading", "Series", "Status", "fill", "read", "suspicious_cells"]
