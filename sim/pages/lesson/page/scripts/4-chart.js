"use strict";
// The curves: policy by color and letter, the assumptions by stroke. Every point is a simulated week; straight strokes join
// neighboring weeks. Drawn by hand as SVG: the reason stands in page.py.

const SIDEWAYS = 8; // pixels that a finger goes sideways before it draws
const EDGE = { left: 46, right: 34, top: 16, bottom: 34 };

class Chart {
  /** host: element that the picture fills; onSketch(slot, height 0 to 99) is told what the pointer draws. */
  constructor(host, onSketch) {
    this.host = host;
    this.onSketch = onSketch;
    this.svg = mark("svg", { role: "img", class: "curves" });
    host.append(this.svg);
    this.pen = null;
    this.svg.addEventListener("pointerdown", (event) => this.press(event));
    this.svg.addEventListener("pointermove", (event) => this.pull(event));
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) this.svg.addEventListener(name, () => { this.pen = null; });
  }

  /** Scales for the size of the page now. */
  measure(curve) {
    const unit = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16; // large type, large numbers
    this.width = Math.max(280, this.host.clientWidth / unit);
    this.height = Math.max(150, this.host.clientHeight / unit);
    this.curve = curve;
    this.right = this.width - EDGE.right;
    this.bottom = this.height - EDGE.bottom;
    this.x = (week) => EDGE.left + ((this.right - EDGE.left) * week) / (LESSON.weeks - 1);
    this.y = (value) => this.bottom - ((this.bottom - EDGE.top) * (value - curve.low)) / (curve.high - curve.low);
  }

  /**
   * Draw everything.
   * picture: {curve, lines: [{values, policy, assumptions, label, faint}], events, week, until, sketch, sketches, sketching, label}
   * sketches: those of a class, thin.
   */
  draw(picture) {
    this.measure(picture.curve);
    this.sketching = picture.sketching;
    this.svg.classList.toggle("sketching", picture.sketching);
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    this.svg.setAttribute("aria-label", picture.label);
    const drawn = picture.sketch.some((one) => one !== null);
    const pane = mark("clipPath", { id: "inside" }, mark("rect", { x: 0, y: EDGE.top - 6, width: this.width, height: this.bottom - EDGE.top + 9 }));
    const parts = [pane, ...this.axes(picture.curve), ...this.happenings(picture.events)];
    for (const sketch of picture.sketches) parts.push(this.guess(sketch, true));
    for (const line of picture.lines) parts.push(...this.line(line, picture.until));
    parts.push(...this.letters(picture.lines, picture.until));
    if (drawn) parts.push(this.guess(picture.sketch));
    if (picture.sketching && !drawn) parts.push(this.invitation());
    if (picture.week !== null) parts.push(this.now(picture.week));
    this.svg.replaceChildren(...parts);
  }

  axes(curve) {
    const parts = [];
    const quiet = { fill: color("quiet"), "font-size": 12 };
    for (const value of curve.ticks) {
      const at = this.y(value);
      parts.push(mark("line", { x1: EDGE.left, x2: this.right, y1: at, y2: at, stroke: color("line") }));
      const text = curve.percent ? `${Math.round(100 * value)} %` : value.toLocaleString(WORDS.language);
      parts.push(mark("text", { ...quiet, x: EDGE.left - 6, y: at + 4, "text-anchor": "end" }, text));
    }
    const every = this.width < 480 ? 52 : 26;
    for (let week = 0; week < LESSON.weeks; week += every) {
      const at = this.x(week);
      parts.push(mark("line", { x1: at, x2: at, y1: this.bottom, y2: this.bottom + 4, stroke: color("quiet") }));
      const text = week === 0 ? textOf("page.week_axis") : String(week);
      const anchor = week === 0 ? "start" : "middle";
      parts.push(mark("text", { ...quiet, x: week === 0 ? EDGE.left : at, y: this.bottom + 17, "text-anchor": anchor }, text));
    }
    return parts;
  }

  /** Upright lines for what happens, with their words; words that would overlap go one row down. */
  happenings(events) {
    const strokes = [];
    const words = [];
    const rows = [];
    for (const { week, text, tone } of [...events].sort((one, other) => one.week - other.week)) {
      const at = this.x(week);
      const paint = tone ? color(tone) : color("quiet");
      strokes.push(mark("line", { x1: at, x2: at, y1: EDGE.top - 4, y2: this.bottom, stroke: paint, "stroke-dasharray": "1 4", "stroke-width": 1.5 }));
      const length = text.length * 6.4 + 8;
      const leftward = at + length > this.width;
      const from = leftward ? at - length : at;
      let row = rows.findIndex((end) => end < from);
      if (row < 0) row = rows.length;
      rows[row] = from + length;
      const style = { x: leftward ? at - 4 : at + 4, y: EDGE.top + 6 + 14 * row, "font-size": 12, fill: paint, "text-anchor": leftward ? "end" : "start", class: "halo" };
      words.push(mark("text", style, text));
    }
    return [...strokes, ...words];
  }

  line({ values, policy, assumptions, faint }, until) {
    const style = {
      fill: "none",
      stroke: color(policy),
      "stroke-width": faint ? 0.7 : assumptions === "found" ? 2 : 2.6,
      "stroke-dasharray": assumptions === "found" && !faint ? "5 4" : "none",
      "stroke-linejoin": "round",
      opacity: faint ? 0.45 : 1,
      "clip-path": "url(#inside)", // single runs may leave the scale, which is that of the means
      "data-line": faint ? null : `${policy}-${assumptions}`,
    };
    return [mark("path", { ...style, d: this.path(values.slice(0, until + 1)) })];
  }

  /** Path through the weeks that have a value; a missing week breaks it. */
  path(values) {
    let text = "";
    let down = false;
    values.forEach((value, week) => {
      if (Number.isNaN(value)) {
        down = false;
        return;
      }
      text += `${down ? "L" : "M"}${this.x(week).toFixed(1)},${this.y(value).toFixed(1)}`;
      down = true;
    });
    return text;
  }

  /** The letter of the policy at the end of each line, kept apart. */
  letters(lines, until) {
    const ends = lines
      .filter((line) => !line.faint)
      .map((line) => {
        const week = Math.min(until, line.values.length - 1);
        return { line, week, at: this.y(line.values[week]) };
      })
      .filter((end) => !Number.isNaN(end.at))
      .sort((one, other) => one.at - other.at);
    ends.forEach((end, index) => {
      if (index > 0) end.at = Math.max(end.at, ends[index - 1].at + 13);
    });
    const over = ends.length ? ends[ends.length - 1].at - this.bottom : 0;
    if (over > 0) for (const end of ends) end.at -= over;
    return ends.map(({ line, week, at }) =>
      mark("text", { x: this.x(week) + 5, y: at + 4, "font-size": 13, "font-weight": 700, fill: color(line.policy), class: "halo" }, line.label),
    );
  }

  /** What the reader has sketched; thin for those of a class. */
  guess(sketch, thin = false) {
    const { low, high } = this.curve;
    let text = "";
    let down = false;
    sketch.forEach((height, slot) => {
      if (height === null) {
        down = false;
        return;
      }
      const week = Math.min(LESSON.start + slot * STROKE, LESSON.weeks - 1);
      text += `${down ? "L" : "M"}${this.x(week).toFixed(1)},${this.y(low + ((high - low) * height) / 99).toFixed(1)}`;
      down = true;
    });
    if (thin) return mark("path", { d: text, fill: "none", stroke: color("mark"), "stroke-width": 1, opacity: 0.5, "data-line": "class" });
    return mark("path", { d: text, fill: "none", stroke: color("mark"), "stroke-width": 3.5, "stroke-linecap": "round", "stroke-dasharray": "0.1 7", "data-line": "guess" });
  }

  /** What to do with the empty half of the picture. */
  invitation() {
    const middle = (this.x(LESSON.start) + this.right) / 2;
    return mark("text", { x: middle, y: (EDGE.top + this.bottom) / 2 + 5, "font-size": 15, fill: color("mark"), "text-anchor": "middle", class: "halo" }, textOf("page.sketch_here"));
  }

  now(week) {
    const at = this.x(week);
    return mark("line", { x1: at, x2: at, y1: EDGE.top, y2: this.bottom, stroke: color("ink"), "stroke-width": 1.2, "data-week": week });
  }

  /** A mouse or a pen draws at once. A finger may want to scroll: it draws once it has gone sideways. */
  press(event) {
    if (!this.sketching) return;
    const drawing = event.pointerType !== "touch";
    this.pen = { slot: null, height: null, drawing, x: event.clientX, y: event.clientY };
    if (!drawing) return;
    event.preventDefault();
    this.svg.setPointerCapture(event.pointerId);
    this.pull(event);
  }

  /** Take down what the pointer draws; slots that it has jumped over lie on its straight way. */
  pull(event) {
    if (this.pen === null || !this.sketching) return;
    if (!this.pen.drawing) {
      const [across, down] = [Math.abs(event.clientX - this.pen.x), Math.abs(event.clientY - this.pen.y)];
      if (across < SIDEWAYS || across < down) return;
      this.pen.drawing = true;
      this.svg.setPointerCapture(event.pointerId);
    }
    const box = this.svg.getBoundingClientRect();
    const across = ((event.clientX - box.left) * this.width) / box.width;
    const down = ((event.clientY - box.top) * this.height) / box.height;
    const week = ((across - EDGE.left) / (this.right - EDGE.left)) * (LESSON.weeks - 1);
    const slot = Math.min(Math.max(Math.round((week - LESSON.start) / STROKE), 0), SLOTS - 1);
    const share = (this.bottom - down) / (this.bottom - EDGE.top);
    const height = Math.min(Math.max(Math.round(99 * share), 0), 99);
    const from = this.pen.slot === null ? slot : this.pen.slot;
    const before = this.pen.height === null ? height : this.pen.height;
    const way = Math.abs(slot - from);
    for (let done = 0; done <= way; done += 1) {
      const part = way === 0 ? 1 : done / way;
      this.onSketch(from + Math.round((slot - from) * part), Math.round(before + (height - before) * part));
    }
    this.pen = { ...this.pen, slot, height };
  }
}
