"""Every sheet: solved it earns full points for any student, blank it earns none, and mistakes meet their messages."""

import contextlib
import copy
import json
import re

import lab_sheets
import pytest
from lab_sheets import STUDENTS, edition, judged, perform, verdicts

import compare.lab.show as show
from compare.lab.course import HINTS, Verdict, find_lab, judge
from compare.lab.kernel import STATIC
from compare.lab.sheets import (
    BEGIN,
    END,
    INSTRUCTOR,
    checked_task,
    find_sheet,
    mistakes,
    notebook_text,
    read_source,
    sheets,
    students_edition,
    without_solutions,
)
from compare.lab.verdicts import verdict_note

NUMBERS = sorted(sheets())
LISTED = {number: mistakes(find_sheet(number)) for number in NUMBERS}
pytestmark = pytest.mark.xdist_group("labs")  # the digits and networks that they share are loaded once


@pytest.fixture(autouse=True)
def nothing_is_drawn(monkeypatch):
    monkeypatch.setattr(show, "png", lambda drawing: b"")
    monkeypatch.setenv(STATIC, "1")


@pytest.fixture(scope="module")
def performed():
    """A lab's names and verdicts after its solutions; those of the student `practice`, which many ask for, once."""
    made = {}

    def of(number, student):
        found = made.get(number) if student == "practice" else None
        if found is None:
            found = perform(edition(find_sheet(number), student, solved=True, slow=False)), verdicts()
        if student == "practice":
            made[number] = found
        return found

    return of


@pytest.fixture(scope="module")
def solved(performed):
    """The names alone, in a dict that may be changed."""
    return lambda number: dict(performed(number, "practice")[0])


def test_there_are_sheets():
    assert NUMBERS[:2] == [1, 2]


@pytest.mark.parametrize("number", NUMBERS)
def test_the_students_notebook_is_what_its_source_makes(number):
    sheet = find_sheet(number)
    stored = sheet.students.read_text(encoding="utf-8")
    assert stored == notebook_text(students_edition(sheet)), "run `analogy lab make`"


@pytest.mark.parametrize("number", NUMBERS)
def test_the_students_notebook_holds_no_solution_no_output_and_no_word_for_the_instructor(number):
    sheet = find_sheet(number)
    stored = json.loads(sheet.students.read_text(encoding="utf-8"))
    text = "\n".join("".join(cell["source"]) for cell in stored["cells"])
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in stored["cells"])
    assert BEGIN not in text
    assert END not in text
    for cell in read_source(sheet.source).cells:
        if INSTRUCTOR in cell.metadata.get("tags", []):
            assert cell.source not in text
        for solution in re.findall(rf"{BEGIN}\n(.*?){END}", cell.source, re.DOTALL):
            lines = [line for line in solution.splitlines() if "# prompt: " not in line]
            assert "\n".join(lines) not in text


@pytest.mark.parametrize("number", NUMBERS)
def test_every_task_is_checked_once_in_its_sheet_under_the_names_of_its_check(number):
    lab, cells = find_lab(number), read_source(find_sheet(number).source).cells
    assert [task for cell in cells if (task := checked_task(cell))] == list(lab.tasks)
    source = "\n".join(cell.source for cell in cells)
    for cell in cells:  # a markdown cell is easily mistaken for code: `# %% [markdown] tags=…`, in this order
        code = [line for line in cell.source.splitlines() if not line.startswith("#")]
        assert cell.cell_type == "markdown" or any(code)
    for task in lab.tasks.values():
        assert f'check.task("{task.number}", {", ".join(task.names)})' in source
        unit = "point" if task.points == 1 else "points"
        assert f"**Task {task.number}** ({task.points} {unit})" in source
        assert len(set(task.hints)) == HINTS


@pytest.mark.parametrize("student", STUDENTS)
@pytest.mark.parametrize("number", NUMBERS)
def test_a_solved_sheet_earns_full_points(number, student, performed):
    _, earned = performed(number, student)
    lost = {name: verdict.message for name, verdict in earned.items() if not verdict.right}
    assert not lost
    assert sum(verdict.points for verdict in earned.values()) == find_lab(number).points


