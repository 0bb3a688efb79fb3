"""What every test runs under."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from browser import chromium
from hypothesis import settings

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as many tests as cores run side by side: more threads only wait
settings.register_profile("untimed", deadline=None)  # a busy machine makes no property false
settings.load_profile("untimed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, one a file."""
    with chromium() as browser:
        yield browser
