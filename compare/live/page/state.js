// What the page shows, and its place in the address: whoever opens the link sees the same.
"use strict";

/**
 * A state:
 *   strokes    Stroke[] of Drawing; coordinates and widths are whole 255ths of the pad
 *   digit      index of the test digit that is shown instead, or null
 *   activation, hidden, input   names
 *   duration (ms), tau_m (ms), t_ref (ms), noise (of 20 mV), threshold (mV), seed   numbers; null: the network's own
 *   corruption, severity   a name in Distort.NAMES or "none", and a number in its unit
 *   silenced   units of each hidden layer
 *   unit       [layer, unit] that is looked at, the last layer being the output; null: the busiest of the first layer
 */
const State = (() => {
  const FULL = 255;
  const LONGEST = 20_000; // letters of a drawing in an address

  /** What may be chosen, by name. */
  const CHOICES = {
    activation: ["relu", "sigmoid", "lif"],
    hidden: ["16-16", "100"],
    input: ["current", "lif", "poisson"],
    corruption: ["none", ...Object.keys(Distort.NAMES)],
  };

  /** The least and the most of each number, and its step. Within what compare/live/request.py takes. */
  const RANGES = {
    duration: [10, 300, 10],
    tau_m: [2, 100, 1],
    t_ref: [0, 20, 0.5],
    noise: [0, 1.5, 0.05],
    threshold: [5, 60, 1],
    seed: [0, 9999, 1],
  };

  const UNITS = { "16-16": [16, 16, 10], 100: [100, 10] };

  /** As the page opens. */
  function initial() {
    return {
      strokes: [],
      digit: null,
      activation: "relu",
      hidden: "16-16",
      input: "current",
      duration: 100,
      tau_m: null,
      t_ref: null,
      noise: null,
      threshold: null,
      seed: 0,
      corruption: "none",
      severity: 0,
      silenced: [[], []],
      unit: null,
    };
  }

  /** The same with other hidden layers: units of the old ones mean nothing there. */
  function withHidden(state, hidden) {
    const layers = UNITS[hidden].length - 1;
    return { ...state, hidden, silenced: Array.from({ length: layers }, () => []), unit: null };
  }

  /** All that differs from the initial state, for the address: "activation=lif&tau_m=10". */
  function toHash(state) {
    const plain = withHidden(initial(), state.hidden);
    const said = new URLSearchParams();
    if (state.hidden !== initial().hidden) said.set("hidden", state.hidden);
    for (const name of ["activation", "input", ...Object.keys(RANGES)]) {
      if (state[name] !== plain[name]) said.set(name, state[name]);
    }
    if (state.corruption !== "none") {
      said.set("corruption", state.corruption);
      said.set("severity", Number(state.severity.toPrecision(6)));
    }
    if (state.digit !== null) said.set("digit", state.digit);
    else said.set("drawing", drawingText(state.strokes));
    const silenced = state.silenced.flatMap((units, layer) => units.map((unit) => `${layer}.${unit}`));
    if (silenced.length) said.set("silenced", silenced.join("_"));
    if (state.unit) said.set("unit", state.unit.join("."));
    return said.toString();
  }

  /**
   * The state that an address tells of; what it does not tell, or tells wrongly, is as the page opens.
   * @param {string} hash  without its #
   * @param {number[]} digits  test digits that there are
   * @param {number} first  the one that is shown where nothing is said of a drawing
   */
  function fromHash(hash, digits, first) {
    const said = new URLSearchParams(hash);
    const start = initial();
    const picked = (name) => (CHOICES[name].includes(said.get(name)) ? said.get(name) : (start[name] ?? "none"));
    const state = withHidden(start, picked("hidden"));
    for (const name of ["activation", "input", "corruption"]) state[name] = picked(name);
    for (const name of Object.keys(RANGES))
      if (said.has(name)) state[name] = inRange(name, said.get(name), start[name]);
    const severity = Number(said.get("severity") ?? 0);
    const limit = Distort.NAMES[state.corruption]?.limit ?? 0;
    state.severity = severity >= 0 && severity <= limit ? nearestSeverity(state.corruption, severity) : 0;
    if (said.has("drawing")) state.strokes = strokesOf(said.get("drawing"));
    else state.digit = digits.find((digit) => String(digit) === said.get("digit")) ?? first;
    const units = UNITS[state.hidden];
    for (const [layer, unit] of pairs(said.get("silenced"))) {
      const isHidden = layer < units.length - 1 && unit < units[layer];
      if (isHidden && !state.silenced[layer].includes(unit)) state.silenced[layer].push(unit);
    }
    const [looked] = pairs(said.get("unit"));
    if (looked && looked[1] < (units[looked[0]] ?? 0)) state.unit = looked;
    return state;
  }

  /** A number in its range, or else what stands for none. */
  function inRange(name, text, otherwise) {
    const [low, high] = RANGES[name];
    const value = Number(text);
    const whole = name !== "seed" && name !== "duration" ? true : Number.isInteger(value);
    return text.trim() !== "" && value >= low && value <= high && whole ? value : otherwise;
  }

  /** The offered severity nearest to one: an address rounds. */
  function nearestSeverity(corruption, severity) {
    const offered = Distort.NAMES[corruption]?.severities ?? [0];
    return offered.reduce((best, one) => (Math.abs(one - severity) < Math.abs(best - severity) ? one : best));
  }

  /** "0.3_1.12" as [[0, 3], [1, 12]]. */
  function pairs(text) {
    return (text ?? "")
      .split("_")
      .filter((pair) => /^\d{1,2}\.\d{1,3}$/.test(pair))
      .map((pair) => pair.split(".").map(Number));
  }

  // --- A drawing as text: per stroke its width, the number of points in two bytes, and the points, in base64url

  function drawingText(strokes) {
    const bytes = strokes.flatMap(({ points, width }) => [
      Math.round(width * FULL),
      points.length >> 8,
      points.length & 255,
      ...points.flat().map((value) => Math.round(value * FULL)),
    ]);
    const letters = btoa(bytes.map((byte) => String.fromCharCode(byte)).join(""));
    return letters.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  }

  /** The strokes in a text; none where it is damaged. */
  function strokesOf(text) {
    if (text.length > LONGEST || !/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return [];
    const bytes = Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
    const strokes = [];
    let at = 0;
    while (at < bytes.length) {
      const count = bytes[at + 1] * 256 + bytes[at + 2];
      const end = at + 3 + 2 * count;
      if (!(count >= 1 && bytes[at] >= 1 && end <= bytes.length)) return [];
      const values = bytes.slice(at + 3, end).map((byte) => byte / FULL);
      strokes.push({ width: bytes[at] / FULL, points: values.flatMap((x, k) => (k % 2 ? [] : [[x, values[k + 1]]])) });
      at = end;
    }
    return strokes;
  }

  /** A place or width as the address keeps it. */
  function rounded(value) {
    return Math.round(Math.min(Math.max(value, 0), 1) * FULL) / FULL;
  }

  return { CHOICES, RANGES, UNITS, drawingText, fromHash, initial, rounded, toHash, withHidden };
})();
