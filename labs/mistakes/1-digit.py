# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# Typical wrong answers of lab 1: each cell runs after the solutions, and its task's check must meet it with the
# words in `meets`. They stand in the instructor's edition too.

# %% task="1.1" meets="as one reads a page"
def place(row, column):
    return 28 * column + row


# %% task="1.1" meets="One place too far"
def place(row, column):
    return 28 * row + column + 1


# %% task="1.1" meets="you count them from 1"
def place(row, column):
    return 28 * (row - 1) + column - 1


# %% task="1.1" meets="rows are 27 long"
def place(row, column):
    return 27 * row + column


# %% task="1.1" meets="share a number"
def place(row, column):
    return row + column


# %% task="1.2" meets="the first drawing only"
def overlap(a, b):
    return ((a > 0.5) & (b > 0.5)).sum() / (a > 0.5).sum()


# %% task="1.2" meets="divide by all 784"
def overlap(a, b):
    return ((a > 0.5) & (b > 0.5)).sum() / 784


# %% task="1.2" meets="dark in both count"
def overlap(a, b):
    return ((a > 0.5) == (b > 0.5)).mean()


# %% task="1.2" meets="count of pixels"
def overlap(a, b):
    return ((a > 0.5) & (b > 0.5)).sum()


# %% task="1.2" meets="counted twice"
def overlap(a, b):
    return ((a > 0.5) & (b > 0.5)).sum() / ((a > 0.5).sum() + (b > 0.5).sum())


# %% task="1.2" meets="any ink counts as lit"
def overlap(a, b):
    return ((a > 0) & (b > 0)).sum() / ((a > 0) | (b > 0)).sum()


# %% task="1.2" meets="share that differs"
def overlap(a, b):
    return 1 - ((a > 0.5) & (b > 0.5)).sum() / ((a > 0.5) | (b > 0.5)).sum()


# %% task="1.3" meets="root is missing"
def distance(a, b):
    return ((a - b) ** 2).sum()


# %% task="1.3" meets="before squaring"
def distance(a, b):
    return np.sqrt((a - b).sum() ** 2)


# %% task="1.3" meets="absolute differences"
def distance(a, b):
    return np.abs(a - b).sum()


# %% task="1.3" meets="the mean where Pythagoras adds up"
def distance(a, b):
    return np.sqrt(((a - b) ** 2).mean())


# %% task="1.3" meets="square the images before"
def distance(a, b):
    return np.sqrt(abs((a**2 - b**2).sum()))


# %% task="1.3" meets="should be one number"
def distance(a, b):
    return np.sqrt((a - b) ** 2)


# %% task="1.4" meets="with itself, at distance 0"
within = np.mean([distance(a, b) for a in ones for b in ones])

# %% task="1.4" meets="are exchanged"
within, between = between, within

# %% task="1.4" meets="squared distances"
within = np.mean([distance(ones[i], ones[j]) ** 2 for i in range(50) for j in range(i)])
between = np.mean([distance(a, b) ** 2 for a in ones for b in others])

# %% task="1.4" meets="sums over all pairs"
within, between = sum(inside), sum(across)

# %% task="1.4" meets="from mean image to mean image"
between = distance(ones.mean(axis=0), others.mean(axis=0))

# %% task="1.4" meets="same place in both lists"
between = np.mean([distance(a, b) for a, b in zip(ones, others)])


# %% task="1.5" meets="over pixels too"
def class_means(images, labels):
    return np.array([images[labels == digit].mean() for digit in range(10)])


# %% task="1.5" meets="These are sums"
def class_means(images, labels):
    return np.array([images[labels == digit].sum(axis=0) for digit in range(10)])


# %% task="1.5" meets="the same mean, of all images"
def class_means(images, labels):
    return np.array([images.mean(axis=0) for digit in range(10)])


# %% task="1.5" meets="should have the shape (10, 784)"
def class_means(images, labels):
    return images.mean(axis=0)


