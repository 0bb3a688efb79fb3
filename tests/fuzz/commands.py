"""The options of every command, read as the command line reads them, up to where the work would begin."""

from __future__ import annotations

import inspect
import io
import json
import os
import random
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, chdir, contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

import digits_once
import typer

import compare.cli as cli
import data

#: where the commands begin to work: a command that begins elsewhere is one more name
WORK = (
    "compare.comparison.prepared",
    "compare.comparison.run_comparison",
    "compare.sweep.run.run_sweep",
    "compare.neuron.experiment.run_neuron",
    "compare.live.networks.live_networks",
    "compare.learning.learned",
    "compare.learning.read_digits",
    "bio.stdp.seconds_a_digit",
    "compare.lab.grade.grade_all",
    "compare.lab.export.export",
    "compare.lab.sheets.write_students_editions",
    "ann.train",
)
#: values that an option of a kind takes, some of them rightly
VALUES = {
    "int": ["1", "5", "0", "-1", "100", "2.5", "9999999999999999999999", "1_0", "", "x", "0x10"],
    "float": ["1", "0.5", "0", "-1", "nan", "inf", "1e308", "1e-308", "1e9", "4e-320", "", "x", "20"],
    "str": [
        "relu",
        "lif,sigmoid",
        "784,16,10",
        "784-16-10",
        "current",
        "poisson,lif",
        "threshold",
        "slope",
        "zero",
        "tau_m=5,10",
        "sizes=784-16-10,784-10",
        "distortion=rotate,blur",
        "tau_m,lost",
        "race",
        "adam",
        "numpy",
        "ann",
        "",
    ],
    "Path": ["somewhere", ".", "", "a-file", "nowhere/at/all", "x.npz", "x.gif", "plan.toml", "\udcff", "/dev/null"],
}


class RefusedError(Exception):
    """The command ended with one line and code 2."""


class BeganError(Exception):
    """The command took its options and began to work."""


def began(*args: Any, **kwargs: Any) -> None:
    raise BeganError


@cache
def group() -> Any:
    """The command with all its commands, put together once."""
    return typer.main.get_command(cli.app)


def functions(app: typer.Typer, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The words of every command, those of groups as "lab", "start", with the function that it calls."""
    for command in app.registered_commands:
        function: Any = command.callback
        yield (*before, command.name or function.__name__), function
    for inner in app.registered_groups:
        yield from functions(inner.typer_instance, (*before, str(inner.typer_instance.info.name)))


@cache
def options() -> dict[tuple[str, ...], list[tuple[str, str]]]:
    """Of each command, its options, and arguments as "", with the kinds of their values."""
    found = {}
    for words, function in functions(cli.app):
        kinds = {name: kind_of(p.annotation) for name, p in inspect.signature(function).parameters.items()}
        command = group()
        for word in words:
            command = command.commands[word]
        found[words] = [
            (one.opts[0] if one.opts[0].startswith("-") else "", kinds[one.name])
            for one in command.params
            if one.name in kinds
        ]
    return found


def kind_of(annotation: Any) -> str:
    """ "int" of Annotated[int | None, typer.Option(…)], which may be a text."""
    first = str(annotation).removeprefix("typing.").removeprefix("Annotated[").split(",")[0]
    return next((kind for kind in ("bool", "float", "int", "Path") if kind in first), "str")


def seeds() -> list[bytes]:
    """Of each command, a few lines with some of its options, in words."""
    rng = random.Random(0)
    lines = [
        ["--version"],
        ["--help"],
        ["sweep", "--vary", "tau_m=5,10", "--vary", "noise=0,0.5", "--plot", "tau_m,lost"],
    ]
    for command, own in options().items():
        for count in (0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4):
            lines.append([*command])
            for name, kind in rng.sample(own, min(count, len(own))):
                value = [] if kind == "bool" else [rng.choice(VALUES[kind])]
                lines[-1] += [name, *value] if name else value
    return [json.dumps(line).encode() for line in lines]


def read(path: Path) -> None:
    """Runs the command that the file's words make. Raises RefusedError where it refuses them as it should."""
    words = words_of(path.read_bytes())
    out, err = io.StringIO(), io.StringIO()
    with (
        quiet_place(path.parent),
        patch.object(sys, "argv", ["analogy", *words]),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            cli.main()
        except BeganError:
            return
        except SystemExit as end:
            code = end.code
    said = err.getvalue()
    if code == 0:
        assert not said, f"code 0 with {said!r}"
        return
    assert code == 2, f"code {code}"
    assert said.startswith("analogy: ")
    assert said.endswith("\n")
    assert not out.getvalue()
    raise RefusedError(said[:-1])


def words_of(data: bytes) -> list[str]:
    """The words of a list in JSON, as a shell could give them, and none that leads out of the folder."""
    try:
        words = json.loads(data)
    except (ValueError, RecursionError):
        words = data.decode("utf-8", "surrogateescape").split()
    words = words if isinstance(words, list) else [words]
    return [word if word == "/dev/null" else tame(str(word)) for word in words if word != "--debug"]


def tame(word: str) -> str:
    word = (
        word.replace("\0", "").replace("..", ".").encode("utf-8", "replace").decode()
        if "\udcff" not in word
        else "\udcff"
    )
    return word.lstrip("/~").replace("=/", "=").replace("=~", "=")


@cache
def work() -> list[tuple[Any, str]]:
    """`WORK` as modules and names; whoever takes such a name for its own has been imported before it is replaced, or it
    would keep what replaces it."""
    import_module("compare.experiments.registry").experiments()
    parts = [name.rpartition(".") for name in WORK]
    return [(import_module(module), function) for module, _, function in parts]


@contextmanager
def quiet_place(folder: Path) -> Iterator[None]:
    """A folder to be in, where no command works, no name is looked up in the net, and nothing is remembered."""
    place = folder / "place"
    place.mkdir(exist_ok=True)
    (place / "a-file").touch()
    with ExitStack() as stack:
        stack.enter_context(chdir(place))
        stack.enter_context(patch.dict(os.environ, {"COLUMNS": "100"}))
        stack.enter_context(patch.object(socket, "getaddrinfo", numeric_only))
        stack.enter_context(patch.object(cli, "app", group()))
        for module, function in work():
            stack.enter_context(patch.object(module, function, began))
        stack.enter_context(patch.object(data, "load_digits", digits_once.load_digits))
        yield


LOOKED_UP = socket.getaddrinfo


def numeric_only(host: Any, port: Any, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0) -> Any:
    return LOOKED_UP(host, port, family, type, proto, flags | socket.AI_NUMERICHOST)
