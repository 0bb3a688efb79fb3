"""`make faults`: every fault to every command, many times, and the table of what was seen for `tests/README.md`."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from faults import COMMANDS, FAULTS, OFTEN, SLOW, FaultError, Place, disturb


def main() -> int:
    """Tries what was asked for; 1 where anything was lost."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--commands", default=",".join(COMMANDS), help=f"of {', '.join(COMMANDS)}")
    parser.add_argument("--faults", default=",".join(FAULTS), help=f"of {', '.join(FAULTS)}")
    parser.add_argument("--seed", type=int, default=0, help="of the moments (0)")
    parser.add_argument("--share", type=float, default=1.0, help="of the number of faults (1)")
    asked = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for command in asked.commands.split(","):
            place = Place(Path(folder, command.replace(" ", "")), COMMANDS[command])
            place.root.mkdir()
            place.measure()
            print(f"{command}: {place.seconds:.1f} s, writes {place.times} times", flush=True)
            place.clear()
            for fault in asked.faults.split(","):
                failed += tried(place, fault, asked.seed, asked.share)
    return min(1, failed)


def tried(place: Place, fault: str, seed: int, share: float) -> int:
    """Tries a fault, and prints what was seen; 1 where something was lost."""
    count = max(1, round(share * OFTEN.get(fault, 1) * SLOW.get(place.command.name, 1)))
    start = time.monotonic()
    try:
        seen = disturb(place, fault, random.Random(f"{seed} {place.command.name} {fault}"), count)
    except FaultError as error:
        place.clear()
        print(f"| {fault} | {place.command.name} | FAILED: {error} |", flush=True)
        return 1
    print(f"| {fault} | {place.command.name} | {seen} | {time.monotonic() - start:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
