// Curves by week, in shares of a hundred.

const EDGE = { left: 44, right: 14, top: 20, bottom: 24 };

class Chart {
  /** title, note: what the curves are; weeks: length of the axis. */
  constructor(host, title, note, weeks, height = 220) {
    Object.assign(this, { host, weeks, height, title });
    this.svg = mark("svg", { class: "chart", role: "img", "aria-label": title });
    this.legend = element("p", { class: "quiet" });
    host.replaceChildren(element("figure", {}, element("figcaption", {}, title, " ", element("span", {}, note)), this.svg, this.legend));
  }

  /** lines: [{values, kind, name}], the last on top; events: [{week, short}]; words: what the picture shows. */
  draw(lines, events, words) {
    const width = Math.max(300, this.host.clientWidth);
    const right = width - EDGE.right, bottom = this.height - EDGE.bottom;
    const there = lines.flatMap((line) => line.values).filter((value) => !Number.isNaN(value));
    const low = Math.floor(10 * Math.min(...there, 0.5)) / 10, high = there.length ? Math.min(1, Math.ceil(10 * Math.max(...there, 0.6)) / 10) : 1;
    const x = (week) => EDGE.left + ((right - EDGE.left) * week) / (this.weeks - 1);
    const y = (value) => bottom - ((bottom - EDGE.top) * (value - low)) / (high - low);
    const parts = [];
    const step = high - low > 0.55 ? 0.2 : 0.1;
    for (let value = low; value < high + 0.001; value += step) {
      parts.push(mark("line", { class: "grid", x1: EDGE.left, x2: right, y1: y(value), y2: y(value) }));
      parts.push(mark("text", { x: EDGE.left - 5, y: y(value) + 4, "text-anchor": "end" }, String(Math.round(100 * value))));
    }
    for (let week = 0; week <= this.weeks; week += 52) {
      const at = x(Math.min(week, this.weeks - 1));
      if (week < this.weeks) parts.push(mark("text", { x: at, y: this.height - 6, "text-anchor": "start" }, `year ${week / 52 + 1}`));
    }
    const shown = events.filter(({ week }) => week < this.weeks);
    const narrow = width < 520; // words would lie on each other
    this.legend.hidden = !narrow || !shown.length;
    this.legend.textContent = shown.map(({ short }, place) => `${place + 1} ${short}`).join(", ");
    for (const [place, { week, short }] of shown.entries()) {
      parts.push(mark("line", { class: "event", x1: x(week), x2: x(week), y1: EDGE.top, y2: bottom }));
      parts.push(mark("text", { x: x(week), y: EDGE.top - 6, "text-anchor": week > 0.85 * this.weeks ? "end" : "middle" }, narrow ? String(place + 1) : short));
    }
    for (const { values, kind } of lines) {
      let path = "", pen = "M";
      values.forEach((value, week) => {
        if (Number.isNaN(value)) { pen = "M"; return; }
        path += `${pen}${x(week).toFixed(1)},${y(value).toFixed(1)}`;
        pen = "L";
      });
      parts.push(mark("path", { class: kind, d: path }));
    }
    this.svg.setAttribute("viewBox", `0 0 ${width} ${this.height}`);
    this.svg.setAttribute("aria-label", `${this.title}. ${words}`);
    this.svg.replaceChildren(...parts);
  }
}
