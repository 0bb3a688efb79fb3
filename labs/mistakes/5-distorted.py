# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# Typical wrong answers of lab 5: each cell runs after the solutions, and its task's check must meet it with the
# words in `meets`. They stand in the instructor's edition too.


# %% task="5.1" meets="first pixel only"
def coarse(image, block):
    small = image.reshape(28, 28)[::block, ::block]
    return np.kron(small, np.ones((block, block))).reshape(784)


# %% task="5.1" meets="It has shrunk"
def coarse(image, block):
    side = 28 // block
    return image.reshape(side, block, side, block).mean(axis=(1, 3)).reshape(-1)


# %% task="5.1" meets="work on a copy"
def coarse(image, block):
    picture = image.reshape(28, 28)
    for r in range(0, 28, block):
        for c in range(0, 28, block):
            picture[r : r + block, c : c + block] = picture[r : r + block, c : c + block].mean()
    return picture.reshape(784)


# %% task="5.1" meets="along rows only"
def coarse(image, block):
    return np.repeat(image.reshape(-1, block).mean(axis=1), block)


# %% task="5.1" meets="28 rows of 28"
def coarse(image, block):
    new = image.reshape(28, 28).copy()
    for r in range(0, 28, block):
        for c in range(0, 28, block):
            new[r : r + block, c : c + block] = new[r : r + block, c : c + block].mean()
    return new


# %% task="5.1" meets="whatever `block` says"
def coarse(image, block):
    new = image.reshape(28, 28).copy()
    for r in range(0, 28, me.block):
        for c in range(0, 28, me.block):
            new[r : r + me.block, c : c + me.block] = new[r : r + me.block, c : c + me.block].mean()
    return new.reshape(784)


# %% task="5.1" meets="These are sums"
def coarse(image, block):
    new = image.reshape(28, 28).copy()
    for r in range(0, 28, block):
        for c in range(0, 28, block):
            new[r : r + block, c : c + block] = new[r : r + block, c : c + block].sum()
    return new.reshape(784)


# %% task="5.1" meets="has not changed"
def coarse(image, block):
    new = image.reshape(28, 28).copy()
    for r in range(0, 28, block):
        for c in range(0, 28, block):
            square = new[r : r + block, c : c + block]
            square = square.mean()
    return new.reshape(784)


# %% task="5.2" meets="One number comes back"
def accuracies(answers, labels):
    return (answers == labels).mean()


# %% task="5.2" meets="digit by digit"
def accuracies(answers, labels):
    return (answers == labels).mean(axis=0)


# %% task="5.2" meets="These are the errors"
def accuracies(answers, labels):
    return (answers != labels).mean(axis=1)


# %% task="5.2" meets="counts of right answers"
def accuracies(answers, labels):
    return (answers == labels).sum(axis=1)


# %% task="5.2" meets="has answers of its own"
def accuracies(answers, labels):
    return [(answers[0] == labels).mean() for row in answers]


# %% task="5.3" meets="spread at p̂ itself"
def interval(right, shown):
    p = right / shown
    half = 1.96 * np.sqrt(p * (1 - p) / shown)
    return p - half, p + half


# %% task="5.3" meets="cutting at 0 and 1"
def interval(right, shown):
    p = right / shown
    half = 1.96 * np.sqrt(p * (1 - p) / shown)
    return max(0, p - half), min(1, p + half)


# %% task="5.3" meets="lower first"
def interval(right, shown):
    z, p = 1.96, right / shown
    middle = p + z**2 / (2 * shown)
    spread = z * np.sqrt(p * (1 - p) / shown + z**2 / (4 * shown**2))
    return (middle + spread) / (1 + z**2 / shown), (middle - spread) / (1 + z**2 / shown)


# %% task="5.3" meets="68 %"
def interval(right, shown):
    z, p = 1, right / shown
    middle = p + z**2 / (2 * shown)
    spread = z * np.sqrt(p * (1 - p) / shown + z**2 / (4 * shown**2))
    return (middle - spread) / (1 + z**2 / shown), (middle + spread) / (1 + z**2 / shown)


# %% task="5.3" meets="lost its root"
def interval(right, shown):
    p = right / shown
    half = 1.96 * p * (1 - p) / shown
    return p - half, p + half


# %% task="5.3" meets="leaves 1"
def interval(right, shown):
    z, p = 1.96, right / shown
    middle = p + z**2 / (2 * shown)
    spread = z * np.sqrt(p * (1 - p) / shown + z**2 / (4 * shown**2))
    return middle - spread, middle + spread


# %% task="5.3" meets="z²/4n² is missing"
def interval(right, shown):
    z, p = 1.96, right / shown
    middle = p + z**2 / (2 * shown)
    spread = z * np.sqrt(p * (1 - p) / shown)
    return (middle - spread) / (1 + z**2 / shown), (middle + spread) / (1 + z**2 / shown)


# %% task="5.3" meets="the lower and the upper end"
def interval(right, shown):
    p = right / shown
    return 1.96 * np.sqrt(p * (1 - p) / shown)


# %% task="5.4" meets="can be *lost*"
def halfway(severities, accuracy):
    return np.interp(-accuracy[0] / 2, -accuracy, severities)


# %% task="5.4" meets="where the accuracy is ½"
def halfway(severities, accuracy):
    return np.interp(-0.5, -accuracy, severities)


# %% task="5.4" meets="first severity tried beyond"
def halfway(severities, accuracy):
    return severities[np.argmax(accuracy < (accuracy[0] + 0.1) / 2)]


