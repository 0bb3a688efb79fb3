"""The engine "cpp": runs digits through a compiled program (`bio.program`), compiling it where there is none yet.

Programs are kept among this user's caches, by what they are made of: other weights, constants, digits and durations are
data to the same program. It computes in float32, and its spikes are those of `bio.batch`.
"""

from __future__ import annotations

import hashlib
import os
import platform
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np
import platformdirs

from bio import cells
from bio.lif import LIF
from bio.network import Response, SpikingNetwork, check_time, sample_steps
from bio.program import Spec
from bio.stimulus import INPUTS, Stimulus

CELLS_AT_ONCE = 5_000  # of a layer: what they are made of then stays in a core's cache
EYE_CELLS_AT_ONCE = 40_000
PREFIX = "neural-analogy-"  # of folders for what lasts no longer than a run
ABANDONED = 24 * 3600  # seconds without a change, after which no run needs them
COMPILING = threading.Lock()
STOPPED = (-signal.SIGINT, 0xC000013A)  # exit codes of a program that Ctrl-C ended, the second on Windows
ENDING = ".exe" if os.name == "nt" else ""  # of programs, without which Windows starts none
QUIETLY: dict[str, Any] = {"capture_output": True, "encoding": "utf-8", "errors": "replace", "check": False}


class Compilable(Protocol):
    """What a program is made for, by which module (`python -m maker json folder`), out of which files of bio."""

    maker: ClassVar[str]
    sources: ClassVar[tuple[str, ...]]

    def as_json(self) -> str:
        """What the maker is told."""
        ...


def respond(network: SpikingNetwork, stimulus: Stimulus, *, duration: float, dt: float) -> Response:
    """What `bio.simulate` returns. Raises ValueError where there is no compiler, and OSError where the program cannot
    be made or does not run."""
    spec = spec_for(network, stimulus, dt)
    samples = sample_steps(check_time(duration, dt), dt)
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        with open(Path(folder, "digits"), "wb") as file:
            for part in head(network, stimulus, samples, dt):
                file.write(part)
            for part in digits(stimulus, noise=bool(network.cell.noise), dt=dt):
                file.write(part)
        run_program(spec, folder)
        return read(Path(folder, "responses"), network.sizes, len(stimulus), samples, dt)


def spec_for(network: SpikingNetwork, stimulus: Stimulus, dt: float) -> Spec:
    """The program that a network needs to be shown a stimulus in steps of `dt` (s)."""
    inputs, *widths = network.sizes
    eye = stimulus.kind == "lif"
    lanes = CELLS_AT_ONCE // max(widths)
    if eye:
        lanes = min(lanes, EYE_CELLS_AT_ONCE // inputs)
    return Spec(inputs, tuple(widths), max(4, lanes), eye, dt)


# --- The program


def run_program(spec: Compilable, folder: str) -> None:
    """Runs the program in a folder with its digits: one that was found and does not run, being damaged, say, is made
    anew. Raises what `respond` raises."""
    path, made = compiled(spec)
    problem = problem_of(path, folder)
    if problem and not made:  # damaged, perhaps
        compiled(spec, anew=True)
        problem = problem_of(path, folder)
    if problem:
        raise OSError(f"{path}: failed ({problem}): use --engine numpy")


def problem_of(path: Path, folder: str) -> str:
    """Runs the program, and says what went wrong, if anything did. Raises KeyboardInterrupt where Ctrl-C ended it: a
    terminal sends that to all that it runs."""
    try:
        done = subprocess.run([path, "--results_dir", f"{folder}{os.sep}"], cwd=folder, **QUIETLY)
    except OSError as error:
        return error.strerror or "it does not start"
    if done.returncode in STOPPED:
        raise KeyboardInterrupt
    return (done.returncode and (done.stderr.strip() or f"exit code {done.returncode}")) or ""


def compiled(spec: Compilable, *, anew: bool = False) -> tuple[Path, bool]:
    """Where the program is kept, and whether it was compiled now, `anew` or because it was not there."""
    name = f"{key(spec)}{ENDING}"
    path = Path(platformdirs.user_cache_dir("neural-analogy", appauthor=False), "programs", name)
    with COMPILING:
        if path.exists() and not anew:
            return path, False
        make(spec, path)
    return path, True


def check_compiler(engine: str) -> None:
    """Raises ValueError where an engine needs a compiler that is not there."""
    if os.name == "posix" and shutil.which("g++") is None:
        raise ValueError(
            f"engine {engine} needs a C++ compiler, and there is no g++: install it, or use --engine numpy"
        )


def make(spec: Compilable, path: Path) -> None:
    """Compiles the program, which takes some ten seconds; raises what `respond` raises."""
    check_compiler("cpp")
    clear_away(path.parent)
    with named(path.parent):  # before it takes its time
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent):
            pass
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        command = [sys.executable, "-P", "-m", spec.maker, spec.as_json(), folder]
        root = str(Path(__file__).parent.parent)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])}
        done = subprocess.run(command, env=environment, **QUIETLY)
        made = Path(folder, f"main{ENDING}")
        if done.returncode or not made.exists():
            last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
            raise OSError(f"the program for engine cpp could not be compiled ({last}): use --engine numpy")
        keep(made, path)


