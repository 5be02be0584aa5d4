// A small curve: policy by color, letter and stroke. Every point is a week of the model; straight strokes join them.

import { amount, element, mark } from "./elements.js";

const EDGE = { left: 42, right: 16, top: 12, bottom: 20 };
const HEIGHT = 108;
const QUARTER = 13;

export class Chart {
  /** outcome: {name, title, percent, meaning}; host: where it goes. */
  constructor(host, outcome) {
    this.outcome = outcome;
    this.values = [element("span", { class: "now a" }), element("span", { class: "now b" })];
    this.svg = mark("svg", { role: "img", "data-outcome": outcome.name });
    this.figure = element("figure", {}, element("figcaption", { title: outcome.meaning }, element("b", {}, outcome.title), ...this.values), this.svg);
    host.append(this.figure);
  }

  /** series: two lists of numbers or null; events: [{week, number}]; starts: two lists of [first, end]. */
  draw(series, weeks, events, starts, smooth) {
    const { percent, title } = this.outcome;
    const shown = smooth ? series.map(means) : series;
    const now = shown.map((values) => (values.length ? values[values.length - 1] : undefined));
    this.values.forEach((span, side) => {
      span.textContent = now[side] === undefined ? "" : `${"AB"[side]} ${amount(now[side], percent)}`;
    });
    const width = Math.max(150, this.figure.clientWidth);
    const right = width - EDGE.right;
    const bottom = HEIGHT - EDGE.bottom;
    const { low, high, ticks } = scale(shown.flat().filter((value) => value !== null), percent);
    const x = (week) => EDGE.left + ((right - EDGE.left) * week) / Math.max(weeks - 1, 1);
    const y = (value) => bottom - ((bottom - EDGE.top) * (value - low)) / (high - low);
    const parts = [];
    for (const tick of ticks) {
      parts.push(mark("line", { x1: EDGE.left, x2: right, y1: y(tick), y2: y(tick), class: "grid" }));
      parts.push(mark("text", { x: EDGE.left - 4, y: y(tick) + 4, "text-anchor": "end" }, label(tick, percent)));
    }
    parts.push(mark("line", { x1: EDGE.left, x2: right, y1: bottom, y2: bottom, class: "axis" }));
    for (const week of [0, Math.round((weeks - 1) / 2), weeks - 1]) {
      const anchor = week === 0 ? "start" : week === weeks - 1 ? "end" : "middle";
      parts.push(mark("text", { x: x(week), y: HEIGHT - 4, "text-anchor": anchor }, week === 0 ? "week 0" : String(week)));
    }
    starts.forEach((phases, side) => {
      for (const [first, end] of phases) {
        const until = Math.min(end ?? weeks, weeks);
        if (first < until) parts.push(mark("rect", { x: x(first), y: bottom - 6 + 3 * side, width: Math.max(x(until - 1) - x(first), 1), height: 2.5, class: `phase ${"ab"[side]}` }));
      }
    });
    let taken = -20;
    for (const { week, number } of events) {
      const at = x(week);
      parts.push(mark("line", { x1: at, x2: at, y1: EDGE.top, y2: bottom, class: "event" }));
      if (at - taken > 12) {
        parts.push(mark("text", { x: at, y: EDGE.top - 2, "text-anchor": "middle", class: "event-number" }, String(number)));
        taken = at;
      }
    }
    shown.forEach((values, side) => {
      parts.push(mark("path", { d: path(values, x, y), class: `curve ${"ab"[side]}`, "data-weeks": values.length }));
    });
    this.svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    const values = now[0] === undefined ? "no week yet" : `A ${amount(now[0], percent)}, B ${amount(now[1], percent)}`;
    this.svg.setAttribute("aria-label", `${title}: ${values}`);
    this.svg.replaceChildren(...parts);
  }
}

/** Means of the last 13 weeks, as far as there are any; missing weeks count for nothing. */
function means(values) {
  return values.map((_, week) => {
    const there = values.slice(Math.max(0, week - QUARTER + 1), week + 1).filter((value) => value !== null);
    return there.length ? there.reduce((sum, value) => sum + value, 0) / there.length : null;
  });
}

/** Path through the weeks that have a value; a missing week breaks it. */
function path(values, x, y) {
  let text = "";
  let down = false;
  values.forEach((value, week) => {
    if (value !== null) text += `${down ? "L" : "M"}${x(week).toFixed(1)},${y(value).toFixed(1)}`;
    down = value !== null;
  });
  return text.includes("L") ? text : text && `${text}h1`;
}

/** Round ends and ticks around the values; shares span at least a tenth. */
function scale(values, percent) {
  let low = percent ? 0 : 0;
  let high = 1;
  if (values.length) {
    low = values.reduce((least, value) => Math.min(least, value), Infinity);
    high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  }
  const least = percent ? 0.1 : Math.max(1, 0.05 * Math.abs(high));
  if (high - low < least) {
    const middle = (high + low) / 2;
    low = percent ? Math.max(0, Math.min(middle - least / 2, 1 - least)) : middle - least / 2;
    high = low + least;
  }
  const rough = (high - low) / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999);
  low = Math.floor(low / step + 1e-9) * step;
  high = Math.ceil(high / step - 1e-9) * step;
  const ticks = [];
  for (let tick = low; tick <= high + step / 2; tick += step) ticks.push(tick);
  return { low, high, ticks };
}

function label(tick, percent) {
  if (percent) return `${Math.round(100 * tick)} %`;
  const size = Math.abs(tick);
  if (size >= 1e6) return `${+(tick / 1e6).toFixed(2)} M`;
  if (size >= 1e4) return `${+(tick / 1e3).toFixed(1)} k`;
  return String(Math.round(tick));
}
