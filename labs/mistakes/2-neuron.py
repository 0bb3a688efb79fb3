# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# Typical wrong answers of lab 2: each cell runs after the solutions, and its task's check must meet it with the
# words in `meets`. They stand in the instructor's edition too.

# %% task="2.1" meets="bias is missing"
z = me.x @ me.w

# %% task="2.1" meets="bias is subtracted"
z = me.x @ me.w - me.b

# %% task="2.1" meets="leave the inputs out"
z = me.w.sum() + me.b

# %% task="2.1" meets="sign was lost"
z = me.x @ abs(me.w) + me.b

# %% task="2.1" meets="activation already"
z = sigmoid(me.x @ me.w + me.b)


# %% task="2.2" meets="One number for each input"
def weighted_sum(x, w, b):
    return x * w + b


# %% task="2.2" meets="bias is missing"
def weighted_sum(x, w, b):
    return x @ w


# %% task="2.2" meets="bias is subtracted"
def weighted_sum(x, w, b):
    return x @ w - b


# %% task="2.2" meets="once for every input"
def weighted_sum(x, w, b):
    return (x * w + b).sum()


# %% task="2.2" meets="mean of the products"
def weighted_sum(x, w, b):
    return (x * w).mean() + b


# %% task="2.2" meets="first three inputs"
def weighted_sum(x, w, b):
    return x[0] * w[0] + x[1] * w[1] + x[2] * w[2] + b


# %% task="2.2" meets="squashed already"
def weighted_sum(x, w, b):
    return 1 / (1 + np.exp(-(x @ w + b)))


# %% task="2.3" meets="falls where it should rise"
def sigmoid(z):
    return 1 / (1 + np.exp(z))


# %% task="2.3" meets="it is tanh"
def sigmoid(z):
    return np.tanh(z)


# %% task="2.3" meets="all or nothing"
def sigmoid(z):
    return 1.0 * (z > 0)


# %% task="2.3" meets="grows beyond 1"
def sigmoid(z):
    return 1 + np.exp(-z)


# %% task="2.3" meets="math.exp does not"
def sigmoid(z):
    import math

    return 1 / (1 + math.exp(-z))


# %% task="2.3" meets="a power of e overflows"
def sigmoid(z):
    return np.exp(z) / (1 + np.exp(z))


# %% task="2.3" meets="softmax"
def sigmoid(z):
    return np.exp(z) / np.exp(z).sum()


# %% task="2.3" meets="just ½, and yours is 0.333"
def sigmoid(z):
    return 1 / (2 + np.exp(-z))


# %% task="2.4" meets="comes up again"
def relu(z):
    return np.abs(z)


# %% task="2.4" meets="lets the negative sums pass"
def relu(z):
    return np.minimum(z, 0)


# %% task="2.4" meets="largest of all"
def relu(z):
    return max(0, np.max(z))


# %% task="2.4" meets="1 for all that is active"
def relu(z):
    return 1.0 * (z > 0)


# %% task="2.4" meets="stops at 1"
def relu(z):
    return np.clip(z, 0, 1)


# %% task="2.4" meets="softplus"
def relu(z):
    return np.log(1 + np.exp(z))


# %% task="2.4" meets="stops with an error"
def relu(z):
    return max(0, z)


# %% task="2.5" meets="active long before"
bias = me.threshold

# %% task="2.5" meets="threshold is at 0"
bias = 0

# %% task="2.5" meets="units of the weighted sum"
bias = sigmoid(me.threshold)

# %% task="2.5" meets="it should be ½ just there"
bias = -me.threshold / 2


# %% task="2.6" meets="weights only"
def count(sizes):
    return sum(a * b for a, b in zip(sizes, sizes[1:]))


# %% task="2.6" meets="the inputs a bias each"
def count(sizes):
    return sum(a * b for a, b in zip(sizes, sizes[1:])) + sum(sizes)


# %% task="2.6" meets="count units"
def count(sizes):
    return sum(sizes)


# %% task="2.6" meets="first layer only"
def count(sizes):
    return sizes[0] * sizes[1] + sizes[1]


# %% task="2.6" meets="only neighbours are joined"
def count(sizes):
    return np.prod(sizes)


# %% task="2.6" meets="One bias a layer"
def count(sizes):
    return sum(a * b + 1 for a, b in zip(sizes, sizes[1:]))


