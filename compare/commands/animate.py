"""`analogy animate`: one digit through both networks, as a film."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from compare.commands.options import check_one, takes_options
from compare.commands.terminal import progress_bars

if TYPE_CHECKING:
    from compare.options import Options


@takes_options(activation="relu", sizes="784,16,16,10", inputs="lif")
def animate(
    options: Options,
    number: Annotated[int, typer.Option(help="Which of the test digits, from 0; with --digits, of those.")] = 0,
    out: Annotated[Path, typer.Option(help="The film: .gif, or with ffmpeg .mp4 or .webm.")] = Path("digit.gif"),
) -> None:
    """Film one digit: the standard network lights up layer by layer, the spiking one spike by spike."""
    from compare.animation import animate as film
    from compare.animation import check_ending
    from compare.comparison import prepared
    from compare.files import check_file, prepare_folder
    from data import load_digits

    check_one(options, ("activations", "inputs"), "a film shows one pair")
    if options.retune:
        raise ValueError("a film shows one pair: leave --retune out")
    there = len(load_digits("test", options.data))
    digits = min(options.digits or there, there)
    if not 0 <= number < digits:
        raise ValueError(f"digit {number}: there are digits 0 to {digits - 1}: choose one of them")
    check_ending(out)
    check_file(out)
    prepare_folder(out.parent)
    with progress_bars() as report:
        ready = prepared(options, progress=report)
    (twin,) = ready.twins
    film(twin, ready.digits[number : number + 1], out)
    print(f"the film of a {ready.digits.labels[number]} is {out.resolve()}")
