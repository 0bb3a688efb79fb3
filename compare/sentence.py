"""What went wrong, on one short line that any terminal can show, whatever stood in a file of someone else's."""

from __future__ import annotations

import errno

MOST_LETTERS = 400  # characters; the beginning names the thing, and the end the remedy
TAIL = 120
#: what to do about an error of the system; about others, to look at the path
REMEDIES = {
    errno.ENOSPC: "make room, or choose another folder",
    errno.EDQUOT: "make room, or choose another folder",
    errno.EFBIG: "allow larger files, or choose another folder",
    errno.EROFS: "choose another folder",
    errno.EIO: "try again, or choose another folder",
    errno.EMFILE: "allow more open files (ulimit -n)",
    errno.EISDIR: "name a file",
}


def in_a_line(problem: BaseException | str) -> str:
    """An error or a text in words: white space as single spaces, control characters spelt out, its middle left out
    where it is long."""
    text = " ".join(in_words(problem).split() if isinstance(problem, BaseException) else problem.split())
    if len(text) > MOST_LETTERS:
        text = f"{text[: MOST_LETTERS - TAIL]} … {text[-TAIL:]}"
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)


def in_words(error: BaseException) -> str:
    """An error in words; for the system's own errors, which have a number, the file and what to do about it."""
    if isinstance(error, OSError) and error.errno is not None:
        reason = (error.strerror or "cannot be used").lower()
        remedy = REMEDIES.get(error.errno, "check the path")
        return f"{error.filename}: {reason}: {remedy}" if error.filename is not None else f"{reason}: {remedy}"
    if isinstance(error, MemoryError):
        return str(error) or "there is not enough memory for this"
    return str(error) or type(error).__name__
