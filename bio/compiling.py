"""Compiles cells and a clockwork, a C++ header, into a program, by Brian2's C++ standalone device."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from bio.brian import brian2

HEADERS = "headers.h"  # all that Brian2's source files include
#: no reordering of sums, and no rounding left out: float32 as numpy computes it
FLAGS = ("-w", "-O3", "-funroll-loops", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-std=c++17")
FOR_EVER = 1e9  # s; the clockwork stops the run when all digits are done
MOMENTS = {"prepare": "start", "transmit": "synapses", "conclude": "end"}  # of a step, in Brian2's schedule
INCLUDED = (
    *('"objects.h"', '"brianlib/common_math.h"'),
    *("<climits>", "<cmath>", "<cstdio>", "<cstdlib>", "<cstring>", "<ctime>", "<fstream>", "<iostream>"),
)

#: Of the makefile: headers are read once and not for each source file, which halves the work. It may fail (-): without
#: what it makes, compilers read the headers as they are.
PRECOMPILED = f"""
$(OBJS): {HEADERS}.gch
$(OBJS): CXXFLAGS += -include {HEADERS}

{HEADERS}.gch: {HEADERS}
\t-$(CXX) $(filter-out -c -include {HEADERS},$(CXXFLAGS)) -x c++-header {HEADERS} -o {HEADERS}.gch
"""


def standalone_device(folder: Path, dt: float) -> Any:
    """Brian2, told to write C++ for a program in a folder, that computes in float32 and in steps of `dt` (s)."""
    b2 = brian2()
    b2.set_device("cpp_standalone", build_on_run=False, directory=str(folder))
    b2.prefs.codegen.cpp.extra_compile_args_gcc = list(FLAGS)
    without_deps = [f"-j{os.cpu_count() or 1}", "DEPS="]  # for all files of source depend on all headers
    b2.prefs.devices.cpp_standalone.extra_make_args_unix = without_deps
    b2.prefs.core.default_float_dtype = b2.float32
    b2.defaultclock.dt = dt * b2.second
    return b2


def compile_with(clockwork: Path, arguments: str, hook: Any, network: Any, folder: Path) -> None:
    """Compiles a network that runs until the clockwork stops it: a header with a namespace of its name, and in that a
    class `Clockwork`, whose methods are called at their moment of every step.

    The arguments of its constructor are given in C++. `hook` is a group of the network that has the shared variable
    `beat`. Raises RuntimeError where the compiler fails.
    """
    b2 = brian2()
    for moment, when in MOMENTS.items():
        hook.run_regularly(f"beat = {moment}(beat)", when=when)  # once a step, not once a cell
    network.add(*(item for item in hook.contained_objects if item not in network.objects))
    network.run(FOR_EVER * b2.second, namespace={moment: moment_function(moment) for moment in MOMENTS})
    declared = "".join(f"double at_{moment}(double beat);\n" for moment in MOMENTS)
    Path(folder, "moments.h").write_text(f"#pragma once\n{declared}", encoding="utf-8", newline="\n")
    Path(folder, "moments.cpp").write_text(moments(clockwork, arguments), encoding="utf-8", newline="\n")
    Path(folder, HEADERS).write_text("".join(f"#include {name}\n" for name in INCLUDED), encoding="utf-8", newline="\n")
    b2.device.build(directory=str(folder), compile=False, run=False, additional_source_files=["moments.cpp"])
    kind, _ = b2.codegen.cpp_prefs.get_compiler_and_args()
    if kind == "unix":
        with open(Path(folder, "makefile"), "a", encoding="utf-8", newline="\n") as makefile:
            makefile.write(PRECOMPILED)
    b2.device.compile_source(str(folder), kind, debug=False, clean=False)


def moments(clockwork: Path, arguments: str) -> str:
    """The C++ of a function for each moment, which gives its argument back."""
    name = clockwork.stem
    functions = "".join(f"double at_{moment}(double beat) {{ the().{moment}(); return beat; }}\n" for moment in MOMENTS)
    return f"""
#include "moments.h"
#include "objects.h"
#include "{clockwork}"

static {name}::Clockwork &the() {{
    static {name}::Clockwork one({arguments});
    return one;
}}

{functions}"""


def moment_function(moment: str) -> Any:
    """A Brian2 function that calls one of `moments`."""
    b2 = brian2()

    def unused(value: Any) -> Any:
        raise NotImplementedError

    code = f"static inline double {moment}(double beat) {{ return at_{moment}(beat); }}"
    function = b2.check_units(value=1, result=1)(unused)
    return b2.implementation("cpp", code, headers=['"moments.h"'])(function)
