"""Many digits at once in Brian2: copies of the network side by side, "lanes", that share one weight matrix.

Each layer is a NeuronGroup of lanes × cells. A NetworkOperation carries its spikes on: a sparse array of who fired,
times the weights, is added to the next layer's currents; adding in the order of the cells makes a digit's numbers
independent of the lanes beside it. Every run of Brian2 costs over 0.1 s of preparation, so a long list of stimuli is
one run, in which another NetworkOperation puts the lanes back to rest and loads the next stimulus.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence

import numpy as np
from scipy.sparse import csr_array

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
    """The cells of one layer in all lanes: a Brian2 NeuronGroup, with its state as numpy arrays to read and to set.

    unit    (cells,): which cell of its layer each is
    starts  (lanes + 1,): where the cells of each lane begin; those of one lane follow each other
    """

    def __init__(self, cell: LIF, unit: np.ndarray, starts: np.ndarray, *, dt: float, dtype: type) -> None:
        self.unit, self.starts, self.dt, self.cell = unit, starts, dt, cell
        self.group = cells.group(len(unit), dt=dt, dtype=dtype)
        names = (*cells.VARIABLES, *cells.CONSTANTS)
        self.state = {name: self.group.variables[name].get_value() for name in names}
        for name, value in cells.constants(cell, dt).items():
            self.state[name][:] = value

    def rest(self, drive: np.ndarray) -> None:
        """Puts every cell where it starts, as if it had not fired for long, under a constant drive."""
        for name in ("g", "noise", "held"):
            self.state[name][:] = 0
        self.state["v"][:] = self.cell.start
        self.state["drive"][:] = drive.ravel()

    def begin_as(self, eye: EyeCells, lanes: int) -> None:
        """Makes the first cells those of an eye amid their cycle, and leaves the rest at rest."""
        count = len(eye.pixel)
        self.rest(np.zeros(1))
        self.unit[:count] = eye.pixel
        self.starts[:] = np.searchsorted(eye.lane, np.arange(lanes + 1))
        self.state["drive"][:count] = eye.drive
        self.state["v"][:count] = eye.voltage
        self.state["held"][:count] = cells.held_since(eye.since_spike, self.cell, self.dt)

    def fired(self, width: int) -> csr_array:
        """(lanes, width): a 1 for each cell that fired in this step."""
        who = self.group.spikes
        starts = np.searchsorted(who, self.starts)
        return csr_array((np.ones(len(who), np.float32), self.unit[who], starts), shape=(len(starts) - 1, width))


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
        self.layers = [self.layer(width, dtype) for width in self.widths]
        self.eye = self.empty_eye(dtype) if stimuli[0].kind == "lif" else None
        self.step = 0
        self.responses: list[Response] = []
        self.spikes: list[list[np.ndarray]] = [[] for _ in network.sizes]
        self.voltages: list[list[np.ndarray]] = [[] for _ in self.widths]
        clockwork = [
            b2.NetworkOperation(function, dt=dt * b2.second, when=when)
            for function, when in ((self.prepare, "start"), (self.transmit, "synapses"), (self.conclude, "end"))
        ]
        groups = [layer.group for layer in ([self.eye] if self.eye else []) + self.layers]
        self.brian_network = b2.Network(groups, clockwork)

    def layer(self, width: int, dtype: type) -> Population:
        """The cells of a layer in all lanes."""
        unit, starts = np.tile(np.arange(width), self.lanes), np.arange(self.lanes + 1) * width
        return Population(self.network.cell, unit, starts, dt=self.dt, dtype=dtype)

    def empty_eye(self, dtype: type) -> Population:
        """Room for the lit cells of whichever stimulus lights most."""
        room = max(1, *(int(np.count_nonzero(stimulus.images)) for stimulus in self.stimuli))
        unit, starts = np.zeros(room, int), np.zeros(self.lanes + 1, int)
        return Population(self.stimuli[0].eye, unit, starts, dt=self.dt, dtype=dtype)

    def run(self, time: float) -> None:
        """Simulates `time` (s) more."""
        b2 = brian2()
        b2.prefs.codegen.target = self.target
        gc.freeze()  # each run of Brian2 collects garbage, which takes as long as a thousand digits
        try:
            with np.errstate(over="ignore"):  # Brian2 compares float32 values with 1e50
                self.brian_network.run(time * b2.second, namespace={})
        finally:
            gc.unfreeze()

    def prepare(self) -> None:
        """At the start of each step: a new stimulus where one is due, and the noise of this step."""
        shown, self.now = divmod(self.step, self.steps)
        if self.now == 0:
            self.present(self.stimuli[shown])
        if self.noise_size:
            now, right = next(self.noise), np.cumsum(self.widths)
            for layer, width, end in zip(self.layers, self.widths, right, strict=True):
                drawn = now[:, end - width : end]
                np.multiply(
                    drawn, self.noise_size, out=layer.state["noise"].reshape(self.lanes, width), casting="unsafe"
                )

    def present(self, stimulus: Stimulus) -> None:
        """Puts all cells to rest and shows them the next stimulus."""
        drives = [bias.copy() for bias in self.biases]
        self.input_spikes: Iterator[tuple[csr_array, np.ndarray]] | None = None
        if stimulus.kind == "current":
            drives[0] += stimulus.mean_rates() @ self.first
        elif stimulus.kind == "poisson":
            self.input_spikes = self.random_input(stimulus)
        elif self.eye:
            self.eye.begin_as(stimulus.eye_cells(), self.lanes)
        for layer, drive in zip(self.layers, drives, strict=True):
            layer.rest(drive)
        if self.noise_size:
            self.noise = stimulus.membrane_noise(self.steps, sum(self.widths))
        self.counts = [np.zeros((self.lanes, width), np.int32) for width in self.widths]
        self.input_counts = np.zeros(self.lanes, np.int64)
        self.verdicts: list[np.ndarray] = []

    def transmit(self) -> None:
        """After the thresholds: counts who fired, and adds their spikes to the currents of the layer above."""
        fired = [layer.fired(width) for layer, width in zip(self.layers, self.widths, strict=True)]
        source = None
        if self.eye:
            source = self.eye.fired(self.inputs)
            currents = source @ self.kicks[0]
        elif self.input_spikes:
            source, currents = next(self.input_spikes)
        if source is not None:
            self.input_counts += np.diff(source.indptr)
            add_to(self.layers[0], currents)
        for above, below, kicks in zip(self.layers[1:], fired, self.kicks[1:], strict=False):
            add_to(above, below @ kicks)
        for counts, layer in zip(self.counts, self.layers, strict=True):
            counts.ravel()[layer.group.spikes] += 1
        if self.record:
            for kept, spikes in zip(self.spikes, [source, *fired], strict=True):
                if spikes is not None:
                    lane, cell = spikes.nonzero()
                    kept.append(np.column_stack([np.full(len(lane), self.now), lane, cell]))

    def random_input(self, stimulus: Stimulus) -> Iterator[tuple[csr_array, np.ndarray]]:
        """Of each step, the input spikes (lanes, inputs) and the currents (lanes, cells) that they add to the first
        layer, whose weights multiply many steps at once."""
        for length, block in stimulus.poisson_blocks(self.steps, self.dt):
            currents = (block @ self.kicks[0]).reshape(self.lanes, length, -1)
            for step in range(length):
                yield block[step::length], currents[:, step]

    def conclude(self) -> None:
        """At the end of each step: asks for the verdict where it is due, and files the response to a whole stimulus."""
        self.step += 1
        voltage = self.layers[-1].state["v"].reshape(self.lanes, -1)
        if self.now + 1 in self.samples:
            self.verdicts.append(verdict(self.counts[-1], voltage).astype(np.int8))
        if self.record:
            for kept, layer in zip(self.voltages, self.layers, strict=True):
                kept.append(layer.state["v"].reshape(self.lanes, -1).copy())
        if self.now + 1 == self.steps:
            times = np.array(self.samples) * self.dt
            verdicts = np.column_stack(self.verdicts)
            self.responses.append(Response(tuple(self.counts), self.input_counts, voltage.copy(), times, verdicts))

    def recording(self) -> Recording:
        """All spikes and voltages so far of the one stimulus shown. Raises ValueError where none was recorded."""
        if not self.record or len(self.stimuli) != 1:
            raise ValueError("nothing was recorded: ask for it with record=True, and show one stimulus")
        spikes = tuple(np.concatenate([np.zeros((0, 3), int), *kept]) for kept in self.spikes)
        return Recording(spikes, (None, *(np.array(kept) for kept in self.voltages)))


def add_to(layer: Population, currents: np.ndarray) -> None:
    """Adds synaptic currents (lanes, cells), in thresholds, to those of a layer."""
    layer.state["g"].reshape(currents.shape)[:] += currents
