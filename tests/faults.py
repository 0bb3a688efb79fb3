"""Faults while commands run, and what is left of their work: `make faults` tries many, `test_faults.py` a few.

Every fault ends in the same questions: is all that is there whole, does the next run work, does it give the files that
a run without faults gives, and does it clear away what the fault left? FaultError is raised where the answer is no.
"""

from __future__ import annotations

import csv
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image
from specimens import files_in, small_mnist

from ann import load_model
from compare.files import ABANDONED, PART

ROOT = Path(__file__).parents[1]
SMALL = ("--sizes", "784,8,10", "--digits", "20", "--duration", "20")
VARYING = ("timing.json", "timing.csv", "points/*.json")  # how long it took, and where


class FaultError(AssertionError):
    """A fault took something that it should not have."""


@dataclass(frozen=True)
class Command:
    """A command to be disturbed: its words, but for its data and its out folder (with `out`, the option for it).

    alone  whether the faults come to the cache, which then is empty at each start, instead of the out folder
    """

    name: str
    words: tuple[str, ...]
    out: tuple[str, str] = ("--out", "")
    alone: bool = False


COMMANDS = {
    command.name: command
    for command in (
        Command("train", ("train", "--sizes", "784,8,10", "--epochs", "3"), ("--out", "model.npz")),
        Command("compare", ("compare", *SMALL, "--workers", "2")),
        Command("cache", ("compare", *SMALL, "--no-figures", "--workers", "1"), alone=True),
        Command("sweep", ("sweep", "--vary", "tau_m=5,10,20", "--vary", "noise=0,0.2", *SMALL, "--workers", "1")),
        Command("learn", ("learn", "--cells", "9", "--engine", "cpp")),
        Command("live --export", ("live",), ("--export", "page.html")),
        Command("report --quick", ("report", "--quick", *SMALL[:2], "--digits", "60", *SMALL[4:], "--workers", "1")),
    )
}


@dataclass
class Place:
    """Where a command runs: its out folder and cache, and the data that it gets.

    whole  the files of a run without faults, and their content, once there was one
    """

    root: Path
    command: Command
    whole: dict[str, bytes] = field(default_factory=dict)
    seconds: float = 0.0
    times: int = 0

    @property
    def out(self) -> Path:
        return self.root / "out"

    @property
    def cache(self) -> Path:
        return self.root / "cache"

    @property
    def disturbed(self) -> Path:
        """Where the faults come."""
        return self.cache if self.command.alone else self.out

    def words(self) -> list[str]:
        option, name = self.command.out
        data = self.root.parent / "digits"
        if not data.exists():
            small_mnist(data)
        return [*self.command.words, option, str(self.out / name), "--data", str(data)]

    def start(
        self, fault: tuple[str, int, float] = ("none", 0, 0.0), *, prefix: Sequence[str] = ()
    ) -> subprocess.Popen:
        """The command in a process group of its own."""
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore",
            "XDG_CACHE_HOME": str(self.cache),
            "MPLCONFIGDIR": str(self.root.parent / "fonts"),
            "OPENBLAS_NUM_THREADS": "1",
            "COLUMNS": "100",
        }
        kind, at, delay = fault
        script = [sys.executable, str(ROOT / "tests/faulty.py"), kind, str(at), str(delay), str(self.disturbed), "--"]
        return subprocess.Popen(
            [*prefix, *script, *self.words()],
            env=environment,
            cwd=self.root.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, fault: tuple[str, int, float] = ("none", 0, 0.0), *, prefix: Sequence[str] = ()) -> tuple[int, str]:
        """Its exit code and what it said on stderr, when it has ended."""
        process = self.start(fault, prefix=prefix)
        _, said = process.communicate(timeout=900)
        return process.returncode, said

    def measure(self) -> None:
        """Runs it without a fault, to know what it should give, how long it takes and how often it writes."""
        self.run()  # fonts and networks, which later runs have
        self.clear()
        start = time.monotonic()
        code, said = self.run(("count", 0, 0.0))
        self.seconds = time.monotonic() - start
        if code:
            raise FaultError(f"{self.command.name} ends with {code} without any fault: {said}")
        self.times = int(re.findall(r"times: (\d+)", said)[-1])
        self.whole = self.files()

    def clear(self) -> None:
        shutil.rmtree(self.disturbed, ignore_errors=True)

    def files(self) -> dict[str, bytes]:
        """What lies in the out folder, of which the same command makes the same."""
        found = {path.relative_to(self.out): path for path in files_in(self.out)}
        return {
            str(name): path.read_bytes()
            for name, path in found.items()
            if not any(name.match(pattern) for pattern in VARYING) and not PART.fullmatch(name.name)
        }

    def parts(self) -> list[Path]:
        return [path for path in files_in(self.root) if PART.fullmatch(path.name)]

    def check_whole(self) -> None:
        """Raises FaultError where a file under its own name is not whole."""
        for path in files_in(self.root):
            if not PART.fullmatch(path.name):
                try:
                    read(path)
                except Exception as error:
                    raise FaultError(f"{path.name} is not whole: {error}") from error

    def check_next(self) -> None:
        """Raises FaultError unless the next run does all that one without faults does, and clears away the rest."""
        for part in self.parts():
            os.utime(part, (1, 1))
        code, said = self.run()
        if code or "Traceback" in said:
            raise FaultError(f"the next run ends with {code}: {said}")
        self.check_whole()
        if self.parts():
            raise FaultError(f"{len(self.parts())} half-written files are left, also after {ABANDONED} s")
        self.check_same()

    def check_same(self) -> None:
        """Raises FaultError unless the files are those of a run without faults."""
        found = self.files()
        odd = [name for name in self.whole | found if found.get(name) != self.whole.get(name)]
        if odd:
            raise FaultError(f"other than without faults: {', '.join(odd)}")


