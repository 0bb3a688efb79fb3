"""What a process and those that it started have used, on Linux (else 0): seconds of a core, and memory at most; and how
busy the machine is."""

from __future__ import annotations

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100  # how many to a second
PPID, TIMES = 1, slice(11, 15)  # in /proc/PID/stat, behind the name; of its own, and of its children that have ended


def statistics(process: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name; empty where the process is gone."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def family(process: int) -> list[int]:
    """A process and all that descend from it; empty where there is no /proc."""
    parents = {int(path.name): statistics(int(path.name)) for path in Path("/proc").glob("[0-9]*")}
    found = [process] if process in parents else []
    for member in found:
        found += [child for child, fields in parents.items() if fields and int(fields[PPID]) == member]
    return found


def core_seconds(process: int) -> float:
    """Seconds of a core that they have used since they began; 0 where that is not to be had."""
    return sum(int(ticks) for member in family(process) for ticks in statistics(member)[TIMES]) / TICK


def peak_megabytes(process: int) -> float:
    """The sum of the most memory that each of those now alive ever held, MB; 0 where that is not to be had."""
    return memory_of(family(process), "VmHWM")


def resident_megabytes(processes: list[int]) -> float:
    """The sum of the memory that these processes hold now, MB; 0 where that is not to be had."""
    return memory_of(processes, "VmRSS")


def memory_of(processes: list[int], field: str) -> float:
    """The sum of a field of /proc/PID/status in kB, as MB; a process that is gone counts as nothing."""
    total = 0
    for member in processes:
        try:
            lines = Path(f"/proc/{member}/status").read_text(encoding="utf-8").splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))
    return total / 1024


def load() -> float | None:
    """How many processes wanted a core over the last minute, on average; None on Windows, which does not say."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
