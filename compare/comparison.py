"""The main job: trains or recalls the standard networks, translates them, and shows both sides the same digits."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from ann import MLP, Epoch, Training, load_model
from bio.network import check_time
from compare.cache import trained_model
from compare.mapping import calibrate
from compare.options import Options, check_hidden
from compare.pair import Pair, Twin
from compare.parallel import run_all
from compare.provenance import manifest_entry, versions
from compare.retune import retuned
from data import Digits, load_digits

SCHEMA = 1
CALIBRATION_DIGITS = 5_000  # taken evenly from the training digits
#: called with a stage, how much of it is done, how much there is, and a word on how it goes
Progress = Callable[[str, int, int, str], None]


@dataclass(frozen=True, eq=False)
class Prepared:
    """All that there is before anything is simulated.

    options      that asked for it
    twins        the networks, each with its spiking counterpart
    digits       the test digits to show
    calibration  the training digits that the mapping was calibrated on
    data_sha256  of the four files used
    stages       how long each stage took so far, s
    """

    options: Options
    twins: list[Twin]
    digits: Digits
    calibration: Digits
    data_sha256: dict[str, str]
    stages: dict[str, float]

    def with_digits(self, count: int | None) -> Prepared:
        """The same with this many of the digits, evenly spread; None: all."""
        return self if count is None else replace(self, digits=self.digits.spread(count))

    def manifest(self) -> dict[str, Any]:
        """What makes the numbers: versions, seed, data and options."""
        found = versions()
        return {
            "version": found.pop("neural-analogy"),
            **found,
            "seed": self.options.seed,
            "data_sha256": self.data_sha256,
            "options": self.options.as_json() | self.models(),
            **manifest_entry(),
        }

    def models(self) -> dict[str, Any]:
        """Which networks they are; of one from a file, its SHA-256 too."""
        models = [twin.model for twin in self.twins]
        used: dict[str, Any] = {
            "activations": list(dict.fromkeys(model.activation for model in models)),
            "sizes": list(models[0].sizes),
        }
        if self.options.model is not None:
            used["model_sha256"] = hashlib.sha256(self.options.model.read_bytes()).hexdigest()
        return used


@dataclass(frozen=True, eq=False)
class Comparison:
    """The pairs, what they were made from, and how long each stage took.

    timing  {"stages": {stage: seconds}, "pairs": [{"activation", "input", "digits", "core_seconds", …}]}
    """

    prepared: Prepared
    pairs: list[Pair]
    timing: dict[str, Any]


def prepared(
    options: Options, *, hidden: bool = False, progress: Progress = lambda stage, done, total, note: None
) -> Prepared:
    """The twins that the options ask for, trained or recalled and translated, and the digits to show them; with
    `hidden`, only networks that have a hidden layer.

    Raises ValueError or OSError for options, data or a model that cannot be used, KeyboardInterrupt when training was
    interrupted.
    """
    stages: dict[str, float] = {}
    with timed(stages, "load"):
        training_digits = load_digits("train", options.data)
        all_test_digits = load_digits("test", options.data)
        digits = all_test_digits if options.digits is None else all_test_digits.spread(options.digits)
    models = list(networks(options, training_digits, progress, stages, hidden=hidden))
    with timed(stages, "calibrate"):
        calibration = training_digits.spread(min(CALIBRATION_DIGITS, len(training_digits)))
        twins = [twin for model in models for twin in translate(model, options, calibration)]
    hashes = {
        f"{split}-{part}": value
        for split, loaded in (("train", training_digits), ("test", digits))
        for part, value in loaded.sha256.items()
    }
    return Prepared(options, twins, digits, calibration, hashes, stages)


def run_comparison(
    options: Options,
    *,
    workers: int | None = None,
    hidden: bool = False,
    progress: Progress = lambda stage, done, total, note: None,
) -> Comparison:
    """Every pair that the options ask for, in their order; raises what `prepared` raises."""
    ready = prepared(options, hidden=hidden, progress=progress)
    twins, digits = ready.twins, ready.digits
    with timed(ready.stages, "simulate"):
        seen = 0

        def on_done(count: int) -> None:
            nonlocal seen
            seen += count
            progress("simulate", seen, len(twins) * len(digits), "")

        answers = run_all([twin.job(digits) for twin in twins], workers=workers, on_done=on_done)
    pairs = [Pair(twin, digits, response) for twin, (response, _) in zip(twins, answers, strict=True)]
    speeds = [
        {
            "activation": twin.model.activation,
            "retuned": twin.retuned,
            "input": twin.input,
            "digits": len(digits),
            "core_seconds": round(seconds, 3),
            "digits_per_core_second": round(len(digits) / seconds, 1),
        }
        for twin, (_, seconds) in zip(twins, answers, strict=True)
    ]
    return Comparison(ready, pairs, {"stages": ready.stages, "pairs": speeds})


def networks(
    options: Options, digits: Digits, progress: Progress, stages: dict[str, float], *, hidden: bool
) -> Iterator[MLP]:
    """The standard networks, one an activation: from the file given, from the cache, or trained now."""
    if options.model is not None:
        model, _ = load_model(options.model)
        if (model.sizes[0], model.sizes[-1]) != (784, 10):
            raise ValueError(f"{options.model}: has sizes {model.sizes}, but must lead from 784 pixels to 10 outputs")
        if hidden:
            check_hidden(model.sizes)
        yield model
        return
    if hidden:
        check_hidden(options.sizes)
    for activation in dict.fromkeys(options.activations):
        training = Training(sizes=options.sizes, activation=activation, seed=options.seed)

        def on_epoch(epoch: Epoch, stage: str = f"train {activation}", total: int = training.epochs) -> None:
            progress(
                stage, epoch.number, total, f"loss {epoch.loss:.4f}, {epoch.validation_accuracy:.2%} on new digits"
            )

        with timed(stages, f"train {activation}"):
            yield trained_model(training, digits, on_epoch=on_epoch)


def translate(model: MLP, options: Options, calibration: Digits) -> Iterator[Twin]:
    """The model's twin for each input, and the same retuned where asked; a changed cell is put in after calibration,
    or before it."""
    changed = options.cell_for(model.activation)
    mapping = calibrate(
        model,
        calibration.images,
        cell=changed if options.recalibrate else None,
        align=options.align,
        r_max=options.r_max,
        duration=options.duration,
        dt=options.dt,
    )
    shown = check_time(options.duration, options.dt) * options.dt  # in whole steps
    for retune in (False, True) if options.retune else (False,):
        network = mapping.network(retuned(model, mapping, calibration.images) if retune else model, changed)
        for name in dict.fromkeys(options.inputs):
            yield Twin(
                model, mapping, network, options.align, name, shown, options.dt, options.seed, retune, options.engine
            )


@contextmanager
def timed(stages: dict[str, float], name: str) -> Iterator[None]:
    """Adds the seconds that the block takes to `stages`."""
    start = time.perf_counter()
    yield
    stages[name] = round(time.perf_counter() - start, 3)
