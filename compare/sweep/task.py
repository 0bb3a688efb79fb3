"""What a worker does with one point: the whole way from a trained network to scores, in one process.

A task brings no more than its point and a name for what it makes; the network and the digits travel once to each worker
(`compare.sweep.pool`). Linear algebra runs on one thread, so that the last bits depend on no machine's number of cores.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from dataclasses import dataclass, replace
from typing import Any

from threadpoolctl import threadpool_limits

from ann import MLP
from bio import Response
from bio.brian import brian2
from compare.comparison import translate
from compare.pair import Pair
from compare.parallel import respond
from compare.score import Score, rounded_floats, score
from compare.sentence import in_a_line
from compare.sweep.points import Point
from data import Digits
from data.distortion import distort

SCORES = (
    *("ann_accuracy", "ann_low", "ann_high", "bio_accuracy", "bio_low", "bio_high", "lost", "same_answer", "mcnemar_p"),
    *("pearson", "rmse", "mcc", "spikes", "input_spikes", "ms_to_half_point"),
)
BRIAN2 = threading.Lock()  # which keeps its state in the process: one simulation at a time, whatever the threads


@dataclass(frozen=True)
class Outcome:
    """What came of a point.

    key      names everything that determines the scores
    scores   those of `SCORES` by name; empty where the point failed
    error    why it failed, in a line, or None
    seconds  that it took
    worker   the machine and the process that did it
    """

    key: str
    scores: dict[str, Any]
    error: str | None
    seconds: float
    worker: str

    def is_whole(self) -> bool:
        """Whether it is what `evaluate` returns, which of one from a file is to be seen."""
        kinds = ((self.error, str | None), (self.seconds, int | float), (self.worker, str), (self.scores, dict))
        if not all(isinstance(value, kind) for value, kind in kinds):
            return False
        numbers = all(value is None or is_finite(value) for value in self.scores.values())
        return numbers and set(self.scores) == (set(SCORES) if self.error is None else set())


def is_finite(value: object) -> bool:
    """Whether it is a number, and a finite one."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def evaluate(key: str, point: Point, model: MLP, digits: Digits, calibration: Digits) -> Outcome:
    """The scores of a point, or the error that it ended in: one point's failure is not that of the sweep."""
    start = time.perf_counter()
    scores: dict[str, Any] = {}
    error = None
    try:
        with BRIAN2, threadpool_limits(1, "blas"):
            scores = columns(score(pair_at(point, model, digits, calibration)))
    except Exception as problem:
        error = in_a_line(problem)
    return Outcome(key, scores, error, round(time.perf_counter() - start, 3), f"{socket.gethostname()}:{os.getpid()}")


def pair_at(point: Point, model: MLP, digits: Digits, calibration: Digits) -> Pair:
    """Both networks' answers to the test digits of a point."""
    options = point.check()
    if options.engine != "cpp":
        brian2()
    *_, twin = translate(model, options, calibration)  # the last is the retuned one, where that is asked for
    shown = digits if options.digits is None else digits.spread(options.digits)
    if point.distortion is not None:
        images = distort(shown.images, point.distortion, point.severity, seed=point.seed, index=shown.index)
        shown = replace(shown, images=images)
    response = Response.join([respond(task)[0] for task in twin.job(shown).tasks()])
    return Pair(twin, shown, response)


def columns(found: Score) -> dict[str, Any]:
    """What a row of the table says of a pair; of the layers, the first hidden one."""
    hidden = found.layers[0]
    lost = found.ann_accuracy - found.bio_accuracy
    values = (
        *(found.ann_accuracy, *found.ann_interval, found.bio_accuracy, *found.bio_interval),
        *(lost, found.same_answer, found.mcnemar_p, hidden.pearson, hidden.rmse, hidden.mcc),
        *(found.spikes_per_digit, found.input_spikes_per_digit, found.ms_to_within_half_point),
    )
    rounded: dict[str, Any] = rounded_floats(dict(zip(SCORES, values, strict=True)))
    return rounded
