"""Trains a network by spike timing, labels its cells on training digits, and scores it on test digits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from joblib import delayed

from bio.stdp import LearnedNetwork, Learning, State, labelled, learn, respond
from compare.comparison import Progress
from compare.provenance import versions
from compare.score import rounded_floats, wilson
from compare.workers import in_processes
from data import Digits

SCHEMA = 1
CHUNK = 1_000  # digits from one report of progress to the next


@dataclass(frozen=True, eq=False)
class Reading:
    """How well a network that learned reads digits.

    answers  (n,), by Diehl & Cook's rule: the class whose cells fire most on average
    votes    (n,), by the vote of all cells
    counts   int32 (n, cells), spikes
    labels   (n,), what the digits are
    """

    answers: np.ndarray
    votes: np.ndarray
    counts: np.ndarray
    labels: np.ndarray

    @property
    def accuracy(self) -> float:
        """The fraction of digits whose answer is right."""
        return float((self.answers == self.labels).mean())

    def as_json(self) -> dict[str, Any]:
        """Fractions, with 95 % intervals, and means."""
        right, by_vote = self.answers == self.labels, self.votes == self.labels
        classes = np.unique(self.labels)
        return {
            "digits": len(self.labels),
            "accuracy": self.accuracy,
            "interval": wilson(right),
            "accuracy_by_vote": float(by_vote.mean()),
            "interval_by_vote": wilson(by_vote),
            "accuracy_by_class": {str(number): float(right[self.labels == number].mean()) for number in classes},
            "spikes_per_digit": float(self.counts.sum(axis=1).mean()),
            "silent_cells": int((self.counts.sum(axis=0) == 0).sum()),
        }


def read_digits(
    network: LearnedNetwork, digits: Digits, *, seed: int, engine: str | None = None, progress: Progress
) -> Reading:
    """Shows a network digits, from which it learns nothing."""

    def on_done(done: int) -> None:
        progress("test digits", done, len(digits), "")

    found = counts_of(network, digits, seed=seed, engine=engine, on_done=on_done)
    return Reading(network.answers(found), network.votes(found), found, digits.labels)


def counts_of(
    network: LearnedNetwork,
    digits: Digits,
    *,
    seed: int,
    engine: str | None = None,
    workers: int | None = 1,
    on_done: Callable[[int], None] = lambda done: None,
) -> np.ndarray:
    """int32 (n, cells): the spikes that digits evoke; the same for any engine and number of workers (None: one a core).

    Calls `on_done` with the number of digits done. Raises what `bio.stdp.respond` raises.
    """
    chunks = [digits[slice(start, start + CHUNK)] for start in range(0, len(digits), CHUNK)]
    tasks = [delayed(respond)(network, some.images, seed=seed, index=some.index, engine=engine) for some in chunks]
    counts: list[np.ndarray] = []
    for found in in_processes(tasks, workers=min(workers or joblib.cpu_count(), len(chunks))):
        counts.append(found)
        on_done(sum(map(len, counts)))
    return np.concatenate(counts)


def learned(
    digits: Digits,
    learning: Learning,
    *,
    engine: str | None = None,
    checkpoint: Path | None = None,
    on_state: Callable[[State], None] = lambda state: None,
    progress: Progress,
) -> LearnedNetwork:
    """The network that learns from training digits, passes over them as `learning` says; then its cells are labelled.

    `on_state` is called after each thousand digits. Raises what `bio.stdp.learn` raises.
    """
    total = learning.passes * len(digits)

    def on_chunk(state: State) -> None:
        progress("learn", state.shown, total, told(state))
        on_state(state)

    state = learn(digits.images, digits.labels, learning, engine=engine, checkpoint=checkpoint, on_chunk=on_chunk)
    seen = 0

    def on_digits(count: int) -> None:
        nonlocal seen
        seen += count
        progress("label cells", seen, len(digits), "")

    network, counts = labelled(state, digits.images, digits.labels, learning, engine=engine, on_digits=on_digits)
    meta = {
        "cells": learning.number,
        "seed": learning.seed,
        "passes": learning.passes,
        "digits_trained": state.shown,
        "rule": asdict(learning.rule) if learning.rule else {},
        "constants": asdict(learning.cells),
        "versions": versions(),
        "data_sha256": dict(digits.sha256),
        "training_accuracy": float((network.answers(counts) == digits.labels).mean()),
        "accuracy_so_far": state.accuracy,
    }
    return replace(network, meta=rounded_floats(meta))


def told(state: State) -> str:
    """How well the cells do so far."""
    recent = [right for _, right in state.accuracy[-5:]]
    return f"{np.mean(recent):.1%} of the last digits" if recent else ""


def learn_json(network: LearnedNetwork, reading: Reading, manifest: dict[str, Any]) -> dict[str, Any]:
    """The content of learn.json: what the network is, how well it reads, and where both came from."""
    about = {name: network.meta.get(name) for name in ("digits_trained", "passes", "seed", "accuracy_so_far")}
    scores = {"cells": network.cells, **about, **reading.as_json()}
    return {"schema": SCHEMA, "manifest": manifest, **rounded_floats(scores)}
