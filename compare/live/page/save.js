// Saves what is seen: the view as a picture, and its data as JSON.
"use strict";

const Save = (() => {
  const RATIO = 2; // pixels of the picture for each of the page
  const MARGIN = 12;
  const LARGE = { style: "bold 16px system-ui, sans-serif", line: 22 };
  const SMALL = { style: "12px system-ui, sans-serif", line: 17 };

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
   * All canvases where they stand on the page, with their captions, under some words, as a PNG.
   * @param {HTMLElement} stage  that holds figures of a caption and a canvas each
   * @param {string[]} words  a heading, and what stands below it
   */
  async function picture(stage, words, name) {
    const colour = Canvas.colours();
    const whole = stage.getBoundingClientRect();
    const sheet = document.createElement("canvas");
    const pen = sheet.getContext("2d");
    const lines = words.flatMap((text, k) => wrapped(pen, text, k ? SMALL : LARGE, whole.width - 2 * MARGIN));
    const top = lines.reduce((sum, { font }) => sum + font.line, 2 * MARGIN);
    [sheet.width, sheet.height] = [whole.width * RATIO, (whole.height + top + MARGIN) * RATIO];
    pen.scale(RATIO, RATIO);
    pen.fillStyle = colour.paper;
    pen.fillRect(0, 0, whole.width, whole.height + top + MARGIN);
    let y = MARGIN;
    for (const { text, font } of lines) {
      y += font.line;
      write(pen, text, MARGIN, y, font.style, colour.ink);
    }
    for (const figure of stage.querySelectorAll("figure")) {
      const canvas = figure.querySelector("canvas");
      const caption = figure.querySelector("figcaption");
      const [box, place] = [canvas, caption].map((part) => part.getBoundingClientRect());
      const at = ({ left, top: down }) => [left - whole.left, down - whole.top + top];
      pen.drawImage(canvas, ...at(box), box.width, box.height);
      const [x, down] = at(place);
      write(pen, caption.firstElementChild.textContent, x, down + 14, "bold 14px system-ui, sans-serif", colour.ink);
    }
    download(await new Promise((resolve) => sheet.toBlob(resolve, "image/png")), name);
  }

  function write(pen, text, x, y, font, ink) {
    pen.font = font;
    pen.fillStyle = ink;
    pen.fillText(text, x, y);
  }

  /** Text in lines no wider than that: {text, font}[]. */
  function wrapped(pen, text, font, width) {
    pen.font = font.style;
    const lines = [""];
    for (const word of text.split(" ")) {
      const longer = `${lines[lines.length - 1]} ${word}`.trim();
      if (pen.measureText(longer).width > width) lines.push(word);
      else lines[lines.length - 1] = longer;
    }
    return lines.map((line) => ({ text: line, font }));
  }

  /** All numbers behind a thought, and what the third learner made of it, with what else is to be known. */
  function data({ question, network, ann, bio, cell }, third, more, name) {
    const plain = (arrays) => arrays.map((array) => Array.from(array));
    const file = {
      ...more,
      question,
      cell,
      accuracy: network.accuracy,
      ann: { answer: ann.answer, sums: plain(ann.sums), activations: plain(ann.activations) },
      third: { answer: third.answer, showings: third.showings, spikes: third.spikes, counts: Array.from(third.counts) },
      bio: { answer: bio.answer, settled_ms: bio.settled, dt_s: bio.dt, spikes: bio.spikes, counts: plain(bio.counts) },
    };
    download(new Blob([JSON.stringify(file)], { type: "application/json" }), name);
  }

  return { data, picture };
})();