def keep(made: Path, path: Path) -> None:
    """Copies a program to where it is looked for. Raises OSError, naming the folder, where it cannot be written."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with named(path.parent):
            shutil.copy(made, part)
            if path.is_dir():
                path.rmdir()
            os.replace(part, path)
    except OSError:
        if os.name != "nt" or not path.is_file():  # else another process has made it meanwhile, and runs it
            raise
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def named(folder: Path) -> Iterator[None]:
    """What cannot be written inside is told of the folder of programs, and with what to do."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise OSError(
            f"{folder}: the program for engine cpp cannot be kept there ({reason}): make room, or use --engine numpy"
        ) from error


def clear_away(folder: Path) -> None:
    """Removes what processes that were killed left half-made: in the folder of programs, and where they were made."""
    for left in (*folder.glob(".*.part"), *Path(tempfile.gettempdir()).glob(f"{PREFIX}*")):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > ABANDONED:
                shutil.rmtree(left) if left.is_dir() else left.unlink()


def key(spec: Compilable) -> str:
    """A name for what determines the program: its spec, its sources, the versions and machine it is compiled with."""
    sources = [Path(__file__).parent.joinpath(name).read_bytes() for name in spec.sources]
    made_of = [
        spec.as_json(),
        *(hashlib.sha256(source).hexdigest() for source in sources),
        version("brian2"),
        platform.platform(),
        processor(),
    ]
    return hashlib.sha256("\n".join(made_of).encode()).hexdigest()[:32]


def processor() -> str:
    """What this machine's processor can do, since programs are compiled for just that."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith(("flags", "Features"))), platform.processor())


# --- What it reads


def head(network: SpikingNetwork, stimulus: Stimulus, samples: list[int], dt: float) -> Iterator[bytes]:
    """All that it is told before the digits, as `read_head` in `clockwork.h` takes it."""
    kind = INPUTS.index(stimulus.kind)
    yield np.array([kind, samples[-1], len(stimulus), len(samples), *samples], np.int32).tobytes()
    in_a_step = {"current": stimulus.r_max, "poisson": stimulus.r_max * dt, "lif": 0.0}[stimulus.kind]
    yield np.array([network.cell.noise_drive(dt), in_a_step], np.float32).tobytes()
    for _ in network.biases:
        yield from constants(network.cell, dt, network.cell.start)
    steady = stimulus.kind == "current"
    for layer, (weights, bias) in enumerate(zip(network.weights, network.biases, strict=True)):
        yield bias.astype(np.float32).tobytes()
        yield (weights if steady and layer == 0 else weights / network.cell.tau_syn).astype(np.float32).tobytes()
    if stimulus.kind == "lif":
        yield from constants(stimulus.eye, dt, 0.0)


def constants(cell: LIF, dt: float, start: float) -> Iterator[bytes]:
    """A group's shared variables, and where its cells stand when a digit appears."""
    yield np.array(list(cells.constants(cell, dt).values()), np.float32).tobytes()
    yield np.float32(start).tobytes()


def digits(stimulus: Stimulus, *, noise: bool, dt: float) -> Iterator[bytes]:
    """One digit after the other, as `read_digit` takes it."""
    if stimulus.kind == "current" and not noise:
        yield stimulus.images.astype(np.float32, copy=False).tobytes()
        return
    parts = [eyes(stimulus, dt) if stimulus.kind == "lif" else pixels(stimulus, dt)]
    if stimulus.kind == "poisson":
        parts.append(random_states(stimulus, "input spikes"))
    if noise:
        parts.append(random_states(stimulus, "membrane noise"))
    for of_one_digit in zip(*parts, strict=True):
        yield from of_one_digit


def pixels(stimulus: Stimulus, dt: float) -> Iterator[bytes]:
    """Each image. Raises what `Stimulus.check_step` raises."""
    stimulus.check_step(dt)
    for image in stimulus.images.astype(np.float32, copy=False):
        yield image.tobytes()


def eyes(stimulus: Stimulus, dt: float) -> Iterator[bytes]:
    """Of each digit's cells of the eye that see light: how many, which, and what each is driven by, stands at, is held
    for."""
    eye = stimulus.eye_cells()
    cuts = np.searchsorted(eye.lane, np.arange(len(stimulus) + 1))
    held = cells.held_since(eye.since_spike, stimulus.eye, dt)
    begin = np.column_stack([eye.drive, eye.voltage, held]).astype(np.float32)
    pixel = eye.pixel.astype(np.int32)
    for first, last in pairwise(cuts):
        yield np.int32(last - first).tobytes() + pixel[first:last].tobytes() + begin[first:last].tobytes()


def random_states(stimulus: Stimulus, purpose: str) -> Iterator[bytes]:
    """Of each digit's generator for a purpose, the state it starts in."""
    for lane in range(len(stimulus)):
        yield stimulus.generator(lane, purpose).bit_generator.state["state"]["state"].tobytes()


# --- What it writes


def read(path: Path, sizes: tuple[int, ...], count: int, samples: list[int], dt: float) -> Response:
    """The response to so many digits. Raises OSError where they are not all there."""
    _, *widths = sizes
    one = np.dtype(
        [
            ("input", np.int64),
            *((f"counts {i}", np.int32, (width,)) for i, width in enumerate(widths)),
            ("voltage", np.float32, (widths[-1],)),
            ("verdicts", np.int8, (len(samples),)),
        ]
    )
    found = np.fromfile(path, one)
    if len(found) != count:
        raise OSError(f"the program for engine cpp answered {len(found)} digits of {count}: try --engine numpy")
    counts = tuple(np.ascontiguousarray(found[f"counts {i}"]) for i in range(len(widths)))
    return Response(counts, found["input"], found["voltage"], np.array(samples) * dt, found["verdicts"])
