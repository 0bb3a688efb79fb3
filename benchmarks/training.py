"""Training beside scikit-learn and PyTorch: 784-100-10, the same digits, to the same accuracy on validation digits.

    python benchmarks/training.py [--repeats 3] [--seed 0] [--epochs 40]

First our trainer runs to its end with its defaults (`ann.Training`). The validation accuracy that it ends with is what
the others train to, scored on the same held-out digits after each epoch; test digits are shown once, when all is over.
In turns; time includes the scoring, but no import. PyTorch has our schedule (Adam, batches, cosine, decay), and its own
defaults too; scikit-learn has its defaults, and our batch and step. Whoever has not got there by the last epoch is said
to be short.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from ann import Training, train
from data import Digits, load_digits
from usage import load

Predict = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Course:
    """What everyone learns from.

    learn, validation  the digits to train on, and those that decide when to stop
    training           our options, complete
    epochs             the most that anyone may take
    threads            that each may use
    """

    learn: Digits
    validation: Digits
    training: Training
    epochs: int
    threads: int


def sklearn_epochs(course: Course, ours: bool) -> Iterator[Predict]:
    """scikit-learn's MLPClassifier, epoch by epoch; with our batch and step, or its defaults. Imported by the call."""
    from sklearn.neural_network import MLPClassifier

    step, _ = course.training.chosen()
    options: dict[str, Any] = {"batch_size": course.training.batch, "learning_rate_init": step} if ours else {}
    model = MLPClassifier(course.training.sizes[1:-1], random_state=course.training.seed, **options)

    def epochs() -> Iterator[Predict]:
        for _ in range(course.epochs):
            model.partial_fit(course.learn.images, course.learn.labels, classes=np.arange(10))
            yield model.predict

    return epochs()


def torch_epochs(course: Course, ours: bool) -> Iterator[Predict]:
    """A plain loop in PyTorch, epoch by epoch; with our batch, step, cosine and decay, or Adam as it comes. The call
    imports it and builds the model."""
    import torch
    from torch import nn

    torch.set_num_threads(course.threads)
    torch.manual_seed(course.training.seed)
    inputs, hidden, outputs = course.training.sizes
    model = nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, outputs))
    images, labels = torch.from_numpy(course.learn.images), torch.from_numpy(course.learn.labels)
    batch = course.training.batch
    steps = course.training.epochs * -(-len(labels) // batch)
    step, decay = course.training.chosen()
    optimizer = (
        torch.optim.AdamW(model.parameters(), lr=step, weight_decay=decay, fused=True)
        if ours
        else torch.optim.Adam(model.parameters(), fused=True)
    )
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps) if ours else None

    def predict(shown: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return model(torch.from_numpy(shown)).argmax(dim=1).numpy()

    def epochs() -> Iterator[Predict]:
        for _ in range(course.training.epochs if ours else course.epochs):
            for some in torch.randperm(len(labels)).split(batch):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(images[some]), labels[some]).backward()
                optimizer.step()
                if cosine:
                    cosine.step()
            yield predict

    return epochs()


CONTESTANTS: dict[str, Callable[[Course], Iterator[Predict]]] = {
    "PyTorch, our schedule": lambda course: torch_epochs(course, True),
    "PyTorch, Adam as it comes": lambda course: torch_epochs(course, False),
    "scikit-learn, our batch and step": lambda course: sklearn_epochs(course, True),
    "scikit-learn, defaults": lambda course: sklearn_epochs(course, False),
}


@dataclass(frozen=True)
class Outcome:
    """How one training went: seconds by the clock and of cores used, epochs, accuracy on validation digits (the best)
    and on test digits."""

    seconds: float
    core_seconds: float
    epochs: int
    validation: float
    test: float
    reached: bool


