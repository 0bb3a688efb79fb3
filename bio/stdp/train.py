"""Learning from the spikes of training digits, some thousand at a time, and from the last checkpoint on.

All that passes from digit to digit are weights and thresholds: they, and how many digits were shown, are a checkpoint.
Random numbers are keyed by the seed, the pass and the digit, so that a training that was interrupted and resumed ends
where an uninterrupted one does.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

from bio.stdp.engines import run
from bio.stdp.labels import CLASSES, assigned, classified, tuning
from bio.stdp.model import PIXELS, Cells, Rule, rule_for
from bio.stdp.network import LearnedNetwork, coded, read_arrays, respond, write_whole
from bio.stdp.task import Task

CHUNK = 1_000  # digits from checkpoint to checkpoint
WINDOW = 10_000  # digits that classes are assigned on while learning, as Diehl & Cook did
PURPOSES = ("first weights", "order", "labelling")
CODE_VERSION = 1  # of what is computed: a checkpoint of another one is not resumed


@dataclass(frozen=True)
class Learning:
    """What determines the outcome, together with the digits. Raises ValueError for what cannot be.

    number  of cells
    seed    of all randomness, a non-negative integer
    passes  over the training digits
    rule    None: the one for this number of cells
    """

    number: int = 100
    seed: int = 0
    passes: int = 1
    rule: Rule | None = None
    cells: Cells = field(default_factory=Cells)

    def __post_init__(self) -> None:
        for name, value in (("cells", self.number), ("passes", self.passes)):
            if value < 1:
                raise ValueError(f"{value} {name}: choose at least 1")
        if self.seed < 0:
            raise ValueError(f"seed {self.seed}: choose 0 or more")
        if self.rule is None:
            object.__setattr__(self, "rule", rule_for(self.number))

    def generator(self, purpose: str, number: int = 0) -> np.random.Generator:
        """The random numbers for a purpose, and a pass."""
        return np.random.default_rng((self.seed, PURPOSES.index(purpose), number))

    def as_json(self) -> str:
        """What tells this training from others."""
        return json.dumps({**asdict(self), "code": CODE_VERSION}, sort_keys=True)


@dataclass(frozen=True, eq=False)
class State:
    """How far a training has come.

    weights, theta  as in `LearnedNetwork`
    shown           digits so far
    recent          int32 (WINDOW or fewer, cells): the responses to the last of them
    which           (WINDOW or fewer,): which training digits those were
    accuracy        (digits shown, fraction right) of each chunk but the first, whose digits were classified by the
                    classes that the window before had assigned
    """

    weights: np.ndarray
    theta: np.ndarray
    shown: int
    recent: np.ndarray
    which: np.ndarray
    accuracy: tuple[tuple[int, float], ...] = ()


def learn(
    images: np.ndarray,
    labels: np.ndarray,
    learning: Learning,
    *,
    engine: str | None = None,
    checkpoint: Path | None = None,
    on_chunk: Callable[[State], None] = lambda state: None,
) -> State:
    """Shows all training digits, images (n, 784) in [0, 1], as often as there are passes.

    Labels (n,) serve to say how well the cells do so far, and nothing else. The file `checkpoint` is written after each
    chunk, and gone on from where it is there. `on_chunk` is called after each chunk. Raises ValueError for a checkpoint
    of another training or of other digits, and what `bio.stdp.engines.run` raises.
    """
    total = learning.passes * len(images)
    state, lesson = started(learning), Lesson(learning, len(images), digest(images, labels))
    if checkpoint and checkpoint.exists():
        state = load_state(checkpoint, lesson)
        on_chunk(state)
    while state.shown < total:
        state = after_chunk(state, images, labels, learning, engine)
        if checkpoint:
            save_state(checkpoint, state, lesson)
        on_chunk(state)
    return state


def started(learning: Learning) -> State:
    """Random weights, thresholds not raised: before the first digit."""
    weights = learning.generator("first weights").uniform(0.003, 0.303, (PIXELS, learning.number))
    return State(
        weights.astype(np.float32),
        np.zeros(learning.number, np.float32),
        0,
        np.zeros((0, learning.number), np.int32),
        np.zeros(0, np.int64),
    )


def after_chunk(state: State, images: np.ndarray, labels: np.ndarray, learning: Learning, engine: str | None) -> State:
    """The state some digits later."""
    number, first = divmod(state.shown, len(images))
    order = learning.generator("order", number).permutation(len(images))[first : first + CHUNK]
    task = Task(
        state.weights,
        state.theta,
        images[order].astype(np.float32, copy=False),
        number * len(images) + order,
        learning.seed,
        learning.cells,
        learning.rule,
    )
    outcome = run(task, engine=engine)
    accuracy = state.accuracy
    if len(state.which):
        classes = assigned(tuning(state.recent, labels[state.which]))
        right = float((classified(outcome.counts, classes) == labels[order]).mean())
        accuracy = (*accuracy, (state.shown + len(order), right))
    return State(
        outcome.weights,
        outcome.theta,
        state.shown + len(order),
        np.concatenate([state.recent, outcome.counts])[-WINDOW:],
        np.concatenate([state.which, order])[-WINDOW:],
        accuracy,
    )


def seconds_a_digit(images: np.ndarray, learning: Learning, *, engine: str | None = None) -> float:
    """How long a digit takes to be learned from here, s, measured with images (n, 784); compiles what is compiled."""
    state = started(learning)
    index = np.arange(len(images))
    task = Task(state.weights, state.theta, images, index, learning.seed, learning.cells, learning.rule)
    run(task, engine=engine)
    start = time.perf_counter()
    run(task, engine=engine)
    return (time.perf_counter() - start) / len(images)


def labelled(
    state: State,
    images: np.ndarray,
    labels: np.ndarray,
    learning: Learning,
    *,
    engine: str | None = None,
    on_digits: Callable[[int], None] = lambda digits: None,
) -> tuple[LearnedNetwork, np.ndarray]:
    """The network, its weights as a file keeps them, with what each cell responds to among training digits, images
    (n, 784) and labels (n,), from which nothing more is learned; and those responses, int32 (n, cells)."""
    unlabelled = np.zeros((CLASSES, learning.number), np.float32)
    network = coded(LearnedNetwork(state.weights, state.theta, unlabelled))
    seed, counts = labelling_seed(learning), []
    for start in range(0, len(images), CHUNK):
        index = np.arange(start, min(start + CHUNK, len(images)))
        counts.append(respond(network, images[index], seed=seed, index=index, engine=engine, cells=learning.cells))
        on_digits(len(index))
    responses = np.concatenate(counts)
    return replace(network, tuning=tuning(responses, labels).astype(np.float32)), responses


def labelling_seed(learning: Learning) -> int:
    """Of the input spikes by which classes are assigned: not those that were learned from."""
    return int(learning.generator("labelling").integers(2**32))


# --- Checkpoints


@dataclass(frozen=True)
class Lesson:
    """What a checkpoint is of: a learning, and how many digits it was shown, with their hash (`digest`)."""

    learning: Learning
    digits: int
    sha256: str

    def as_json(self) -> dict[str, str]:
        """What tells it from others."""
        return {"learning": self.learning.as_json(), "digits_sha256": self.sha256}


def digest(images: np.ndarray, labels: np.ndarray) -> str:
    """A hash of digits and their labels."""
    found = hashlib.sha256(repr((images.shape, images.dtype.str, labels.dtype.str)).encode())
    for array in (images, labels):
        found.update(np.ascontiguousarray(array).data)
    return found.hexdigest()


def save_state(path: Path, state: State, lesson: Lesson) -> None:
    """Writes a checkpoint, whole or not at all."""
    about = json.dumps({**lesson.as_json(), "shown": state.shown, "accuracy": state.accuracy})
    arrays = {name: getattr(state, name) for name in ("weights", "theta", "recent", "which")}
    write_whole(path, about=np.array(about), **arrays)


def load_state(path: Path, lesson: Lesson) -> State:
    """The state in a checkpoint. Raises ValueError where it is damaged, or that of another training."""
    try:
        arrays = read_arrays(path, ("about", "weights", "theta", "recent", "which"))
        about = json.loads(str(arrays.pop("about")))
        accuracy = tuple((int(shown), float(right)) for shown, right in about["accuracy"])
        state = State(shown=int(about["shown"]), accuracy=accuracy, **arrays)
        same = {name: about.get(name) for name in lesson.as_json()} == lesson.as_json()
        if same:
            check_state(state, lesson)
    except Exception as error:  # a broken archive raises whatever its part that is broken raises
        raise ValueError(f"{path}: is damaged, or no checkpoint ({error}): delete it and learn anew") from error
    if not same:
        raise ValueError(
            f"{path}: is of a training with other options or other digits: give those, or delete it and learn anew"
        )
    return state


def check_state(state: State, lesson: Lesson) -> None:
    """Raises ValueError for what no training leaves."""
    cells, total = lesson.learning.number, lesson.learning.passes * lesson.digits
    shapes = [array.shape for array in (state.weights, state.theta, state.recent)]
    if shapes != [(PIXELS, cells), (cells,), (len(state.which), cells)]:
        raise ValueError(f"arrays {shapes} do not fit together")
    kinds = [array.dtype for array in (state.weights, state.theta, state.recent, state.which)]
    if kinds != [np.float32, np.float32, np.int32, np.int64] or state.which.ndim != 1:
        raise ValueError("numbers are of another kind")
    if not 0 <= state.shown <= total or ((state.which < 0) | (state.which >= lesson.digits)).any():
        raise ValueError(f"it names digits that are none of {lesson.digits:,}")
    if not (np.isfinite(state.weights).all() and np.isfinite(state.theta).all()):
        raise ValueError("weights and thresholds must be finite numbers")
