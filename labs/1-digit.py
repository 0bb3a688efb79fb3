# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Lab 1: The digit as 784 numbers, and why it is hard
#
# You read a sloppy, tiny 3 without effort, and yet nobody can write down how. In this lab you get what a computer gets,
# 784 numbers, and write the simplest programs that could read them. You will see how far they come, and what breaks them.
#
# | | |
# |---|---|
# | **You need** | Python with loops and functions; arrays (`a[2:5]`, `a.sum()`, `a > 0.5`). No machine learning. |
# | **You will be able to** | say what an image is to a computer; measure how alike two images are; write two readers and score them fairly; explain why comparing pixels is not seeing |
# | **Time** | 60–90 minutes; the computing takes under a minute |
# | **How it goes** | In every part: *sketch* or guess first, *calculate*, *run*, *compare*. Cells marked **Task** are yours: replace `...`, run the cell (Shift–Enter), and the line `check.task(…)` tells you whether it is right. Stuck? Run `check.hint("1.3")` in a new cell: there are three hints a task. |
#
# Run the cells from top to bottom. If you come back later, *Run → Run All Cells* brings everything back.

# %% tags=["student"]
from compare.lab import check

me = check.begin(1, student="practice")
me

# %% [markdown]
# These numbers are yours: another student has others, and so other answers.

# %% [markdown] tags=["instructor"]
# > **For the instructor.** Let students commit to their two predictions on paper before they run part D: the nearest mean
# > reads 80 %, and a move of two or three pixels brings it near guessing. A plan for 90 minutes:
# > parts A and B 25 min, part C 20 min, part D 25 min, part E 20 min. For 60 minutes leave out tasks 1.2 and 1.4, each with its figure.

# %%
import numpy as np

from compare.lab.figures.measures import bars, over_shift, two_histograms
from compare.lab.figures.pictures import as_numbers, gallery, laid_over
from data import load_digits

training = load_digits("train").spread(5_000)  # to learn from
test = load_digits("test").spread(1_000)  # to be judged by, and never to learn from

mine = test.images[test.labels == me.digit]
gallery(mine[:10], [f"number {i}" for i in range(10)], f"Ten people write a {me.digit}")

# %% [markdown]
# ## A. What a computer gets
#
# **Sketch.** Draw your digit on squared paper, 8 × 8 squares. Write into each square how much of it is covered with ink,
# from 0 to 1. Now read the numbers out to your neighbour, row by row. Could they draw the digit? Could they *name* it,
# without drawing?
#
# An image of this lab is exactly that: 28 rows of 28 brightnesses, written one row after the other as a line of 784
# numbers. `mine[0]` is such a line.

# %%
print("shape:", mine[0].shape, "  darkest:", mine[0].min(), "  brightest:", mine[0].max())
as_numbers(mine[me.first], me.row, me.column)

# %% [markdown]
# **Task 1.1** (1 point). Rows and columns are counted from 0 at the top left. Which place in the line of 784, counted
# from 0, has the pixel of a given row and column?


# %%
def place(row, column):
    """The place of a pixel in the line of 784 numbers."""
    # BEGIN SOLUTION
    return 28 * row + column
    # END SOLUTION


check.task("1.1", place)

# %% [markdown]
# ## B. The same digit, other pixels
#
# Two renditions of one digit light up different cells of the eye, says the lesson ([0:22](https://youtu.be/aircAruvnKk?t=22)).
# How different?
#
# **Predict.** Two people write the same digit. Of all pixels that are lit in at least one of the drawings, which share
# is lit in both? Write a number between 0 and 1, before you go on.

# %%
# BEGIN SOLUTION
# prompt: guess_overlap = ...  # your guess, from 0 to 1
guess_overlap = 0.5
# END SOLUTION

# %% [markdown]
# **Task 1.2** (2 points). A pixel is *lit* if it is brighter than ½. Write `overlap(a, b)`: of the pixels that are lit in
# a or b or both, the share that is lit in both.


# %%
def overlap(a, b):
    """The share of lit pixels that two images (784,) have in common."""
    # BEGIN SOLUTION
    lit_a, lit_b = a > 0.5, b > 0.5
    return (lit_a & lit_b).sum() / (lit_a | lit_b).sum()
    # END SOLUTION


check.task("1.2", overlap)