@pytest.mark.parametrize("student", STUDENTS[:3])
@pytest.mark.parametrize("number", NUMBERS)
def test_a_blank_sheet_runs_earns_nothing_and_says_what_is_still_to_be_written(number, student):
    perform(edition(find_sheet(number), student, solved=False))
    lab = find_lab(number)
    assert list(verdicts()) == list(lab.tasks)
    for name, verdict in verdicts().items():
        first = lab.find(name).names[0]
        assert verdict.points == 0
        assert verdict.blank
        assert verdict.message in {
            f"`{first}` is still to be written.",
            f"`{first}` gives nothing back yet: write its lines, and do not forget `return`.",
        }


@pytest.fixture(scope="module")
def one_simulation():
    """A simulation that gives for all networks what it gave for the first: all of lab 4 have the same shapes."""
    import bio

    made, simulate = [], bio.simulate

    def first(*of, **how):
        made.append(made[0] if made else simulate(*of, **how))
        return made[-1]

    return first


@pytest.mark.parametrize("task", [task for number in (2, 3, 4) for task in find_lab(number).tasks])
def test_no_figure_fails_where_one_task_alone_is_blank(task, monkeypatch, one_simulation):
    monkeypatch.setattr("bio.simulate", one_simulation)
    number = int(task.split(".")[0])
    names = {"display": lambda shown: None}
    for cell in read_source(find_sheet(number).source).cells:
        if cell.cell_type != "code" or ("slow" in cell.metadata.get("tags", []) and number == 3):
            continue
        own = checked_task(cell)
        with contextlib.suppress(Exception if own else ()):  # what a student writes may use the blank answer
            exec(without_solutions(cell.source) if own == task else cell.source, names)
    assert verdicts()[task].blank


@pytest.mark.parametrize("number", NUMBERS)
def test_each_task_has_three_typical_mistakes_with_messages_of_their_own(number):
    assert list(LISTED[number]) == list(find_lab(number).tasks)
    for task, found in LISTED[number].items():
        assert len({mistake.meets for mistake in found}) == len(found) >= 3, task


MISTAKES = [(mistake.task, i) for of in LISTED.values() for found in of.values() for i, mistake in enumerate(found)]


@pytest.mark.parametrize(("task", "place"), MISTAKES)
def test_a_typical_mistake_meets_its_message(task, place, solved):
    number = int(task.split(".")[0])
    mistake = LISTED[number][task][place]
    names = solved(number)
    exec(mistake.code, names)
    verdict = judged(task, names)
    assert verdict.points == 0
    assert mistake.meets in verdict.message


RATE = (
    "def rate(current):\n    J = np.maximum(current / ({part} * rheobase), 1 + 1e-12)\n"
    "    return np.where(J > 1 + 1e-11, 1000 / (me.t_ref + me.tau * np.log(J / (J - 1))), 0)"
)
OTHER_RIGHT_WAYS = [
    (
        "1.9",
        "def shifted(image, right, down):\n    picture = image.reshape(28, 28)\n"
        "    picture[down:, right:] = picture[: 28 - down, : 28 - right].copy()\n"
        "    picture[:down], picture[:, :right] = 0, 0\n    return image",
    ),
    ("1.9", "slow = shifted\ndef shifted(*given): return slow(*given).astype(np.float32)"),
    ("2.4", "def relu(z):\n    z[z < 0] = 0\n    return z"),
    (
        "2.9",
        "def softmax(z):\n    z -= z.max(axis=1, keepdims=True)\n    return np.exp(z) / np.exp(z).sum(axis=1)[:, None]",
    ),
    ("3.8", RATE.format(part=1.0049)),
    ("3.8", RATE.format(part=0.9951)),
    (
        "4.6",
        "def decode(counts, duration, lam):\n"
        "    return lam * (drive_for(np.maximum(counts / duration, 1)) - 1) / (c1 * 1.00009)",
    ),
    (
        "4.6",
        "def drive_for(rate):\n    e = np.exp((1000 / rate - me.t_ref) / me.tau)\n    return e / (e - 1)\n"
        "def decode(counts, duration, lam):\n"
        "    return lam * (drive_for(np.maximum(counts / duration, 1)) - c0) / c1",
    ),
    (
        "6.7",
        "def slope(w, x, target, i, step):\n    w[i] += step\n    up = loss(w, x, target)\n    w[i] -= 2 * step\n"
        "    down = loss(w, x, target)\n    w[i] += step\n    return (up - down) / (2 * step)",
    ),
]


