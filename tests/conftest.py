"""What every test runs under."""

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import chromium
from digits_once import remember
from hypothesis import settings

remember()  # before any module takes `data.load_digits` for its own
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as many tests as cores run side by side: more threads only wait
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job behind a shell's `&` ignores it, tests send it
settings.register_profile("untimed", deadline=None)  # a busy machine makes no property false
settings.load_profile("untimed")


def pytest_xdist_auto_num_workers() -> int:
    """One more process than cores, since some tests wait: for a limit of time, for another process, for a browser."""
    return 1 + (os.cpu_count() or 1)


@pytest.fixture(scope="module", autouse=True)
def frozen() -> None:
    """Brian2 collects garbage before every run, which took a tenth of all the time. What is there before a module's
    tests (imported, collected, cached) stays, and is not looked through again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def same_ctrl_c() -> Iterator[None]:
    """A command that has ended heeds Ctrl-C in its own way: in tests, its process goes on."""
    before, printed = signal.getsignal(signal.SIGINT), sys.unraisablehook
    yield
    sys.unraisablehook = printed
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, before)


@pytest.fixture
def analogy(monkeypatch: Any, capsys: Any, tmp_path: Path) -> Callable[..., tuple[Any, str, str]]:
    """Runs the command in this process, in a folder of its own: its exit code, stdout and stderr."""
    import compare.cli as cli

    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> tuple[Any, str, str]:
        monkeypatch.setattr(sys, "argv", ["analogy", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return run


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, one a file."""
    with chromium() as browser:
        yield browser
