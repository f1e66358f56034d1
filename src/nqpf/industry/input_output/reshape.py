"""Smaller tables out of larger ones: one region of a world table, fewer sectors or regions, imports split off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from nqpf.columns import choose
from nqpf.errors import MethodError, SpecError, Where, hint, listing
from nqpf.industry.input_output.table import Floats, IOTable
from nqpf.industry.options import pairs_of
from nqpf.results import Note

T = TypeVar("T")


def region_of(table: IOTable, region: str) -> IOTable:
    """Return the table of one region: its own flows, what it imports from whom, what it exports.

    Parameters
    ----------
    table
        A table of several regions.
    region
        One of them.

    Returns
    -------
    IOTable
        `flows` are the region's own; `imports` are what the other regions deliver to its sectors, a row for each of
        their sectors, with sector and origin; `final` are its own final categories, then ``exports_intermediate``
        (to the sectors of other regions) and ``exports_final`` (to their final use). Output is as it was.

    Raises
    ------
    SpecError
        The table has no such region.

    Examples
    --------
    >>> world = IOTable.from_blocks([[1, 2], [3, 4]], [[5, 1], [0, 9]], regions=["A", "B"], sectors=["s"])
    >>> a = region_of(world, "A")
    >>> a.flows.tolist(), a.imports.tolist(), dict(zip(a.finals, a.final[0].tolist()))
    ([[1.0]], [[3.0]], {'final': 5.0, 'exports_intermediate': 2.0, 'exports_final': 1.0})
    """
    own = np.array([r == region for r in table.regions])
    if not own.any():
        known = list(dict.fromkeys(r for r in table.regions if r))
        raise SpecError("io_region", region=region, options=listing(known, 50), hint=hint(region, known))
    mine = np.array([name.partition("|")[0] == region and "|" in name for name in table.finals], dtype=bool)
    names = [name.partition("|")[2] for name, m in zip(table.finals, mine, strict=True) if m]
    kinds = [use for use, m in zip(table.uses, mine, strict=True) if m] if table.uses else [""] * len(names)
    exports = np.column_stack([table.flows[np.ix_(own, ~own)].sum(axis=1), table.final[np.ix_(own, ~mine)].sum(axis=1)])
    outside = [i for i in range(len(own)) if not own[i]]
    remarks = [Note("io_region", "info", {"region": region, "count": int(own.sum())})]
    return IOTable(
        sectors=_chosen(table.sectors, own),
        flows=table.flows[np.ix_(own, own)],
        final=np.hstack([table.final[np.ix_(own, mine)], exports]),
        output=table.output[own],
        regions=("",) * int(own.sum()),
        finals=(*names, "exports_intermediate", "exports_final"),
        imports=np.vstack([table.flows[np.ix_(~own, own)], table.imports[:, own]]),
        import_sectors=(*(table.sectors[i] for i in outside), *table.import_sectors),
        import_origins=(*(table.regions[i] for i in outside), *table.import_origins),
        added=None if table.added is None else table.added[:, own],
        addeds=table.addeds,
        unit=table.unit,
        year=table.year,
        source=table.source,
        notes=(*table.notes, *remarks),
        uses=(*kinds, "exports", "exports"),
        final_imports=_final_imports(table, own, mine),
        codes=_chosen(table.codes, own) if table.codes else (),
        rounding=table.rounding,
    )


def _chosen(labels: Sequence[str], which: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(label for label, chosen in zip(labels, which, strict=True) if chosen)


def _final_imports(table: IOTable, own: NDArray[np.bool_], mine: NDArray[np.bool_]) -> Floats:
    """Return what comes from outside to the region's final use; nothing of it is exported again."""
    further = np.zeros((len(table.imports), int(mine.sum())))
    if table.final_imports is not None:
        further = table.final_imports[:, mine]
    found = np.vstack([table.final[np.ix_(~own, mine)], further])
    return np.hstack([found, np.zeros((len(found), 2))])


