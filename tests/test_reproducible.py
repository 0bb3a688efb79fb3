"""A small run gives the numbers that are kept in a file, whichever Python, numpy, Brian2 and BLAS compute it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from small_run import COMMAND, FILE, TOLERANCES, small_run

GOLDEN = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def found():
    return small_run()


def assert_close(numbers):
    """Those of a run, to those that are kept."""
    kept = GOLDEN["close"]
    assert {kind: set(values) for kind, values in numbers.items()} == {kind: set(kept[kind]) for kind in kept}
    for name, value in numbers["relative"].items():
        np.testing.assert_allclose(value, kept["relative"][name], rtol=TOLERANCES["relative"], err_msg=name)
    for name, value in numbers["share"].items():
        # a hair more, for shares that are one digit apart
        np.testing.assert_allclose(value, kept["share"][name], rtol=0, atol=TOLERANCES["share"] + 1e-9, err_msg=name)


@pytest.mark.parametrize("name", GOLDEN["exact"])
def test_what_no_matrix_product_has_touched_is_the_same_to_the_last_bit(name, found):
    assert found["exact"][name] == GOLDEN["exact"][name]


def test_what_training_comes_to_is_the_same_but_for_the_rounding_of_blas(found):
    assert_close(found["close"])


def test_the_file_says_what_makes_it_and_how_far_numbers_may_be_off(found):
    assert GOLDEN["made by"] == COMMAND
    assert (FILE.parents[2] / COMMAND.split()[1]).exists()
    assert GOLDEN["tolerances"] == TOLERANCES
    assert set(GOLDEN["exact"]) == set(found["exact"])


def test_another_kernel_of_blas_stays_within_the_tolerance_and_changes_no_spike_of_given_weights():
    """An old kernel, where numpy has OpenBLAS on an x86 processor; elsewhere it is the same run again. (Of the kernels,
    Prescott's and Core2's are older still; those of numpy 2.5.5's OpenBLAS crash in any product of matrices.)"""
    environment = os.environ | {"OPENBLAS_CORETYPE": "Nehalem", "PYTHONPATH": str(Path(__file__).parents[1])}
    script = Path(__file__).with_name("small_run.py")
    done = subprocess.run([sys.executable, str(script), "-"], env=environment, capture_output=True, check=True)
    again = json.loads(done.stdout)
    assert again["exact"] == GOLDEN["exact"]
    assert_close(again["close"])
