"""The options that say which pairs of networks to make, for every command that makes some: declared once, here."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from compare.commands.terminal import ACTIVATION_NAMES, DATA, SEED, SIZES, names, numbers, si

if TYPE_CHECKING:
    from compare.options import Options


def options_from(
    activation: Annotated[str, typer.Option(help=f"Of the standard network: {ACTIVATION_NAMES}.")] = "relu,sigmoid",
    sizes: Annotated[str, SIZES] = "784,100,10",
    digits: Annotated[int | None, typer.Option(show_default="all", help="How many test digits, evenly spread.")] = None,
    duration: Annotated[float, typer.Option(metavar="MS", help="How long each digit is shown.")] = 100,
    dt: Annotated[float, typer.Option(metavar="MS", help="Step of the simulation.")] = 1,
    inputs: Annotated[
        str, typer.Option("--input", help="How digits reach the cells: steady currents, an eye of LIF cells, noise.")
    ] = "current,lif,poisson",
    align: Annotated[
        str, typer.Option(help="What of the two curves is laid on each other: threshold or slope.")
    ] = "threshold",
    r_max: Annotated[float, typer.Option(metavar="HZ", help="The rate that a full activation maps to.")] = 200,
    tau_m: Annotated[
        float | None, typer.Option(metavar="MS", show_default="20", help="Membrane time constant.")
    ] = None,
    t_ref: Annotated[
        float | None, typer.Option(metavar="MS", show_default="2, of a sigmoid 4", help="Refractory time.")
    ] = None,
    tau_syn: Annotated[float | None, typer.Option(metavar="MS", show_default="5", help="Decay of a synapse.")] = None,
    noise: Annotated[
        float | None,
        typer.Option(
            metavar="SD",
            show_default="0, of a sigmoid and noisy-lif 0.25",
            help="Of the membrane, in thresholds of 20 mV.",
        ),
    ] = None,
    reset: Annotated[
        str | None, typer.Option(show_default="subtract", help="What a spike leaves: subtract or zero.")
    ] = None,
    recalibrate: Annotated[
        bool, typer.Option("--recalibrate", help="Fit the mapping to the changed cell, instead of seeing what breaks.")
    ] = False,
    retune: Annotated[
        bool, typer.Option("--retune", help="Beside each twin, one whose weights are refitted to its cells' rates.")
    ] = False,
    engine: Annotated[
        str, typer.Option(help="What runs the cells: numpy; with a C++ compiler, cpp (faster) or cython (no faster).")
    ] = "numpy",
    seed: Annotated[int, SEED] = 0,
    data: Annotated[Path | None, DATA] = None,
    model: Annotated[
        Path | None, typer.Option(help="A trained network to use, from `analogy train`; it brings its activation.")
    ] = None,
) -> Options:
    """The options in SI units. Raises ValueError, in one line, for what cannot be."""
    from compare.options import Options

    given = {"tau_m": si(tau_m), "t_ref": si(t_ref), "tau_syn": si(tau_syn), "noise": noise, "reset": reset}
    return Options(
        activations=names(activation),
        inputs=names(inputs),
        sizes=numbers(sizes),
        digits=digits,
        duration=duration / 1e3,
        dt=dt / 1e3,
        align=align,
        r_max=r_max,
        cell={name: value for name, value in given.items() if value is not None},
        recalibrate=recalibrate,
        retune=retune,
        engine=engine,
        seed=seed,
        data=data,
        model=model,
    )


def takes_options(
    made: Callable[..., Any] = options_from, **defaults: Any
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Gives a command the options above, with some other defaults, ahead of its own; it gets them as one `Options`, or
    as what else is `made` of them."""
    shared = inspect.signature(options_from).parameters
    hints = get_type_hints(options_from, localns={"Options": Any}, include_extras=True)

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = list(inspect.signature(command).parameters.values())[1:]
        own_hints = get_type_hints(command, localns={"Options": Any}, include_extras=True)

        @functools.wraps(command)
        def run(**given: Any) -> None:
            command(made(**{name: given.pop(name) for name in shared}), **given)

        parameters = [
            p.replace(default=defaults.get(p.name, p.default), annotation=hints[p.name]) for p in shared.values()
        ]
        parameters += [p.replace(annotation=own_hints[p.name]) for p in own]
        keyword = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in parameters]
        run.__signature__ = inspect.Signature(keyword)  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in keyword}
        del run.__wrapped__  # or its signature would be looked at instead
        return run

    return decorate


def check_one(options: Options, kinds: tuple[str, ...], why: str) -> None:
    """Raises ValueError, which says why one is wanted, where several are named of a kind."""
    for kind in kinds:
        several: tuple[str, ...] = getattr(options, kind)
        if len(several) > 1:
            raise ValueError(f"{kind} {','.join(several)}: {why}: name one")
