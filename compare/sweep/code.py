"""A name for the code that determines a point's scores, so that a sweep mixes no rows of different code.

Between releases the version stays and the code changes: what a checkout computed yesterday may not be what it computes
today. Comments, docstrings and layout do not count, nor does code that only draws, writes or asks.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from compare import provenance

ROOT = Path(__file__).parents[2]
WHOLE = ("ann", "bio", "data")  # packages
#: of compare
PARTS = (
    *("activations", "comparison", "fits", "mapping", "options", "pair", "parallel", "retune", "score"),
    *("sweep/points", "sweep/task"),
)


@cache
def code_hash() -> str:
    """The SHA-256 of what the files do, 12 letters of it."""
    files = [path for package in WHOLE for path in (ROOT / package).rglob("*.py")]
    files += [ROOT / "compare" / f"{part}.py" for part in PARTS]
    return hash_of(files, (ROOT / "bio").rglob("*.h"))


def hash_of(files: Iterable[Path], headers: Iterable[Path] = ()) -> str:
    """The same of these files, of which headers count by each letter."""
    digest = hashlib.sha256()
    for header in sorted(headers, key=lambda path: path.relative_to(ROOT).as_posix()):
        digest.update(header.read_bytes().replace(b"\r\n", b"\n"))
    for path in sorted(files, key=lambda path: path.relative_to(ROOT).as_posix()):
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(meaning(path.read_text(encoding="utf-8")).encode())
    return digest.hexdigest()[:12]


def versions_and_code() -> dict[str, str]:
    """Of what computes the scores, down to this project's own code."""
    return {**of_packages(), "code": code_hash()}


of_packages = cache(provenance.versions)  # which are asked for with every point


def meaning(source: str) -> str:
    """Python code without comments, layout and docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [part for part in node.body if not is_text(part)]
    return repr(plain(tree))


def plain(part: object) -> object:
    """A syntax tree as tuples, without what is empty: what Python 3.12 and 3.13 added to their trees is."""
    if isinstance(part, ast.AST):
        fields = [(name, plain(value)) for name, value in ast.iter_fields(part) if value not in (None, [])]
        return (type(part).__name__, *fields)
    return [plain(item) for item in part] if isinstance(part, list) else part


def is_text(part: ast.stmt) -> bool:
    """Whether a statement is a text that nothing is done with."""
    return isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant) and isinstance(part.value.value, str)
