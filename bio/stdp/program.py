"""Compiles the cells and `stdp.h` into a program: `python -m bio.stdp.program`, called by `bio.standalone`.

The program is made for a number of inputs, of cells and a step. All constants, weights, thresholds and digits are data,
and whether anything is learned.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar

from bio.compiling import compile_with, standalone_device
from bio.stdp import cells

CLOCKWORK = Path(__file__).with_name("stdp.h")


@dataclass(frozen=True)
class Spec:
    """What a program is made for: inputs, cells, and the step (s)."""

    inputs: int
    cells: int
    dt: float

    maker: ClassVar[str] = "bio.stdp.program"
    sources: ClassVar[tuple[str, ...]] = ("compiling.py", "sfc64.h", "stdp/cells.py", "stdp/program.py", "stdp/stdp.h")

    def as_json(self) -> str:
        """To be read by `Spec.read`."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> Spec:
        """The spec that `as_json` wrote."""
        return cls(**json.loads(text))


def build(spec: Spec, folder: Path) -> None:
    """Leaves the program, `main`, in a folder."""
    b2 = standalone_device(folder, spec.dt)
    group = cells.group(spec.cells, more="beat : 1 (shared)", name="cells")
    arrays = [*cells.VARIABLES, "_spikespace", *cells.CONSTANTS]
    pointers = ", ".join(f"brian::_array_cells_{array}" for array in arrays)
    clockwork = f"{spec.inputs}, {spec.cells}, stdp::Cells{{{pointers}}}, brian::results_dir"
    compile_with(CLOCKWORK, clockwork, group, b2.Network(group), folder)


if __name__ == "__main__":
    build(Spec.read(sys.argv[1]), Path(sys.argv[2]))
