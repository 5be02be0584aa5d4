// Small helpers for elements and numbers.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element with attributes and children. */
export const element = (name, attributes = {}, ...children) => furnish(document.createElement(name), attributes, children);

/** An SVG element with attributes and children. */
export const mark = (name, attributes = {}, ...children) => furnish(document.createElementNS(SVG, name), attributes, children);

function furnish(made, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

export const find = (id) => document.getElementById(id);

/** A color of the page, as it is now (light or dark). */
export const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** A number as people read it. */
export function amount(value, percent) {
  if (value === null || value === undefined) return "missing";
  if (percent) return `${(100 * value).toFixed(1)} %`;
  return Math.round(value).toLocaleString("en-US");
}

/** A number with its unit; plain numbers have the unit 1. */
export const withUnit = (text, unit) => (unit === "1" ? text : `${text} (${unit})`);

/** A name as people read it. */
export const words = (name) => name.replaceAll("_", " ");
