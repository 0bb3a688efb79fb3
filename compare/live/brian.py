"""Brian2 in a process of its own, which is made anew when it ends, or takes too long.

Brian2 can only be imported by the main thread of a process, and what it simulates cannot be stopped half-way. So it has
a process with nothing else in it: it gets the networks once, imports Brian2, simulates one digit to be warm, and then
answers requests one at a time.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
import time
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import suppress
from importlib.metadata import version
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import Connection, wait
from typing import NamedTuple

import numpy as np

from ann import MLP
from bio import Recording
from compare.live.request import Networks, Request, network_and_stimulus
from compare.live.turns import UnansweredError
from compare.mapping import Mapping
from compare.sentence import in_a_line
from compare.workers import deaf

DT = 1e-3  # s
TIME_LIMIT = 20.0  # s, of one simulation: the slowest that a page can ask for takes less than one
RENEW_AFTER = 300  # requests
START_LIMIT = 300.0  # s, until Brian2 is imported and warm: some 3 s, but far more where many processes share a core


class Sent(NamedTuple):
    """A network, as the process gets it."""

    model: MLP
    mapping: Mapping


class Brian:
    """Brian2 for some networks, in a process that `start` makes, or else the first request.

    A process keeps some 30 kB of each simulation, in caches of Brian2's. So after `renew_after` requests another one is
    made beside it, and takes its place when warm.
    """

    def __init__(
        self,
        networks: Networks,
        *,
        time_limit: float = TIME_LIMIT,
        start_limit: float = START_LIMIT,
        renew_after: int = RENEW_AFTER,
    ) -> None:
        self.networks = {name: Sent(network.model, network.mapping) for name, network in networks.items()}
        self.version = version("brian2")
        self.time_limit, self.start_limit, self.renew_after = time_limit, start_limit, renew_after
        self.process: Process | None = None
        self.spare: Process | None = None

    def start(self) -> None:
        """Makes the process, which warms up meanwhile, where there is none. Raises OSError where none can be made."""
        if self.process is None:
            self.process = Process(self.networks)

    def close(self) -> None:
        """Ends all processes, whatever they do."""
        for process in (self.process, self.spare):
            if process is not None:
                process.end()
        self.process = self.spare = None

    def current(self) -> Process:
        """The process whose turn it is: a live one, and a fresh one where the last has served for long."""
        if self.spare is not None and self.spare.has_failed():
            self.spare.end()
            self.spare = None
        if self.spare is not None and self.spare.warm.done():
            if self.process is not None:
                self.process.end()
            self.process, self.spare = self.spare, None
        if self.process is None or not self.process.is_alive() or self.process.has_failed():
            self.close()
            self.process = Process(self.networks)
        elif self.process.asked >= self.renew_after and self.spare is None:
            self.spare = Process(self.networks)
        return self.process

    async def answer(self, request: Request) -> bytes:
        """The answer to a request, as JSON. Raises UnansweredError where the process ended or took too long."""
        problem = f"Brian2 was not ready after {self.start_limit:g} s and was ended: ask again, a new one is made"
        process = self.current()
        try:
            await asyncio.wait_for(asyncio.wrap_future(process.warm), self.start_limit)
            problem = f"Brian2 took longer than {self.time_limit:g} s and was ended: ask again, or for less"
            return await asyncio.wait_for(asyncio.wrap_future(process.ask(request)), self.time_limit)
        except BrokenExecutor:
            self.close()
            raise UnansweredError("Brian2's process ended while it computed: ask again, a new one is made") from None
        except TimeoutError:
            self.close()
            raise UnansweredError(problem) from None
        except Exception as error:
            if not process.has_failed():
                raise
            raise UnansweredError(f"Brian2 did not start ({in_a_line(error)}): ask again, a new one is made") from error


class Process:
    """One process with Brian2 in it, made at once.

    warm   done when it is ready
    asked  how many requests it got
    """

    def __init__(self, networks: dict[tuple[str, str], Sent]) -> None:
        before = set(active_children())
        context = get_context("spawn")
        receiver, sender = context.Pipe(duplex=False)
        self.pool = ProcessPoolExecutor(1, mp_context=context, initializer=keep, initargs=(receiver,))
        with deaf():  # the process is so too, from its first moment
            self.warm = self.pool.submit(begin)
        receiver.close()  # so that a process that ends reads no more, and nobody waits for it to
        threading.Thread(target=hand_over, args=(sender, networks), daemon=True).start()
        self.child = next(iter(set(active_children()) - before))
        self.asked = 0

    def is_alive(self) -> bool:
        """Whether it can be asked. Its own end says so: what multiprocessing's `is_alive` finds depends on which thread
        was the first to hear of it."""
        return not wait([self.child.sentinel], timeout=0)

    def has_failed(self) -> bool:
        """Whether it will never be ready."""
        return self.warm.done() and (self.warm.cancelled() or self.warm.exception() is not None)

    def ask(self, request: Request) -> Future[bytes]:
        """Its answer to come."""
        self.asked += 1
        return self.pool.submit(think, request)

    def end(self) -> None:
        """Ends it, whatever it does."""
        self.child.kill()
        self.pool.shutdown(wait=True, cancel_futures=True)


def hand_over(sender: Connection, networks: dict[tuple[str, str], Sent]) -> None:
    """Sends a process its networks, until it has read them or has ended. As a task they would be more than the pool's
    pipe holds, and before Python 3.11.6 a pool waits for ever for a dead process to read on (cpython's issue 94777)."""
    with sender, suppress(OSError):
        sender.send(networks)


# --- What happens in the process

networks_here: dict[tuple[str, str], Sent] = {}


def keep(receiver: Connection) -> None:
    """Keeps the networks that the process is for, once they have come."""
    with receiver:
        networks_here.update(receiver.recv())


def begin() -> None:
    """Warms up; leaves Ctrl-C to the server, and ends with it, however it ends."""
    from bio.brian import brian2

    threading.Thread(target=end_with_the_server, daemon=True).start()
    brian2()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warm_up()


def end_with_the_server() -> None:
    """Ends this process as soon as the one that made it has ended, which a process that waits for work can't see."""
    server = parent_process()
    if server is not None:
        server.join()
        os._exit(0)


def warm_up() -> None:
    """Simulates a digit, after which the next is ten times as fast."""
    (activation, hidden), network = next(iter(networks_here.items()))
    cell = network.mapping.cell
    think(
        Request(
            client="warm-up-",
            number=0,
            pixels=np.linspace(0, 1, network.model.sizes[0], dtype=np.float32),
            activation=activation,
            hidden=hidden,
            input="lif",
            duration=10e-3,
            tau_m=cell.tau_m,
            t_ref=cell.t_ref,
            noise=cell.noise * cell.span,
            threshold=cell.span,
            seed=0,
            index=0,
            silenced=(),
        )
    )


def think(request: Request) -> bytes:
    """What Brian2 makes of a request, as the JSON that is sent."""
    from bio.batch import Batch

    began = time.perf_counter()
    network, stimulus = network_and_stimulus(request, networks_here)
    batch = Batch(network, [stimulus], duration=request.duration, dt=DT, dtype=np.float64, record=True)
    batch.run(batch.steps * DT)
    response = batch.responses[0]
    answer = {
        "number": request.number,
        "spikes": spikes(batch.recording()),
        "answer": int(response.verdicts[0, -1]),
        "voltage": response.voltage[0].tolist(),
        "seconds": round(time.perf_counter() - began, 4),
        "brian2": version("brian2"),
    }
    return json.dumps(answer, separators=(",", ":"), allow_nan=False).encode()


def spikes(recording: Recording) -> list[list[list[int]]]:
    """The steps and the cells of each layer's spikes, in order of both; the input layer first."""
    found = []
    for layer in recording.spikes:
        step, cell = layer[:, 0], layer[:, 2]
        order = np.lexsort((cell, step))
        found.append([step[order].tolist(), cell[order].tolist()])
    return found