# %% task="5.4" meets="last severity tried before"
def halfway(severities, accuracy):
    return severities[np.argmax(accuracy < (accuracy[0] + 0.1) / 2) - 1]


# %% task="5.4" meets="middle between two severities"
def halfway(severities, accuracy):
    i = np.argmax(accuracy < (accuracy[0] + 0.1) / 2)
    return (severities[i - 1] + severities[i]) / 2


# %% task="5.4" meets="That is an accuracy"
def halfway(severities, accuracy):
    return (accuracy[0] + 0.1) / 2


# %% task="5.4" meets="numbers that rise"
def halfway(severities, accuracy):
    return np.interp((accuracy[0] + 0.1) / 2, accuracy, severities)


# %% task="5.5" meets="wrong order"
def only_one(ann_right, bio_right):
    return (bio_right & ~ann_right).sum(), (ann_right & ~bio_right).sum()


# %% task="5.5" meets="that neither does"
def only_one(ann_right, bio_right):
    return (ann_right & bio_right).sum(), (~ann_right & ~bio_right).sum()


# %% task="5.5" meets="all digits that each reads"
def only_one(ann_right, bio_right):
    return ann_right.sum(), bio_right.sum()


# %% task="5.5" meets="needs counts"
def only_one(ann_right, bio_right):
    return (ann_right & ~bio_right).mean(), (bio_right & ~ann_right).mean()


# %% task="5.5" meets="two counts"
def only_one(ann_right, bio_right):
    return (ann_right != bio_right).sum()


# %% task="5.6" meets="One side only"
def mcnemar(only_ann, only_bio):
    return binom.cdf(min(only_ann, only_bio), only_ann + only_bio, 0.5)


# %% task="5.6" meets="one order only"
def mcnemar(only_ann, only_bio):
    return binom.cdf(only_ann, only_ann + only_bio, 0.5)


# %% task="5.6" meets="middle was counted twice"
def mcnemar(only_ann, only_bio):
    return 2 * binom.cdf(min(only_ann, only_bio), only_ann + only_bio, 0.5)


# %% task="5.6" meets="Take the smaller count"
def mcnemar(only_ann, only_bio):
    return 2 * binom.cdf(only_ann, only_ann + only_bio, 0.5)


# %% task="5.6" meets="just this result"
def mcnemar(only_ann, only_bio):
    return binom.pmf(only_ann, only_ann + only_bio, 0.5)


# %% task="5.6" meets="approximation by a chi-square"
def mcnemar(only_ann, only_bio):
    from scipy.stats import chi2

    return chi2.sf((only_ann - only_bio) ** 2 / max(only_ann + only_bio, 1), 1)


# %% task="5.6" meets="*less* lopsided"
def mcnemar(only_ann, only_bio):
    return 1 - 2 * binom.cdf(min(only_ann, only_bio), only_ann + only_bio, 0.5)


# %% task="5.7" meets="no strength against distortion"
def lead(ann_right, bio_right):
    return (bio_right.mean(axis=1) - ann_right.mean(axis=1))[1:].mean()


# %% task="5.7" meets="sign is turned round"
def lead(ann_right, bio_right):
    ahead = ann_right.mean(axis=1) - bio_right.mean(axis=1)
    return (ahead[1:] - ahead[0]).mean()


# %% task="5.7" meets="thins the mean out"
def lead(ann_right, bio_right):
    ahead = bio_right.mean(axis=1) - ann_right.mean(axis=1)
    return (ahead - ahead[0]).mean()


# %% task="5.7" meets="the one on clean digits among them"
def lead(ann_right, bio_right):
    return bio_right.mean() - ann_right.mean()


# %% task="5.7" meets="greatest severity only"
def lead(ann_right, bio_right):
    ahead = bio_right.mean(axis=1) - ann_right.mean(axis=1)
    return ahead[-1] - ahead[0]


# %% task="5.7" meets="what each *keeps*"
def lead(ann_right, bio_right):
    a, b = ann_right.mean(axis=1), bio_right.mean(axis=1)
    return (b[1:] / b[0] - a[1:] / a[0]).mean()


# %% task="5.7" meets="one number, but there are 3"
def lead(ann_right, bio_right):
    ahead = bio_right.mean(axis=1) - ann_right.mean(axis=1)
    return ahead[1:] - ahead[0]


# %% task="5.8" meets="That is how often they agree"
def kappa(a_right, b_right):
    return (a_right == b_right).mean()


# %% task="5.8" meets="should be 1"
def kappa(a_right, b_right):
    p, q = a_right.mean(), b_right.mean()
    return (a_right == b_right).mean() - (p * q + (1 - p) * (1 - q))


# %% task="5.8" meets="every second time"
def kappa(a_right, b_right):
    return ((a_right == b_right).mean() - 0.5) / 0.5


# %% task="5.8" meets="expected agreement is too small"
def kappa(a_right, b_right):
    expected = a_right.mean() * b_right.mean()
    return ((a_right == b_right).mean() - expected) / (1 - expected)


# %% task="5.8" meets="(phi)"
def kappa(a_right, b_right):
    return np.corrcoef(a_right, b_right)[0, 1]


# %% task="5.8" meets="divide by what is left beyond it"
def kappa(a_right, b_right):
    p, q = a_right.mean(), b_right.mean()
    expected = p * q + (1 - p) * (1 - q)
    return ((a_right == b_right).mean() - expected) / expected