WRONG_WAYS = [
    ("2.9", "def softmax(z):\n    e = np.exp(z - z.max())\n    return e / e.sum(axis=1)[:, None]", "row's own maximum"),
    (
        "4.6",
        "def decode(counts, duration, lam):\n    rate, at = np.maximum(counts / duration, 1e-9), me.t_ref\n"
        "    e = np.exp((1000 / rate - at) / me.tau)\n    return lam * (e / (e - 1) - c0) / c1",
        "or too near to it",
    ),
    ("3.7", "found = len(counts[counts == 0])", "how many cells stayed silent"),
    ("4.2", "c1 = drive_for(1) - 1", "not at 1 Hz"),
    ("4.2", "c1 = 1", "far from r_max"),
]


@pytest.mark.parametrize(("task", "code", "said"), WRONG_WAYS, ids=[way[0] for way in WRONG_WAYS])
def test_what_is_said_of_an_answer_is_true_of_it(task, code, said, solved):
    names = solved(int(task.split(".")[0]))
    exec(code, names)
    assert said in judged(task, names).message


@pytest.mark.parametrize("task", ["5.7", "6.2"])
def test_a_typical_mistake_meets_its_message_whatever_a_student_has_drawn(task, solved):
    number = int(task[0])
    for mistake in LISTED[number][task]:
        names = solved(number)
        exec(mistake.code, names)
        for student in range(60):
            names["me"] = find_lab(number).parameters(f"student{student}")
            assert mistake.meets in judged(task, names).message, student


@pytest.mark.parametrize(("task", "code"), OTHER_RIGHT_WAYS, ids=[way[0] for way in OTHER_RIGHT_WAYS])
def test_an_answer_that_is_right_in_another_way_earns_its_points_twice(task, code, solved):
    names = solved(int(task.split(".")[0]))
    exec(code, names)
    verdicts = [judged(task, names) for _ in range(2)]
    assert all(verdict.right for verdict in verdicts), verdicts[0].message


ODD = [None, ..., 1, -2.5, float("nan"), "text", b"bytes", [], [[1], [1, 2]], {}, object(), print, lambda *a: None]
ODD += [
    lambda *a: a,
    lambda *a: "text",
    lambda: 0,
    lambda *a: float("nan"),
    lambda *a: [1, 2, 3],
    int,
    1j,
    lambda *a: 1 / 0,
]


@pytest.mark.parametrize("number", NUMBERS)
def test_no_odd_answer_earns_points_or_stops_a_check(number, solved):
    me = solved(number)["me"]
    for task in find_lab(number).tasks.values():
        for odd in ODD:
            verdict = judged(task.number, {"me": me, **dict.fromkeys(task.names, odd)})
            assert verdict.points == 0
            assert verdict.message


def test_a_solution_gives_way_to_its_prompts_at_its_own_indent():
    cell = f"def f(x):\n    {BEGIN}\n    # prompt: y = ...\n    # prompt: ...\n    return 2 * x\n    {END}\n\n\nf(1)"
    assert without_solutions(cell) == "def f(x):\n    y = ...\n    ...\n\n\nf(1)"
    assert without_solutions(f"{BEGIN}\nz = 1\n{END}") == "...  # your code here"


