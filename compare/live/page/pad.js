// The pad: mouse, pen and finger draw strokes; arrow keys and space put down dots; undo and clear.
"use strict";

const Pad = (() => {
  const CELLS = 14; // a side, for the keyboard
  const NEAR = 3 / 255; // of the pad: closer points are left out
  const UNDO = 200; // steps that are kept
  const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  /**
   * Makes a canvas the pad.
   * @param {HTMLCanvasElement} canvas
   * @param {Object} ways  {drawn() → {strokes, digit}, pixelsOf(digit) → Float32Array, width() → of the pen,
   *   onChange({strokes, digit}, done), onSay(text)}: `done` once the pen is lifted; `digit` is a test digit, shown
   *   instead of strokes, or null
   * @returns {{draw, drop, undo, clear, load, remember}}
   */
  function on(canvas, { drawn, pixelsOf, width, onChange, onSay }) {
    const past = []; // of `drawn`
    let pointer = null; // that draws
    let cursor = null; // of the keyboard, [column, row]
    let painting = false;

    /** Keeps what undo will bring back. */
    function remember(before = drawn()) {
      past.push(before);
      if (past.length > UNDO) past.shift();
    }

    const change = (strokes, done) => onChange({ strokes, digit: null }, done);
    const ended = () => onChange(drawn(), true);

    function begin(point) {
      if (State.isFull(drawn().strokes)) {
        onSay("The pad is full: undo or clear.");
        return;
      }
      remember();
      change([...drawn().strokes, { points: [point], width: State.rounded(width()) }], false);
    }

    function extend(points) {
      const all = drawn().strokes;
      if (!all.length || State.isFull(all)) return;
      const stroke = { ...all[all.length - 1] };
      for (const point of points) {
        const [x, y] = stroke.points[stroke.points.length - 1];
        if (Math.hypot(point[0] - x, point[1] - y) >= NEAR) stroke.points = [...stroke.points, point];
      }
      change([...all.slice(0, -1), stroke], false);
    }

    const place = (event) => {
      const { left, top } = canvas.getBoundingClientRect();
      const [right, down] = [event.clientX - left - canvas.clientLeft, event.clientY - top - canvas.clientTop];
      return [State.rounded(right / canvas.clientWidth), State.rounded(down / canvas.clientHeight)];
    };

    canvas.addEventListener("pointerdown", (event) => {
      if (pointer !== null || event.button !== 0) return;
      event.preventDefault();
      canvas.focus({ preventScroll: true });
      pointer = event.pointerId;
      canvas.setPointerCapture(pointer);
      cursor = null;
      begin(place(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerId !== pointer) return;
      if (!(event.buttons & 1)) {
        drop(); // it was lifted where no event told of it
        ended();
        return;
      }
      const all = event.getCoalescedEvents?.() ?? [];
      extend((all.length ? all : [event]).map(place));
    });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, (event) => {
        if (event.pointerId !== pointer) return;
        pointer = null;
        ended();
      });
    }

    canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) {
        if (event.key.toLowerCase() === "z" && !event.altKey) stopped(event, undo);
        return;
      }
      if (event.key in MOVES) stopped(event, () => move(MOVES[event.key], event.shiftKey));
      else if (event.key === " ") stopped(event, dot);
      else if (event.key === "Backspace") stopped(event, undo);
      else if (event.key === "Delete") stopped(event, clear);
    });
    canvas.addEventListener("keyup", (event) => {
      if (event.key === "Shift" && painting) lift();
    });
    canvas.addEventListener("blur", () => {
      if (painting) lift();
      cursor = null;
      draw();
    });

    function stopped(event, act) {
      event.preventDefault();
      act();
    }

    const centre = ([column, row]) => [State.rounded((column + 0.5) / CELLS), State.rounded((row + 0.5) / CELLS)];

    function move([right, down], paint) {
      const from = cursor ?? [CELLS / 2, CELLS / 2];
      const within = (value) => Math.min(Math.max(value, 0), CELLS - 1);
      cursor = cursor ? [within(from[0] + right), within(from[1] + down)] : from;
      if (paint && !painting) {
        painting = true;
        begin(centre(from));
      }
      if (paint) extend([centre(cursor)]);
      onSay(`column ${cursor[0] + 1}, row ${cursor[1] + 1} of ${CELLS}`);
      draw();
    }

    function lift() {
      painting = false;
      ended();
    }

    /** Puts a dot into the cell, or takes away the one that is there. */
    function dot() {
      cursor ??= [CELLS / 2, CELLS / 2];
      const [x, y] = centre(cursor);
      const isHere = ({ points }) => points.length === 1 && points[0][0] === x && points[0][1] === y;
      if (!drawn().strokes.some(isHere)) begin([x, y]);
      else {
        remember();
        change(
          drawn().strokes.filter((stroke) => !isHere(stroke)),
          false,
        );
      }
      ended();
    }

    /** Whatever is being drawn ends here. */
    function drop() {
      if (pointer !== null && canvas.hasPointerCapture(pointer)) canvas.releasePointerCapture(pointer);
      [pointer, painting] = [null, false];
    }

    function undo() {
      drop();
      if (past.length) onChange(past.pop(), true);
    }

    function clear() {
      drop();
      if (!drawn().strokes.length && drawn().digit === null) return;
      remember();
      change([], true);
    }

    /** Shows a test digit. */
    function load(digit) {
      drop();
      remember();
      onChange({ strokes: [], digit }, true);
    }

    function draw() {
      const view = Canvas.cleared(canvas, Canvas.colours());
      const { pen, width: side, colour } = view;
      const { strokes, digit } = drawn();
      if (digit !== null) Canvas.image(view, pixelsOf(digit), 0, 0, side, (value) => [colour.ink, value]);
      pen.strokeStyle = pen.fillStyle = colour.ink;
      pen.lineCap = pen.lineJoin = "round";
      for (const { points, width: wide } of strokes) {
        pen.lineWidth = wide * side;
        pen.beginPath();
        pen.moveTo(points[0][0] * side, points[0][1] * side);
        for (const [x, y] of points) pen.lineTo(x * side, y * side + (points.length === 1 ? 0.01 : 0));
        pen.stroke();
      }
      if (digit === null && !strokes.length) {
        Canvas.write(view, "draw a digit here", side / 2, side / 2, { align: "center", ink: colour.faint });
      }
      if (cursor) {
        const cell = side / CELLS;
        pen.strokeStyle = colour.bio;
        pen.lineWidth = 2;
        pen.strokeRect(cursor[0] * cell, cursor[1] * cell, cell, cell);
      }
    }

    return { draw, drop, undo, clear, load, remember };
  }

  return { on };
})();
