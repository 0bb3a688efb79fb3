"""CONTRIBUTING.md is true: its paths and names exist, and what it gives to type does what it says."""

import ast
import re
import sys
import textwrap
from types import MappingProxyType, ModuleType

import numpy as np
import pytest
from specimens import pair_of
from test_layout import FILES, ROOT

import ann.activation
from ann import ACTIVATIONS
from bio import LIF
from compare.activations import CELLS
from compare.experiments.experiment import Outcome
from compare.experiments.registry import experiments
from data import DISTORTIONS, distort, distortion, sloppy

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PROSE = re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)
CODE = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)
SPANS = sorted(set(re.findall(r"`([^`]+)`", PROSE)))
MADE = {"out/", "compare/experiments/mistakes.py", ".venv/bin/activate", ".venv"}  # by what the text says
TYPED = "\n".join(CODE)


def spoken(start: str) -> str:
    """The one span of code in the prose that starts so."""
    (found,) = (span for span in SPANS if span.startswith(start))
    return found


def blocks() -> tuple[str, str, str, str, str]:
    """Activation; experiment and its test; distortion and its test."""
    assert len(CODE) == 5
    return tuple(CODE)


def paths() -> set[str]:
    linked = re.findall(r"\]\(([^)]+)\)", PROSE)
    said = [span for span in SPANS if re.fullmatch(r"[\w./-]*/[\w./-]*|[\w-]+\.(md|py)", span)]
    commanded = re.findall(r"\b(?:tests|compare|ann|bio|data)/[\w/]+\.py", TEXT)
    return {*linked, *said, *commanded} - MADE


def test_every_path_exists():
    assert len(paths()) > 25
    assert not [path for path in paths() if not (ROOT / path).exists()]
    assert not (ROOT / "compare/experiments/mistakes.py").exists()


def test_every_name_exists_in_the_code_or_is_typed_in_a_recipe():
    code = "\n".join((ROOT / file).read_text(encoding="utf-8") for file in FILES) + TYPED
    names = {name for span in SPANS for name in (re.fullmatch(r"\w+(\.\w+)*", span) and span.split(".")) or []}
    names -= set("/".join(paths()).replace(".", "/").split("/"))
    assert {"tau_m", "ACTIVATIONS", "CELLS", "MODULES"} <= names
    assert not [name for name in names if not re.search(rf"\b{name}\b", code)]


def test_it_is_short():
    assert len(TEXT.splitlines()) <= 200


def test_softplus_is_an_activation_with_a_cell_and_a_place_among_the_others():
    kind = eval(f"{{{blocks()[0]}}}", dict(vars(ann.activation)))["softplus"]
    z, h = np.linspace(-30, 30, 201), 1e-5
    rise = (kind.hidden(z + h) - kind.hidden(z - h)) / (2 * h)
    assert kind.slope(z, kind.hidden(z)) == pytest.approx(rise, abs=1e-8)
    entry = spoken('"softplus"')
    assert eval(f"{{{entry}}}", {"LIF": LIF}) == {"softplus": LIF()}
    names = ast.literal_eval(spoken('"relu,')).split(", ")
    assert [name for name in names if name != "softplus"] == list(ACTIVATIONS) == list(CELLS)
    assert names[names.index("softplus") + 1] == "lif"


def test_mistakes_is_an_experiment_and_passes_its_test(monkeypatch):
    _, experiment, test, _, _ = blocks()
    mistakes = ModuleType("mistakes")
    monkeypatch.setitem(sys.modules, "mistakes", mistakes)
    exec(experiment, vars(mistakes))
    assert mistakes.EXPERIMENT.name not in experiments()
    run_test(test, mistakes=mistakes, pair_of=pair_of)
    pair = pair_of([np.eye(10)[[0, 1]]], [np.eye(10, dtype=int)[[2, 0]]])
    result = mistakes.Result({"relu": mistakes.errors_of(pair)})
    assert Outcome(mistakes.EXPERIMENT, result).as_json()["numbers"]["errors"]["relu"]["alike"] == 0
    assert mistakes.draw(result)[0].figure.get_suptitle() == "0% of mistakes are made alike"


def test_row_jitter_is_a_distortion_and_passes_its_test(monkeypatch):
    _, _, _, function, test = blocks()
    changed = ModuleType("sloppy")
    exec(function, vars(changed) | vars(sloppy), vars(changed))
    (new,) = eval(f"({spoken('Distortion(')})", vars(distortion) | {"sloppy": changed})
    assert new.name not in DISTORTIONS
    monkeypatch.setattr(distortion, "DISTORTIONS", MappingProxyType({**DISTORTIONS, new.name: new}))
    run_test(test, distort=distort)


def run_test(code: str, **names) -> None:
    """Runs the one test function in some code."""
    place = {"np": np, "pytest": pytest, **names}
    exec(textwrap.dedent(code), place)
    (test,) = (value for name, value in place.items() if name.startswith("test_"))
    test()
