"""Tables from arrays: every length, label and number is checked before there is a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from nqpf.columns import choose
from nqpf.errors import DataError, MethodError, SpecError, Where, listing
from nqpf.industry.input_output.balance import gaps, judge, named
from nqpf.industry.input_output.table import Balanced, Floats, IOTable, Negative
from nqpf.industry.options import check_least, names_of
from nqpf.results import Note

USES = ("consumption", "capital", "inventories", "exports", "imports", "other", "")


def build(
    flows: Any,
    final: Any,
    output: Any = None,
    *,
    sectors: Sequence[str],
    regions: Sequence[str] | None = None,
    finals: Sequence[str] | None = None,
    uses: Sequence[str] | None = None,
    imports: Any = None,
    import_sectors: Sequence[str] | None = None,
    import_origins: Sequence[str] | None = None,
    final_imports: Any = None,
    added: Any = None,
    addeds: Sequence[str] | None = None,
    codes: Sequence[str] | None = None,
    unit: str | None = None,
    year: int | None = None,
    source: str | None = None,
    notes: Sequence[Note] = (),
    balance: Balanced = "raise",
    negative: Negative = "raise",
    tolerance: float = 1e-4,
) -> IOTable:
    """Return an input–output table of arrays.

    Parameters
    ----------
    flows
        ``[n, n]`` intermediate deliveries, supplier by user.
    final
        ``[n, F]`` or ``[n]`` deliveries to final use.
    output
        ``[n]`` total output; default: the sums of the rows.
    sectors, regions
        Sector, and in a table of several regions the region, of each of the n rows.
    finals
        Names of the F final categories, ``region|category`` where they belong to a region. Default: ``final``,
        or ``final 1``, ``final 2``, ….
    uses
        What each final category is: ``consumption``, ``capital``, ``inventories``, ``exports``, ``imports`` (negative
        numbers in a competitive table), ``other``, or empty.
    imports, import_sectors, import_origins
        ``[m, n]`` imported intermediate inputs, and sector and origin of each of the m rows. Default sectors: those of
        the table, where m is n; default origin: empty.
    final_imports
        ``[m, F]`` imports that go to final use.
    added, addeds
        ``[V, n]`` or ``[n]`` value added and other primary inputs, and their names.
    codes
        Code of each sector.
    unit, year, source, notes
        What is known of the table.
    balance
        Where rows or columns do not add up to output by more than `tolerance`: ``raise`` an error that names the row
        and the gap, or ``note`` it.
    negative
        Negative intermediate inputs: ``raise`` an error that names the cell, or ``keep`` them with a remark.
    tolerance
        Largest gap, as a share of the row's output. Half a unit a cell is admitted besides where all numbers are
        whole: the row of a rounded table misses its total by that much.

    Raises
    ------
    SpecError
        No such word for `balance`, `negative` or `uses`.
    DataError
        Arrays that do not fit each other; a number that is missing or infinite; a label that comes twice.
    MethodError
        A negative output or input; an unbalanced table.

    References
    ----------
    Miller and Blair (2009), Input–Output Analysis, 2nd ed., section 2.2, doi:10.1017/CBO9780511626982.

    Examples
    --------
    >>> table = build([[150, 500], [200, 100]], [350, 1700], sectors=["a", "b"])
    >>> table.output.tolist(), table.coefficients.tolist()
    ([1000.0, 2000.0], [[0.15, 0.25], [0.2, 0.05]])
    """
    choose("balance", balance, ("raise", "note"))
    choose("negative", negative, ("raise", "keep"))
    check_least("tolerance", tolerance, 0.0)
    n = len(sectors)
    if not n:
        raise DataError("empty_table")
    z = _array("flows", flows, (n, n))
    y = _array("final", final, (n, None))
    kinds = () if uses is None else tuple(_listed("uses", uses))
    for kind in kinds:
        choose("uses", kind, USES)
    m = 0 if imports is None else len(imports)
    outside = _array("imports", np.zeros((0, n)) if imports is None else imports, (m, n))
    primary = None if added is None else _array("added", np.atleast_2d(np.asarray(added)), (None, n))
    table = IOTable(
        sectors=_texts("sectors", sectors, n, None),
        flows=z,
        final=y,
        output=z.sum(axis=1) + y.sum(axis=1) if output is None else _array("output", output, (n,)),
        regions=_texts("regions", regions, n, [""] * n),
        finals=_texts("finals", finals, y.shape[1], _numbered("final", y.shape[1])),
        imports=outside,
        import_sectors=_texts("import_sectors", import_sectors, m, list(sectors) if m == n else [] if m == 0 else None),
        import_origins=_texts("import_origins", import_origins, m, [""] * m),
        added=primary,
        addeds=() if primary is None else _texts("addeds", addeds, len(primary), _numbered("added", len(primary))),
        unit=unit,
        year=year,
        source=source,
        uses=_texts("uses", kinds, y.shape[1], None) if kinds else (),
        final_imports=None if final_imports is None else _array("final_imports", final_imports, (m, y.shape[1])),
        codes=_texts("codes", codes, n, []) if codes else (),
    )
    sound = _sound(table, negative)
    found = gaps(table, tolerance)
    return replace(table, notes=(*notes, *sound, *judge(table, found, balance)), rounding=found.rounding)


def from_blocks(
    z: Any, y: Any, x: Any = None, *, regions: Sequence[str], sectors: Sequence[str], **options: Any
) -> IOTable:
    """Return a world table of region-major blocks: all sectors of the first region, then those of the second, ….

    Parameters
    ----------
    z
        ``[R·S, R·S]`` intermediate deliveries.
    y
        ``[R·S, R·C]`` deliveries to C final categories of each region, region by region.
    x
        ``[R·S]`` output; default: the sums of the rows.
    regions, sectors
        The R regions and the S sectors.
    **options
        `categories`: names of the C final categories, and `uses`: what each is; the rest as in `build`.

    Raises
    ------
    DataError, MethodError
        As in `build`.

    Examples
    --------
    >>> blocks = from_blocks([[1, 2], [3, 4]], [[5, 1], [0, 9]], regions=["A", "B"], sectors=["s"])
    >>> blocks.labels, blocks.finals
    (('A|s', 'B|s'), ('A|final', 'B|final'))
    """
    final = _array("final", y, (None, None))
    regions, sectors = names_of("regions", regions), names_of("sectors", sectors)
    if not regions:
        raise DataError("empty_table")
    count, rest = divmod(final.shape[1], len(regions))
    if rest:
        raise DataError("io_shape", what="final", shape=_shown(final.shape), wanted=f"(…, {len(regions)} × C)")
    categories = _texts("categories", options.pop("categories", None), count, _numbered("final", count))
    uses = options.pop("uses", None)
    return build(
        z,
        final,
        x,
        sectors=list(sectors) * len(regions),
        regions=[region for region in regions for _ in sectors],
        finals=[f"{region}|{category}" for region in regions for category in categories],
        uses=None if uses is None else _listed("uses", uses) * len(regions),
        **options,
    )


def _array(what: str, values: Any, shape: tuple[int | None, ...]) -> Floats:
    """Return numbers as ``float64`` of this shape (None: any length), none missing or infinite."""
    try:
        found = np.ascontiguousarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise DataError("io_text", what=what) from None
    if len(shape) == 2 and found.ndim == 1:
        found = found[:, None]
    fits = found.ndim == len(shape) and all(w in (None, s) for w, s in zip(shape, found.shape, strict=True))
    if not fits:
        wanted = "(" + ", ".join("…" if w is None else str(w) for w in shape) + ")"
        raise DataError("io_shape", what=what, shape=_shown(found.shape), wanted=wanted)
    if not np.isfinite(found.sum()) and not np.isfinite(found).all():
        at = np.argwhere(~np.isfinite(found))
        raise DataError("io_missing", what=what, count=len(at), place=_shown(at[0] + 1))
    return found


def _shown(shape: Any) -> str:
    return "(" + ", ".join(str(int(s)) for s in shape) + ")"


def _numbered(name: str, count: int) -> list[str]:
    return [name] if count == 1 else [f"{name} {i + 1}" for i in range(count)]


def _texts(what: str, given: Sequence[str] | None, count: int, default: list[str] | None) -> tuple[str, ...]:
    """Return labels, as many as there are rows."""
    labels = default if given is None else _listed(what, given)
    if labels is None or len(labels) != count:
        raise SpecError("io_labels", what=what, given=0 if labels is None else len(labels), wanted=count)
    for i, label in enumerate(labels):
        if label is None or label != label:
            raise DataError("io_label_missing", what=what, place=i + 1)
    return tuple(map(str, labels))


def _listed(what: str, given: object) -> list[Any]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise SpecError("not_names", where=Where(key=what), value=str(given))
    return list(given)


def _sound(table: IOTable, negative: Negative) -> list[Note]:
    """Refuse labels that come twice and numbers that no table has; return remarks."""
    _refuse_twice("sectors", table.labels)
    _refuse_twice("finals", table.finals)
    _refuse_twice("added", table.addeds)
    _refuse_twice("imports", [f"{o}|{s}" for o, s in zip(table.import_origins, table.import_sectors, strict=True)])
    for name in sorted({"region", "sector"} & {*table.labels, *table.regions}):
        raise SpecError("io_reserved", name=name)
    for region in {r for r in table.regions if "|" in r}:
        raise SpecError("io_bar", region=region)
    if (table.output < 0).any():
        i = int((table.output < 0).argmax())
        raise MethodError("io_negative_output", where=Where(industry=table.labels[i]), value=float(table.output[i]))
    notes = []
    if not table.active.all():
        count = int((~table.active).sum())
        notes.append(Note("io_no_output", "info", {"count": count, "names": named(table, ~table.active)}))
    if (table.final < 0).any():
        count = int((table.final < 0).sum())
        notes.append(Note("io_negative_final", "info", {"count": count, "least": float(table.final.min())}))
    for values, names in ((table.flows, table.labels), (table.imports, table.import_sectors)):
        below = values < 0
        if not below.any():
            continue
        i, j = (int(k) for k in np.argwhere(below)[0])
        found: dict[str, Any] = {
            "supplier": names[i],
            "user": table.labels[j],
            "value": float(values[i, j]),
            "count": int(below.sum()),
        }
        if negative == "raise":
            raise MethodError("io_negative_flow", **found)
        notes.append(Note("io_negative_flow", "warning", found))
    return notes


def _refuse_twice(what: str, labels: Sequence[str]) -> None:
    twice = [label for label, count in Counter(labels).items() if count > 1]
    if twice:
        raise DataError("io_twice", what=what, names=listing(twice, 12), count=len(twice))
