"""Measures libraries in turns: each lives in a process of its own, where it is prepared, and runs when it is called.

So the peak memory of each can be told, none disturbs another by its threads or settings, and one that is missing or
that breaks is named while the others go on. A slow machine or a busy minute meets all of them alike.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import sys
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from data import Digits
from libraries import PEERS
from libraries.problem import Answers, Peer, Problem
from usage import core_seconds, peak_megabytes

SHORTEST = 0.5  # s: where a run takes less, it is repeated
LEAST_USED = 0.25  # s of a core, which is told in hundredths: on a busy machine that takes longer
FEWEST = 10  # digits in a run, however slow


@dataclass(eq=False)
class Entry:
    """A library's result.

    name, package, version, cells   what it is
    batch    digits shown at once
    digits   how many it was shown in a run, evenly spread
    rates    digits a second, of each run
    per_core digits a second of a core used, of each run
    answers  to those digits
    memory   at most, of all its processes, MB; 0: unknown
    missing  why there is no result; empty where there is
    """

    name: str
    package: str = ""
    version: str = ""
    cells: str = ""
    batch: int = 0
    digits: int = 0
    rates: list[float] = field(default_factory=list)
    per_core: list[float] = field(default_factory=list)
    answers: Answers | None = None
    memory: float = 0.0
    missing: str = ""


class Guest:
    """A library in its process, seen from outside."""

    def __init__(self, name: str, problem: Problem, digits: Digits, box: float) -> None:
        """Prepares it, which may take a while. `box` is how long a run may take, s."""
        spawn = multiprocessing.get_context("spawn")
        self.line, far_end = spawn.Pipe()
        self.process = spawn.Process(target=attend, args=(far_end, name, problem, digits, box))
        self.process.start()
        far_end.close()
        self.entry = Entry(name)
        self.take(self.answer())

    def answer(self) -> dict[str, Any]:
        """What it has to say next."""
        try:
            return self.line.recv()
        except EOFError:
            return {"missing": "its process died"}

    def take(self, said: dict[str, Any]) -> None:
        """Notes what it said."""
        for name, value in said.items():
            setattr(self.entry, name, value)

    def run(self) -> None:
        """One run, timed."""
        if self.entry.missing:
            return
        self.line.send("run")
        said = self.answer()
        if "missing" in said:
            self.take(said)
        else:
            self.entry.rates.append(said["rate"])
            self.entry.per_core.append(said["per_core"])

    def leave(self) -> Entry:
        """Its result; its process ends."""
        if not self.entry.missing:
            self.line.send("leave")
            self.take(self.answer())
        self.line.close()
        self.process.join()
        return self.entry


def attend(line: Connection, name: str, problem: Problem, digits: Digits, box: float) -> None:
    """What the process does: prepares, says so, and then as it is told."""
    try:
        module, cls = PEERS[name]
        kind: type[Peer] = getattr(importlib.import_module(module), cls)
        with threadpool_limits(problem.threads, "blas"):  # NEST crashes where OpenMP is limited
            peer = kind(problem)
            batch, count = chosen(peer, digits, box)
            shown = digits.spread(count)
            described = {"package": kind.package, "version": version(kind.package), "cells": kind.cells}
            line.send(described | {"batch": batch, "digits": count})
            while line.recv() == "run":
                rate, per_core, answers = timed(peer, shown, batch)
                line.send({"rate": rate, "per_core": per_core})
        memory = peak_megabytes(os.getpid())
        peer.close()
        line.send({"answers": answers, "memory": memory})
    except Exception as error:  # whatever a library may raise: the others go on
        line.send({"missing": f"{type(error).__name__}: {error}".splitlines()[0]})


def chosen(peer: Peer, digits: Digits, box: float) -> tuple[int, int]:
    """How many digits at once were fastest, trying each number once after a warm-up, and how many fill the box."""
    found: list[tuple[float, int]] = []
    for batch in peer.batches:
        some = digits.spread(min(len(digits), max(batch, 4)))
        for _ in range(2):
            start = time.perf_counter()
            peer.answers(some, batch)
            took = time.perf_counter() - start
        found.append((len(some) / took, batch))
        if took > box or batch >= len(digits):
            break
    rate, batch = max(found)
    batch = min(batch, len(digits))
    count = int(np.clip(rate * box, min(max(batch, FEWEST), len(digits)), len(digits)))
    return batch, count - count % batch  # whole batches: some libraries build anew for another size


def timed(peer: Peer, digits: Digits, batch: int) -> tuple[float, float, Answers]:
    """Digits a second, by the clock and by cores used, and the answers."""
    runs, took, used, start, before = 0, 0.0, 0.0, time.perf_counter(), core_seconds(os.getpid())
    while took < SHORTEST or 0 < used < LEAST_USED:
        answers = peer.answers(digits, batch)
        took, used = time.perf_counter() - start, core_seconds(os.getpid()) - before
        runs += 1
    return runs * len(digits) / took, runs * len(digits) / used if used else 0.0, answers


def in_turns(names: list[str], problem: Problem, digits: Digits, *, repeats: int, box: float) -> list[Entry]:
    """The results of all, each prepared by itself and then run `repeats` times in turns, every other time backwards."""
    guests = []
    for name in names:
        print(f"preparing {name} for {problem.input} input", file=sys.stderr, flush=True)
        guests.append(Guest(name, problem, digits, box))
    for turn in range(repeats):
        print(f"turn {turn + 1} of {repeats}", file=sys.stderr, flush=True)
        for guest in guests[:: -1 if turn % 2 else 1]:
            guest.run()
    return [guest.leave() for guest in guests]
