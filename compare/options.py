"""What to compare: the networks, inputs, digits, time, mapping and cell asked for, and which of them cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ann.mlp import check_activation
from bio import INPUTS, LIF
from bio.engines import check_engine
from bio.network import check_time
from compare.activations import CELLS, R_MAX
from compare.mapping import check_mapping


@dataclass(frozen=True)
class Options:
    """What to compare. Raises ValueError, in one line, for what cannot be.

    activations, inputs  every combination becomes a pair
    sizes                units a layer, from 784 pixels to 10 outputs
    digits               how many test digits, at even steps through the set; None: all
    duration, dt         time that each digit is shown, and step of the simulation, s
    align, r_max         how rates are mapped onto activations (`compare.mapping`); r_max in Hz
    cell                 constants of `bio.LIF` to change, by name, in its units
    recalibrate          whether the mapping is made for the changed cell or for the original
    retune               whether each twin gets another beside it whose weights are refitted to the cells' rates
    engine               what runs the simulation, a name in `bio.ENGINES`
    seed                 of training and of simulation
    data                 a folder of IDX files instead of MNIST
    model                a trained network to use; it brings its activation and sizes
    """

    activations: tuple[str, ...] = ("relu", "sigmoid")
    inputs: tuple[str, ...] = INPUTS
    sizes: tuple[int, ...] = (784, 100, 10)
    digits: int | None = None
    duration: float = 0.1
    dt: float = 1e-3
    align: str = "threshold"
    r_max: float = R_MAX
    cell: Mapping[str, float | str] = field(default_factory=dict)
    recalibrate: bool = False
    retune: bool = False
    engine: str = "numpy"
    seed: int = 0
    data: Path | None = None
    model: Path | None = None

    def __post_init__(self) -> None:
        check_time(self.duration, self.dt)
        if not self.activations or not self.inputs:
            raise ValueError("nothing to compare: name at least one activation and one input")
        for activation in self.activations:
            check_activation(activation)
            changed = self.cell_for(activation)
            if self.model is None:  # else only the model's own activation counts, which `calibrate` checks
                check_mapping(changed if self.recalibrate else CELLS[activation], self.align, self.r_max, self.dt)
        for name in self.inputs:
            if name not in INPUTS:
                raise ValueError(f'there is no input "{name}": choose from {", ".join(INPUTS)}')
        check_engine(self.engine)
        check_sizes(self.sizes)
        if self.digits is not None and self.digits < 1:
            raise ValueError(f"{self.digits} digits: choose at least 1")
        if self.seed < 0:
            raise ValueError(f"seed must not be negative, got {self.seed}: choose 0 or more")
        if "poisson" in self.inputs and self.r_max * self.dt > 1:
            raise ValueError(
                f"dt {self.dt * 1e3:g} ms is too coarse for poisson input at r_max {self.r_max:g} Hz: "
                f"choose at most {1e3 / self.r_max:g} ms"
            )

    def cell_for(self, activation: str) -> LIF:
        """The cell that a network of this activation becomes."""
        return replace(CELLS[activation], **self.cell)  # type: ignore[arg-type]

    def as_json(self) -> dict[str, Any]:
        """The options as they stand in a manifest: plain values, by name."""
        plain = asdict(self) | {"cell": dict(self.cell)}
        return {name: str(value) if isinstance(value, Path) else value for name, value in plain.items()}


def check_sizes(sizes: tuple[int, ...]) -> None:
    """Raises ValueError for sizes of a network that does not read digits."""
    if len(sizes) < 2 or sizes[0] != 784 or sizes[-1] != 10 or min(sizes) < 1:
        raise ValueError(
            f"sizes {','.join(map(str, sizes))}: must lead from 784 pixels to 10 outputs, as in 784,100,10"
        )


def check_hidden(sizes: tuple[int, ...]) -> None:
    """Raises ValueError for a network without a hidden layer."""
    if len(sizes) < 3:
        raise ValueError(
            f"sizes {','.join(map(str, sizes))}: this looks at hidden layers, and there is none: "
            f"choose such as 784,100,10"
        )
