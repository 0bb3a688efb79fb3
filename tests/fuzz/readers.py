"""Everything that reads what others wrote, a line each in `READERS`: a new reader is one more line."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np

from ann import MLP, load_model, save_model
from bio.stdp import LearnedNetwork, Learning, load_learned, save_learned
from bio.stdp.train import Lesson, load_state, save_state, started
from compare.lab.grade import read as read_handed
from compare.sweep.figure import dots_of, finding_of, label, read_table
from compare.sweep.plan import read_plan
from compare.sweep.points import NAMES, Point
from compare.sweep.store import COLUMNS, Store, versions_and_code
from compare.sweep.task import SCORES, Outcome
from data import load_digits
from fuzz import commands, requests
from fuzz.damage import bend, spoilt
from fuzz.formats import CSV, IDX, JSON, NPZ, TOML, Format

KEY = "0" * 32


@dataclass(frozen=True)
class Reader:
    """Something that reads.

    name      in reports, and of its folder of crashers
    form      of its inputs
    seeds     valid inputs, made when first asked for
    read      reads a file with an input; returns whatever it likes
    file      the name that the file has
    refuses   what it may raise
    names_it  whether a refusal must name the file
    """

    name: str
    form: Format
    seeds: Callable[[], list[bytes]]
    read: Callable[[Path], object]
    file: str = "input"
    refuses: tuple[type[Exception], ...] = (ValueError, OSError)
    names_it: bool = True

    def damaged(self, data: bytes, rng: random.Random) -> bytes:
        """The input with one to four things wrong in it: in its structure, in its bytes, or in both."""
        if rng.random() < 0.8:
            try:
                tree = self.form.apart(data)
                for _ in range(rng.choice([1, 1, 1, 2, 4])):
                    tree = bend(rng, tree)
                data = self.form.together(tree)
            except Exception:  # of a format, its parsers raise anything: the bytes remain
                data = spoilt(rng, data)
        if rng.random() < 0.3:
            data = spoilt(rng, data)
        return data

    def input(self, number: int) -> bytes:
        """The input of this number: the same for ever."""
        rng = random.Random(f"{self.name} {number}")
        return self.damaged(rng.choice(seeds(self)), rng)


@cache
def seeds(reader: Reader) -> list[bytes]:
    """The valid inputs of a reader."""
    return reader.seeds()


# --- IDX files


def idx_seeds(shape: tuple[int, ...]) -> list[bytes]:
    values = np.arange(np.prod(shape)) % (10 if len(shape) == 1 else 256)
    tree = {"packed": False, "magic": [0, 0, 8, len(shape)], "sizes": list(shape), "body": bytes(values.tolist())}
    return [IDX.together(tree), IDX.together(tree | {"packed": True})]


def read_digits(path: Path) -> None:
    """As one of two files, of which the other is right."""
    other, shape = ("labels-idx1", (3,)) if "images" in path.name else ("images-idx3", (3, 28, 28))
    whole = path.with_name(f"t10k-{other}-ubyte")
    if not whole.exists():
        whole.write_bytes(idx_seeds(shape)[0])
    digits = load_digits("test", path.parent)
    assert digits.images.shape == (len(digits.labels), 784)


# --- models


def model_seeds() -> list[bytes]:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for sizes in ((3, 2), (4, 3, 2)):
            model = MLP.random(sizes, activation="relu", rng=np.random.default_rng(0))
            save_model(Path(folder, "model"), model, {"seed": 3, "data": {"images": "0fa7"}})
            found.append(Path(folder, "model").read_bytes())
    return found


def read_model(path: Path) -> None:
    model, provenance = load_model(path)
    assert isinstance(provenance, dict)
    assert all(np.isfinite(array).all() for array in model.weights + model.biases)


# --- what was learned by spike timing

LESSON = Lesson(Learning(number=3), digits=10, sha256="0f")


def learned_seeds() -> list[bytes]:
    rng = np.random.default_rng(0)
    weights, tuning = rng.random((784, 3)).astype(np.float32), rng.random((10, 3)).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        save_learned(Path(folder, "3"), LearnedNetwork(weights, weights[0], tuning, {"seed": 0}))
        return [Path(folder, "3").read_bytes()]


def read_learned(path: Path) -> None:
    assert load_learned(path).labels.shape == (load_learned(path).cells,)


def checkpoint_seeds() -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        save_state(Path(folder, "checkpoint"), started(LESSON.learning), LESSON)
        return [Path(folder, "checkpoint").read_bytes()]


def read_checkpoint(path: Path) -> None:
    state = load_state(path, LESSON)
    assert state.weights.shape == (784, 3)


# --- sheets that students hand in


def sheet_seeds() -> list[bytes]:
    cells = [
        {"cell_type": "code", "metadata": {}, "source": ['check.begin(1, student="ada")\n', "x = 1"]},
        {"cell_type": "markdown", "metadata": {}, "source": "text"},
    ]
    return [JSON.together({"cells": cells, "metadata": {"analogy": {"lab": 1, "student": "ada"}}, "nbformat": 4})]


def read_sheet(path: Path) -> None:
    assert all(isinstance(code, str) for code in read_handed(path).cells)


# --- sweeps

PLANS = (
    'activation = "relu"\ndigits = 100\nrecalibrate = true\ndata = "digits"\n[grid]\ntau_m = [5, 10.5]\n'
    'sizes = [[784, 16, 10], [784, 100, 10]]\nnoise = [0, 0.25]\n[[points]]\ninput = "poisson"\nseed = 4\n'
    '[[points]]\ninput = "lif"\ndistortion = "rotate"\nseverity = 30\n',
    "duration = 50.0\ndt = 0.5\nr_max = 150\nt_ref = 1\nalign = 'slope'\nreset = 'zero'\nengine = 'numpy'\n"
    "[grid]\nmodel = ['a.npz', 'b.npz']\nretune = [true, false]\n",
)


def read_points(path: Path) -> None:
    """The plan, and of its points those that can be: what is wrong with a point is a sentence too."""
    plan = read_plan(path)
    try:
        for point in plan.points()[:5]:
            point.check()
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def manifest_seeds() -> list[bytes]:
    return [JSON.together({"schema": 1, "manifest": {"versions": versions_and_code(), "data_sha256": {"test": "0f"}}})]


def read_manifest(path: Path) -> None:
    Store(path.parent).prepare({"test": "0f"})


def point_seeds() -> list[bytes]:
    whole = Outcome(KEY, dict.fromkeys(SCORES, 0.5), None, 1.5, "here:1")
    return [JSON.together(asdict(one)) for one in (whole, Outcome(KEY, {}, "it failed", 0.1, ""))]


def read_point(path: Path) -> None:
    """What a store takes for the outcome of a point must do for its table, too."""
    store = Store(path.parent.parent)
    kept = store.kept(KEY)
    if kept is not None:
        store.write_table([(Point().settings(), kept)])


def table_seeds() -> list[bytes]:
    rows = [list(COLUMNS)]
    for tau_m in (5, 10, 20):
        values = {**dict.fromkeys(COLUMNS, "0.5"), "tau_m": str(tau_m), "error": "", "distortion": "rotate"}
        rows.append([values[name] for name in COLUMNS])
    assert set(NAMES) < set(COLUMNS)
    return [CSV.together(rows)]


def read_figure(path: Path) -> None:
    """The table, and all of a figure but its drawing."""
    rows = read_table(path.parent)
    for x, y, by in (("tau_m", "bio_accuracy", "noise"), ("input", "spikes", "activation"), ("severity", "lost", None)):
        try:
            finding_of(dots_of(rows, x, y, by), x, y, by)
            label(x, rows)
        except ValueError as error:
            if (
                str(path.name) not in str(error)
                and "choose other columns" not in str(error)
                and "put it" not in str(error)
            ):
                raise


READERS: dict[str, Reader] = {
    reader.name: reader
    for reader in (
        Reader("images", IDX, lambda: idx_seeds((3, 28, 28)), read_digits, "t10k-images-idx3-ubyte"),
        Reader("labels", IDX, lambda: idx_seeds((3,)), read_digits, "t10k-labels-idx1-ubyte"),
        Reader("model", NPZ, model_seeds, read_model, "model.npz"),
        Reader("learned", NPZ, learned_seeds, read_learned, "3.npz"),
        Reader("checkpoint", NPZ, checkpoint_seeds, read_checkpoint, "checkpoint.npz"),
        Reader("sheet", JSON, sheet_seeds, read_sheet, "sheet.ipynb", names_it=False),
        Reader("plan", TOML, lambda: [plan.encode() for plan in PLANS], read_points, "plan.toml"),
        Reader("manifest", JSON, manifest_seeds, read_manifest, "sweep.json", names_it=False),
        Reader("point", JSON, point_seeds, read_point, f"points/{KEY}.json", refuses=()),
        Reader("table", CSV, table_seeds, read_figure, "sweep.csv"),
        Reader("options", JSON, commands.seeds, commands.read, refuses=(commands.RefusedError,), names_it=False),
        Reader("request", JSON, requests.body_seeds, requests.read_body, refuses=(), names_it=False),
        Reader("envelope", JSON, requests.envelope_seeds, requests.read_envelope, refuses=(), names_it=False),
    )
}
