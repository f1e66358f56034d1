"""Missing values: stop and say where, keep the hole, or fill it by a named rule; every filled cell in the ledger.

One family of rules a file: `lines`, `splines`, `carry`, `growth`, `peers` go by the years of a series, `regress` and
`normal` by the other series. `filling` puts them together, `limits` says how far each may reach, `draws` holds what
multiple imputation gives.
"""

from nqpf.data.missing.changes import is_filled
from nqpf.data.missing.draws import Draws
from nqpf.data.missing.filling import Filled, fill
from nqpf.data.missing.options import Beyond, Edges, Options, Rate, Rule, Scale

__all__ = ["Beyond", "Draws", "Edges", "Filled", "Options", "Rate", "Rule", "Scale", "fill", "is_filled"]
