// Simulated time, in slow motion: play, pause, and a slider through it.
"use strict";

const Clock = (() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  /**
   * A clock over so many steps.
   * @param {Object} parts  {play: button, scrub: range, slowness: select (times slower than life), shown: output}
   * @param {(clock: number) => void} onTick  told the number of steps that have passed
   */
  function on({ play, scrub, slowness, shown }, onTick) {
    let [steps, dt, at] = [100, 1e-3, 100];
    let pending = null; // the next frame, while it plays
    let since = 0; // when the last frame was drawn, ms

    function show() {
      const time = Math.round(Math.round(at) * dt * 1e3);
      scrub.value = String(Math.round(at));
      scrub.setAttribute("aria-valuetext", `${time} ms`);
      shown.value = `${time} of ${Math.round(steps * dt * 1e3)} ms`;
      play.textContent = pending !== null ? "Pause" : at >= steps ? "Play again" : "Play";
      onTick(Math.round(at));
    }

    function frame(now) {
      at = Math.min(at + Math.max(now - since, 0) / 1e3 / dt / Number(slowness.value), steps);
      since = now;
      pending = at < steps ? requestAnimationFrame(frame) : null;
      show();
    }

    function go() {
      stop();
      since = performance.now();
      pending = requestAnimationFrame(frame);
    }

    function stop() {
      if (pending !== null) cancelAnimationFrame(pending);
      pending = null;
    }

    play.addEventListener("click", () => {
      if (pending !== null) stop();
      else {
        if (at >= steps) at = 0;
        go();
      }
      show();
    });
    scrub.addEventListener("input", () => {
      stop();
      at = Number(scrub.value);
      show();
    });

    /** Something new to show: from its beginning, or its end where no replay is asked for or nobody wants motion. */
    function renew(simulated, replay) {
      stop();
      ({ steps, dt } = simulated);
      scrub.max = String(steps);
      at = replay && !calm.matches ? 0 : steps;
      if (at < steps) go();
      show();
    }

    return { renew, redraw: show };
  }

  return { on };
})();
