"""Files into a corpus: only those that are new or changed are read, and the folder is whole at every moment."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import polars as pl

import nqpf
from nqpf.columns import choose
from nqpf.errors import DataError, OutputError, SpecError, Where, listing
from nqpf.parallel import Progress, spread
from nqpf.results import Note
from nqpf.text.reading.faults import guarded
from nqpf.text.reading.files import PathLike, faults_in, files_in, refusal
from nqpf.text.store.folder import FORMAT, SCHEMAS, STATE, is_corpus, put, renewed, state, table, write_part
from nqpf.text.store.metadata import read_metadata, unmatched
from nqpf.text.store.pipeline import Job, Reading, hash_of, take

MOST_BYTES = 64 << 20
"""Bytes of files that are taken in before what was found is written down."""
BY_FILE = ("articles", "blocks", "edits", "sources", "remarks")
ROOM = ".new-"
"""How the name begins of the folder in which a corpus is being made."""
Missing = Literal["keep", "drop"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done: files to take in, those that stay, names that go, new places, files that cannot be opened."""

    jobs: tuple[Job, ...]
    same: tuple[str, ...]
    gone: tuple[str, ...]
    absent: tuple[str, ...]
    moved: Mapping[str, str]
    refused: pl.DataFrame


def ingest(
    paths: PathLike | Iterable[PathLike],
    folder: Path,
    *,
    reading: Reading,
    metadata: Any = None,
    missing: Missing = "keep",
    workers: int | None = None,
    progress: Progress | None = None,
) -> tuple[Note, ...]:
    """Bring the corpus in a folder up to what files hold now; see `Corpus.ingest`."""
    choose("missing", missing, ("keep", "drop"))
    choose("repair", reading.repair, ("apply", "propose"))
    if folder.exists() and not is_corpus(folder) and any(not p.name.startswith(ROOM) for p in folder.iterdir()):
        raise SpecError("text_corpus_folder_taken", where=Where(file=str(folder)))
    if is_corpus(folder):
        state(folder)
    if reading.corrections is not None and not Path(reading.corrections).is_file():
        raise DataError("file_not_found", where=Where(file=reading.corrections))
    told = table(folder, "metadata") if metadata is None else read_metadata(metadata)
    plan = planned(paths, folder, reading, missing, leave=_sidecar(metadata))
    with _room(folder) as room:
        _take_all(plan.jobs, room, workers, progress)
        news = [renewed(folder, room, name, plan.gone) for name in BY_FILE]
        _refusals(room, plan.refused)
        _move(room, plan.moved)
        told.write_parquet(room / "metadata.parquet")
        _state(room, reading)
        put(folder, [*news, *(room / name for name in ("refusals.parquet", "metadata.parquet", STATE))])
    return _notes(folder, plan, told)


@contextmanager
def _room(folder: Path) -> Iterator[Path]:
    """Give a place for what is being made; what a run left there that was killed, and an empty new folder, go."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(f"{ROOM}*"):
            shutil.rmtree(left, ignore_errors=True)
        made = tempfile.TemporaryDirectory(dir=folder, prefix=ROOM)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError("cannot_write", where=Where(file=str(folder)), reason=reason) from error
    try:
        with made as name:
            yield Path(name)
    except BaseException:
        with suppress(OSError):  # it holds a corpus, or more
            folder.rmdir()
        raise


def planned(
    paths: PathLike | Iterable[PathLike], folder: Path, reading: Reading, missing: Missing, leave: Path | None
) -> Plan:
    """Tell which files are new or changed; the same path, or the same name and content elsewhere, is the same file."""
    old = table(folder, "sources")
    by_path = {row["path"]: row for row in old.iter_rows(named=True)}
    by_file = {row["file"]: row for row in old.iter_rows(named=True)}
    stems = set(old["stem"])
    jobs, same, gone = [], [], []
    refused = [refusal(*one) for one in faults_in(paths)]
    moved: dict[str, str] = {}
    for name, path in files_in(paths):
        whole = path.resolve()
        if whole == leave or whole.is_relative_to(folder.resolve()):
            continue
        known = by_path.get(str(whole))
        try:
            with guarded(path):
                sha = hash_of(path)
        except DataError as error:
            refused.append(refusal(name, path, error))
            continue
        twin = by_file.get(name)
        if known is None and twin is not None and (twin["sha256"] == sha or not Path(twin["path"]).exists()):
            known = twin
        file = name if known is None and twin is None else known["file"] if known else whole.as_posix().lstrip("/")
        stem = known["stem"] if known else _stem(file, stems)
        stems.add(stem)
        fingerprint = _fingerprint(sha, reading)
        if known and known["fingerprint"] == fingerprint:
            same.append(file)
            moved |= {file: str(whole)} if known["path"] != str(whole) else {}
            continue
        jobs.append(Job(whole, file, stem, sha, fingerprint, reading))
        gone += [known["file"]] if known else []
    met = {job.file for job in jobs} | set(same)
    absent = [file for file, row in by_file.items() if file not in met and not Path(row["path"]).exists()]
    gone += absent if missing == "drop" else []
    return Plan(tuple(jobs), tuple(same), tuple(gone), tuple(absent), moved, _refused(refused))


def _stem(file: str, taken: set[str]) -> str:
    """Return what the ids of a file's articles begin with: the shortest part of its name that no other file has."""
    path = Path(file)
    choices = [path.stem, path.with_suffix("").as_posix(), path.as_posix()]
    return next((choice for choice in choices if choice not in taken), path.as_posix())


