"""The command `analogy`: reads options, makes one library call, prints what came of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID
    from rich.table import Table

    from compare.comparison import Comparison
    from compare.score import Score

app = typer.Typer(
    name="analogy",
    help="Handwritten digits, read by a standard neural network and by spiking cells: how alike are the two?",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
debugging = False
INTERRUPTED = 130  # what a shell expects after Ctrl-C
USAGE_ERROR: Any = typer.BadParameter.__mro__[1]  # typer has no public name for the class of all it finds amiss


def main() -> None:
    """Runs the command: bad input ends it with one line and exit code 2, Ctrl-C with 130."""
    try:
        code = app(standalone_mode=False) or 0  # typer makes Ctrl-C a code too
    except USAGE_ERROR as error:
        complain(error.format_message())
        code = 2
    except (ValueError, OSError, MemoryError) as error:
        if debugging:
            raise
        complain(told(error))
        code = 2
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    if code == INTERRUPTED:
        complain("stopped; what had been written is whole")
    raise SystemExit(code)


def told(error: Exception) -> str:
    """An error in words, with the file where the system only gave a number."""
    if isinstance(error, OSError) and error.errno is not None:
        return f"{error.filename}: {(error.strerror or 'cannot be used').lower()}: check the path"
    return str(error) or "there is not enough memory for this"


def complain(message: str) -> None:
    """One line on stderr."""
    print(f"analogy: {' '.join(message.split())}", file=sys.stderr)


@app.callback(invoke_without_command=True)
def shared(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
    show_version: Annotated[bool, typer.Option("--version", help="Show the version and stop.")] = False,
) -> None:
    """Options for every command."""
    global debugging
    debugging = debug
    if show_version:
        print(f"neural-analogy {version('neural-analogy')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())


SIZES = typer.Option(help="Units a layer, from 784 pixels to 10 outputs.")
SEED = typer.Option(help="Of all randomness: the same seed gives the same numbers.")
DATA = typer.Option(help="A folder of IDX files of 28×28 images to use instead of MNIST.")


@app.command()
def compare(
    activation: Annotated[str, typer.Option(help="Of the standard network: relu, sigmoid.")] = "relu,sigmoid",
    sizes: Annotated[str, SIZES] = "784,100,10",
    digits: Annotated[int | None, typer.Option(help="How many test digits, evenly spread. (default: all)")] = None,
    duration: Annotated[float, typer.Option(metavar="MS", help="How long each digit is shown.")] = 100,
    dt: Annotated[float, typer.Option(metavar="MS", help="Step of the simulation.")] = 1,
    inputs: Annotated[
        str, typer.Option("--input", help="How digits reach the cells: steady currents, an eye of LIF cells, noise.")
    ] = "current,lif,poisson",
    align: Annotated[
        str, typer.Option(help="What of the two curves is laid on each other: threshold or slope.")
    ] = "threshold",
    r_max: Annotated[float, typer.Option(metavar="HZ", help="The rate that a full activation maps to.")] = 200,
    tau_m: Annotated[float | None, typer.Option(metavar="MS", help="Membrane time constant. (default: 20)")] = None,
    t_ref: Annotated[
        float | None, typer.Option(metavar="MS", help="Refractory time. (default: relu 2, sigmoid 4)")
    ] = None,
    tau_syn: Annotated[float | None, typer.Option(metavar="MS", help="Decay of a synapse. (default: 5)")] = None,
    noise: Annotated[
        float | None,
        typer.Option(metavar="SD", help="Of the membrane, in thresholds of 20 mV. (default: relu 0, sigmoid 0.25)"),
    ] = None,
    reset: Annotated[
        str | None, typer.Option(help="What a spike leaves: subtract or zero. (default: subtract)")
    ] = None,
    recalibrate: Annotated[
        bool, typer.Option("--recalibrate", help="Fit the mapping to the changed cell, instead of seeing what breaks.")
    ] = False,
    seed: Annotated[int, SEED] = 0,
    data: Annotated[Path | None, DATA] = None,
    model: Annotated[Path | None, typer.Option(help="A trained network to compare, from `analogy train`.")] = None,
    out: Annotated[Path, typer.Option(help="The folder for scores and figures.")] = Path("out"),
    workers: Annotated[int | None, typer.Option(help="Processes. (default: one a core)")] = None,
    figures: Annotated[bool, typer.Option(help="Draw the figures.")] = True,
) -> None:
    """Show the same digits to standard networks and to their spiking twins, score both, and draw it."""
    given = {"tau_m": si(tau_m), "t_ref": si(t_ref), "tau_syn": si(tau_syn), "noise": noise, "reset": reset}
    cell = {name: value for name, value in given.items() if value is not None}
    from compare.comparison import Options, run_comparison, timed
    from compare.output import prepare, scores_json, write_json
    from compare.score import score

    options = Options(
        activations=names(activation),
        inputs=names(inputs),
        sizes=numbers(sizes),
        digits=digits,
        duration=duration / 1e3,
        dt=dt / 1e3,
        align=align,
        r_max=r_max,
        cell=cell,
        recalibrate=recalibrate,
        seed=seed,
        data=data,
        model=model,
    )
    if workers is not None and workers < 1:
        raise ValueError(f"{workers} workers: choose at least 1")
    prepare(out)
    with progress_bars() as report:
        comparison = run_comparison(options, workers=workers, progress=report)
        stages = comparison.timing["stages"]
        with timed(stages, "score"):
            scores = [score(pair) for pair in comparison.pairs]
        write_json(out / "scores.json", scores_json(comparison, scores))
    show(table(comparison, scores))
    if figures:
        from compare.figures import draw_all

        with timed(stages, "figures"):
            draw_all(list(zip(comparison.pairs, scores, strict=True)), out, workers=workers)
    write_json(out / "timing.json", comparison.timing)
    wrote = (
        "scores, timing and figures are in {}: open accuracy.png first" if figures else "scores and timing are in {}"
    )
    print(wrote.format(out.resolve()))


@app.command()
def train(
    out: Annotated[Path, typer.Option(help="The file for the network, .npz.")] = Path("model.npz"),
    activation: Annotated[str, typer.Option(help="relu or sigmoid.")] = "relu",
    sizes: Annotated[str, SIZES] = "784,100,10",
    epochs: Annotated[int, typer.Option(help="Passes over the training digits.")] = 20,
    optimizer: Annotated[str, typer.Option(help="adam or sgd.")] = "adam",
    step: Annotated[float | None, typer.Option(help="First step size. (default: as chosen on held-out digits)")] = None,
    seed: Annotated[int, SEED] = 0,
    data: Annotated[Path | None, DATA] = None,
) -> None:
    """Train a standard network by backpropagation and keep it in a file; Ctrl-C keeps what was learned."""
    from ann import Training, save_model
    from ann import train as learn
    from compare.cache import provenance
    from compare.comparison import check_sizes
    from compare.output import prepare
    from data import load_digits

    check_sizes(numbers(sizes))
    if out.is_dir():
        raise IsADirectoryError(f"{out}: is a folder: name a file for the network")
    training = Training(numbers(sizes), activation, seed=seed, epochs=epochs, optimizer=optimizer, step=step)
    prepare(out.parent)
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
    accuracy = float((trained.model.classify(test.images) == test.labels).mean())
    save_model(out, trained.model, provenance(training, digits, trained.history) | {"test_accuracy": accuracy})
    ended = f"stopped after {len(trained.history)} of {epochs} epochs" if trained.interrupted else f"{epochs} epochs"
    print(f"{ended}: {accuracy:.2%} of {len(test):,} test digits; the network is in {out}")


def si(milli: float | None) -> float | None:
    """Milliseconds in seconds."""
    return None if milli is None else milli / 1e3


def names(text: str) -> tuple[str, ...]:
    """The parts of "relu,sigmoid"."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def numbers(text: str) -> tuple[int, ...]:
    """The parts of "784,100,10". Raises ValueError where one is not a whole number."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise ValueError(f'sizes "{text}": must be whole numbers with commas between, as in 784,100,10') from None


@contextmanager
def progress_bars() -> Iterator[Any]:
    """A bar for each stage that reports; on a terminal only."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description:<14}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=False) as bars:
        yield reporter(bars)