def read(path: Path) -> None:
    """Reads a file to its end, by its kind; raises what its reader raises where it is not whole."""
    kinds: dict[str, Callable[[Path], object]] = {
        ".json": lambda path: json.loads(path.read_text(encoding="utf-8")),
        ".npz": arrays,
        ".csv": lambda path: [line for line in csv.reader(path.open(encoding="utf-8"), strict=True) if not line[0]],
        ".svg": xml.etree.ElementTree.parse,
        ".png": lambda path: Image.open(path).load(),
        ".html": lambda path: path.read_text(encoding="utf-8").rstrip().index("</html>"),
    }
    kinds.get(path.suffix, Path.read_bytes)(path)  # of compiled programs, whatever there is


def arrays(path: Path) -> object:
    """Reads a trained network, or all arrays of what was learned by spike timing, as far as it has come."""
    with np.load(path, allow_pickle=False) as file:
        whole = [file[name] for name in file.files]
    return whole if "which" in file.files or "theta" in file.files else load_model(path)


# --- faults


def killed(place: Place, rng: random.Random) -> str:
    """Kills the command: at some moment, or at one of its writings."""
    if rng.random() < 0.4:
        process = place.start()
        time.sleep(rng.uniform(0.3, 1) * place.seconds)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    else:
        place.run(("kill", rng.randint(1, place.times), rng.choice([0.0, 0.0, rng.uniform(0, 0.02)])))
    place.check_whole()
    return "whole"


def full(place: Place, rng: random.Random) -> str:
    """From one of its writings on, the disk is full; the command says so in a line, with its file."""
    code, said = place.run(("full", rng.randint(1, place.times), 0.0))
    if code == 0 and not said:  # all that came after was clearing away
        place.check_same()
        return "code 0, all written"
    check_told(place, code, said, "no space left on device|results cannot be written there|not kept for the next run")
    place.check_whole()
    return f"code {code}"


def short(place: Place, rng: random.Random) -> str:
    """Files may not grow beyond some size: writing fails in their middle."""
    limit = rng.choice([1, 100, 1_000, 5_000, 20_000, 60_000])
    code, said = place.run(prefix=["prlimit", f"--fsize={limit}"])
    if code == 0 and not said:
        place.check_same()
        return "code 0, all written"
    check_told(place, code, said, "file too large|not kept for the next run|cannot be written")
    place.check_whole()
    return f"code {code}"


def check_told(place: Place, code: int, said: str, words: str) -> None:
    """Raises FaultError unless the command ended with one line and code 2, or did without its cache and said that."""
    lines = [line for line in said.splitlines() if line]
    if "Traceback" in said or code not in (0, 2) or not any(re.search(words, line) for line in lines):
        raise FaultError(f"{place.command.name} ended with {code} and said: {said}")
    if code == 2 and (not lines[-1].startswith("analogy: ") or ".part" in lines[-1]):
        raise FaultError(f"{place.command.name} said: {said}")