# %% task="2.6" meets="you count 13002"
def count(sizes):
    return 13_002


# %% task="2.7" meets="Only the outputs come back"
def forward(x, weights, biases):
    for w, b in zip(weights, biases):
        x = sigmoid(x @ w + b)
    return x


# %% task="2.7" meets="inputs stand at the head"
def forward(x, weights, biases):
    layers = [x]
    for w, b in zip(weights, biases):
        x = sigmoid(x @ w + b)
        layers.append(x)
    return layers


# %% task="2.7" meets="No sum is squashed"
def forward(x, weights, biases):
    layers = []
    for w, b in zip(weights, biases):
        x = x @ w + b
        layers.append(x)
    return layers


# %% task="2.7" meets="biases are missing"
def forward(x, weights, biases):
    layers = []
    for w, b in zip(weights, biases):
        x = sigmoid(x @ w)
        layers.append(x)
    return layers


# %% task="2.7" meets="network of ReLUs"
def forward(x, weights, biases):
    layers = []
    for w, b in zip(weights, biases):
        x = np.maximum(x @ w + b, 0)
        layers.append(x)
    return layers


# %% task="2.7" meets="The last layer is not squashed"
def forward(x, weights, biases):
    layers = []
    for w, b in zip(weights, biases):
        x = x @ w + b
        if len(layers) < len(weights) - 1:
            x = sigmoid(x)
        layers.append(x)
    return layers


# %% task="2.7" meets="stops with an error"
def forward(x, weights, biases):
    layers = []
    for w, b in zip(weights, biases):
        layers.append(sigmoid(x @ w + b))
    return layers


# %% task="2.7" meets="should hold what the sigmoid makes"
def forward(x, weights, biases):
    layers = []
    for w, b in zip(weights, biases):
        z = x @ w + b
        x = sigmoid(z)
        layers.append(z)
    return layers


# %% task="2.8" meets="how bright the brightest"
def answer(outputs):
    return outputs.max(axis=1)


# %% task="2.8" meets="brightest image of each digit"
def answer(outputs):
    return outputs.argmax(axis=0)


# %% task="2.8" meets="One answer for ten images"
def answer(outputs):
    return outputs.argmax()


# %% task="2.8" meets="faintest"
def answer(outputs):
    return outputs.argmin(axis=1)


# %% task="2.8" meets="Counted from 1"
def answer(outputs):
    return outputs.argmax(axis=1) + 1


# %% task="2.8" meets="otherwise say 0"
def answer(outputs):
    return (outputs > 0.5).argmax(axis=1)


# %% task="2.9" meets="all images together"
def softmax(z):
    return np.exp(z) / np.exp(z).sum()


# %% task="2.9" meets="Columns make 1"
def softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=0)


# %% task="2.9" meets="totals of other rows"
def softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=1)


# %% task="2.9" meets="not yet shares"
def softmax(z):
    return np.exp(z)


# %% task="2.9" meets="negative sums make negative shares"
def softmax(z):
    return z / z.sum(axis=1, keepdims=True)


# %% task="2.9" meets="is too large"
def softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


# %% task="2.9" meets="squashed by itself"
def softmax(z):
    return sigmoid(z)


# %% task="2.10" meets="In per cent"
score = 100 * score

# %% task="2.10" meets="share of errors"
score = 1 - score

# %% task="2.10" meets="how many are right"
score = (answer(forward(test.images, weights, biases)[-1]) == test.labels).sum()

# %% task="2.10" meets="about what guessing gives"
score = (answer(forward(test.images, weights, biases)[-1]) == np.roll(test.labels, 1)).mean()

# %% task="2.11" meets="784 weights in a line"
picture = weights[0][:, me.unit]

# %% task="2.11" meets="lies on its side"
picture = weights[0][:, me.unit].reshape(28, 28).T

# %% task="2.11" meets="unit before"
picture = weights[0][:, me.unit - 1].reshape(28, 28)

# %% task="2.11" meets="the weights of many units"
picture = weights[0].reshape(16, 28, 28)[me.unit]

# %% task="2.11" meets="without an image"
picture = (weights[0][:, me.unit] * x).reshape(28, 28)

# %% task="2.11" meets="should have the shape (28, 28)"
picture = weights[0][me.unit]
