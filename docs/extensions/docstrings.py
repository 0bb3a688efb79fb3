"""Makes of a docstring in this project's form the reStructuredText that Sphinx reads.

The docstrings are plain text, to be read in the code: indented lines are formulas, a block of names in a column with
their meaning after two spaces is a table of fields, `x` is code, and everything else is prose. Names in `x` that the
API pages describe become links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

from sphinx.application import Sphinx

FIELD = re.compile(r"([\w*]+(?:, [\w*]+)*)  +(?=\S)")
DIRECTIVE = re.compile(r"^\.\. (?:auto\w+|py:data):: ([\w.]+)", re.MULTILINE)
CODE = re.compile(r"(`[^`]+`)")
SPECIAL = re.compile(r"([\\*|])|(?<=\w)(_)(?!\w)")


def setup(app: Sphinx) -> dict[str, Any]:
    """Converts every docstring before Sphinx reads it."""
    app.connect("builder-inited", find_public)
    app.connect("autodoc-process-docstring", convert)
    app.add_config_value("public_names", {}, "env")
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def find_public(app: Sphinx) -> None:
    """Learns from the API pages which names have an entry there."""
    app.config.public_names = dict(short_names(api_names(Path(app.srcdir) / "docs" / "api")))


def api_names(folder: Path) -> list[str]:
    """The full names of what the pages in a folder describe: "ann.MLP"."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))]
    return [name for text in texts for name in DIRECTIVE.findall(text)]


def short_names(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each name as it may stand in a docstring, with its full name: in full, and by its last part where that is one's
    alone."""
    names = list(names)
    lasts = [name.rpartition(".")[2] for name in names]
    for name, last in zip(names, lasts, strict=True):
        yield name, name
        if lasts.count(last) == 1 and last[0].isupper():
            yield last, name


def convert(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Replaces the lines of a docstring, in place."""
    lines[:] = restructured(lines, app.config.public_names)


def restructured(lines: list[str], public: dict[str, str]) -> list[str]:
    """The lines as reStructuredText, with links to the names that are public."""
    made: list[str] = []
    for block in blocks(lines):
        if all(line.startswith("    ") or not line for line in block):
            made += ["::", "", *indented(dedent("\n".join(block)).split("\n")), ""]
        elif FIELD.match(block[0]):
            made += [*fields(block, public), ""]
        else:
            made += [prose(line, public) for line in block] + [""]
    return made


def blocks(lines: Iterable[str]) -> Iterator[list[str]]:
    """What blank lines set apart; indented blocks that follow one another are one."""
    found: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            found[-1].append(line.rstrip())
        elif found[-1]:
            found.append([])
    found = [block for block in found if block]
    while found:
        block = found.pop(0)
        while is_formula(block) and found and is_formula(found[0]):
            block = [*block, "", *found.pop(0)]
        yield block


def is_formula(block: list[str]) -> bool:
    """Whether all its lines are indented."""
    return all(line.startswith("    ") or not line for line in block)


def indented(lines: Iterable[str]) -> list[str]:
    """The lines, moved in by four."""
    return [f"    {line}".rstrip() for line in lines]


def fields(block: list[str], public: dict[str, str]) -> Iterator[str]:
    """A table of names and meanings as a list of definitions, whose terms Sphinx leaves as they are written."""
    column = 0
    for line in block:
        match = FIELD.match(line)
        if match and (not column or match.end() == column):
            column = match.end()
            yield ", ".join(f"``{name}``" for name in match[1].split(", "))
            yield f"    {prose(line[column:], public)}"
        else:
            yield f"    {prose(line.strip(), public)}"


def prose(line: str, public: dict[str, str]) -> str:
    """A line of text, with what would be markup made harmless and with code marked as code."""
    parts = CODE.split(line)
    return "".join(
        code(part[1:-1], public) if place % 2 else SPECIAL.sub(r"\\\g<0>", part) for place, part in enumerate(parts)
    )


def code(text: str, public: dict[str, str]) -> str:
    """A link where the text is a public name, else code."""
    return f":py:obj:`{text} <{public[text]}>`" if text in public else f"``{text}``"
