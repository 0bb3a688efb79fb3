"""Compiles the cells and `clockwork.h` into a program: `python -m bio.program`, called by `bio.standalone`.

In a process of its own, since Brian2 has one device a process (`bio.compiling`). The program is made for the sizes of a
network, a number of lanes and a step; weights, constants, digits and how long they are shown are data
(`bio.standalone`).
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

from bio import cells
from bio.compiling import compile_with, standalone_device

CLOCKWORK = Path(__file__).with_name("clockwork.h")


@dataclass(frozen=True)
class Spec:
    """What a program is made for.

    inputs  pixels
    widths  cells a layer, from the first hidden one to the outputs
    lanes   digits side by side
    eye     whether there are cells that see the pixels
    dt      step, s
    """

    inputs: int
    widths: tuple[int, ...]
    lanes: int
    eye: bool
    dt: float

    maker: ClassVar[str] = "bio.program"  # the module that makes the program
    sources: ClassVar[tuple[str, ...]] = ("cells.py", "compiling.py", "program.py", "clockwork.h", "sfc64.h")  # in bio

    def as_json(self) -> str:
        """To be read by `Spec.read`."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> Spec:
        """The spec that `as_json` wrote."""
        found: dict[str, Any] = json.loads(text)
        return cls(**found | {"widths": tuple(found["widths"])})


def build(spec: Spec, folder: Path) -> None:
    """Leaves the program, `main`, in a folder."""
    b2 = standalone_device(folder, spec.dt)
    groups = [
        cells.group(spec.lanes * width, more="beat : 1 (shared)", name=f"layer_{number}")
        for number, width in enumerate(spec.widths, 1)
    ]
    hook = groups[0]
    if spec.eye:
        groups.append(cells.group(spec.lanes * spec.inputs, name="eye"))
    layers = ", ".join(described(f"layer_{number}", width) for number, width in enumerate(spec.widths, 1))
    eye = described("eye", spec.inputs) if spec.eye else ""
    clockwork = f"{spec.lanes}, {spec.inputs}, {{{layers}}}, {{{eye}}}, brian::results_dir"
    compile_with(CLOCKWORK, clockwork, hook, b2.Network(groups), folder)


def described(name: str, width: int) -> str:
    """`clockwork::Cells` of a group, in C++."""
    arrays = [*cells.VARIABLES, "_spikespace", *cells.CONSTANTS]
    return "clockwork::Cells{" + ", ".join([str(width), *(f"brian::_array_{name}_{array}" for array in arrays)]) + "}"


if __name__ == "__main__":
    build(Spec.read(sys.argv[1]), Path(sys.argv[2]))