def aggregate(
    table: IOTable, sectors: Mapping[str, str] | None = None, regions: Mapping[str, str] | None = None
) -> IOTable:
    """Return the table of fewer sectors or regions.

    Parameters
    ----------
    table
        The table.
    sectors
        Group of every sector; sectors that are not in it stay as they are.
    regions
        Group of every region; regions that are not in it stay as they are.

    Returns
    -------
    IOTable
        Groups stand where their first member stood. Imported rows are grouped too, sectors and origins alike.

    Raises
    ------
    SpecError
        A sector or region that the table does not have.

    References
    ----------
    Miller and Blair (2009), Input–Output Analysis, 2nd ed., section 4.9, doi:10.1017/CBO9780511626982.

    Examples
    --------
    >>> table = IOTable.of([[1, 2], [3, 4]], [7, 3], sectors=["a", "b"])
    >>> aggregate(table, {"a": "all", "b": "all"}).flows.tolist()
    [[10.0]]
    """
    to_sector, to_region = pairs_of("sectors", sectors or {}), pairs_of("regions", regions or {})
    _refuse_unknown("sectors", to_sector, {*table.sectors, *table.import_sectors})
    ends = {name.partition("|")[0] for name in table.finals if "|" in name}
    _refuse_unknown("regions", to_region, {*table.regions, *table.import_origins, *ends})
    rows = [(to_region.get(r, r), to_sector.get(s, s)) for r, s in zip(table.regions, table.sectors, strict=True)]
    pairs = zip(table.import_origins, table.import_sectors, strict=True)
    outside = [(to_region.get(o, o), to_sector.get(s, s)) for o, s in pairs]
    ends_of = [_end(name, to_region) for name in table.finals]
    labels, at = _groups(rows)
    others, at_import = _groups(outside)
    finals, at_final = _groups(ends_of)
    n, f = len(labels), len(finals)
    imports = _summed(_summed(table.imports, at_import, len(others), 0), at, n, 1)
    final_imports = table.final_imports
    if final_imports is not None:
        final_imports = _summed(_summed(final_imports, at_import, len(others), 0), at_final, f, 1)
    return replace(
        table,
        sectors=tuple(s for _, s in labels),
        regions=tuple(r for r, _ in labels),
        flows=_summed(_summed(table.flows, at, n, 0), at, n, 1),
        final=_summed(_summed(table.final, at, n, 0), at_final, f, 1),
        output=_summed(table.output[:, None], at, n, 0)[:, 0],
        finals=tuple(finals),
        uses=_kinds(table.uses, at_final, len(finals)),
        imports=imports,
        import_sectors=tuple(s for _, s in others),
        import_origins=tuple(o for o, _ in others),
        added=None if table.added is None else _summed(table.added, at, n, 1),
        final_imports=final_imports,
        codes=table.codes if n == len(table.sectors) else (),
        rounding=table.rounding * int(np.bincount(at).max()),
    )


def _kinds(uses: Sequence[str], at: NDArray[np.intp], count: int) -> tuple[str, ...]:
    """Return what each group of final categories is; empty where its members differ."""
    if not uses:
        return ()
    members = [{use for use, group in zip(uses, at, strict=True) if group == g} for g in range(count)]
    return tuple(kinds.pop() if len(kinds) == 1 else "" for kinds in members)


def _end(name: str, to_region: Mapping[str, str]) -> str:
    """Return the name of a final category with its region's group."""
    region, bar, category = name.partition("|")
    return f"{to_region.get(region, region)}|{category}" if bar else name


def _refuse_unknown(what: str, mapping: Mapping[str, str], known: set[str]) -> None:
    for label in mapping:
        if label not in known:
            options = sorted(k for k in known if k)
            raise SpecError("io_unknown_group", what=what, label=label, options=listing(options, 20),
                            hint=hint(label, options))  # fmt: skip


