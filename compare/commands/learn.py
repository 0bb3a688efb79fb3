"""`analogy learn`: a spiking network that learns by spike timing, with no gradient, and how well it reads."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from compare.commands.terminal import DATA, SEED, StoppedError, progress_bars

if TYPE_CHECKING:
    from bio.stdp import LearnedNetwork, Learning, State
    from compare.comparison import Progress
    from compare.learning import Reading
    from data import Digits

PICTURE_EVERY = 5_000  # digits, while learning
TRIAL = 20  # digits, to say how long it will take


def learn(
    cells: Annotated[int, typer.Option(help="How many; each comes to stand for one kind of digit.")] = 100,
    passes: Annotated[int, typer.Option(help="Over the training digits.")] = 1,
    out: Annotated[Path, typer.Option(help="The folder for network, scores, figures and checkpoint.")] = Path(
        "out/learn"
    ),
    score: Annotated[
        bool, typer.Option("--score", help="Learn nothing: score the network that comes with the package.")
    ] = False,
    engine: Annotated[
        str | None, typer.Option(show_default="cpp with a C++ compiler, else numpy", help="What runs the cells.")
    ] = None,
    seed: Annotated[int, SEED] = 0,
    data: Annotated[Path | None, DATA] = None,
) -> None:
    """Let spiking cells learn digits by spike timing alone, and score them; a run that was stopped is gone on with."""
    from bio.stdp import Learning, load_learned
    from compare.files import prepare_folder
    from compare.learning import read_digits
    from data import load_digits

    learning = Learning(cells, seed, passes)
    network = load_learned(cells) if score else None
    prepare_folder(out)
    test = load_digits("test", data)
    with progress_bars() as report:
        if network is None:
            network = taught(load_digits("train", data), learning, out, engine, report)
        reading = read_digits(network, test, seed=seed, engine=engine, progress=report)
    options = {"cells": cells, "passes": passes, "score": score, "seed": seed}
    write(network, reading, options, test, out, keep=not score)
    print(told(network, reading))
    print(f"numbers and figures are in {out.resolve()}: open fields.png first")


def taught(digits: Digits, learning: Learning, out: Path, engine: str | None, report: Progress) -> LearnedNetwork:
    """Learns, from the checkpoint in the folder on where there is one. Raises StoppedError on Ctrl-C."""
    from compare.learning import learned

    checkpoint = out / "checkpoint.npz"
    try:
        if not checkpoint.exists():
            print(forecast(digits, learning, engine))
        network = learned(
            digits, learning, engine=engine, checkpoint=checkpoint, on_state=pictures(out, digits), progress=report
        )
    except KeyboardInterrupt:
        raise StoppedError(f"stopped; the same command goes on from the last thousand digits in {checkpoint}") from None
    return network


def forecast(digits: Digits, learning: Learning, engine: str | None) -> str:
    """How long it will take, from showing a few digits."""
    from bio.stdp import seconds_a_digit

    seconds = seconds_a_digit(digits.images[:TRIAL], learning, engine=engine)
    total = max(seconds * len(digits) * learning.passes / 60, 1)
    return (
        f"learning takes about {total:,.0f} minutes here ({1e3 * seconds:.1f} ms a digit at first, more as thresholds "
        f"rise); labelling the cells then takes no longer than a pass"
    )


def pictures(out: Path, digits: Digits) -> Callable[[State], None]:
    """Draws the receptive fields as they emerge, now and then."""

    def draw(state: State) -> None:
        if state.shown % PICTURE_EVERY:
            return
        from bio.stdp import LearnedNetwork
        from bio.stdp.labels import tuning
        from compare.receptive_fields import fields_figure
        from compare.style import save, styled

        network = LearnedNetwork(state.weights, state.theta, tuning(state.recent, digits.labels[state.which]))
        with styled():
            save(fields_figure(network), out / "fields-so-far")

    return draw


def write(
    network: LearnedNetwork, reading: Reading, options: dict[str, Any], test: Digits, out: Path, *, keep: bool
) -> None:
    """Scores, figures, and the network itself where it is a new one."""
    from dataclasses import replace

    from bio.stdp import save_learned
    from compare.figures import clear
    from compare.files import write_json
    from compare.learning import learn_json
    from compare.provenance import manifest_entry, versions
    from compare.receptive_fields import fields_figure, growth_figure
    from compare.style import save, styled

    manifest = {
        **versions(),
        **manifest_entry(),
        "data_sha256": dict(test.sha256),
        "options": options,
        "network": network.meta,
    }
    content = learn_json(network, reading, manifest)
    write_json(out / "learn.json", content)
    if keep:
        about = {name: content[name] for name in ("accuracy", "interval", "accuracy_by_vote", "digits")}
        meta = {"made": time.strftime("%Y-%m-%d", time.gmtime()), **manifest_entry(), **network.meta, "test": about}
        save_learned(out / f"{network.cells}.npz", replace(network, meta=meta))
    with styled():
        written = save(fields_figure(network, reading.accuracy), out / "fields")
        growth = network.meta.get("accuracy_so_far")
        if growth:
            written += save(growth_figure(growth, network.cells), out / "growth")
    clear(out, ("fields-so-far", "growth"), written)


def told(network: LearnedNetwork, reading: Reading) -> str:
    """What it comes to, in a sentence."""
    scores = reading.as_json()
    low, high = scores["interval"]
    return (
        f"{network.cells} cells that saw {network.meta.get('digits_trained', 0):,} digits read "
        f"{reading.accuracy:.2%} of {scores['digits']:,} test digits ({low:.2%} to {high:.2%}); "
        f"by the vote of all cells {scores['accuracy_by_vote']:.2%}"
    )