def interrupted(place: Place, rng: random.Random, *, kind: str = "interrupt") -> str:
    """Ctrl-C, up to some seconds after one of the command's writings: its first is a test of its folder."""
    code, said = place.run((kind, rng.randint(1, place.times), rng.uniform(0.001, min(3, place.seconds / 2))))
    if code not in (0, 130, -signal.SIGINT) or "Traceback" in said or (code and len(said.splitlines()) != 1):
        raise FaultError(f"{place.command.name} ended Ctrl-C with {code} and said: {said}")
    place.check_whole()
    return "code 130" if code else "code 0"  # shells say 130 of a process that the signal ended, too


def interrupted_twice(place: Place, rng: random.Random) -> str:
    """Ctrl-C, and again at once."""
    return interrupted(place, rng, kind="again")


def closed(place: Place, rng: random.Random) -> str:
    """The folder cannot be written: by its permissions, which bind root too once it has no power over them."""
    place.disturbed.mkdir(parents=True, exist_ok=True)
    folders = [place.disturbed, *(path for path in place.disturbed.rglob("*") if path.is_dir())]
    modes = {folder: folder.stat().st_mode for folder in folders}
    try:
        for folder in folders:
            folder.chmod(0o555)
        code, said = place.run(prefix=without_power())
    finally:
        for folder, mode in modes.items():
            folder.chmod(mode)
    check_told(place, code, said, "results cannot be written there|not kept for the next run")
    return f"code {code}"


def without_power() -> list[str]:
    """What takes from root the power to write where permissions forbid it; others have none."""
    return [] if os.geteuid() else ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner", "--"]


def shared(place: Place, rng: random.Random) -> str:
    """Two processes do the same in the same folders at the same time."""
    first = place.start()
    time.sleep(rng.uniform(0, 0.3) * place.seconds)
    for process in (first, place.start()):
        _, said = process.communicate(timeout=900)
        if process.returncode or "Traceback" in said:
            raise FaultError(f"{place.command.name} ended with {process.returncode} beside another: {said}")
    place.check_whole()
    place.check_same()
    return "same files"


def spoilt(place: Place, rng: random.Random) -> str:
    """Files of the cache are cut off, are something else, or are no files."""
    for path in files_in(place.cache):
        content, kind = path.read_bytes(), rng.randrange(5)
        path.unlink()
        if kind < 3:
            path.write_bytes([content[: len(content) // 2], b"", b"PK\3\4 of another program"][kind])
        elif kind == 3:
            path.mkdir()
        else:
            os.mkfifo(path)
    code, said = place.run()
    for path in place.cache.rglob("*.npz"):
        if path.is_dir():
            path.rmdir()
        elif not path.is_file():
            path.unlink()
    if code or "Traceback" in said:
        raise FaultError(f"{place.command.name} ended with {code} over a spoilt cache: {said}")
    place.check_same()
    return "same files"


FAULTS: dict[str, Callable[[Place, random.Random], str]] = {
    "kill -9": killed,
    "disk full": full,
    "write fails midway": short,
    "folder read-only": closed,
    "two at once": shared,
    "cache spoilt": spoilt,
    "Ctrl-C": interrupted,
    "Ctrl-C twice": interrupted_twice,
}
#: how often `make faults` has each fault come to each command, but for the slow ones
OFTEN = {"kill -9": 25, "disk full": 6, "write fails midway": 4, "Ctrl-C": 4, "Ctrl-C twice": 4}
SLOW = {"learn": 0.6, "live --export": 0.4, "report --quick": 0.25}
IN_A_ROW = 5  # faults, before the command is left in peace


def disturb(place: Place, name: str, rng: random.Random, count: int) -> str:
    """So many faults of a kind, between which the command is now and then left in peace; what was seen, in words."""
    seen: dict[str, int] = {}
    for number in range(1, count + 1):
        came = FAULTS[name](place, rng)
        seen[came] = 1 + seen.get(came, 0)
        if number % IN_A_ROW == 0 or number == count:
            place.check_next()
            place.clear()
    return ", ".join(f"{times} × {what}" for what, times in sorted(seen.items()))
