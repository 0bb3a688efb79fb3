"""`analogy lab check`: sheets run in a fresh kernel, judged outside it; what a sheet does to itself earns nothing."""

import csv
import errno
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lab_sheets import IN_A_KERNEL, edition

from compare.lab import wire
from compare.lab.course import Verdict, find_lab
from compare.lab.grade import Score, grade, grade_all, one_line, read
from compare.lab.run import Limits
from compare.lab.sheets import find_sheet, sheets, start

NUMBERS = sorted(sheets())
LIMITS = Limits(timeout=60, memory=2 << 30, output=1 << 20)
PLACE = "def place(row, column):\n    return 28 * row + column"


def sheet(folder, *cells, student="ann", lab=1, name="sheet.ipynb", outputs=()):
    """A sheet with just these code cells."""
    opening = f'from compare.lab import check\nme = check.begin({lab}, student="{student}")'
    made = [
        {"cell_type": "code", "source": [text], "metadata": {}, "outputs": list(outputs), "execution_count": 1}
        for text in (opening, *cells)
    ]
    content = {
        "cells": made,
        "metadata": {"analogy": {"lab": lab, "student": student}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path = folder / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def earned(score):
    return {verdict.task.number: verdict.points for verdict in score.verdicts if verdict.points}


@pytest.mark.parametrize("number", NUMBERS)
def test_a_solved_sheet_earns_full_points_in_a_fresh_kernel(number, tmp_path):
    cells = edition(find_sheet(number), IN_A_KERNEL, solved=True)
    path = sheet(tmp_path, *cells, student=IN_A_KERNEL, lab=number)
    score = grade(path, Limits(timeout=180))
    assert [verdict.message for verdict in score.verdicts if not verdict.right] == []
    assert (score.points, score.student, score.note, score.failed) == (find_lab(number).points, IN_A_KERNEL, "", False)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_sheet_as_it_is_handed_out_runs_and_earns_nothing(number, tmp_path):
    score = grade(start(number, IN_A_KERNEL.upper(), tmp_path), LIMITS)
    assert (score.points, score.student, score.note, score.failed) == (0, IN_A_KERNEL, "", False)
    assert all(verdict.blank for verdict in score.verdicts)


HOSTILE = {
    "an endless loop": (  # asleep before its end, which alone is looked at
        "import time\ntime.sleep(5)\nwhile True: pass",
        6,
        "code cell 3: it was stopped after 6 s",
        {"1.1": 1},
    ),
    "a loop that does not heed": (
        "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: time.sleep(0.1)",
        6,
        "did not stop when told to",
        {},
    ),
    "endless prints": ("while True: print('word ' * 50)", 60, "code cell 3: it printed more than 1 MB", {"1.1": 1}),
    "a process that dies": ("import os; os._exit(1)", 60, "code cell 3: its process died", {}),
    "too much memory": ("much = [bytearray(1 << 26) for _ in range(1000)]", 60, "code cell 3: MemoryError", {"1.1": 1}),
    "an error": ("1 / 0", 60, "code cell 3: ZeroDivisionError: division by zero", {"1.1": 1}),
    "a question to nobody": ("input('Name?')", 60, "code cell 3: StdinNotImplementedError", {"1.1": 1}),
    "an exit": ("raise SystemExit", 60, "code cell 3: SystemExit", {"1.1": 1}),
    "no Python": ("def f(:", 60, "code cell 3: SyntaxError", {"1.1": 1}),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_sheet_gets_one_line_and_what_can_still_be_read_is_scored(case, tmp_path):
    code, seconds, line, points = HOSTILE[case]
    score = grade(sheet(tmp_path, PLACE, code), replace(LIMITS, timeout=seconds))
    assert line in score.note
    assert "\n" not in score.note
    assert earned(score) == points
    assert len(score.verdicts) == len(find_lab(1).tasks)


def test_a_function_that_never_returns_costs_its_own_task_only(tmp_path):
    endless = "import time\ndef distance(a, b):\n    time.sleep(5)\n    while True: pass"
    score = grade(sheet(tmp_path, PLACE, endless), replace(LIMITS, timeout=6))
    assert earned(score) == {"1.1": 1}
    assert "task 1.3: it was stopped after 6 s" in score.note
    assert score.failed


FORGED = {
    "answers that claim to be right": (
        "class Right:\n    def __eq__(self, other): return True\n    def __call__(self, *a): return self\n"
        "    def __float__(self): return 1.0\n    def __array__(self, *a, **k): return self\n"
        "for name in 'place overlap distance within between accuracy before after'.split(): globals()[name] = Right()"
    ),
    "a wire with verdicts for answers": (
        "import compare.lab.wire as w\nw.give = lambda name: '{\"verdict\": 1}'\nw.call = lambda *a: '{\"points\": 99}'"
    ),
    "a wire that says nothing": "import compare.lab.wire as w\nw.give = lambda name: None",
    "a wire with an endless answer": "import compare.lab.wire as w\nw.give = lambda name: '[' * 100000",
    "arrays with false shapes": (
        "import compare.lab.wire as w\n"
        'w.give = lambda name: \'{"array": "AAAA", "dtype": "<f8", "shape": [1000000000000]}\''
    ),
    "an array of no type": (
        'import compare.lab.wire as w\nw.give = lambda name: \'{"array": "", "dtype": "zz", "shape": []}\''
    ),
    "an array of no shape": (
        'import compare.lab.wire as w\nw.give = lambda name: \'{"array": "", "dtype": "<f8", "shape": [{}, Infinity]}\''
    ),
    "lists in lists": "import compare.lab.wire as w\nw.give = lambda name: '{\"list\": [' * 900 + ']}' * 900",
}


@pytest.mark.parametrize("case", FORGED)
def test_no_sheet_earns_points_by_what_it_does_to_its_checks(case, tmp_path):
    score = grade(sheet(tmp_path, FORGED[case]), LIMITS)
    assert earned(score) == {}


WRONG = """import numpy as np
def place(row, column): return 0
def overlap(a, b): return 0.0
def distance(a, b): return -1.0
def accuracy(answers, labels): return 0.123
def shifted(image, right, down): return np.full(784, 2.0)
within, between, before, after = 1.0, 2.0, 0.01, 0.02
"""
ANSWERED = ["1.1", "1.2", "1.3", "1.4", "1.7", "1.9", "1.10"]
BENT = {
    "another check": "from compare.lab.course import Verdict, find_lab\nclass check:\n"
    "    def task(number, *a): return Verdict(find_lab(1).find(number), 2, '')\ncheck.task('1.1', place)",
    "another judge": (
        "import compare.lab.course as c\nc.judge = lambda task, me, answers: c.Verdict(task, task.points, '')"
    ),
    "recorded verdicts": (
        "from compare.lab import check as c\nfrom compare.lab.course import Verdict\n"
        "for t in c.current.lab.tasks.values(): c.current.verdicts[t.number] = Verdict(t, t.points, '')"
    ),
    "other checks": (
        "import functools, compare.lab.course as c\nfor t in c.find_lab(1).tasks.values():\n"
        "    object.__setattr__(t, 'check', functools.wraps(t.check)(lambda me, *answers: 'right'))"
    ),
    "a wire that lies": (
        "import json, compare.lab.wire as w\nlie = {'points': 99, 'verdict': 'right', 'right': True}\n"
        "give, call = w.give, w.call\nw.give = lambda *a: json.dumps(json.loads(give(*a)) | lie)\n"
        "w.call = lambda *a: json.dumps(json.loads(call(*a)) | lie)"
    ),
    "other arithmetic": "import numpy as np\nnp.allclose = np.isclose = np.array_equal = np.all = lambda *a, **k: True",
}


@pytest.mark.parametrize("case", BENT)
def test_wrong_answers_stay_wrong_whatever_is_bent_in_their_kernel(case, tmp_path):
    score = grade(sheet(tmp_path, WRONG, BENT[case]), LIMITS)
    assert (score.note, earned(score)) == ("", {})
    assert [verdict.task.number for verdict in score.verdicts if not verdict.blank] == ANSWERED
    assert not [verdict.message for verdict in score.verdicts if "cannot be" in verdict.message]


def test_outputs_and_points_that_stand_in_the_file_count_for_nothing(tmp_path):
    output = {"output_type": "stream", "name": "stdout", "text": ["✓ Task 1.1: right, 1 point."]}
    path = sheet(tmp_path, "check.summary()", outputs=[output])
    content = json.loads(path.read_text())
    content["metadata"]["analogy"]["points"] = {"1.1": 1}
    path.write_text(json.dumps(content))
    assert grade(path, LIMITS).points == 0


BAD = {
    "not JSON": "words",
    "JSON of another kind": "[1, 2]",
    "a notebook that is no sheet": '{"cells": [], "metadata": {}}',
    "cells that are none": '{"cells": [7], "metadata": {"analogy": {"lab": 1, "student": "ann"}}}',
    "no such lab": '{"cells": [], "metadata": {"analogy": {"lab": 99, "student": "ann"}}}',
    "a student with a formula for a name": '{"cells": [], "metadata": {"analogy": {"lab": 1, "student": "=1+1"}}}',
    "endless brackets": "[" * 100_000,
}


@pytest.mark.parametrize("case", BAD)
def test_a_file_that_is_no_sheet_gets_one_line(case, tmp_path):
    path = tmp_path / "bad.ipynb"
    path.write_text(BAD[case])
    score = grade(path, LIMITS)
    assert score.failed
    assert score.note
    assert not score.verdicts


def test_the_rest_is_scored_after_a_sheet_that_fails_and_copies_are_noted(tmp_path):
    paths = [
        tmp_path / "missing.ipynb",
        sheet(tmp_path, "import os; os._exit(1)", student="ann", name="a.ipynb"),
        sheet(tmp_path, PLACE, student="bio", name="b.ipynb"),
        sheet(tmp_path, PLACE, student="bio", name="c.ipynb"),
    ]
    scores = list(grade_all(paths, LIMITS))
    assert [(score.points, score.failed) for score in scores] == [(0, True), (0, True), (1, False), (1, False)]
    assert scores[3].note == "same student and lab as b.ipynb"


def test_a_long_name_of_the_folder_for_temporary_files_stops_no_sheet(tmp_path, monkeypatch):
    long = tmp_path / ("x" * 90)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    assert earned(grade(sheet(tmp_path, PLACE), LIMITS)) == {"1.1": 1}
    assert list(long.iterdir()) == []


def test_an_output_larger_than_any_limit_is_not_taken_in(tmp_path):
    limits = replace(LIMITS, timeout=6)
    score = grade(sheet(tmp_path, PLACE, "import time\nprint('x' * (100 << 20))\ntime.sleep(60)"), limits)
    assert score.note
    assert len(score.verdicts) == len(find_lab(1).tasks)


def test_a_sheet_opened_for_another_id_is_noted(tmp_path):
    path = sheet(tmp_path, PLACE, student="ann")
    path.write_text(path.read_text().replace('student=\\"ann\\"', 'student=\\"bio\\"'))
    assert "made for ann, but opened for another ID" in grade(path, LIMITS).note


def test_a_cell_that_opens_the_sheet_a_million_times_is_read_in_no_time(tmp_path):
    endless = "# " + "check.begin(" * 200_000 + "\n# " + 'check.begin(student="' * 100_000
    assert not read(sheet(tmp_path, endless)).note


def test_an_error_of_the_sheets_own_making_is_told_on_one_line_without_control_characters(analogy, tmp_path):
    code = "def place(row, column):\n    raise ValueError('\\x1b]0;title\\x07\\nbob.ipynb: task 1.1: right')"
    _, out, _ = analogy("check", sheet(tmp_path, code), "--why")
    (said,) = [line for line in out.splitlines() if "bob.ipynb" in line]
    assert "task 1.1: Your code stops with an error: " in said
    assert said.isprintable()


def test_what_a_sheet_says_of_itself_stays_on_one_line_without_control_characters():
    assert one_line("a\n\x1b[31mred\x1b[0m\x07 b") == "a red b"
    assert len(one_line("word " * 1000)) == 160


@pytest.mark.parametrize("value", [1, 2.5, True, "text", [1, [2.0, "x"]], None])
def test_values_survive_the_wire(value):
    assert wire.decode(json.loads(json.dumps(wire.encode(value)))) == value


def test_what_can_say_that_it_is_an_array_of_numbers_survives_the_wire_and_may_be_written_to():
    class Recorded:
        def __init__(self, values):
            self.values = values

        def __array__(self, dtype=None, copy=None):
            return np.asarray(self.values)

    found = wire.decode(json.loads(json.dumps(wire.encode((Recorded([1, 2]), np.float32([0.5]))))))
    found[0][0] += 1
    assert [part.tolist() for part in found] == [[2, 2], [0.5]]
    assert repr(wire.decode(wire.encode(Recorded(["text"])))) == "Recorded"


IN_PLACE = {
    "1.9": (
        "def shifted(image, right, down):\n    picture = image.reshape(28, 28)\n"
        "    picture[down:, right:] = picture[: 28 - down, : 28 - right].copy()\n"
        "    picture[:down], picture[:, :right] = 0, 0\n    return image",
        2,
    ),
    "2.4": ("import numpy as np\ndef relu(z):\n    z[z < 0] = 0\n    return z", 1),
    "6.6": ("def project(weights, signs):\n    weights[weights * signs[:, None] < 0] = 0\n    return weights", 0),
}


@pytest.mark.parametrize("task", IN_PLACE)
def test_a_function_that_works_in_place_is_scored_as_its_sheet_says(task, tmp_path):
    code, points = IN_PLACE[task]
    score = grade(sheet(tmp_path, code, lab=int(task[0])), LIMITS)
    (verdict,) = [verdict for verdict in score.verdicts if verdict.task.number == task]
    assert verdict.points == points
    assert points or "that were given are changed, too" in verdict.message


# --- the command


@pytest.fixture
def analogy(analogy):
    return lambda *words: analogy("lab", *words)


def test_the_command_lists_the_labs(analogy):
    code, out, _ = analogy("list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == [str(number) for number in NUMBERS]


def test_the_command_without_words_shows_its_help(analogy):
    code, out, err = analogy()
    assert (code, err) == (0, "")
    assert "start" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing.ipynb"], r"nothing\.ipynb: is not there: name sheets that were handed in$"),
        (["good.ipynb", "nothing.ipynb"], r"nothing\.ipynb: is not there: "),
        (["a-folder"], r"a-folder: is a folder: name the sheets in it, as a-folder.\*\.ipynb$"),
        (["good.ipynb/sheet.ipynb"], r"good\.ipynb.sheet\.ipynb: is not there: "),
        (["empty.ipynb"], "empty.ipynb: is no sheet made by `analogy lab start`, or is damaged: ask for it again$"),
        (
            ["empty.ipynb", "empty.ipynb"],
            r"none of 2 files is a sheet: empty\.ipynb: is no sheet .*: ask for it again",
        ),
        (["good.ipynb", "--csv", "a-folder"], "a-folder: is a folder: name a file$"),
        (
            ["good.ipynb", "--csv", "good.ipynb/points.csv"],
            "results cannot be written there .*choose another folder$",
        ),
        (
            ["good.ipynb", "--csv", "good.ipynb"],
            r"good\.ipynb: is a sheet, .*: name a file .* after --csv$",
        ),
        (["good.ipynb", "--csv", "copy/../good.ipynb"], "is a sheet, which the table would replace"),
        (["good.ipynb", "--csv", "other.ipynb"], "is a sheet, which the table would replace"),
        ([], r"Missing argument 'FILE': .*lab check --help says what there is$"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_a_path_that_cannot_be_a_sheet_is_refused_in_one_line_before_any_sheet_runs(
    words, said, analogy, tmp_path, monkeypatch
):
    sheet(tmp_path, PLACE, name="good.ipynb")
    (tmp_path / "empty.ipynb").touch()
    (tmp_path / "a-folder").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("compare.lab.grade.Session", lambda limits: pytest.fail("ran"))
    code, out, err = analogy("check", *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert re.search(said, err.strip()), err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no FIFOs")
def test_a_pipe_for_a_sheet_is_not_waited_for(analogy, tmp_path):
    os.mkfifo(tmp_path / "pipe.ipynb")
    code, _, err = analogy("check", tmp_path / "pipe.ipynb")
    assert code == 2
    assert err.endswith("is a pipe or a device, and might never end: name a file\n")


def test_a_sheet_that_cannot_be_read_is_noted_with_what_to_do_and_the_others_are_scored(tmp_path, monkeypatch):
    closed, good = sheet(tmp_path, PLACE, name="closed.ipynb"), sheet(tmp_path, PLACE, name="good.ipynb")
    open_text = Path.read_text

    def read_text(path, *args, **options):
        if path == closed:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return open_text(path, *args, **options)

    monkeypatch.setattr(Path, "read_text", read_text)
    first, second = grade_all([closed, good], LIMITS)
    assert (first.failed, second.failed) == (True, False)
    assert first.note == "permission denied: check the path"


def test_the_command_prints_points_and_writes_them_as_csv(analogy, tmp_path):
    good = sheet(tmp_path, PLACE, student="bio", name="good.ipynb")
    dead = sheet(tmp_path, "import os; os._exit(1)", name="=dead.ipynb")
    code, out, _ = analogy("check", good, dead, "--csv", "points.csv", "--why")
    assert code == 1
    assert "=dead.ipynb: code cell 2: its process died" in out
    assert "good.ipynb: task 1.2: `overlap` is still to be written." in out
    rows = list(csv.DictReader((tmp_path / "points.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["file"] for row in rows] == ["good.ipynb", "'=dead.ipynb"]  # no formula in a spreadsheet
    assert [(row["student"], row["task 1.1"], row["task 1.10"], row["points"], row["of"]) for row in rows] == [
        ("bio", "1", "0", "1", "16"),
        ("ann", "0", "0", "0", "16"),
    ]


def test_the_command_leaves_a_sheet_alone_that_is_there(analogy, tmp_path):
    assert analogy("start", 1, "--student", "ann")[0] == 0
    (path,) = tmp_path.glob("*.ipynb")
    assert path.name == "1-digit-ann.ipynb"
    path.write_text("work")
    code, _, err = analogy("start", 1, "--student", "Ann")
    assert code == 2
    assert err.startswith("analogy: 1-digit-ann.ipynb: is there already")
    assert path.read_text() == "work"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["start", 9, "--student", "ann"], "there is no lab 9"),
        (["start", 1, "--student", "a b"], "student ID"),
        (["check", "x.ipynb", "--timeout", "0"], "time limit"),
        (["check", "x.ipynb", "--memory", "0.1"], "memory limit"),
        (["export", 9, "--out", "."], "there is no lab 9"),
    ],
)
def test_the_command_refuses_in_one_line(analogy, words, said):
    code, out, err = analogy(*words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_the_command_says_what_it_does_not_protect_from(analogy):
    assert "no sandbox" in " ".join(analogy("check", "--help")[1].replace("│", " ").split())


def test_a_sheet_is_handed_out_without_the_tools_for_notebooks(tmp_path):
    code = (
        "import sys; [sys.modules.__setitem__(n, None) for n in "
        "('nbformat', 'jupytext', 'nbconvert', 'jupyter_client', 'ipykernel', 'IPython', 'ipywidgets')];"
        "sys.argv = ['analogy', 'lab', 'start', '2', '--student', 'ann']; from compare.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    content = json.loads((tmp_path / "2-neuron-ann.ipynb").read_text(encoding="utf-8"))
    assert content["metadata"]["analogy"] == {"lab": 2, "student": "ann"}
    assert 'check.begin(2, student="ann")' in "".join("".join(cell["source"]) for cell in content["cells"])


def test_a_reason_that_holds_for_many_tasks_is_said_once():
    from compare.commands.lab import reasons

    tasks = list(find_lab(1).tasks.values())
    verdicts = [Verdict(task, 0, "its process died") for task in tasks[:-1]] + [Verdict(tasks[-1], 0, "another")]
    assert reasons(Score(Path("a.ipynb"), 1, "ann", tuple(verdicts))) == {
        "its process died": [task.number for task in tasks[:-1]],
        "another": [tasks[-1].number],
    }