@pytest.mark.parametrize("cell", [BEGIN, END, f"{BEGIN}\n{BEGIN}\n{END}", f"{BEGIN}\n{END}\n{END}"])
def test_a_marker_without_its_partner_is_refused(cell):
    with pytest.raises(ValueError, match="partner"):
        without_solutions(cell)


def test_students_have_parameters_of_their_own_and_always_the_same():
    for number in NUMBERS:
        seen = {repr(find_lab(number).parameters(f"student{i}")) for i in range(40)}
        assert len(seen) == 40
        assert repr(find_lab(number).parameters("Ann")) == repr(find_lab(number).parameters("ann"))


@pytest.mark.parametrize("student", ["", " ", "a b", "../up", "a/b", "-x", "=1+1", "ä", "x" * 65, 'a"b', None, 7])
def test_an_id_that_names_no_student_is_refused(student):
    with pytest.raises(ValueError, match="student ID"):
        find_lab(1).parameters(student)


def test_hints_come_one_after_the_other_and_the_last_stays(monkeypatch):
    check = lab_sheets.check
    monkeypatch.setattr(check, "current", None)
    with pytest.raises(ValueError, match="no sheet is open"):
        check.hint("1.1")
    check.begin(1, "practice")
    said = [check.hint("1.1").text for _ in range(5)]
    hints = find_lab(1).find("1.1").hints
    assert said == [*hints, hints[2], hints[2]]


def test_a_figure_waits_for_the_tasks_that_it_needs():
    check = lab_sheets.check
    check.begin(1, "practice")
    assert not check.done("1.1")
    check.task("1.1", lambda row, column: row)
    assert not check.done("1.1")
    check.task("1.1", lambda row, column: 28 * row + column)
    assert check.done("1.1")
    with pytest.raises(ValueError, match="no task"):
        check.done("9.9")


def test_a_formulas_letter_that_is_no_name_of_a_number_meets_the_names_there_are():
    me = find_lab(3).parameters("ann")
    with pytest.raises(AttributeError, match="no number called R: it has rest, threshold, resistance"):
        _ = me.R
    assert not hasattr(me, "_repr_svg_")
    assert copy.copy(me).rest == me.rest


@pytest.mark.parametrize(
    ("body", "meaning"),
    [
        (lambda z: z / ..., "still to be written"),
        (lambda z: max(0, z), "whole array"),
        (lambda z: 1 / 0 * z, "division by zero"),
    ],
)
def test_what_an_answer_raises_is_told_with_what_it_commonly_means(body, meaning):
    task = find_lab(2).find("2.4")
    said = judge(task, find_lab(2).parameters("ann"), (body,)).message
    assert said.startswith("Your code stops with an error: ")
    assert meaning in said
    assert not said.endswith("..")


def test_a_title_that_asks_ends_in_one_mark():
    titles = {task.title for number in sheets() for task in find_lab(number).tasks.values()}
    assert any(title.endswith("?") for title in titles)
    for number in sheets():
        for task in find_lab(number).tasks.values():
            assert "?." not in verdict_note(Verdict(task, 0, "", blank=True)).head


def test_what_may_be_left_out_of_a_short_session_hides_no_figure_of_other_tasks():
    """A figure needs the tasks before it: those that the instructor is told to leave out may hide only their own."""
    for number in sheets():
        text = find_sheet(number).source.read_text(encoding="utf-8").replace("\n# >", "")
        told = re.search(r"For\s+60\s+minutes\s+leave\s+out\s+(.*?)(?:solve|\.\s)", text, re.DOTALL)
        left = set(re.findall(rf"\b{number}\.\d+", told[1])) if told else set()
        assert left, f"lab {number} says of no task that it may be left out"
        needed = [re.findall(r'"([\d.]+)"', found) for found in re.findall(r"check\.done\(([^)]*)\)", text)]
        assert not [tasks for tasks in needed if left & set(tasks[:-1])], f"lab {number}"
