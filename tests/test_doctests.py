"""The examples in docstrings give what they say."""

import doctest
from importlib import import_module

import pytest
from test_layout import FILES, ROOT

EXAMPLES = [file for file in FILES if ">>> " in (ROOT / file).read_text(encoding="utf-8")]


def test_there_are_examples_in_every_package():
    assert {file.split("/")[0] for file in EXAMPLES} == {"ann", "bio", "compare", "data"}


@pytest.mark.parametrize("file", EXAMPLES)
def test_an_example_gives_what_it_says(file):
    failed, tried = doctest.testmod(import_module(file.removesuffix(".py").replace("/", ".")))
    assert tried > 0
    assert failed == 0
