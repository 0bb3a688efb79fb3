"""Digits shown to the cells in Brian2 with no compiler: side by side where nothing is learned, else one by one.

A NetworkOperation at each moment of a step does what Brian2's cells do not: shows digits, again and brighter where they
evoked too few spikes, carries spikes on and changes weights. `stdp.h` does the same in C++, number by number.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import scipy  # loads its parts where they are first used

from bio.brian import brian2
from bio.compiling import FOR_EVER, MOMENTS
from bio.stdp import cells
from bio.stdp.model import RESTING, constants
from bio.stdp.task import Outcome, Task
from bio.stimulus import ones

CELLS_AT_ONCE = 20_000  # cells times digits side by side


class Show:
    """A task under way, in `lanes` copies of the cells. Only one lane can learn."""

    def __init__(self, task: Task) -> None:
        b2 = brian2()
        self.task, self.steps = task, task.steps
        count = task.weights.shape[1]
        self.lanes = 1 if task.rule else max(1, min(CELLS_AT_ONCE // count, len(task)))
        self.weights = task.weights.copy()
        self.numbers = task.numbers()
        self.group = cells.group(count * self.lanes, dt=task.cells.dt)
        for name, value in constants(task.cells, task.rule).items():
            self.group.variables[name].get_value()[:] = value
        self.state = {
            name: self.group.variables[name].get_value().reshape(self.lanes, count) for name in cells.VARIABLES
        }
        self.state["theta"][:] = task.theta
        self.waiting = iter(range(len(task)))
        self.digit = np.full(self.lanes, -1)  # which each lane is shown; -1 for none
        self.generators: list[np.random.Generator | None] = [None] * self.lanes
        self.showing, self.now = np.zeros(self.lanes, np.int32), 0
        self.counts = np.zeros((self.lanes, count), np.int32)
        self.outcome_counts = np.zeros((len(task), count), np.int32)
        self.outcome_showings = np.zeros(len(task), np.int32)
        moments = [
            b2.NetworkOperation(getattr(self, moment), dt=task.cells.dt * b2.second, when=when)
            for moment, when in MOMENTS.items()
        ]
        self.network = b2.Network(self.group, moments)
        for lane in range(self.lanes):
            self.take(lane)

    def run(self) -> Outcome:
        """Shows everything, and gives what came of it."""
        b2 = brian2()
        b2.prefs.codegen.target = "numpy"
        with np.errstate(over="ignore"):  # Brian2 compares float32 values with 1e50
            self.network.run(FOR_EVER * b2.second, namespace={})
        return Outcome(self.outcome_counts, self.outcome_showings, self.weights, self.state["theta"][0].copy())

    def take(self, lane: int) -> None:
        """The next digit for a lane, or none."""
        self.digit[lane] = digit = next(self.waiting, -1)
        self.showing[lane] = 0
        self.generators[lane] = self.task.generator(digit) if digit >= 0 else None

    def prepare(self) -> None:
        """At the start of each step: the digits appear where they are due, all variables at rest."""
        if self.now:
            return
        if self.task.rule:
            self.weights *= self.numbers["w_total"] / np.add.reduce(self.weights, axis=0)
        for name, value in (("v", self.task.cells.e_rest), ("held", RESTING), ("g_e", 0), ("g_i", 0)):
            self.state[name][:] = value
        self.trace = np.zeros(len(self.weights), np.float32)
        self.counts[:] = 0
        self.input = self.input_of_all_steps()

    def input_of_all_steps(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Of each step, the inputs that fire, in all lanes together, and the conductance (lanes, cells) they add."""
        rows, columns = zip(*map(self.input_spikes, range(self.lanes)), strict=True)
        row, column = np.concatenate(rows), np.concatenate(columns)
        order = np.argsort(row, kind="stable")
        spikes = ones(row[order], column[order], (self.steps * self.lanes, len(self.weights)))
        if self.task.rule:
            return self.input_while_learning(spikes)
        conductance = (spikes @ self.weights).reshape(self.steps, self.lanes, -1)
        return ((np.zeros(0, int), conductance[step]) for step in range(self.steps))

    def input_while_learning(self, spikes: scipy.sparse.csr_array) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The same where weights change from step to step."""
        for step in range(self.steps):
            fired = spikes.indices[spikes.indptr[step] : spikes.indptr[step + 1]]
            yield fired, np.add.reduce(self.weights[fired], axis=0)[None]

    def input_spikes(self, lane: int) -> tuple[np.ndarray, np.ndarray]:
        """One lane's input spikes in order: step times lanes plus lane, and input, of each."""
        generator = self.generators[lane]
        if generator is None:
            return np.zeros(0, int), np.zeros(0, int)
        image = self.task.images[self.digit[lane]]
        lit = np.flatnonzero(image)
        chance = image[lit] * self.numbers["in_a_step"][self.showing[lane]]
        step, which = np.nonzero(generator.random((self.steps, len(lit)), np.float32) < chance)
        return step * self.lanes + lane, lit[which]

    def transmit(self) -> None:
        """After the thresholds: input spikes excite, the cells' spikes inhibit each other, weights learn from both."""
        learning, inhibition = self.task.rule is not None, self.numbers["inhibition"]
        if learning:
            self.trace *= self.numbers["decay_x"]
        fired, conductance = next(self.input)
        self.trace[fired] = 1
        self.state["g_e"] += conductance
        lane, cell = np.divmod(self.group.spikes, self.counts.shape[1])
        if not len(cell):
            return
        self.counts[lane, cell] += 1
        self.state["g_i"] += inhibition * np.bincount(lane, minlength=self.lanes).astype(np.float32)[:, None]
        self.state["g_i"][lane, cell] -= inhibition
        if learning:
            for j in cell:
                self.learn(j)

    def learn(self, j: int) -> None:
        """What a spike of cell j changes in its weights."""
        w, n = self.weights[:, j], self.numbers
        moved = w + n["eta"] * (self.trace - n["target"]) * (n["w_max"] - w)
        self.weights[:, j] = moved.clip(0, n["w_max"])

    def conclude(self) -> None:
        """At the end of each step: files the responses, or has digits shown again, where a showing ends."""
        self.now = (self.now + 1) % self.steps
        if self.now:
            return
        self.showing += 1
        if self.task.rule:
            self.state["theta"] *= self.numbers["decay_theta"]
        enough = self.counts.sum(axis=1) >= self.task.cells.least
        for lane in np.flatnonzero((enough | (self.showing >= self.task.cells.showings)) & (self.digit >= 0)):
            self.outcome_counts[self.digit[lane]] = self.counts[lane]
            self.outcome_showings[self.digit[lane]] = self.showing[lane]
            self.take(lane)
        if (self.digit < 0).all():
            self.network.stop()
