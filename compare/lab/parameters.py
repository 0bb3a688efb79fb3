"""Each student's own numbers: drawn from a hash of the lab's number and the student's ID, the same on every machine."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass, fields
from typing import Any, NoReturn

import numpy as np

VALID_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
PRACTICE = "practice"  # the ID of a sheet that belongs to nobody


def check_id(student: str) -> str:
    """The ID, in lower case. Raises ValueError for one that cannot name a student, a file and a table's row."""
    if not isinstance(student, str) or not VALID_ID.fullmatch(student):
        raise ValueError(f"student ID {str(student)[:70]!r}: use 1 to 64 letters, digits and . _ @ - (no spaces)")
    return student.lower()


def generator(lab: int, student: str, purpose: str = "parameters") -> np.random.Generator:
    """The random numbers of one student in one lab, for one purpose. Raises ValueError for an ID that is none."""
    text = f"neural-analogy lab {lab} {purpose} {check_id(student)}"
    return np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest(), "big"))


@dataclass(frozen=True, eq=False)
class Parameters:
    """A student's numbers; a lab adds its own fields, each with its meaning, and shows them as a table in the sheet."""

    def __getattr__(self, name: str) -> NoReturn:
        """Says which numbers there are, where a formula's letter was taken for one of their names."""
        known = "" if name.startswith("_") else f": it has {', '.join(field.name for field in fields(self))}"
        raise AttributeError(f"`me` has no number called {name}{known}", name=name, obj=self)

    def rows(self) -> list[tuple[str, str, str]]:
        """Name, value and meaning of each number."""
        return [
            (field.name, told(getattr(self, field.name)), field.metadata.get("meaning", "")) for field in fields(self)
        ]

    def __repr__(self) -> str:
        return "\n".join(f"me.{name:<10} {value:<28} {meaning}" for name, value, meaning in self.rows())

    def _repr_html_(self) -> str:
        cells = "".join(
            f'<tr><td style="text-align:left"><code>me.{name}</code></td><td style="text-align:left"><b>'
            f'{html.escape(value)}</b></td><td style="text-align:left">{html.escape(meaning)}</td></tr>'
            for name, value, meaning in self.rows()
        )
        return f"<table>{cells}</table>"


def told(value: Any) -> str:
    """A value as a student reads it."""
    if isinstance(value, np.ndarray):
        return f"[{', '.join(f'{number:g}' for number in value)}]"
    return f"{value:g}" if isinstance(value, float) else str(value)
