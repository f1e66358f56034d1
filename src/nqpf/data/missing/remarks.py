"""What a reader must know of a panel that was filled."""

from __future__ import annotations

import numpy as np

from nqpf.data.missing.draws import Draws
from nqpf.data.panel import Panel
from nqpf.errors import listing
from nqpf.messages import say
from nqpf.results import Note

HEAVY = 0.2
"""Share of a series from which filled cells are remarked on."""


def remarks(panel: Panel, done: Panel, draws: Draws | None, kept: int, modelled: bool) -> list[Note]:
    """Return the notes on a filled panel.

    Parameters
    ----------
    panel, done
        Before and after.
    draws
        Of the cells of models, if there are any.
    kept
        How many holes stay because of the limits.
    modelled
        Whether a model filled anything.
    """
    notes = []
    if kept:
        notes.append(Note("kept_beyond_limits", values={"count": kept}))
    filled = (np.isnan(panel.values) & ~np.isnan(done.values)).mean(axis=(0, 1))
    heavy = [
        say("missing.share", series=panel.series[k].title, share=100 * float(filled[k]))
        for k in np.argsort(-filled, kind="stable")
        if filled[k] >= HEAVY
    ]
    if heavy:
        notes.append(Note("heavily_imputed", values={"count": len(heavy), "series": listing(heavy)}))
    below = _below_zero(panel, done, draws)
    if below:
        names = listing(panel.series[k].title for k in below)
        notes.append(Note("filled_below_zero", values={"count": len(below), "series": names}))
    if modelled and draws is None:
        notes.append(Note("model_without_draws", "info"))
    return notes


def _below_zero(panel: Panel, done: Panel, draws: Draws | None) -> list[int]:
    """Return the series that were never negative and became so by filling or in a draw."""
    lowest = np.fmin.reduce(done.values, axis=(0, 1))
    if draws is not None and draws.values.size:
        np.fmin.at(lowest, draws.cells % len(panel.series), draws.values.min(axis=0))
    reported = np.fmin.reduce(panel.values, axis=(0, 1))
    return np.flatnonzero((lowest < 0) & (reported >= 0)).tolist()
