"""Exported sheets are pages that stand alone; sliders move a figure; figures bear words for who cannot see them."""

import re

import pytest

import compare.lab.show as show
from compare.lab.export import export
from compare.lab.figures.breaks import pair_window
from compare.lab.figures.measures import neuron
from compare.lab.kernel import STATIC
from compare.lab.parameters import Parameters
from compare.lab.run import Limits
from compare.lab.sheets import Sheet, find_sheet, instructors_edition, read_source, sheets

SOURCE = """# %% [markdown]
# # A sheet
#
# <script>alert(1)</script>

# %% tags=["student"]
from compare.lab import check
me = check.begin(2, student="practice")
me

# %%
from compare.lab.figures.measures import neuron
neuron(6.0, -3.0)

# %% [markdown] tags=["instructor"]
# > For the instructor.

# %%
# BEGIN SOLUTION
# prompt: z = ...
z = float(me.x @ me.w + me.b)
# END SOLUTION
check.task("2.1", z)
"""


@pytest.fixture
def small(tmp_path):
    source = tmp_path / "2-small.py"
    source.write_text(SOURCE, encoding="utf-8")
    return Sheet(2, source)


def test_a_page_stands_alone_and_only_the_instructors_tells_the_solution(small, tmp_path):
    pages = {}
    for instructor in (False, True):
        done = export(small, tmp_path, instructor=instructor, limits=Limits(60))
        pages[instructor] = done.page.read_text(encoding="utf-8")
        assert len(done.figures) == instructor
        assert all(figure.read_bytes().startswith(b"\x89PNG") for figure in done.figures)
    for page in pages.values():
        assert not re.search(r"<script|<link|@import|(src|href)=\"(?!data:|#|https://youtu)", page)
        assert 'src="data:image/png;base64,' in page
        assert 'alt="The activation of one neuron' in page
    assert "right, 1 point" in pages[True]
    assert "For the instructor" in pages[True]
    assert "still to be written" in pages[False]
    assert "For the instructor" not in pages[False]
    assert "me.x @ me.w" not in re.sub("<[^>]*>", "", pages[False])


def test_a_sheet_whose_cell_fails_is_not_exported(small, tmp_path):
    small.source.write_text(SOURCE + "\n# %%\n1 / 0\n", encoding="utf-8")
    with pytest.raises(ValueError, match="code cell 4 fails with ZeroDivisionError"):
        export(small, tmp_path, instructor=True, limits=Limits(60))
    assert not list(tmp_path.glob("*.html"))


def test_a_slider_redraws_the_figure():
    widget = show.explore(neuron, weight=(-10.0, 10.0, 0.5, 6.0), bias=(-8.0, 8.0, 0.5, -3.0))
    weight, bias, picture = widget.children
    before = bytes(picture.value)
    assert before == neuron(weight=6.0, bias=-3.0).data
    weight.value = 2.0
    assert bytes(picture.value) == neuron(weight=2.0, bias=-3.0).data != before
    bias.value = 1.5
    assert bytes(picture.value) == neuron(weight=2.0, bias=1.5).data


def test_a_slider_shows_as_many_decimals_as_its_step_has():
    sliders = show.explore(pair_window, a_plus=(0.002, 0.015, 0.001, 0.006), a_minus=(0.002, 0.015, 0.001, 0.014),
                           tau_plus=(5.0, 50.0, 1.0, 20.0), tau_minus=(5.0, 50.0, 0.5, 20.0)).children[:4]  # fmt: skip
    assert [slider.readout_format for slider in sliders] == [".3f", ".3f", ".1f", ".1f"]


def test_where_nobody_can_move_a_slider_the_figure_stands_still(monkeypatch):
    monkeypatch.setenv(STATIC, "1")
    drawn = show.explore(neuron, weight=(-10.0, 10.0, 0.5, 6.0), bias=(-8.0, 8.0, 0.5, -3.0))
    assert drawn.data == neuron(weight=6.0, bias=-3.0).data
    assert drawn.alt


@pytest.mark.parametrize("number", sorted(sheets()))
def test_a_sheet_begins_with_what_it_needs_and_ends_with_its_words_and_what_to_read(number):
    cells = [cell.source for cell in read_source(find_sheet(number).source).cells if cell.cell_type == "markdown"]
    assert all(word in cells[0] for word in ("You need", "You will be able to", "Time"))
    text = "\n".join(cells)
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert {"To discuss", "Words", "To read on"} <= set(headings)
    assert all(
        word in text
        for word in ("**Sketch", "**Predict", "**Calculate", "**Compare", "Model answers", "What to expect")
    )


@pytest.mark.parametrize("number", sorted(sheets()))
def test_the_instructors_edition_lists_every_typical_mistake(number):
    cells = [cell.source for cell in instructors_edition(find_sheet(number)).cells]
    folded = [cell for cell in cells if cell.startswith("<details>")]
    assert sum(cell.count("```python") for cell in folded) == (find_sheet(number).mistakes).read_text().count(
        "# %% task="
    )


def test_parameters_show_as_a_table_with_their_meanings():
    from compare.lab.course import find_lab

    me = find_lab(1).parameters("ann")
    assert isinstance(me, Parameters)
    for name, value, meaning in me.rows():
        assert meaning
        assert f"me.{name}" in repr(me)
        assert value in me._repr_html_()
