"""Compiles the cells and `clockwork.h` into a program, by Brian2's C++ standalone device: `python -m bio.program`.

In a process of its own, since Brian2 has one device a process. The program is made for the sizes of a network, a
number of lanes and a step; weights, constants, digits and how long they are shown are data (`bio.standalone`).
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

from bio import cells
from bio.brian import brian2

#: no reordering of sums, and no rounding left out: float32 as numpy computes it
COMPILER_FLAGS = ("-w", "-O3", "-funroll-loops", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-std=c++17")
FOR_EVER = 1e9  # s; the clockwork stops the run when all digits are done
CLOCKWORK = Path(__file__).with_name("clockwork.h")
MOMENTS = {"prepare": "start", "transmit": "synapses", "conclude": "end"}  # of a step, in Brian2's schedule


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
    sources: ClassVar[tuple[str, ...]] = ("cells.py", "program.py", "clockwork.h", "sfc64.h")  # in bio

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
    wind = f"""
        {f"const clockwork::Cells eye = {eye};" if eye else ""}
        clockwork::the().wind({spec.lanes}, {spec.inputs}, {{{layers}}}, {"&eye" if eye else "nullptr"},
                              brian::results_dir);
    """
    compile_with(CLOCKWORK, wind, hook, b2.Network(groups), folder)


def standalone_device(folder: Path, dt: float) -> Any:
    """Brian2, told to write C++ for a program in a folder, that computes in float32 and in steps of `dt` (s)."""
    b2 = brian2()
    b2.set_device("cpp_standalone", build_on_run=False, directory=str(folder))
    b2.prefs.codegen.cpp.extra_compile_args_gcc = list(COMPILER_FLAGS)
    b2.prefs.core.default_float_dtype = b2.float32
    b2.defaultclock.dt = dt * b2.second
    return b2


def compile_with(clockwork: Path, wind: str, hook: Any, network: Any, folder: Path) -> None:
    """Compiles a network that runs until the clockwork, a header, stops it.

    Its methods are called at their moment of every step, and the C++ in `wind` before the first of them. `hook` is a
    group of the network that has the shared variable `beat`.
    """
    b2 = brian2()
    for moment, when in MOMENTS.items():
        hook.run_regularly(f"beat = {moment}(beat)", when=when)  # once a step, not once a cell
    network.add(*(item for item in hook.contained_objects if item not in network.objects))
    moments = {moment: moment_function(moment, clockwork, wind) for moment in MOMENTS}
    network.run(FOR_EVER * b2.second, namespace=moments)
    b2.device.build(directory=str(folder), compile=True, run=False, with_output=False)


def moment_function(moment: str, clockwork: Path, wind: str) -> Any:
    """A Brian2 function whose C++ lets the clockwork do what is due, and gives its argument back."""
    b2 = brian2()
    code = f"""
    static inline double {moment}(double value) {{
        static bool wound = false;
        if (!wound) {{
            {wind}
            wound = true;
        }}
        {clockwork.stem}::the().{moment}();
        return value;
    }}
    """

    def unused(value: Any) -> Any:
        raise NotImplementedError

    function = b2.check_units(value=1, result=1)(unused)
    return b2.implementation("cpp", code, headers=['"objects.h"', f'"{clockwork}"'])(function)


def described(name: str, width: int) -> str:
    """`clockwork::Cells` of a group, in C++."""
    arrays = [*cells.VARIABLES, "_spikespace", *cells.CONSTANTS]
    return "clockwork::Cells{" + ", ".join([str(width), *(f"brian::_array_{name}_{array}" for array in arrays)]) + "}"


if __name__ == "__main__":
    build(Spec.read(sys.argv[1]), Path(sys.argv[2]))
