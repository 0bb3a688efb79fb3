"""The command `analogy`: hands on to `compare.commands`, and tells what went wrong in one line."""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from contextlib import suppress
from importlib.metadata import version
from typing import Annotated, Any

import typer

from compare.commands import terminal
from compare.commands.animate import animate
from compare.commands.budget import budget
from compare.commands.compare import compare
from compare.commands.diagnose import diagnose
from compare.commands.experiment import experiment
from compare.commands.lab import lab
from compare.commands.learn import learn
from compare.commands.live import live
from compare.commands.neuron import neuron
from compare.commands.report import report
from compare.commands.sweep import sweep
from compare.commands.tension import tension
from compare.commands.terminal import StoppedError
from compare.commands.train import train
from compare.files import CLOSED_PIPE
from compare.provenance import made_by, repeatable
from compare.sentence import in_a_line

app = typer.Typer(
    name="analogy",
    help="Handwritten digits, read by a standard neural network and by spiking cells: how alike are the two?",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
debugging = False
INTERRUPTED = 130  # what a shell expects after Ctrl-C
CLOSED = 141  # where whoever read the output went away: what a shell says of a program that the system ended for it
STOPPED = "stopped; what had been written is whole"
USAGE_ERROR: Any = typer.BadParameter.__mro__[1]  # typer has no public name for the class of all it finds amiss


def main() -> None:
    """Runs the command: bad input ends it with one line and exit code 2, Ctrl-C with 130."""
    stopped = STOPPED
    heed_ctrl_c()
    for stream in (sys.stdout, sys.stderr):  # a terminal that has no σ, or a name that is no UTF-8, costs no result
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        with made_by(repeatable(sys.argv[1:])):
            code = app(standalone_mode=False) or 0  # typer makes Ctrl-C a code too
    except SystemExit:  # what typer makes of a closed pipe
        code = CLOSED
    except USAGE_ERROR as error:
        complain(misused(error))
        code = 2
    except (ValueError, OSError, MemoryError) as error:
        if debugging:
            raise
        complain(error)
        code = 2
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except StoppedError as stop:
        code, stopped = INTERRUPTED, str(stop)
    if code == INTERRUPTED:
        complain(stopped)
    code = code or unread()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, lambda number, frame: os._exit(int(code)))  # all is said and written: at once
    raise SystemExit(code)


def unread() -> int:
    """The exit code where what was printed could not all be taken, else 0; what is left is thrown away, or Python would
    complain at the end."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno in CLOSED_PIPE:
            return CLOSED
        complain(error)
        return 2
    return CLOSED if terminal.reader_has_gone else 0


def heed_ctrl_c() -> None:
    """The first Ctrl-C stops the command, which then clears up; a second one does not wait for that. One that comes
    while an object is taken apart, whose errors Python only prints, comes again when that is over."""
    pressed, printed = False, sys.unraisablehook

    def press(number: int, frame: object) -> None:
        nonlocal pressed
        if pressed:
            os.write(2, f"analogy: {STOPPED}\n".encode())  # print may be in the middle of something
            os._exit(INTERRUPTED)
        pressed = True
        raise KeyboardInterrupt

    def once_more(error: Any) -> None:
        nonlocal pressed
        if error.exc_type is not KeyboardInterrupt:
            printed(error)
            return
        pressed = False
        threading.Timer(0.01, press_again).start()

    in_main_thread = threading.current_thread() is threading.main_thread()
    if in_main_thread and signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else another one heeds it
        signal.signal(signal.SIGINT, press)
        sys.unraisablehook = once_more


def press_again() -> None:
    """Ctrl-C, so that it wakes the main thread where it can."""
    if sys.platform != "win32":
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        signal.raise_signal(signal.SIGINT)


def misused(error: Any) -> str:
    """What typer found amiss in the words that were typed, and which command's help says what they may be."""
    said = error.format_message()
    if said.endswith("?"):  # and names what was meant
        return said
    command = error.ctx.command_path if error.ctx else "the command's"
    return f"{said.removesuffix('.')}: {command} --help says what there is"


def complain(problem: Exception | str) -> None:
    """One line on stderr, if anybody reads it."""
    with suppress(OSError):
        print(f"analogy: {in_a_line(problem)}", file=sys.stderr, flush=True)


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


for command in (compare, budget, tension, train, diagnose, neuron, experiment, report, animate, sweep, live, learn):
    app.command()(command)
app.add_typer(lab)
