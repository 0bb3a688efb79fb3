"""How a verdict, a hint and a list of points look in a notebook, and as plain text elsewhere."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from compare.lab.course import Verdict

# green, amber and grey that read on white as on black
RIGHT, WRONG, BLANK = "#2a8f55", "#c77700", "#808890"


@dataclass(frozen=True)
class Note:
    """A line of text with a sign and a colour; `code` in it between backticks."""

    sign: str
    head: str
    text: str
    colour: str

    def __repr__(self) -> str:
        return f"{self.sign} {self.head} {self.text}".rstrip()

    def _repr_html_(self) -> str:
        text = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(self.text))
        return (
            f'<div style="border-left:4px solid {self.colour};padding:.35em .8em;margin:.3em 0">'
            f'<b style="color:{self.colour}">{self.sign} {html.escape(self.head)}</b> {text}</div>'
        )


def verdict_note(verdict: Verdict) -> Note:
    """What the student reads beside the task."""
    task = verdict.task
    if verdict.right:
        points = f"{task.points} {'point' if task.points == 1 else 'points'}"
        return Note("✓", f"Task {task.number}: right, {points}.", verdict.message, RIGHT)
    if verdict.blank:
        return Note(
            "…", f"Task {task.number}: {task.title}{'' if task.title.endswith('?') else '.'}", verdict.message, BLANK
        )
    return Note("✗", f"Task {task.number}: not yet.", verdict.message, WRONG)


def summary_note(lab: int, verdicts: list[Verdict], total: int) -> Note:
    """The points so far, task by task."""
    earned = sum(verdict.points for verdict in verdicts)
    listed = ", ".join(f"{v.task.number} {v.points}/{v.task.points}" for v in verdicts)
    colour = RIGHT if earned == total else BLANK
    return Note("Σ", f"Lab {lab}: {earned} of {total} points.", listed or "No task was checked yet.", colour)
