"""Damaged files, odd options and bad requests are refused in a line; a sample of `make fuzz`, and what once crashed."""

import os
import socket

import pytest
from fuzz.oracle import CrashError, at_most, check_refusal, come_of
from fuzz.readers import READERS, Reader, seeds
from fuzz.tally import CRASHERS, Tally

from compare.sentence import in_a_line

posix = pytest.mark.skipif(os.name != "posix", reason="only POSIX has these")
#: inputs of each reader: together some seconds
SAMPLE = {"images": 1_000, "labels": 1_000, "model": 700, "learned": 300, "checkpoint": 300, "sheet": 700, "plan": 300,
          "manifest": 700, "point": 1_000, "table": 1_000, "options": 400, "request": 500, "envelope": 500}  # fmt: skip


@pytest.mark.parametrize("name", READERS)
def test_damaged_inputs_are_read_or_refused_in_a_line(name, tmp_path):
    tally = Tally(READERS[name], tmp_path, seconds=60)
    for number in range(SAMPLE[name]):
        tally.take(READERS[name].input(number))
    assert tally.crashes == {}
    assert tally.counts["read"] > 0
    assert tally.counts["refused"] > 0 or not READERS[name].refuses


@pytest.mark.parametrize("name", READERS)
def test_valid_inputs_are_read_and_come_back_from_their_parts(name, tmp_path):
    (tmp_path / READERS[name].file).parent.mkdir(exist_ok=True)
    form = READERS[name].form
    for data in seeds(READERS[name]):
        if name != "options":  # of which some are wrong on purpose
            assert come_of(READERS[name], data, tmp_path) == "read"
        assert form.apart(form.together(form.apart(data))) == form.apart(data)


KEPT = sorted(path for path in CRASHERS.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_what_once_crashed_does_no_more(path, tmp_path):
    reader = READERS[path.parent.name]
    (tmp_path / reader.file).parent.mkdir(exist_ok=True)
    come_of(reader, path.read_bytes(), tmp_path)


def test_the_same_number_gives_the_same_input():
    for reader in READERS.values():
        assert reader.input(3) == reader.input(3)


# --- the oracle bites


def reader_that(does):
    return Reader("any", READERS["plan"].form, list, does)


def test_an_undocumented_error_is_a_crash(tmp_path):
    with pytest.raises(CrashError, match="ZeroDivisionError"):
        come_of(reader_that(lambda path: 1 / 0), b"", tmp_path)


@posix
def test_a_reader_that_waits_is_a_crash(tmp_path):
    left, right = socket.socketpair()
    with left, right, pytest.raises(CrashError, match=r"took more than 0\.1 s"):
        come_of(reader_that(lambda path: left.recv(1)), b"", tmp_path, seconds=0.1)


@pytest.mark.parametrize("message", ["input: two\nlines", "input: \x1b[2J", f"input: {'x' * 9_999}", "nameless"])
def test_a_refusal_that_is_no_line_about_the_thing_is_a_crash(message):
    with pytest.raises(CrashError):
        check_refusal(message, "input")


# --- files that are none

FILES = [name for name, reader in READERS.items() if reader.names_it]


@posix
@pytest.mark.parametrize("kind", ["folder", "pipe", "device", "socket", "loop", "nowhere", "nothing", "sparse"])
@pytest.mark.parametrize("name", FILES)
def test_what_is_no_ordinary_file_is_refused_without_waiting(name, kind, tmp_path, monkeypatch):
    reader = READERS[name]
    path = tmp_path / reader.file
    path.parent.mkdir(exist_ok=True)
    with socket.socket(socket.AF_UNIX) as listening:
        if kind == "folder":
            path.mkdir()
        elif kind == "pipe":
            os.mkfifo(path)
        elif kind == "device":
            path.symlink_to("/dev/zero")
        elif kind == "socket":
            monkeypatch.chdir(tmp_path)  # a socket's path must be short
            listening.bind(os.path.relpath(path))
        elif kind == "loop":
            path.symlink_to(path)
        elif kind == "nowhere":
            path.symlink_to(tmp_path / "not-there")
        else:
            path.touch()
            os.truncate(path, 0 if kind == "nothing" else 1 << 40)
        if name == "point" or (kind, name) in (("nothing", "plan"), ("nothing", "table")):
            # a point that is none is computed again; a plan of nothing is one point, and a table of nothing has none
            reader.read(path)
            return
        with at_most(5), pytest.raises(reader.refuses) as caught:
            reader.read(path)
    check_refusal(in_a_line(caught.value), path.name)
