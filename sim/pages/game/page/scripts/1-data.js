// What the page was given, and small helpers.

const DATA = JSON.parse(document.getElementById("data").textContent);
const GAME = DATA.game;

const find = (id) => document.getElementById(id);

/** An element with attributes and content. */
function element(name, attributes = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(key, value);
  made.append(...content);
  return made;
}

/** An element of a drawing. */
function mark(name, attributes = {}, ...content) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...content);
  return made;
}

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** Money in thousands, with its sign where it is a difference. */
function money(value, signed = false) {
  const thousands = Math.round(value / 1000);
  return `${signed && thousands > 0 ? "+" : ""}${whole.format(thousands).replace("-", "−")}`;
}

/** A difference of shares, in points. */
function points(value) {
  const shown = (100 * value).toFixed(1);
  return `${value > 0 ? "+" : ""}${shown}`.replace("-", "−");
}

/** Mean of the numbers that are there. */
function average(values) {
  const there = values.filter((value) => !Number.isNaN(value));
  return there.length ? there.reduce((one, other) => one + other, 0) / there.length : NaN;
}

const total = (values) => values.reduce((one, other) => one + other, 0);

/** Mean of each week and the twelve before it. */
const quarterly = (values) => values.map((_, week) => average(values.slice(Math.max(0, week + 1 - GAME.weeks), week + 1)));
