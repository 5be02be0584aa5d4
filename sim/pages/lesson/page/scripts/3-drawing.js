"use strict";
// Small helpers for elements and numbers.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element with attributes and children. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  return furnish(made, attributes, children);
}

/** An SVG element with attributes and children. */
function mark(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  return furnish(made, attributes, children);
}

function furnish(made, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** A number in the digits of the page's language. */
const numeral = (value, digits) => value.toLocaleString(WORDS.language, { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** A number as people read it: percent curves as percentages, money without decimals. */
function amount(value, curve, digits = 1) {
  if (Number.isNaN(value)) return textOf("page.missing");
  if (curve.percent) return `${numeral(100 * value, digits)} %`;
  return Math.round(value).toLocaleString(WORDS.language);
}

/** A difference, with its sign; percentage points where the curve is in percent, said so unless the words are left out. */
function difference(value, curve, words = true) {
  if (Number.isNaN(value)) return textOf("page.missing");
  const size = curve.percent ? numeral(Math.abs(100 * value), 1) : Math.round(Math.abs(value)).toLocaleString(WORDS.language);
  const nothing = !/[1-9]/.test(size);
  const sign = nothing ? "±" : value > 0 ? "+" : "−";
  return `${sign}${size}${curve.percent && words ? ` ${textOf("page.points")}` : ""}`;
}

/** Whether the reader has asked for less movement. */
const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

/** A color of the page, as it is now (light or dark). */
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
