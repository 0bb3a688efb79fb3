"""What a sweep leaves in its folder while it runs, so that a stopped one goes on where it was: a file for each point.

    OUT/points/KEY.json      what came of a point, written whole when it ends
    OUT/models/KEY.npz       the networks that were trained for it
    OUT/sweep.csv            a row a point, in the order of points, and with the same bytes whoever did the work
    OUT/sweep.json           the manifest
    OUT/timing.csv           how long each point took, and where

A point's key is a hash of all that determines its scores. So a grid that grew finds its old points again.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from compare.files import prepare_folder, read_utf8, write_json, write_utf8
from compare.sweep.code import versions_and_code
from compare.sweep.points import NAMES, Value
from compare.sweep.task import SCORES, Outcome

SCHEMA = 1
MOST_BYTES = 1 << 26  # of a file that is read: a manifest may list 100,000 points
COLUMNS = (*NAMES, *SCORES, "error")


def key_of(settings: Mapping[str, Value], weights: str | None, data: Mapping[str, str]) -> str:
    """A name for all that determines a point's scores: options, weights (not where they lay), data, versions."""
    recipe = {
        "settings": {name: value for name, value in settings.items() if name != "model"},
        "weights": weights or settings["model"],
        "data": dict(data),
        "versions": versions_and_code(),
        "schema": SCHEMA,
    }
    return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Store:
    """The folder of a sweep."""

    folder: Path

    @property
    def table(self) -> Path:
        """Where the rows are."""
        return self.folder / "sweep.csv"

    @property
    def manifest(self) -> Path:
        """Where it stands what made them."""
        return self.folder / "sweep.json"

    @property
    def models(self) -> Path:
        """The folder of trained networks."""
        return self.folder / "models"

    def point(self, key: str) -> Path:
        """The file of a point."""
        return self.folder / "points" / f"{key}.json"

    def prepare(self, data: Mapping[str, str]) -> None:
        """Makes the folders. Raises ValueError where this one holds what other data or other versions made."""
        held = self.held()
        for what, mine in (("data_sha256", dict(data)), ("versions", versions_and_code())):
            if held is not None and held.get(what) != mine:
                said = "data" if what == "data_sha256" else f"versions ({difference(held.get(what), mine)})"
                raise ValueError(f"{self.folder}: holds a sweep of other {said}: choose another folder with --out")
        for folder in (self.folder / "points", self.models):
            prepare_folder(folder)

    def held(self) -> dict[str, Any] | None:
        """The manifest that lies here, if any. Raises ValueError for files of these names that no sweep made."""
        try:
            content = json.loads(read_utf8(self.manifest, MOST_BYTES))
            return dict(content["manifest"])
        except FileNotFoundError:
            if self.table.exists():
                raise ValueError(f"{self.table}: has no sweep.json beside it: choose another folder") from None
            return None
        except (ValueError, TypeError, KeyError, RecursionError):
            raise ValueError(f"{self.manifest}: is not that of a sweep: choose another folder") from None

    def keep(self, outcome: Outcome) -> None:
        """Writes what came of a point, whole or not at all."""
        write_json(self.point(outcome.key), asdict(outcome))

    def kept(self, key: str) -> Outcome | None:
        """What came of a point: None where it has not ended, or its file is damaged."""
        try:
            found = Outcome(**json.loads(read_utf8(self.point(key), MOST_BYTES)))
        except (OSError, ValueError, TypeError, RecursionError):
            return None
        return found if found.key == key and found.is_whole() else None

    def write_table(self, rows: Iterable[tuple[Mapping[str, Value], Outcome]]) -> None:
        """Writes the rows of finished points, and beside them their times."""
        rows = list(rows)
        scored = [{**settings, **outcome.scores, "error": outcome.error} for settings, outcome in rows]
        replace_text(self.table, as_csv(COLUMNS, scored))
        times = {outcome.key: asdict(outcome) for _, outcome in rows}
        replace_text(self.folder / "timing.csv", as_csv(("key", "seconds", "worker"), times.values()))


def difference(held: Any, mine: Mapping[str, str]) -> str:
    """The first that is not the same: "brian2 2.9.0, not 2.10.0"."""
    held = held if isinstance(held, dict) else {}
    name = next(name for name in [*mine, *held] if (name in held) != (name in mine) or held[name] != mine[name])
    theirs, ours = (str(of.get(name, "unknown"))[:12] for of in (held, mine))
    return f"{name} {theirs}, not {ours}"


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows under their header; what a row lacks, or has as None, is left empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([written(row.get(name)) for name in columns] for row in rows)
    return text.getvalue()


def written(value: Any) -> str:
    """A value as it stands in the table: 20, 0.25, true, 784-100-10, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return "-".join(map(str, value))
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def replace_text(path: Path, text: str) -> None:
    """Writes a file whole, unless it already says this."""
    if not path.exists() or path.read_bytes() != text.encode(errors="backslashreplace"):
        write_utf8(path, text)
