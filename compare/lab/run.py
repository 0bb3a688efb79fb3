"""Runs cells in a fresh kernel of their own, with a time limit and bounded memory and output.

This is a process with limits, not a sandbox: its code can read files and use the network as the user can.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from compare.lab import wire
from compare.lab.course import AnswerError, EndedError
from compare.lab.kernel import MEMORY, STATIC

ROOT = str(Path(__file__).parents[2])  # where `compare` is imported from
TO_START = 60.0  # seconds that a kernel may take
TO_STOP = 3.0  # seconds to heed an interrupt
LEAST_MEMORY, MOST_MEMORY = 1 << 30, 1 << 50  # bytes
LONGEST = 70  # bytes of a folder's name, behind which a socket's name still fits: 103 in all on a Mac, 107 on Linux
LARGEST_MESSAGE = 64 << 20  # bytes
REMOVALS = 20  # tries, 0.1 s apart
TO_ANSWER = 60.0  # seconds for all answers, after the sheet has run


@dataclass(frozen=True)
class Limits:
    """What one sheet may use. Raises ValueError for limits that no sheet could keep to.

    timeout  for all its cells together, s
    memory   bytes (kept on Linux only)
    output   bytes of all that it shows
    """

    timeout: float = 300.0
    memory: float = 4 << 30
    output: int = 20 << 20

    def __post_init__(self) -> None:
        if not 0 < self.timeout < float("inf"):
            raise ValueError(f"a time limit of {self.timeout:g} s: choose a positive number of seconds")
        if not LEAST_MEMORY <= self.memory <= MOST_MEMORY:
            given, most = self.memory / (1 << 30), MOST_MEMORY >> 30
            raise ValueError(f"a memory limit of {given:g} GB: choose from 1, which a kernel needs, to {most:,}")


@dataclass
class Ran:
    """One cell's outputs, as Jupyter's messages, and the error that it raised: name and text."""

    outputs: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""


class Session:
    """A kernel in an empty folder, for as long as the `with` lasts."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.shown = 0
        self.deadline = float("inf")

    def __enter__(self) -> Session:
        import zmq
        from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
        from jupyter_client.manager import KernelManager

        class OwnSpec(KernelSpecManager):
            """Knows this project's kernel only, whatever is installed for the user."""

            def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
                argv = [sys.executable, "-m", "compare.lab.kernel", "-f", "{connection_file}"]
                return KernelSpec(argv=argv, display_name="Python", language="python")

        self.folder = tempfile.mkdtemp(prefix="analogy-lab-")
        work = Path(self.folder, "work")
        work.mkdir()
        self.manager = KernelManager(
            kernel_spec_manager=OwnSpec(),
            connection_file=str(Path(self.folder, "kernel.json")),
            transport="ipc" if sys.platform != "win32" and len(os.fsencode(self.folder)) <= LONGEST else "tcp",
        )
        self.manager.start_kernel(
            cwd=str(work),
            env=environment(self.limits, self.folder),
            stdout=subprocess.DEVNULL,  # what is written past Jupyter would flood the terminal
            stderr=subprocess.DEVNULL,
        )
        self.client = self.manager.client()
        self.client.context.setsockopt(zmq.MAXMSGSIZE, LARGEST_MESSAGE)  # more is not even taken in
        self.client.start_channels()
        try:
            self.client.wait_for_ready(timeout=TO_START)
        except BaseException as error:
            self.close()
            if isinstance(error, RuntimeError):
                raise OSError(f"no kernel started within {TO_START:g} s ({error}): check the memory limit") from error
            raise
        self.deadline = time.monotonic() + self.limits.timeout
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends the kernel and all that it started in its group."""
        self.client.stop_channels()
        group = getattr(self.manager.provisioner, "pgid", None)
        self.manager.shutdown_kernel(now=True)
        if sys.platform != "win32" and group:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGKILL)
        for _ in range(REMOVALS):  # on Windows, what a process that ends just now still holds cannot be removed
            shutil.rmtree(self.folder, ignore_errors=True)
            if not os.path.exists(self.folder):
                break
            time.sleep(0.1)

    def run(self, code: str) -> Ran:
        """Runs one cell. Raises EndedError where the sheet's time or output is used up, or its process died."""
        ran = Ran()
        asked = self.client.execute(code, allow_stdin=False, stop_on_error=False)
        for message in self.messages(asked):
            kind, content = message["msg_type"], message["content"]
            if kind == "error":
                ran.error = f"{content['ename']}: {content['evalue']}"
            if kind in {"stream", "display_data", "execute_result", "error"}:
                ran.outputs.append(message)
        return ran

    def messages(self, asked: str) -> Any:
        """What the kernel shows in answer to one request, until it is done with it."""
        while True:
            left = self.deadline - time.monotonic()
            if left <= 0:
                self.interrupt(asked)
                raise EndedError(f"it was stopped after {self.limits.timeout:g} s")
            try:
                message = self.client.get_iopub_msg(timeout=min(1.0, left))
            except queue.Empty:
                if not self.manager.is_alive():
                    raise EndedError("its process died", died=True) from None
                continue
            self.shown += len(str(message["content"]))
            if self.shown > self.limits.output:
                self.interrupt(asked)
                raise EndedError(f"it printed more than {self.limits.output >> 20} MB and was stopped")
            if message["parent_header"].get("msg_id") != asked:
                continue
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return
            yield message

    def interrupt(self, asked: str) -> None:
        """Stops what the kernel is doing. Raises EndedError, and kills it, where it does not heed."""
        self.manager.interrupt_kernel()
        until = time.monotonic() + TO_STOP
        while (left := until - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):
                message = self.client.get_iopub_msg(timeout=left)
                mine = message["parent_header"].get("msg_id") == asked
                if mine and message["content"].get("execution_state") == "idle":
                    return
        raise EndedError("it did not stop when told to, and was killed", died=True)

    def answer(self, name: str) -> Any:
        """What the sheet calls by this name now; a function can be called, and runs in the kernel.

        Raises AnswerError for what the function raises, EndedError where the kernel does not answer."""
        value = wire.decode(self.ask(f"give({name!r})"))
        if not isinstance(value, wire.Function):
            return value

        def remote(*arguments: Any) -> Any:
            sent = json.dumps([wire.encode(argument) for argument in arguments])
            content = self.ask(f"call({name!r}, {sent!r})")
            if "raised" in content:
                raise AnswerError(str(content["raised"]))
            wire.change(arguments, content.get("after"))
            return wire.decode(content)

        return remote

    def ask(self, expression: str) -> dict[str, Any]:
        """What a function of `compare.lab.wire` returns in the kernel."""
        wanted = f"__import__('compare.lab.wire', fromlist=['wire']).{expression}"
        asked = self.client.execute("", silent=True, allow_stdin=False, user_expressions={"answer": wanted})
        for _ in self.messages(asked):
            pass
        while True:
            try:
                reply = self.client.get_shell_msg(timeout=TO_STOP)
            except queue.Empty:
                raise EndedError("its process does not answer", died=True) from None
            if reply["parent_header"].get("msg_id") == asked:
                break
        told = reply["content"].get("user_expressions", {}).get("answer", {})
        if told.get("status") != "ok":
            raise AnswerError(f"{told.get('ename', 'an error')} while the answer was read, {told.get('evalue', '')}")
        try:
            content = json.loads(ast.literal_eval(told["data"]["text/plain"]))
        except (ValueError, SyntaxError, KeyError, TypeError, RecursionError, MemoryError):
            raise AnswerError("the answer cannot be read") from None
        return content if isinstance(content, dict) else {}

    def allow_answers(self) -> None:
        """Gives the kernel time, and room, to answer after its cells have run."""
        self.deadline = time.monotonic() + min(TO_ANSWER, self.limits.timeout)
        self.shown = 0


def environment(limits: Limits, folder: str) -> dict[str, str]:
    """What the kernel's process is told: its limits, and to find this very project."""
    path = os.pathsep.join(filter(None, [ROOT, os.environ.get("PYTHONPATH", "")]))
    own = {
        MEMORY: str(int(limits.memory)),
        STATIC: "1",
        "PYTHONPATH": path,
        "IPYTHONDIR": folder,
        "JUPYTER_PLATFORM_DIRS": "1",
    }
    return os.environ | {"OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"} | own
