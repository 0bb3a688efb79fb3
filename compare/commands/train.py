"""`analogy train`: a standard network, trained and kept in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from compare.commands.terminal import ACTIVATION_NAMES, DATA, SEED, SIZES, StoppedError, numbers, progress_bars


def train(
    out: Annotated[Path, typer.Option(help="The file for the network, .npz.")] = Path("model.npz"),
    activation: Annotated[str, typer.Option(help=f"One of {ACTIVATION_NAMES}.")] = "relu",
    sizes: Annotated[str, SIZES] = "784,100,10",
    epochs: Annotated[int, typer.Option(help="Passes over the training digits.")] = 20,
    optimizer: Annotated[str, typer.Option(help="adam or sgd.")] = "adam",
    step: Annotated[
        float | None, typer.Option(show_default="as chosen on held-out digits", help="First step size.")
    ] = None,
    jitter: Annotated[
        int, typer.Option(metavar="PIXELS", help="How far digits are moved at random each time they are learned from.")
    ] = 0,
    seed: Annotated[int, SEED] = 0,
    data: Annotated[Path | None, DATA] = None,
) -> None:
    """Train a standard network by backpropagation and keep it in a file; Ctrl-C keeps what was learned."""
    from ann import Training, save_model
    from ann import train as learn
    from compare.cache import provenance
    from compare.files import check_file, prepare_folder
    from compare.options import check_sizes
    from data import load_digits

    check_sizes(numbers(sizes))
    check_file(out)
    training = Training(numbers(sizes), activation, seed, epochs, optimizer=optimizer, step=step, jitter=jitter)
    prepare_folder(out.parent)
    digits, test = load_digits("train", data), load_digits("test", data)
    with progress_bars() as report:
        trained = learn(
            digits.images,
            digits.labels,
            training,
            on_epoch=lambda epoch: report(
                f"train {activation}", epoch.number, epochs, f"loss {epoch.loss:.4f}, {epoch.validation_accuracy:.2%}"
            ),
        )
    if not trained.history:
        raise StoppedError(f"stopped before the first epoch ended: nothing was learned, and {out} is as it was")
    accuracy = float((trained.model.classify(test.images) == test.labels).mean())
    save_model(out, trained.model, provenance(training, digits, trained.history) | {"test_accuracy": accuracy})
    ended = f"stopped after {len(trained.history)} of {epochs} epochs" if trained.interrupted else f"{epochs} epochs"
    said = f"{ended}: {accuracy:.2%} of {len(test):,} test digits; the network is in {out}"
    if trained.interrupted:
        raise StoppedError(said)
    print(said)
