"""What every test runs under."""

import os

from hypothesis import settings

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as many tests as cores run side by side: more threads only wait
settings.register_profile("untimed", deadline=None)  # a busy machine makes no property false
settings.load_profile("untimed")
