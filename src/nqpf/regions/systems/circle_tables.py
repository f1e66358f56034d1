"""Tables and remarks of a circle."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from nqpf.errors import listing
from nqpf.regions.panels.mediation import FEW_DRAWS
from nqpf.regions.systems.circle_draws import Draws
from nqpf.regions.systems.coupling import Coupling
from nqpf.regions.systems.lead_lag import LeadLag
from nqpf.results import Note, Part

Profiles = Mapping[tuple[str, str, str], tuple[pl.DataFrame, pl.DataFrame]]
OF_EDGE = (
    "standardised",
    "standardised_low",
    "standardised_high",
    "over_reverse",
    "over_reverse_low",
    "over_reverse_high",
)
OF_LAGS = ("peak", "peak_share", "cumulated", "cumulated_low", "cumulated_high")


def edges_table(tests: Mapping[str, LeadLag], drawn: Draws, profiles: Profiles, level: float) -> pl.DataFrame:
    """Return the edges of both directions with their tests, sizes and lags."""
    parts = []
    for direction, test in tests.items():
        edges = test.frame.select("leader", "follower").rows()
        sizes = pl.DataFrame([drawn.edge(a, b, level) for a, b in edges], schema=list(OF_EDGE), orient="row")
        lags = pl.concat([profiles[direction, a, b][1].select(OF_LAGS) for a, b in edges])
        parts.append(
            pl.concat(
                [
                    pl.DataFrame({"direction": [direction] * len(edges)}),
                    test.frame.drop("standardised"),
                    sizes,
                    lags,
                ],
                how="horizontal",
            )
        )
    return pl.concat(parts)


def profile_table(profiles: Profiles) -> pl.DataFrame:
    """Return the lags of every edge."""
    return pl.concat(frame.select(pl.lit(key[0]).alias("direction"), pl.all()) for key, (frame, _) in profiles.items())


def turning_table(tests: Mapping[str, LeadLag], drawn: Draws, level: float) -> pl.DataFrame:
    """Return of each direction whether it turns, and its gain."""
    parts = []
    for direction, test in tests.items():
        gain, low, high, positive = drawn.gain(test.frame.select("leader", "follower").rows(), level)
        parts.append(
            test.circles.select(
                pl.lit(direction).alias("direction"), pl.all(), gain=pl.lit(gain), gain_low=pl.lit(low),
                gain_high=pl.lit(high), all_positive=pl.lit(positive),
            )
        )  # fmt: skip
    return pl.concat(parts)


def notes_of(
    tests: Mapping[str, LeadLag],
    frame: pl.DataFrame,
    stability: pl.DataFrame,
    near: Part[Coupling],
    draws: int,
    level: float,
) -> tuple[Note, ...]:
    """Return what is to be said of a circle."""
    notes = [Note("circle_coupling", "info"), *tests["forward"].notes]
    if near.refused is not None:
        notes.append(Note("circle_no_coupling", "warning", {"reason": near.refused.text()}))
    elif near.result is not None:
        notes.extend(near.result.notes)
    notes.append(Note("circle_gain", "info"))
    notes.append(Note("circle_order", "info"))
    shown = frame.filter(pl.col("q") < 1 - level)
    back = shown.join(shown, left_on=["leader", "follower"], right_on=["follower", "leader"], how="semi")
    if back.height:
        edges = listing(f"{a} → {b}" for a, b in back.select("leader", "follower").iter_rows())
        notes.append(Note("circle_feedback", "warning", {"edges": edges}))
    else:
        notes.append(Note("lag_profile_given", "info"))
    if stability["root"].item() >= 1:
        notes.append(Note("circle_unstable", "warning", {"root": stability["root"].item()}))
    kept = stability["draws"].item()
    if kept < draws:
        notes.append(Note("panels_lost_draws", "info", {"count": draws - kept, "draws": draws}))
    if draws < FEW_DRAWS:
        notes.append(Note("panels_few_draws", "warning", {"draws": draws, "least": FEW_DRAWS}))
    return tuple(notes)