def ours(course: Course, whole: Digits, test: Digits) -> Outcome:
    """Our trainer, to its end."""
    start, used = time.perf_counter(), time.process_time()
    trained = train(whole.images, whole.labels, course.training)
    took, used = time.perf_counter() - start, time.process_time() - used
    right = float((trained.model.classify(test.images) == test.labels).mean())
    return Outcome(took, used, len(trained.history), trained.history[-1].validation_accuracy, right, True)


def theirs(course: Course, epochs: Iterator[Predict], target: float, test: Digits) -> Outcome:
    """Another, imported and built, until it scores the target on validation digits, or has no more epochs."""
    best, number, start, before = 0.0, 0, time.perf_counter(), time.process_time()
    for predict in epochs:
        number += 1
        best = max(best, float((predict(course.validation.images) == course.validation.labels).mean()))
        took, used = time.perf_counter() - start, time.process_time() - before
        if best >= target:
            break
    return Outcome(took, used, number, best, float((predict(test.images) == test.labels).mean()), best >= target)


def main() -> None:
    """Trains all in turns, and prints the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--repeats", type=int, default=3, help="trainings of each, in turns")
    parser.add_argument("--seed", type=int, default=0, help="of the first; the next have the next")
    parser.add_argument("--epochs", type=int, default=40, help="the most that the others may take")
    parser.add_argument("--threads", type=int, default=2, help="threads for the others; ours takes one")
    given = parser.parse_args()
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    whole, test, before = load_digits("train"), load_digits("test"), load()
    found: dict[str, list[Outcome]] = {}
    missing: dict[str, str] = {}
    for seed in range(given.seed, given.seed + given.repeats):
        training = Training(seed=seed).complete()
        validation = held_out(training, len(whole))
        learn = np.setdiff1d(np.arange(len(whole)), validation)
        course = Course(whole[learn], whole[validation], training, given.epochs, given.threads)
        first = ours(course, whole, test)
        found.setdefault("ours", []).append(first)
        print(f"seed {seed}, ours: {first}", file=sys.stderr)
        for name, contestant in CONTESTANTS.items():
            try:
                with threadpool_limits(given.threads):
                    outcome = theirs(course, contestant(course), first.validation, test)
            except ImportError as error:
                missing[name] = str(error)
            else:
                found.setdefault(name, []).append(outcome)
                print(f"seed {seed}, {name}: {outcome}", file=sys.stderr)
    print(table(found))
    print("".join(f"\nmissing: {name} ({why})" for name, why in missing.items()))
    print(f"\nload {before} before, {load()} after, {os.cpu_count()} cores")


def held_out(training: Training, count: int) -> np.ndarray:
    """The digits that `ann.train` holds out with these options: it draws them after the starting weights."""
    from ann import MLP

    rng = np.random.default_rng(training.seed)
    MLP.random(training.sizes, activation=training.activation, rng=rng)
    return rng.permutation(count)[: training.validation]


def table(found: dict[str, list[Outcome]]) -> str:
    """Medians over the repeats; the ratio of times is that of pairs in the same turn."""
    lines = [
        "| trainer | s | range | ÷ ours | core-s | ÷ ours | epochs | validation % | test % | got there |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    mine = np.array([(outcome.seconds, outcome.core_seconds) for outcome in found["ours"]])
    for name, outcomes in found.items():
        times = np.array([(outcome.seconds, outcome.core_seconds) for outcome in outcomes])
        (clock, cores), (by_clock, by_cores) = np.median(times, axis=0), np.median(times / mine, axis=0)
        validation, test = (
            100 * float(np.mean([getattr(outcome, part) for outcome in outcomes])) for part in ("validation", "test")
        )
        lines.append(
            f"| {name} | {clock:.1f} | {times[:, 0].min():.1f}–{times[:, 0].max():.1f} | {by_clock:.2f} | "
            f"{cores:.1f} | {by_cores:.2f} | {np.median([outcome.epochs for outcome in outcomes]):.0f} | "
            f"{validation:.2f} | {test:.2f} | {sum(outcome.reached for outcome in outcomes)} of {len(outcomes)} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
