"""Files that appear whole or not at all, and the folders for them; clears away what killed runs left half-written."""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

#: how `whole`, `ann.save_model` and `bio.standalone` name a file that is being written
PART = re.compile(r"\..+\.[0-9a-f]{8}\.part(\.\w+)?")
ABANDONED = (
    600  # seconds without a change, after which nobody is writing any more: the longest, a film, takes one or two
)

CLOSED_PIPE = (errno.EPIPE, errno.EINVAL) if os.name == "nt" else (errno.EPIPE,)  # whoever read has gone
PAUSES = (0.05, 0.2, 0.5, 1.0) if os.name == "nt" else ()  # seconds


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Gives a temporary name beside `path`, with its ending; what is written there takes its place if all goes well.

    A symbolic link is replaced, not followed. Raises OSError, which names `path`, where it cannot be written or is no
    file but a pipe or a device, which a file would replace.
    """
    check_file(path)
    part = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.part{path.suffix}")
    try:
        yield part
        take_place(part, path)
    except OSError as error:
        if error.errno is not None and error.filename in (None, str(part)):
            raise type(error)(error.errno, error.strerror, str(path)) from error
        raise
    finally:
        with suppress(OSError):  # a folder that has become read-only, say: the first error tells
            part.unlink(missing_ok=True)


def take_place(part: Path, path: Path) -> None:
    """Gives a file another's name. Windows refuses that while somebody has the other open: a scanner of viruses lets go
    soon, so it is tried for two seconds."""
    for pause in PAUSES:
        try:
            part.replace(path)
            return
        except PermissionError:
            time.sleep(pause)
    part.replace(path)


def check_file(path: Path) -> None:
    """Raises OSError, naming the path, where it is there and is no file."""
    if path.is_dir():
        raise IsADirectoryError(f"{path}: is a folder: name a file")
    if path.exists() and not path.is_file():
        raise OSError(f"{path}: is a pipe or a device, which a file would replace: name a file")


def write_utf8(path: Path, text: str) -> None:
    r"""Writes a text whole, in UTF-8; of a name that is not, `\udcff` for each odd byte, which JSON reads as it was."""
    with whole(path) as part:
        part.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")


def prepare_folder(folder: Path) -> None:
    """Makes the folder, and clears away what killed runs left half-written there.

    Raises OSError, naming it, where files can't be written there: before any work is done.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe.{secrets.token_hex(4)}.part"
        probe.touch(exist_ok=False)  # by tempfile, Windows would try two thousand million names where it may not write
        probe.unlink()
    except OSError as error:
        reason = "a file has that name" if isinstance(error, FileExistsError) else error.strerror or str(error)
        raise OSError(f"{folder}: results cannot be written there ({reason}): choose another folder") from error
    tidy(folder)


def tidy(folder: Path) -> None:
    """Removes what `whole` was writing into a folder when its process was killed. Files that others are writing stay:
    they changed just now."""
    with suppress(OSError):
        for path in folder.iterdir():
            if PART.fullmatch(path.name) and time.time() - path.stat().st_mtime > ABANDONED:
                path.unlink(missing_ok=True)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Writes JSON, the whole file or nothing. Raises ValueError for numbers that JSON does not know."""
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    write_utf8(path, f"{text}\n")


def read_utf8(path: Path, most: int) -> str:
    """The text of a file in UTF-8, of so many bytes at most.

    Raises ValueError, naming it, for a file that is larger, is not UTF-8, or is no file but a pipe or a device, which
    might never end; OSError where it cannot be read.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise ValueError(f"{path}: is a pipe or a device: name a file")
    with path.open("rb") as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise ValueError(f"{path}: is larger than {most:,} bytes: is this the right file?")
    try:
        return content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: is not UTF-8 ({error.reason} at byte {error.start:,}): mend it") from None