# %% task="1.5" meets="median"
def class_means(images, labels):
    return np.array([np.median(images[labels == digit], axis=0) for digit in range(10)])


# %% task="1.6" meets="furthest away"
def nearest_mean(image, means):
    return np.argmax([distance(image, mean) for mean in means])


# %% task="1.6" meets="how far the nearest mean is"
def nearest_mean(image, means):
    return min(distance(image, mean) for mean in means)


# %% task="1.6" meets="shares most ink"
def nearest_mean(image, means):
    return np.argmax(means @ image)


# %% task="1.6" meets="how much ink there is"
def nearest_mean(image, means):
    return np.argmin(np.abs(means.sum(axis=1) - image.sum()))


# %% task="1.6" meets="Counted from 1"
def nearest_mean(image, means):
    return np.argmin([distance(image, mean) for mean in means]) + 1


# %% task="1.7" meets="In per cent"
def accuracy(answers, labels):
    return 100 * (np.asarray(answers) == labels).mean()


# %% task="1.7" meets="how many are right"
def accuracy(answers, labels):
    return (np.asarray(answers) == labels).sum()


# %% task="1.7" meets="share of errors"
def accuracy(answers, labels):
    return (np.asarray(answers) != labels).mean()


# %% task="1.7" meets="divide by ten classes"
def accuracy(answers, labels):
    return (np.asarray(answers) == labels).sum() / 10


# %% task="1.8" meets="the place of the neighbour"
def nearest_neighbour(image, images, labels):
    return np.argmin(((images - image) ** 2).sum(axis=1))


# %% task="1.8" meets="image that is furthest away"
def nearest_neighbour(image, images, labels):
    return labels[np.argmax(((images - image) ** 2).sum(axis=1))]


# %% task="1.8" meets="still ask the mean images"
def nearest_neighbour(image, images, labels):
    return nearest_mean(image, class_means(images, labels))


# %% task="1.8" meets="fat digits win"
def nearest_neighbour(image, images, labels):
    return labels[np.argmax(images @ image)]


# %% task="1.8" meets="how far the neighbour is"
def nearest_neighbour(image, images, labels):
    return np.sqrt(((images - image) ** 2).sum(axis=1)).min()


# %% task="1.9" meets="the world beyond the picture is dark"
def shifted(image, right, down):
    return np.roll(image.reshape(28, 28), (down, right), (0, 1)).reshape(784)


# %% task="1.9" meets="rows and all"
def shifted(image, right, down):
    return np.roll(image, 28 * down + right)


# %% task="1.9" meets="Right and down are exchanged"
def shifted(image, right, down):
    new = np.zeros((28, 28))
    new[right:, down:] = image.reshape(28, 28)[: 28 - right, : 28 - down]
    return new.reshape(784)


# %% task="1.9" meets="to the left and up"
def shifted(image, right, down):
    new = np.zeros((28, 28))
    new[: 28 - down, : 28 - right] = image.reshape(28, 28)[down:, right:]
    return new.reshape(784)


# %% task="1.9" meets="a line of 784 again"
def shifted(image, right, down):
    new = np.zeros((28, 28))
    new[down:, right:] = image.reshape(28, 28)[: 28 - down, : 28 - right]
    return new


# %% task="1.9" meets="has not moved"
def shifted(image, right, down):
    return image


# %% task="1.9" meets="by 0 it stops"
def shifted(image, right, down):
    new = np.zeros((28, 28))
    new[down:, right:] = image.reshape(28, 28)[:-down, :-right]
    return new.reshape(784)


# %% task="1.10" meets="In per cent"
before, after = 100 * before, 100 * after

# %% task="1.10" meets="are exchanged"
before, after = after, before

# %% task="1.10" meets="Both are the same"
after = before

# %% task="1.10" meets="shares of errors"
before, after = 1 - before, 1 - after

# %% task="1.10" meets="exchanged in your call"
wrong_way = [shifted(image, me.down, me.right) for image in test.images]
after = accuracy([nearest_mean(image, means) for image in wrong_way], test.labels)
