// Saves what is seen: the view as a picture, and its data as JSON.
"use strict";

const Save = (() => {
  /** Gives a file to whoever uses the page. */
  function download(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  /**
   * All canvases where they stand on the page, with their captions, under a heading, as a PNG.
   * @param {HTMLElement} stage  that holds figures of a caption and a canvas each
   * @param {string} heading  what happened
   */
  async function picture(stage, heading, name) {
    const colour = Canvas.colours();
    const whole = stage.getBoundingClientRect();
    const sheet = document.createElement("canvas");
    const [ratio, top] = [2, 70];
    [sheet.width, sheet.height] = [whole.width * ratio, (whole.height + top) * ratio];
    const pen = sheet.getContext("2d");
    pen.scale(ratio, ratio);
    pen.fillStyle = colour.paper;
    pen.fillRect(0, 0, whole.width, whole.height + top);
    wrapped(pen, heading, colour.ink, whole.width - 24);
    for (const figure of stage.querySelectorAll("figure")) {
      const canvas = figure.querySelector("canvas");
      const caption = figure.querySelector("figcaption");
      if (!canvas.clientWidth) continue;
      const box = canvas.getBoundingClientRect();
      const words = caption.getBoundingClientRect();
      pen.drawImage(canvas, box.left - whole.left, box.top - whole.top + top, box.width, box.height);
      pen.font = "bold 13px system-ui, sans-serif";
      pen.fillStyle = colour.ink;
      pen.fillText(caption.firstElementChild.textContent, words.left - whole.left, words.top - whole.top + top + 14);
    }
    const blob = await new Promise((resolve) => sheet.toBlob(resolve, "image/png"));
    download(blob, name);
  }

  /** Writes text in lines no wider than that. */
  function wrapped(pen, text, ink, width) {
    pen.font = "bold 16px system-ui, sans-serif";
    pen.fillStyle = ink;
    let [line, y] = ["", 26];
    for (const word of text.split(" ")) {
      if (pen.measureText(`${line} ${word}`).width > width) {
        pen.fillText(line.trim(), 12, y);
        [line, y] = ["", y + 22];
      }
      line += ` ${word}`;
    }
    pen.fillText(line.trim(), 12, y);
  }

  /** All numbers behind a thought, and Brian2's where it was asked. */
  function data(thought, { made, address, brian, sentence, name }) {
    const { question, network, ann, bio, cell } = thought;
    const plain = (arrays) => arrays.map((array) => Array.from(array));
    const file = {
      sentence,
      address,
      made,
      question,
      cell,
      accuracy: network.accuracy,
      ann: { answer: ann.answer, sums: plain(ann.sums), activations: plain(ann.activations) },
      bio: { answer: bio.answer, settled_ms: bio.settled, dt_s: bio.dt, spikes: bio.spikes, counts: plain(bio.counts) },
      brian2: brian,
    };
    download(new Blob([JSON.stringify(file)], { type: "application/json" }), name);
  }

  return { data, picture };
})();
