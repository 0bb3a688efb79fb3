"""The content of scores.json, which a comparison leaves in its folder."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from compare.comparison import SCHEMA, Comparison
from compare.pair import Twin
from compare.score import Score


def scores_json(comparison: Comparison, scores: list[Score]) -> dict[str, Any]:
    """The content of scores.json: the manifest, and each pair's setting and scores."""
    pairs = [setting(pair.twin) | score.as_json() for pair, score in zip(comparison.pairs, scores, strict=True)]
    return {"schema": SCHEMA, "manifest": comparison.prepared.manifest(), "pairs": pairs}


def setting(twin: Twin) -> dict[str, Any]:
    """What a pair was, in the units of a laboratory: milliseconds, hertz, thresholds."""
    layers = [
        {"c0": round(layer.c0, 6), "c1": round(layer.c1, 6), "unit": round(layer.unit, 6)}
        for layer in twin.mapping.layers
    ]
    cell = asdict(twin.cell)
    milli = {name: round(1e3 * cell.pop(name), 6) for name in ("tau_m", "t_ref", "tau_syn")}
    volts = {name: round(1e3 * cell.pop(name), 6) for name in ("v_rest", "v_threshold", "v_reset")}
    return {
        "activation": twin.model.activation,
        "sizes": list(twin.model.sizes),
        "duration_ms": round(1e3 * twin.duration, 6),
        "dt_ms": round(1e3 * twin.dt, 6),
        "input": twin.input,
        "engine": twin.engine,
        "align": twin.align,
        "retuned": twin.retuned,
        "cell": milli | volts | cell | {"r_max": twin.mapping.r_max, "c0": layers[0]["c0"], "c1": layers[0]["c1"]},
        "mapping": layers,
    }