def _fingerprint(sha: str, reading: Reading) -> str:
    """Return a hash of all that decides what is made of a file."""
    corrections = None if reading.corrections is None else hash_of(Path(reading.corrections))
    parts = [FORMAT, nqpf.__version__, sha, asdict(reading) | {"corrections": corrections}]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode("utf-8")).hexdigest()


def _sidecar(metadata: Any) -> Path | None:
    """Return the file that a table came from; it is no text, though it may lie among them."""
    return Path(metadata).resolve() if isinstance(metadata, str | os.PathLike) else None


def _take_all(jobs: Sequence[Job], room: Path, workers: int | None, progress: Progress | None) -> None:
    done = 0
    for number, part in enumerate(_parts(jobs)):
        before = done

        def told(count: int, _: int, before: int = before) -> None:
            if progress:
                progress(before + count, len(jobs))

        taken = spread(take, part, workers=workers, progress=told)
        done += len(part)
        for name in (*BY_FILE, "refusals"):
            rows = [tables for one in taken if (tables := one.tables.get(name)) is not None]
            if rows:
                write_part(room, name, number, pl.concat(rows))


def _parts(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    part: list[Job] = []
    size = 0
    for job in jobs:
        part.append(job)
        size += job.path.stat().st_size
        if size >= MOST_BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part


def _refused(rows: Sequence[dict[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict(SCHEMAS["refusals"]))


def _refusals(room: Path, before: pl.DataFrame) -> None:
    """Write which files were refused this time."""
    found = [before, *(pl.read_parquet(part) for part in sorted(room.glob("refusals-*.parquet")))]
    pl.concat(found).sort("file").write_parquet(room / "refusals.parquet")


def _move(room: Path, moved: Mapping[str, str]) -> None:
    """Write down where files lie now that were elsewhere before."""
    if moved:
        path = room / "sources.parquet"
        now = pl.col("file").replace_strict(moved, default=pl.col("path"), return_dtype=pl.String)
        pl.read_parquet(path).with_columns(path=now).write_parquet(path)


def _state(room: Path, reading: Reading) -> None:
    hashes = pl.read_parquet(room / "sources.parquet", columns=["file", "sha256"]).sort("file")
    whole = hashlib.sha256()
    for name in ("sources.parquet", "metadata.parquet"):
        whole.update(pl.read_parquet(room / name).write_json().encode("utf-8"))
    written = {
        "format": FORMAT,
        "nqpf": nqpf.__version__,
        "state": whole.hexdigest(),
        "reading": asdict(reading),
        "hashes": dict(hashes.iter_rows()),
    }
    (room / STATE).write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _notes(folder: Path, plan: Plan, told: pl.DataFrame) -> tuple[Note, ...]:
    refused = table(folder, "refusals")
    read = len(plan.jobs) + plan.refused.height - refused.height
    values = {"read": read, "same": len(plan.same), "refused": refused.height}
    notes = [Note("text_ingested", "info", values)]
    if refused.height:
        notes.append(Note("text_refused", "warning", {"files": listing(refused["file"])}))
    if plan.absent:
        code = "text_absent_dropped" if set(plan.absent) <= set(plan.gone) else "text_absent_kept"
        notes.append(Note(code, "warning", {"files": listing(plan.absent)}))
    stray = unmatched(table(folder, "articles"), told)
    if stray:
        notes.append(Note("text_metadata_unmatched", "warning", {"keys": listing(stray)}))
    return tuple(notes)