# %%
if check.done("1.2"):
    a, b = mine[me.first], mine[me.second]
    display(laid_over(a, b, overlap(a, b)))

# %% [markdown]
# **Compare.** Was your guess too high or too low? Your eye says "the same". What is it that is the same, if not the pixels?

# %% [markdown]
# ## C. How far apart are two images?
#
# A line of 784 numbers is a point in a space of 784 dimensions. That sounds grand and means something plain: Pythagoras
# still holds. In a plane, two points with differences 3 and 4 are √(3² + 4²) = 5 apart. Here there are 784 differences.
#
# **Calculate.** On paper: the distance between (0, 1, 0.5) and (1, 1, 0). (You should get 1.118.)
#
# **Task 1.3** (1 point). Write `distance(a, b)`.


# %%
def distance(a, b):
    """The distance between two images (784,), by Pythagoras."""
    # BEGIN SOLUTION
    return np.sqrt(((a - b) ** 2).sum())
    # END SOLUTION


check.task("1.3", distance)

# %% [markdown]
# If pixels told what a digit is, two drawings of *one* digit would be closer to each other than drawings of *two*.
#
# **Sketch** two hills on one axis, "distance": one for pairs of drawings of the same digit, one for pairs of different
# digits. Where do they lie, and do they overlap?
#
# **Task 1.4** (2 points). `ones` are 50 drawings of your class, `others` 50 of the class that looks like it. Work out
# - `within`: the mean distance over all pairs of *different* drawings in `ones`;
# - `between`: the mean distance over all pairs of one drawing from `ones` and one from `others`.

# %%
ones = training.images[training.labels == me.digit][:50]
others = training.images[training.labels == me.other][:50]

# BEGIN SOLUTION
# prompt: within = ...  # your code here
# prompt: between = ...  # your code here
inside = [distance(ones[i], ones[j]) for i in range(50) for j in range(i)]
across = [distance(a, b) for a in ones for b in others]
within, between = np.mean(inside), np.mean(across)
# END SOLUTION

check.task("1.4", within, between)

# %%
if check.done("1.3", "1.4"):
    pairs_within = np.array([distance(ones[i], ones[j]) for i in range(50) for j in range(i)])
    pairs_between = np.array([distance(a, b) for a in ones for b in others])
    names = (f"two drawings of {me.digit}", f"a {me.digit} and a {me.other}")
    display(two_histograms(pairs_within, pairs_between, names))

# %% [markdown]
# ## D. Two programs that read
#
# **1. The nearest mean.** Make one model of each class, the mean of all its training images, and give a new image the
# class of the model that is nearest.
#
# **2. The nearest neighbour.** Keep all training images, and give a new image the label of the one that is nearest.
#
# **Predict.** Guessing is right once in ten. How often will each of the two be right on digits it has never seen?
# Write both down before you write any code.

# %%
# BEGIN SOLUTION
# prompt: guess_mean = ...  # nearest mean: your guess, from 0 to 1
# prompt: guess_neighbour = ...  # nearest neighbour: your guess, from 0 to 1
guess_mean = 0.5
guess_neighbour = 0.7
# END SOLUTION

# %% [markdown]
# **Task 1.5** (2 points). Write `class_means(images, labels)`: an array with ten rows, row *k* the mean of all images
# whose label is *k*. It is learning, of the simplest kind: five thousand images go in, ten come out.


# %%
def class_means(images, labels):
    """The mean image of each class: (n, 784) and (n,) give (10, 784)."""
    # BEGIN SOLUTION
    return np.array([images[labels == digit].mean(axis=0) for digit in range(10)])
    # END SOLUTION


check.task("1.5", class_means)

# %%
if check.done("1.5"):
    means = class_means(training.images, training.labels)
    finding = "The mean of each class: blurred where hands differ"
    display(gallery(means, [f"mean of all {digit}s" for digit in range(10)], finding))

# %% [markdown]
# **Task 1.6** (2 points). Write `nearest_mean(image, means)`: the class whose mean image is nearest to the image.
# `np.argmin` gives the place of the smallest number in a list.


# %%
def nearest_mean(image, means):
    """What an image (784,) is read as, given the ten mean images (10, 784)."""
    # BEGIN SOLUTION
    return np.argmin([distance(image, mean) for mean in means])
    # END SOLUTION