def reporter(bars: Progress) -> Any:
    """A function that shows how far a stage has come: stage, done, total, note."""
    stages: dict[str, TaskID] = {}

    def report(stage: str, done: int, total: int, note: str) -> None:
        if stage not in stages:
            stages[stage] = bars.add_task(stage, total=total, note=note)
        bars.update(stages[stage], completed=done, note=note)

    return report


def table(comparison: Comparison, scores: list[Score]) -> Table:
    """Each standard network beside its spiking twin, a pair a line."""
    from rich.table import Table

    first = comparison.pairs[0].twin
    title = f"{scores[0].digits:,} digits, {'-'.join(map(str, first.model.sizes))}, {first.duration * 1e3:g} ms each"
    shown = Table(title=title)
    measured = ("MLP %", "spiking %", "lost", "same answer %", "Pearson", "RMSE", "on/off", "spikes", "to ½ pt")
    for name in ("network", "input"):
        shown.add_column(name)
    for name in measured:
        shown.add_column(name, justify="right")
    for pair, score in zip(comparison.pairs, scores, strict=True):
        hidden = score.layers[0]
        within = score.ms_to_within_half_point
        shown.add_row(
            pair.twin.model.activation,
            pair.twin.input,
            f"{100 * score.ann_accuracy:.2f}",
            f"{100 * score.bio_accuracy:.2f}",
            f"{100 * (score.ann_accuracy - score.bio_accuracy):+.2f}",
            f"{100 * score.same_answer:.1f}",
            "–" if hidden.pearson is None else f"{hidden.pearson:.3f}",
            f"{hidden.rmse:.3f}",
            "–" if hidden.mcc is None else f"{hidden.mcc:.3f}",
            f"{score.spikes_per_digit + score.input_spikes_per_digit:,.0f}",
            "never" if within is None else f"{within:g} ms",
        )
    return shown


def show(shown: Table) -> None:
    """Prints a table, as wide as it needs where no terminal limits it."""
    from rich.console import Console

    console = Console()
    (console if console.is_terminal else Console(width=120)).print(shown)
