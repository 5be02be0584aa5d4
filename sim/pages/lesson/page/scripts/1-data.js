"use strict";
// What the page was given: numbers of real runs, rounded to whole steps, packed small. Nothing here invents a number.

const LESSON = JSON.parse(document.getElementById("lesson").textContent);
const WORDS = LESSON.words;
const MISSING = 65535;

/** Text of a dotted key of the words, with {name} replaced. */
function textOf(key, values = {}) {
  const text = key.split(".").reduce((part, name) => (part === undefined ? undefined : part[name]), WORDS);
  if (text === undefined) throw new Error(`no words for ${key}`);
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

/** Bytes of a base64 text after inflating. */
async function unpack(text) {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Runs as the model left them, but for rounding. */
class Runs {
  /** Curves: low bytes, then high bytes, of the differences from week to week. */
  static async curves() {
    const bytes = await unpack(document.getElementById("steps").textContent);
    const count = bytes.length / 2;
    const steps = new Uint16Array(count);
    let before = 0;
    for (let at = 0; at < count; at += 1) {
      if (at % LESSON.weeks === 0) before = 0;
      before = (before + (bytes[at] | (bytes[count + at] << 8))) & 0xffff;
      steps[at] = before;
    }
    return steps;
  }

  /** Pictures: each week differs from the one before by exclusive or. */
  static async frames() {
    const bytes = await unpack(document.getElementById("frames").textContent);
    const size = LESSON.frameBytes;
    const run = size * LESSON.weeks;
    for (let at = 0; at < bytes.length; at += 1) if (at % run >= size) bytes[at] ^= bytes[at - size];
    return bytes;
  }

  constructor(steps) {
    this.steps = steps;
    this.pictures = null;
  }

  /** One replicate's curve, in the outcome's own unit; NaN where missing. */
  replicate(world, policy, curve, replicate) {
    const { weeks, replicates, curves, policies } = LESSON;
    const start = (((world * policies.length + policy) * curves.length + curve) * replicates + replicate) * weeks;
    const step = curves[curve].step;
    return Array.from(this.steps.subarray(start, start + weeks), (one) => (one === MISSING ? NaN : one * step));
  }

  /** Mean over replicates; missing only where all are. */
  mean(world, policy, curve) {
    const all = LESSON.seeds.map((_, replicate) => this.replicate(world, policy, curve, replicate));
    return all[0].map((_, week) => average(all.map((one) => one[week])));
  }

  /** The picture of a week: {seats, customers, mirrors, weights}; null before pictures are unpacked. */
  frame(world, policy, week) {
    if (this.pictures === null) return null;
    const { frameBytes, weeks, policies, people } = LESSON;
    let at = ((world * policies.length + policy) * weeks + week) * frameBytes;
    const halves = (count) => {
      const found = [];
      for (let index = 0; index < count; index += 1) {
        const byte = this.pictures[at + (index >> 1)];
        found.push(index % 2 ? byte >> 4 : byte & 15);
      }
      at += (count + 1) >> 1;
      return found;
    };
    const seats = halves(people.department.length);
    const customers = halves(people.customers);
    const executives = Array.from(this.pictures.subarray(at, at + people.executives));
    return { seats, customers, mirrors: executives.map((one) => one & 15), weights: executives.map((one) => one >> 4) };
  }
}

/** Mean of the numbers that are there. */
function average(values) {
  let total = 0;
  let count = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    total += value;
    count += 1;
  }
  return count ? total / count : NaN;
}

/** Mean of each week and the twelve before it, as far as they are there. */
function quarterly(values) {
  return values.map((_, week) => average(values.slice(Math.max(0, week - 12), week + 1)));
}

/** Position of a combination of values, the last control changing fastest. */
function positionOf(controls, indices) {
  return controls.reduce((at, control, index) => at * control.settings + indices[index], 0);
}

const policyOf = (indices) => LESSON.policyNumbers[positionOf(LESSON.policyControls, indices)];
const INITIAL_ASSUMPTIONS = LESSON.assumptions.map((control) => control.first);
const INITIAL_WORLD = positionOf(LESSON.assumptions, INITIAL_ASSUMPTIONS);

/** Number of the world of a state: its assumptions, or the organization as it ships. */
const worldOf = (state) => (state.ships ? LESSON.shipped : positionOf(LESSON.assumptions, state.assumptions));

/** Scale on which the question is asked: all of it, since a narrow one would tell the size of the answer. */
const QUESTION = LESSON.curves[0].percent ? { ...LESSON.curves[0], low: 0, high: 1, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] } : LESSON.curves[0];