check.task("1.6", nearest_mean)

# %% [markdown]
# **Task 1.7** (1 point). To score a reader, compare its answers with the labels: which share is right?


# %%
def accuracy(answers, labels):
    """The share of answers that are right, from 0 to 1."""
    # BEGIN SOLUTION
    return (np.asarray(answers) == labels).mean()
    # END SOLUTION


check.task("1.7", accuracy)

# %% [markdown]
# **Task 1.8** (2 points). Write `nearest_neighbour(image, images, labels)`: the label of the training image that is
# nearest.


# %%
def nearest_neighbour(image, images, labels):
    """What an image (784,) is read as, given training images (n, 784) and their labels (n,)."""
    # BEGIN SOLUTION
    return labels[np.argmin(np.sqrt(((images - image) ** 2).sum(axis=1)))]
    # END SOLUTION


check.task("1.8", nearest_neighbour)

# %% [markdown]
# **Run** both on test digits that neither has seen. (The neighbour measures 5,000 distances for each: it gets 200 digits
# only, and takes some seconds.)

# %% tags=["slow"]
if check.done("1.3", "1.5", "1.6", "1.7", "1.8"):
    some = test.spread(200)
    read_by_mean = [nearest_mean(image, means) for image in test.images]
    images, labels = training.images, training.labels
    read_by_neighbour = [nearest_neighbour(image, images, labels) for image in some.images]
    shares = {
        "nearest mean": accuracy(read_by_mean, test.labels),
        "nearest neighbour": accuracy(read_by_neighbour, some.labels),
    }
    told = " and ".join(f"{share:.0%}" for share in shares.values())
    finding = f"Without any idea of strokes: {told} are right"
    guesses = {"nearest mean": guess_mean, "nearest neighbour": guess_neighbour}
    display(bars(shares, finding, predicted=guesses))

# %% [markdown]
# **Compare** with what you predicted. Comparing pixels is not so bad, it seems: why then is
# reading digits called hard?

# %% [markdown]
# ## E. A small move
#
# Digits in this set are centred with care. People do not need that: move a page by a millimetre, and you read on.
#
# **Task 1.9** (2 points). Write `shifted(image, right, down)`: the image moved by whole pixels to the right and down.
# What leaves the picture is lost, and what comes in is dark (0).


# %%
def shifted(image, right, down):
    """The image (784,), moved to the right and down by whole pixels (0 or more); again (784,)."""
    # BEGIN SOLUTION
    # prompt: picture = image.reshape(28, 28)  # rows, columns
    # prompt: ...  # your code here
    new = np.zeros((28, 28))
    new[down:, right:] = image.reshape(28, 28)[: 28 - down, : 28 - right]
    return new.reshape(784)
    # END SOLUTION


check.task("1.9", shifted)

# %%
if check.done("1.9"):
    pair = [mine[0], shifted(mine[0].copy(), me.right, me.down)]
    finding = f"Moved by {me.right} to the right and {me.down} down: the same digit to you"
    display(gallery(pair, ["as it was", "moved"], finding))

# %% [markdown]
# **Predict.** All test digits are moved like this one. Which share does the nearest mean still read?

# %%
# BEGIN SOLUTION
# prompt: guess_after = ...  # your guess, from 0 to 1
guess_after = 0.7
# END SOLUTION

# %% [markdown]
# **Task 1.10** (1 point). Work out the accuracy of the nearest mean on `test`, `before` and `after` every test image is
# moved by `me.right` and `me.down`. The means stay those of the training digits, which were not moved.

# %%
# BEGIN SOLUTION
# prompt: before = ...  # your code here
# prompt: after = ...  # your code here
before = accuracy([nearest_mean(image, means) for image in test.images], test.labels)
moved = [shifted(image, me.right, me.down) for image in test.images]
after = accuracy([nearest_mean(image, means) for image in moved], test.labels)
# END SOLUTION

check.task("1.10", before, after)

# %%
if check.done("1.10"):
    finding = f"A move of {me.right} and {me.down} pixels: {before:.0%} becomes {after:.0%}"
    display(bars({"as written": before, "moved": after}, finding, predicted={"moved": guess_after}))

# %% [markdown]
# And step by step, for both readers (fewer digits, so that you need not wait):

