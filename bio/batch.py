"""Many digits at once in Brian2: copies of the network side by side, "lanes", that share one weight matrix.

The layers are one NeuronGroup, in which each is lanes × cells; an eye is another. A NetworkOperation carries the spikes
on: a sparse array of who fired, times the weights, is added to the next layer's currents; adding in the order of the
cells makes a digit's numbers independent of the lanes beside it. Brian2 prepares every run for some hundredths of a
second, so a long list of stimuli is one run, in which another NetworkOperation puts the lanes back to rest and loads
the next stimulus. All share one clock: with one each, Brian2 would ask in every step whose turn it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import scipy  # loads its parts where they are first used

from bio import cells
from bio.brian import brian2
from bio.lif import LIF
from bio.network import Recording, Response, SpikingNetwork, check_time, sample_steps, verdict
from bio.stimulus import EyeCells, Stimulus

CELLS_AT_ONCE = 60_000  # of a layer: 600 lanes of 100 cells ran as fast as 1,000, and three times as fast as 250


def lanes_for(sizes: Sequence[int]) -> int:
    """How many digits to simulate side by side: as many as fit a bounded number of cells, at least 8."""
    return max(8, CELLS_AT_ONCE // max(sizes[1:]))


class Population:
    """Cells of one kind in all lanes: a Brian2 NeuronGroup, with its state as numpy arrays to read and to set.

    unit    (cells,): which cell of its layer each is
    starts  (layers, lanes + 1): where the cells of each lane begin; those of one lane follow each other, as do layers
    """

    def __init__(self, cell: LIF, unit: np.ndarray, starts: np.ndarray, *, clock: Any, dtype: type) -> None:
        self.unit, self.starts, self.dt, self.cell = unit, starts, clock.dt_, cell
        self.group = cells.group(len(unit), clock=clock, dtype=dtype)
        names = (*cells.VARIABLES, *cells.CONSTANTS)
        self.state = {name: self.group.variables[name].get_value() for name in names}
        for name, value in cells.constants(cell, self.dt).items():
            self.state[name][:] = value

    def layer(self, values: np.ndarray, layer: int) -> np.ndarray:
        """(lanes, cells): of values (cells,) of all, those of one layer, to read and to set."""
        first, last = self.starts[layer, [0, -1]]
        return values[first:last].reshape(self.starts.shape[1] - 1, -1)

    def rest(self, drive: np.ndarray) -> None:
        """Puts every cell where it starts, as if it had not fired for long, under a constant drive."""
        for name, value in (("g", 0), ("noise", 0), ("held", cells.RESTING), ("v", self.cell.start)):
            self.state[name][:] = value
        self.state["drive"][:] = drive

    def begin_as(self, eye: EyeCells, lanes: int) -> None:
        """Makes the first cells those of an eye amid their cycle, and leaves the rest at rest."""
        count = len(eye.pixel)
        self.rest(np.zeros(1))
        self.unit[:count] = eye.pixel
        self.starts[0] = np.searchsorted(eye.lane, np.arange(lanes + 1))
        self.state["drive"][:count] = eye.drive
        self.state["v"][:count] = eye.voltage
        self.state["held"][:count] = cells.held_since(eye.since_spike, self.cell, self.dt)

    def fired(self, layer: int, width: int) -> scipy.sparse.csr_array:
        """(lanes, width): a 1 for each cell of a layer that fired in this step."""
        starts = np.searchsorted(self.group.spikes, self.starts[layer])
        who = self.group.spikes[starts[0] : starts[-1]]
        return scipy.sparse.csr_array(
            (np.ones(len(who), np.float32), self.unit[who], starts - starts[0]), (len(starts) - 1, width)
        )


class Batch:
    """Stimuli of equal length that a network is shown one after the other, each for `duration` (s), in steps of `dt`.

    `run` simulates some time onwards; the `responses` grow as stimuli end. With `record`, the one stimulus allowed
    leaves a `recording` too. The state is kept between runs, so that two runs do what one of their length does.
    """

    def __init__(
        self,
        network: SpikingNetwork,
        stimuli: Sequence[Stimulus],
        *,
        duration: float,
        dt: float,
        dtype: type = np.float32,
        record: bool = False,
        target: str = "numpy",
    ) -> None:
        b2 = brian2()
        self.network, self.stimuli, self.dt, self.record, self.target = network, stimuli, dt, record, target
        self.steps = check_time(duration, dt)
        self.lanes = len(stimuli[0])
        self.inputs, *self.widths = network.sizes
        self.samples = sample_steps(self.steps, dt)
        self.first, *others = network.weights
        self.first = self.first.astype(dtype)
        self.kicks: list[np.ndarray] = [
            (weights / network.cell.tau_syn).astype(dtype) for weights in (self.first, *others)
        ]
        self.biases: list[np.ndarray] = [np.tile(bias.astype(dtype), (self.lanes, 1)) for bias in network.biases]
        self.noise_size = network.cell.noise_drive(dt)
        clock = b2.Clock(dt * b2.second)
        self.cells = self.all_cells(clock, dtype)
        self.v, self.g, self.eta = (self.by_layer(self.cells.state[name]) for name in ("v", "g", "noise"))
        self.eye = self.empty_eye(clock, dtype) if stimuli[0].kind == "lif" else None
        self.step = 0
        self.responses: list[Response] = []
        self.spikes: list[list[np.ndarray]] = [[] for _ in network.sizes]
        self.voltages: list[list[np.ndarray]] = [[] for _ in self.widths]
        clockwork = [
            b2.NetworkOperation(function, clock=clock, when=when)
            for function, when in ((self.prepare, "start"), (self.transmit, "synapses"), (self.conclude, "end"))
        ]
        groups = [one.group for one in (self.eye, self.cells) if one is not None]
        self.brian_network = b2.Network(groups, clockwork)

    def all_cells(self, clock: Any, dtype: type) -> Population:
        """The cells of all layers in all lanes."""
        unit = np.concatenate([np.tile(np.arange(width), self.lanes) for width in self.widths])
        sizes = np.array(self.widths)[:, np.newaxis]
        firsts = self.lanes * (np.cumsum(sizes, axis=0) - sizes)
        starts = firsts + sizes * np.arange(self.lanes + 1)
        return Population(self.network.cell, unit, starts, clock=clock, dtype=dtype)

    def empty_eye(self, clock: Any, dtype: type) -> Population:
        """Room for the lit cells of whichever stimulus lights most."""
        room = max(1, *(int(np.count_nonzero(stimulus.images)) for stimulus in self.stimuli))
        unit, starts = np.zeros(room, int), np.zeros((1, self.lanes + 1), int)
        return Population(self.stimuli[0].eye, unit, starts, clock=clock, dtype=dtype)

    def by_layer(self, values: np.ndarray) -> list[np.ndarray]:
        """Values (cells,) of all cells as those of each layer (lanes, cells), to read and to set."""
        return [self.cells.layer(values, number) for number in range(len(self.widths))]

    def run(self, time: float) -> None:
        """Simulates `time` (s) more."""
        b2 = brian2()
        b2.prefs.codegen.target = self.target
        with np.errstate(over="ignore"):  # Brian2 compares float32 values with 1e50
            self.brian_network.run(time * b2.second, namespace={})

    def prepare(self) -> None:
        """At the start of each step: a new stimulus where one is due, and the noise of this step."""
        shown, self.now = divmod(self.step, self.steps)
        if self.now == 0:
            self.present(self.stimuli[shown])
        if self.noise_size:
            now, right = next(self.noise), np.cumsum(self.widths)
            for eta, width, end in zip(self.eta, self.widths, right, strict=True):
                np.multiply(now[:, end - width : end], self.noise_size, out=eta, casting="unsafe")

    def present(self, stimulus: Stimulus) -> None:
        """Puts all cells to rest and shows them the next stimulus."""
        drives = [bias.copy() for bias in self.biases]
        self.input_spikes: Iterator[tuple[scipy.sparse.csr_array, np.ndarray]] | None = None
        if stimulus.kind == "current":
            drives[0] += stimulus.mean_rates() @ self.first
        elif stimulus.kind == "poisson":
            self.input_spikes = self.random_input(stimulus)
        elif self.eye:
            self.eye.begin_as(stimulus.eye_cells(), self.lanes)
        self.cells.rest(np.concatenate([drive.ravel() for drive in drives]))
        if self.noise_size:
            self.noise = stimulus.membrane_noise(self.steps, sum(self.widths))
        self.all_counts = np.zeros(len(self.cells.unit), np.int32)
        self.counts = self.by_layer(self.all_counts)
        self.input_counts = np.zeros(self.lanes, np.int64)
        self.verdicts: list[np.ndarray] = []

    def transmit(self) -> None:
        """After the thresholds: counts who fired, and adds their spikes to the currents of the layer above."""
        heard = len(self.widths) if self.record else len(self.widths) - 1  # nobody listens to the last layer
        fired = [self.cells.fired(number, self.widths[number]) for number in range(heard)]
        source = None
        if self.eye:
            source = self.eye.fired(0, self.inputs)
            self.g[0] += source @ self.kicks[0]
        elif self.input_spikes:
            source, added = next(self.input_spikes)
            self.g[0] += added
        if source is not None:
            self.input_counts += np.diff(source.indptr)
        for above, below, kicks in zip(self.g[1:], fired, self.kicks[1:], strict=False):
            above += below @ kicks
        self.all_counts[self.cells.group.spikes] += 1
        if self.record:
            for kept, spikes in zip(self.spikes, [source, *fired], strict=True):
                if spikes is not None:
                    lane, cell = spikes.nonzero()
                    kept.append(np.column_stack([np.full(len(lane), self.now), lane, cell]))

    def random_input(self, stimulus: Stimulus) -> Iterator[tuple[scipy.sparse.csr_array, np.ndarray]]:
        """Of each step, the input spikes (lanes, inputs) and the currents (lanes, cells) that they add to the first
        layer, whose weights multiply many steps at once."""
        for length, block in stimulus.poisson_blocks(self.steps, self.dt):
            currents = (block @ self.kicks[0]).reshape(self.lanes, length, -1)
            for step in range(length):
                yield block[step::length], currents[:, step]

    def conclude(self) -> None:
        """At the end of each step: asks for the verdict where it is due, and files the response to a whole stimulus."""
        self.step += 1
        if self.now + 1 in self.samples:
            self.verdicts.append(verdict(self.counts[-1], self.v[-1]).astype(np.int8))
        if self.record:
            for kept, voltage in zip(self.voltages, self.v, strict=True):
                kept.append(voltage.copy())
        if self.now + 1 == self.steps:
            times = np.array(self.samples) * self.dt
            verdicts = np.column_stack(self.verdicts)
            self.responses.append(Response(tuple(self.counts), self.input_counts, self.v[-1].copy(), times, verdicts))

    def recording(self) -> Recording:
        """All spikes and voltages so far of the one stimulus shown. Raises ValueError where none was recorded."""
        if not self.record or len(self.stimuli) != 1:
            raise ValueError("nothing was recorded: ask for it with record=True, and show one stimulus")
        spikes = tuple(np.concatenate([np.zeros((0, 3), int), *kept]) for kept in self.spikes)
        return Recording(spikes, (None, *(np.array(kept) for kept in self.voltages)))
