"use strict";
// Pictures to keep: what is on the screen as one SVG or PNG, colors and all.

const KEPT = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "stroke-linecap", "opacity", "clip-path", "font-size", "font-weight", "text-anchor", "paint-order"];

/** Copy of a drawing that no longer needs the page's styles. */
function frozen(svg) {
  const copy = svg.cloneNode(true);
  const originals = [svg, ...svg.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((one, index) => {
    const style = getComputedStyle(originals[index]);
    for (const name of KEPT) one.setAttribute(name, style.getPropertyValue(name));
    one.removeAttribute("class");
  });
  copy.setAttribute("font-family", "system-ui, sans-serif");
  return copy;
}

/** Everything on the screen as one drawing: curves, both organizations, and what they are. */
function poster(chart, stages, title, lines) {
  lines = lines.flatMap((line) => wrapped(line, 140));
  const width = 880;
  const scale = width / chart.width;
  const curves = frozen(chart.svg);
  const top = 44;
  const below = top + chart.height * scale + 16;
  furnish(curves, { x: 0, y: top, width, height: chart.height * scale }, []);
  const height = below + 270 + 18 * lines.length;
  const text = (x, y, size, words, paint = "ink") => mark("text", { x, y, "font-size": size, fill: color(paint) }, words);
  const all = mark("svg", { xmlns: SVG, width, height, viewBox: `0 0 ${width} ${height}`, "font-family": "system-ui, sans-serif" });
  all.append(mark("rect", { width, height, fill: color("paper") }), text(12, 28, 18, title), curves);
  stages.forEach(({ svg, policy }, index) => {
    const copy = frozen(svg);
    furnish(copy, { x: 12 + 434 * index, y: below + 20, width: 420, height: (420 * STAGE.height) / STAGE.width }, []);
    all.append(text(12 + 434 * index, below + 10, 14, textOf(`page.policy_${policy}`), policy), copy);
  });
  lines.forEach((line, index) => all.append(text(12, below + 272 + 18 * index, 12, line, "quiet")));
  return all;
}

/** A line as lines of at most so many letters. */
function wrapped(line, most) {
  const parts = [""];
  for (const word of line.split(" ")) {
    if (parts[parts.length - 1].length + word.length >= most) parts.push("");
    parts[parts.length - 1] += `${parts[parts.length - 1] ? " " : ""}${word}`;
  }
  return parts;
}

/** Hand a file to the reader. */
function save(name, content) {
  const link = element("a", { href: URL.createObjectURL(content), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function saveSvg(name, svg) {
  save(name, new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" }));
}

/** The drawing in dots, two for each of its units. */
async function toPng(svg) {
  const text = new XMLSerializer().serializeToString(svg);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = element("canvas", { width: 2 * svg.getAttribute("width"), height: 2 * Math.ceil(svg.getAttribute("height")) });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
