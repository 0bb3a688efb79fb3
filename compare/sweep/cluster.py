"""A sweep's way to a Dask cluster that others started, `dask scheduler` and `dask worker`: no scheduler of ours.

Brian2 must be imported in the main thread of a worker (`dask worker --preload brian2`), and be the same everywhere: a
plugin sees to both on every worker, also on those that join later.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from distributed import Client, Worker, WorkerPlugin

from bio.brian import brian2
from compare.sweep.code import versions_and_code
from compare.sweep.pool import PATIENCE


class Admission(WorkerPlugin):
    """Makes a worker fit for the sweep, or keeps it out: its setup raises RuntimeError, in one line."""

    name = "neural-analogy"

    def __init__(self) -> None:
        self.versions = versions_and_code()

    def setup(self, worker: Worker) -> None:
        """Runs in the worker, before its first task."""
        here = versions_and_code()
        for name, wanted in self.versions.items():
            if here[name] != wanted:
                raise RuntimeError(f"{worker.address}: has {name} {here[name]}, not {wanted}: install that there")
        if "brian2" not in sys.modules and threading.current_thread() is not threading.main_thread():
            raise RuntimeError(f"{worker.address}: has no Brian2 in its main thread: start it with --preload brian2")
        brian2()


def hush() -> None:
    """Keeps Dask's logs, tracebacks among them, from the terminal: what matters comes back as an error."""
    for name in ("asyncio", "tornado", *logging.root.manager.loggerDict):
        if name.split(".")[0] in ("asyncio", "tornado", "distributed"):
            logging.getLogger(name).setLevel(logging.CRITICAL)


@contextmanager
def cluster(address: str) -> Iterator[Client]:
    """A client of the scheduler at the address, which has workers, all of them fit.

    Raises ValueError, in one line, where no scheduler answers, there are no workers, or one won't do.
    """
    if not re.fullmatch(r"(tcp|tls|ws|wss)://\S+:\d+", address):
        raise ValueError(f'cluster "{address}": must be the address of a Dask scheduler, as in tcp://192.0.0.100:8786')
    hush()
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError, ImportError):
        raise ValueError(
            f"{address}: no Dask scheduler answers there: start one (dask scheduler), or mend the address"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
            client.register_plugin(Admission())
        except TimeoutError:
            raise ValueError(
                f"{address}: has no workers: start some (dask worker {address} --nthreads 1 --preload brian2)"
            ) from None
        except (RuntimeError, ImportError) as error:
            raise ValueError(f"a worker won't do: {error}") from None
        try:
            yield client
        finally:
            if client.status == "running":
                client.unregister_worker_plugin(Admission.name)
