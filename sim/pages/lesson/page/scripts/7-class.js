"use strict";
// Predictions of a class: kept one after another, counted by raised hands, or collected from phones. Nothing is sent anywhere.

const SHELF = `centricity-lesson-${LESSON.name}-${LESSON.key}`;
const FORMULA = /^[=+\-@\t\r]/; // what spreadsheet programs would take for a formula

/** A name as it is kept: one short line. */
const plainName = (text) => String(text ?? "").replace(/[\u0000-\u001f\u007f]/g, " ").trim().slice(0, 40);

/** A number that tells a prediction from all others. */
const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(5)), (byte) => (byte % 36).toString(36)).join("");

class Predictions {
  constructor() {
    const found = Predictions.stored();
    this.kept = Array.isArray(found.kept) ? found.kept.map(Predictions.legal).filter((one) => one !== null) : [];
    this.hands = Object.fromEntries(GUESSES.map((guess) => [guess, Predictions.count(found.hands?.[guess])]));
  }

  /** What this browser has kept; nothing where it keeps nothing. */
  static stored() {
    try {
      return JSON.parse(localStorage.getItem(SHELF)) ?? {};
    } catch {
      return {};
    }
  }

  static count(value) {
    const number = Math.floor(Number(value));
    return number > 0 && number < 10000 ? number : 0;
  }

  /** A prediction, if it is one: a choice, or a sketch, or both. */
  static legal({ id, who, guess, sketch }) {
    const drawn = Array.isArray(sketch) && sketch.length === SLOTS ? sketch.map((one) => (Number.isInteger(one) && one >= 0 && one <= 99 ? one : null)) : Array(SLOTS).fill(null);
    const chosen = GUESSES.includes(guess) ? guess : "";
    if (!chosen && !isSketch(drawn)) return null;
    return { id: /^[0-9a-z]{1,12}$/.test(id ?? "") ? id : newId(), who: plainName(who), guess: chosen, sketch: drawn };
  }

  store() {
    try {
      localStorage.setItem(SHELF, JSON.stringify({ kept: this.kept, hands: this.hands }));
    } catch {
      // A browser that keeps nothing: predictions last as long as the page is open.
    }
  }

  keep(prediction) {
    const legal = Predictions.legal(prediction);
    if (legal === null) return null;
    this.kept = [...this.kept, legal];
    this.store();
    return legal;
  }

  raise(guess, number) {
    this.hands[guess] = Predictions.count(number);
    this.store();
  }

  erase() {
    this.kept = [];
    this.hands = Object.fromEntries(GUESSES.map((guess) => [guess, 0]));
    this.store();
  }

  get number() {
    return this.kept.length + GUESSES.reduce((sum, guess) => sum + this.hands[guess], 0);
  }

  /** Sketches of all. */
  get sketches() {
    return this.kept.map((one) => one.sketch).filter(isSketch);
  }

  /** A prediction as a line of text, for a QR code, a chat or a mail. */
  static code({ id, who, guess, sketch }) {
    return `lesson=${LESSON.name}&id=${id}&who=${encodeURIComponent(who)}&guess=${guess}&sketch=${sketchToText(sketch)}`;
  }

  /** Predictions of a pasted text or a file: lines of text, links to this page, or tables (CSV). How many were new, known, refused. */
  merge(text) {
    const told = { fresh: 0, known: 0, refused: 0 };
    const found = /(^|[,;\t])"?guess"?[,;\t]/m.test(text) ? Predictions.ofTables(text) : Predictions.ofLines(text);
    for (const one of found) {
      const legal = one === null ? null : Predictions.legal(one);
      const alike = (other) => other.id === legal.id || (!one.id && other.who === legal.who && other.guess === legal.guess && sketchToText(other.sketch) === sketchToText(legal.sketch));
      if (legal === null) told.refused += 1;
      else if (this.kept.some(alike)) told.known += 1;
      else {
        this.kept = [...this.kept, legal];
        told.fresh += 1;
      }
    }
    this.store();
    return told;
  }

