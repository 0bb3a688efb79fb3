"""Runs a sweep: finds out what is still to be done, has it done, and keeps each point as it ends."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

from compare.comparison import CALIBRATION_DIGITS, Progress
from compare.files import write_json
from compare.sweep.code import versions_and_code
from compare.sweep.interrupt import ctrl_c_heard
from compare.sweep.networks import Networks
from compare.sweep.plan import Plan
from compare.sweep.points import UNITS
from compare.sweep.pool import Case, Shared, outcomes
from compare.sweep.rows import Swept, problem_of, row_of
from compare.sweep.store import SCHEMA, Store
from compare.sweep.task import Outcome
from data import load_digits

LEAST_PAUSE = 1.0  # seconds between two writings of the table
SHARE = 20  # of the time, the part that writing the table may take


def run_sweep(
    plan: Plan,
    out: Path,
    *,
    command: str = "",
    workers: int | None = None,
    cluster: str | None = None,
    retry: bool = False,
    progress: Progress = lambda stage, done, total, note: None,
) -> Swept:
    """Every point of the plan, from the folder `out` or computed now and kept there, with table and manifest.

    workers   processes of this machine (None: one a core)
    cluster   the address of a Dask scheduler whose workers compute instead
    retry     whether points that have failed are tried again

    Raises ValueError, before any work, for a plan of which no point can be, data that cannot be used, a folder that
    holds something else, or a cluster that cannot be used; KeyboardInterrupt with all that had ended kept.
    """
    points = plan.points()
    train, test = load_digits("train", plan.data), load_digits("test", plan.data)
    hashes = {f"{split}-{part}": h for split, d in (("train", train), ("test", test)) for part, h in d.sha256.items()}
    store = Store(out)
    problems = [problem_of(point, test) for point in points]
    if all(problems):
        raise ValueError(f"no point of this sweep can be: {problems[0]}")
    store.prepare(hashes)
    with client_of(cluster) as connect:
        networks = Networks(train, store.models, progress)
        if not all(networks.here(point) for point, problem in zip(points, problems, strict=True) if not problem):
            connect()  # before a long training, and not at all for a finished sweep
        rows = [row_of(point, problem, networks, hashes, test) for point, problem in zip(points, problems, strict=True)]
        if all(row.problem for row in rows):  # as of a network whose file is missing
            raise ValueError(f"no point of this sweep can be: {rows[0].problem}")
        ended = {row.key: kept for row in rows if (kept := store.kept(row.key)) and not (retry and kept.error)}
        swept = Swept(rows, ended)
        shared = Shared(test, train.spread(min(CALIBRATION_DIGITS, len(train))))

        def write_both() -> None:
            tell(store, manifest(plan, swept, hashes, command))
            store.write_table(swept.finished())

        write_both()  # the table of another sweep that was here is none of this one's
        try:
            complete(swept, store, shared, connect, workers=workers, progress=progress)
        finally:
            write_both()  # so that of two at once the last leaves what belongs together
    return swept


def complete(
    swept: Swept,
    store: Store,
    shared: Shared,
    connect: Callable[[], Any],
    *,
    workers: int | None,
    progress: Progress,
) -> None:
    """Computes what has not ended, and keeps each point as it ends: first those that cannot be, which takes no time."""
    todo = {row.key: row for row in swept.rows if row.key not in swept.ended}
    cases = [Case(row.key, row.point, row.network.model) for row in todo.values() if row.network]
    with kept_up(store, swept, len(todo), progress) as keep, ctrl_c_heard() as heed:
        for row in todo.values():
            if row.network is None:
                keep(Outcome(row.key, {}, row.problem, 0.0, ""))
        if cases:
            for outcome in outcomes(cases, shared, workers=workers, client=connect()):
                if outcome.error is not None:
                    heed()  # what Ctrl-C broke has not failed
                keep(outcome)
                heed()


@contextmanager
def client_of(cluster: str | None) -> Iterator[Callable[[], Any]]:
    """A function that gives the cluster's client, connected when first asked for; None where there is no cluster."""
    with ExitStack() as stack:

        @cache
        def connect() -> Any:
            if cluster is None:
                return None
            try:
                from compare.sweep.cluster import cluster as connected
            except ImportError:
                raise ValueError("--cluster needs Dask: pip install 'neural-analogy[cluster]'") from None
            return stack.enter_context(connected(cluster))

        yield connect


@contextmanager
def kept_up(store: Store, swept: Swept, total: int, progress: Progress) -> Iterator[Any]:
    """A function that takes an outcome in: it writes its file, and now and then the table."""
    start, due, done = time.monotonic(), 0.0, 0

    def keep(outcome: Outcome) -> None:
        nonlocal due, done
        store.keep(outcome)
        swept.ended[outcome.key] = outcome
        done += 1
        now = time.monotonic()
        progress("sweep", done, total, left(done, total, now - start))
        if now >= due:
            with suppress(PermissionError):  # open in a spreadsheet, on Windows: the next table will do, or the last
                store.write_table(swept.finished())
            due = now + max(LEAST_PAUSE, SHARE * (time.monotonic() - now))

    if total:
        progress("sweep", 0, total, "")
    yield keep


def left(done: int, total: int, seconds: float) -> str:
    """How long it will take, from what the points so far took: "about 3 min left"."""
    rest = seconds / done * (total - done)
    if done == total:
        return ""
    for unit, size in (("h", 3600), ("min", 60)):
        if rest >= 2 * size:
            return f"about {rest / size:.0f} {unit} left"
    return f"about {rest:.0f} s left"


def manifest(plan: Plan, swept: Swept, hashes: dict[str, str], command: str) -> dict[str, Any]:
    """What made the numbers: versions, data, networks, and the plan."""
    networks = {row.network.sha256: row.network for row in swept.rows if row.network}
    return {
        "versions": versions_and_code(),
        "data_sha256": hashes,
        "data": None if plan.data is None else str(plan.data),
        "command": command,
        "units": UNITS,
        "points": len(swept.rows),
        "seeds": sorted({row.point.seed for row in swept.rows}),
        "plan": {"fixed": dict(plan.fixed), "grid": dict(plan.grid), "points": [dict(one) for one in plan.listed]},
        "networks": [network.as_json() for network in networks.values()],
    }


def tell(store: Store, content: dict[str, Any]) -> None:
    """Writes the manifest, unless the one that is there says the same in the words of another command."""
    mine = json.loads(json.dumps(content))
    if {**(store.held() or {}), "command": ""} != {**mine, "command": ""}:
        store.table.unlink(missing_ok=True)  # it is of another sweep
        write_json(store.manifest, {"schema": SCHEMA, "manifest": content})