# %% tags=["slow"]
if check.done("1.5", "1.6", "1.7", "1.8", "1.9"):
    few, pixels = test.spread(60), list(range(6))
    curves = {"nearest mean": [], "nearest neighbour": []}
    for right in pixels:
        images = [shifted(image.copy(), right, 0) for image in few.images]
        by_mean = [nearest_mean(image, means) for image in images]
        by_neighbour = [nearest_neighbour(image, training.images, training.labels) for image in images]
        curves["nearest mean"].append(accuracy(by_mean, few.labels))
        curves["nearest neighbour"].append(accuracy(by_neighbour, few.labels))
    display(over_shift(pixels, curves))

# %% [markdown]
# ## Where this leads
#
# A reader that compares pixels has no idea of a loop, a stroke or an edge, only of places. What would be needed is
# something *between* pixels and digits: parts that are recognised wherever they stand, and digits put together from
# parts. That is what one hopes for from layers of neurons, artificial ones (lab 2) and living ones (lab 3). Whether the
# hope comes true, and whether such a network stands a move of three pixels any better, is measured in lab 5.
#
# ## To discuss
#
# 1. The nearest neighbour reads more than nine in ten without knowing anything of digits. What does it pay for that, in
#    memory and in time, and how does this grow with the number of training images?
# 2. Why must the digits that a reader is scored on be others than those it learned from? What would the nearest neighbour
#    score on its own training digits?
# 3. Someone proposes to centre each digit before it is read. Which of the troubles of part E does this cure, and which
#    not?
# 4. In part B your eye said "the same" where pixels said "different". Name something that *is* alike in the two drawings,
#    and say how you would measure it.
#
# Write your answers here (they are not scored by the machine):

# %% [markdown]
# *Your answers …*

# %% [markdown] tags=["instructor"]
# > **Model answers.**
# >
# > 1. It keeps every training image (784 numbers each) and measures a distance to each of them for every digit read: both
# >    grow in proportion to the number of images. The ten means cost the same however many images they were made from.
# > 2. Otherwise one scores memory. On its own training digits the nearest neighbour is right every time (the nearest image
# >    is the image itself, at distance 0), which says nothing about new digits.
# > 3. It cures the shift, nearly whole. It does not cure slant, size, thickness of the pen, or a missing stroke, and it
# >    needs to know what belongs to the digit: a speck in a corner moves the centre.
# > 4. For example: the number of holes; where strokes end; where lines cross; how the direction of the stroke changes
# >    along it. Holes can be counted by flooding the dark parts from the border; all of them stay when the drawing is moved.
# >
# > **What to expect**, as measured for eighteen student IDs. Overlap 0.15 to 0.62. Within mostly 8 to 9.5, between 8.6
# > to 10.8: the hills overlap widely. Nearest mean 79.8 %; nearest neighbour 92.4 % of the 1,000 test digits (90.5 % of the
# > 200 that the sheet reads) with 5,000 training images. After the move the nearest mean is near guessing: 16.2 % when
# > moved 3 to the right and 2 down, 11.4 % when moved 2 and 3.

# %% [markdown]
# ## Words
#
# | word | meaning here |
# |---|---|
# | pixel | one of 28 × 28 squares; its *brightness* is a number from 0 (black) to 1 (white) |
# | class | one of the ten digits, 0 to 9 |
# | label | the class that belongs to an image |
# | training and test digits | those to learn from, and those to be judged by: never the same |
# | accuracy | the share of test digits that are read right |
# | baseline | the simplest method that works at all, which a better one has to beat |
#
# ## To read on
#
# - Grant Sanderson (3Blue1Brown), [*But what is a neural network?*](https://youtu.be/aircAruvnKk), 2017: from 0:06, why
#   reading digits is easy for you and hard to program.
# - Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document recognition", *Proceedings
#   of the IEEE* 86 (1998), 2278–2324: the digits, and how many methods read them.
# - T. M. Cover and P. E. Hart, "Nearest neighbor pattern classification", *IEEE Transactions on Information Theory* 13
#   (1967), 21–27: with endless examples, the nearest neighbour errs at most twice as often as the best possible reader.
# - P. Y. Simard, Y. LeCun and J. S. Denker, "Efficient pattern recognition using a new transformation distance", *NIPS* 5
#   (1993), 50–58: distances that forgive small moves.

# %%
check.summary()