def _groups(labels: Sequence[T]) -> tuple[list[T], NDArray[np.intp]]:
    """Return the different labels in the order in which they come, and the place of each label among them."""
    place: dict[T, int] = {}
    at = [place.setdefault(label, len(place)) for label in labels]
    return list(place), np.array(at, dtype=np.intp)


def _summed(values: Floats, at: NDArray[np.intp], count: int, axis: int) -> Floats:
    """Return sums of rows (axis 0) or columns (axis 1) of the same group."""
    if axis:
        return np.ascontiguousarray(_summed(values.T, at, count, 0).T)
    found = np.zeros((count, values.shape[1]))
    np.add.at(found, at, values)
    return found


def split_imports(table: IOTable, method: Literal["proportional"] = "proportional") -> IOTable:
    """Return a competitive table with its imports split off.

    Every user of a product is taken to import the same share of it: s_i = imports_i / (all uses of i but exports), and
    no export is taken to be an import passed on. Then domestic deliveries are (1 − s_i) z_ij and imported ones
    s_i z_ij, and both add up to what the table shows.

    Parameters
    ----------
    table
        A competitive table: imports are a final category of kind ``imports`` with negative numbers. There can be
        several (from abroad, from other provinces): each is an origin of its own.
    method
        ``proportional``, as said.

    Raises
    ------
    SpecError
        No such method.
    MethodError
        The table has no category of imports, or has imports apart already; or more of a product is imported than used.

    References
    ----------
    Miller and Blair (2009), Input–Output Analysis, 2nd ed., section 4.7, doi:10.1017/CBO9780511626982.

    Examples
    --------
    >>> table = IOTable.of(
    ...     [[20, 60], [30, 10]], [[40, -20], [70, 0]], sectors=["a", "b"], uses=["consumption", "imports"]
    ... )
    >>> apart = split_imports(table)
    >>> apart.imports.round(3).tolist(), (apart.flows + apart.imports).tolist()
    ([[3.333, 10.0], [0.0, 0.0]], [[20.0, 60.0], [30.0, 10.0]])
    """
    choose("method", method, ("proportional",))
    if len(table.imports):
        raise MethodError("io_imports_apart")
    inward = [i for i, use in enumerate(table.uses) if use == "imports"]
    if not inward:
        raise MethodError("io_no_imports", options=listing(table.finals, 20))
    domestic = np.array([use not in ("exports", "imports", "other") for use in table.uses])
    bought = 0.0 - table.final[:, inward]
    used = table.flows.sum(axis=1) + table.final[:, domestic].sum(axis=1)
    share = np.divide(bought, used[:, None], out=np.zeros_like(bought), where=used[:, None] != 0)
    wrong = (bought.min(axis=1) < 0) | (share.sum(axis=1) > 1 + 1e-9) | ((used <= 0) & (bought.max(axis=1) > 0))
    if wrong.any():
        i = int(wrong.argmax())
        values = {"imports": float(bought[i].sum()), "used": float(used[i]), "count": int(wrong.sum())}
        raise MethodError("io_import_share", where=Where(industry=table.labels[i]), **values)
    home = 1 - share.sum(axis=1)
    kept = [i for i in range(len(table.finals)) if i not in inward]
    part = np.where(domestic, home[:, None], 1.0)
    outside = [share[:, [k]] * table.flows for k in range(len(inward))]
    outside_final = [np.where(domestic, share[:, [k]] * table.final, 0.0)[:, kept] for k in range(len(inward))]
    note = Note("io_split", "info", {"share": float(bought.sum() / used.sum())})
    return replace(
        table,
        flows=home[:, None] * table.flows,
        final=(part * table.final)[:, kept],
        finals=tuple(table.finals[i] for i in kept),
        uses=tuple(table.uses[i] for i in kept),
        imports=np.vstack(outside),
        import_sectors=table.sectors * len(inward),
        import_origins=tuple(table.finals[i] for i in inward for _ in table.sectors),
        final_imports=np.vstack(outside_final),
        notes=(*(n for n in table.notes if n.code != "io_competitive"), note),
    )