  static ofLines(text) {
    return (text.match(/\S+/g) ?? [])
      .filter((word) => /(^|[#?&])(guess|sketch)=/.test(word))
      .map((word) => {
        const said = new URLSearchParams(word.slice(word.search(/[#?][^#?]*$/) + 1));
        if (said.has("lesson") && said.get("lesson") !== LESSON.name) return null;
        return { id: said.get("id"), who: said.get("who"), guess: said.get("guess"), sketch: sketchFromText(said.get("sketch") ?? "") };
      });
  }

  static ofTables(text) {
    let head = [];
    return rowsOf(text.replace(/\ufeff/g, ""))
      .filter((row) => row.some((cell) => cell !== ""))
      .map((row) => {
        if (row.includes("guess")) {
          head = row;
          return undefined;
        }
        const cell = (name) => row[head.indexOf(name)] ?? "";
        const sketch = Array.from({ length: SLOTS }, (_, slot) => {
          const written = cell(`week_${weekOf(slot)}`).replace(",", ".");
          return written === "" || Number.isNaN(Number(written)) ? null : heightOf(Number(written));
        });
        return { id: cell("id"), who: cell("who").replace(/^'(?=[=+\-@\t\r])/, ""), guess: cell("guess"), sketch };
      })
      .filter((one) => one !== undefined);
  }

  /** The predictions as a table: one a row, one column a week sketched. Names that look like formulas are texts. */
  table() {
    const quoted = (text) => `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
    const head = ["id", "who", "guess", ...Array.from({ length: SLOTS }, (_, slot) => `week_${weekOf(slot)}`)];
    const rows = this.kept.map((one) => [one.id, quoted(one.who), one.guess, ...one.sketch.map((height) => (height === null ? "" : Number(valueOf(height).toFixed(3))))]);
    return `\ufeff${[head, ...rows].map((row) => row.join(",")).join("\n")}\n`;
  }
}

/** Week of a point of a sketch; its value on the scale of the question, and back. */
const weekOf = (slot) => Math.min(LESSON.start + slot * STROKE, LESSON.weeks - 1);
const valueOf = (height) => QUESTION.low + ((QUESTION.high - QUESTION.low) * height) / 99;
const heightOf = (value) => Math.min(Math.max(Math.round((99 * (value - QUESTION.low)) / (QUESTION.high - QUESTION.low)), 0), 99);

/** Rows of a table as spreadsheet programs write it, with commas, semicolons or tabs. */
function rowsOf(text) {
  const first = text.slice(0, text.search(/\r?\n|$/));
  const between = ["\t", ";", ","].find((one) => first.includes(one)) ?? ",";
  const rows = [[""]];
  let inside = false;
  for (let at = 0; at < text.length; at += 1) {
    const row = rows[rows.length - 1];
    const letter = text[at];
    if (inside && letter === '"' && text[at + 1] === '"') {
      row[row.length - 1] += '"';
      at += 1;
    } else if (letter === '"') inside = !inside;
    else if (!inside && letter === between) row.push("");
    else if (!inside && letter === "\n") rows.push([""]);
    else if (inside || letter !== "\r") row[row.length - 1] += letter;
  }
  return rows;
}

/** A text as a QR code. */
function qrPicture(text, label) {
  const code = qrcode(0, "L");
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  let path = "";
  for (let row = 0; row < count; row += 1) for (let column = 0; column < count; column += 1) if (code.isDark(row, column)) path += `M${column + 4},${row + 4}h1v1h-1z`;
  const size = count + 8;
  return mark("svg", { viewBox: `0 0 ${size} ${size}`, class: "qr", role: "img", "aria-label": label }, mark("rect", { width: size, height: size, fill: "#ffffff" }), mark("path", { d: path, fill: "#000000" }));
}

/** Texts of the QR codes in a picture, where the browser can read them. */
async function readQr(file) {
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  return (await detector.detect(await createImageBitmap(file))).map((one) => one.rawValue);
}
