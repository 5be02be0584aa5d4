"use strict";
// The column of words and controls beside the picture, one for each step of the lesson.

const lessonWords = (key, values) => textOf(`lesson.${key}`, values);

/** A button with words. */
const button = (text, onclick, attributes = {}) => element("button", { type: "button", onclick, ...attributes }, text);

/** Words of a setting: value and unit. */
function settingOf(control, index) {
  const words = WORDS.lesson.controls[control.name];
  return words.settings[index];
}

/** A policy in a few words, from its settings. */
function inWords(indices) {
  const active = LESSON.policies[policyOf(indices)].end !== null;
  if (!active) return textOf("page.no_policy");
  return lessonWords("plan", Object.fromEntries(LESSON.policyControls.map((control, index) => [control.name, settingOf(control, indices[index])])));
}

/** The assumptions in a few words: what differs from the initial ones. */
function assumptionsInWords(state) {
  if (state.ships) return textOf("page.as_ships");
  const changed = LESSON.assumptions
    .map((control, index) => (state.assumptions[index] === control.first ? "" : lessonWords(`controls.${control.name}.short`, { setting: settingOf(control, state.assumptions[index]) })))
    .filter((text) => text);
  return changed.length ? changed.join("; ") : textOf("page.as_found");
}

/** What a line is, in words. */
function lineInWords(line, state) {
  if (worldOf(state) === INITIAL_WORLD) return `${line.policy.toUpperCase()}: ${inWords(state[line.policy])}`;
  const assumptions = line.assumptions === "found" ? textOf("page.as_found") : assumptionsInWords(state);
  return `${line.policy.toUpperCase()}: ${inWords(state[line.policy])}; ${assumptions}`;
}

/** The same for the legend: with four lines the plans stand above the organizations and need no room here. */
function lineInShort(line, state) {
  if (worldOf(state) === INITIAL_WORLD) return lineInWords(line, state);
  return `${line.policy.toUpperCase()}, ${line.assumptions === "found" ? textOf("page.as_found") : assumptionsInWords(state)}`;
}

class Panel {
  constructor(host, page) {
    this.host = host;
    this.page = page;
    this.updates = [];
  }

  /** Lay out the words and controls of a step anew. */
  build(state) {
    this.updates = [];
    const parts = { predict: this.predict, run: this.run, explain: this.explain, sandbox: this.sandbox }[state.step].call(this, state);
    this.host.replaceChildren(...parts.flat());
    this.update(state);
  }

  /** Bring what is laid out up to date. */
  update(state) {
    for (const one of this.updates) one(state);
  }

  heading(step) {
    return element("h2", { tabindex: -1, id: "panel-title" }, `${STEPS.indexOf(step) + 1} · ${textOf(`page.steps.${step}`)}`);
  }

  next(step, attributes = {}) {
    return button(textOf(`page.next.${step}`), () => this.page.go(step), { class: "main", ...attributes });
  }

  predict(state) {
    const choices = GUESSES.map((guess) => {
      const input = element("input", { type: "radio", name: "guess", value: guess, checked: state.guess === guess, onchange: () => this.page.set({ guess }) });
      this.updates.push((now) => { input.checked = now.guess === guess; });
      return element("label", { class: "choice" }, input, " ", lessonWords(`choices.${guess}`));
    });
    const name = element("input", { type: "text", id: "who", maxlength: 40, autocomplete: "off", value: this.page.who, oninput: (event) => { this.page.who = event.target.value; } });
    const keep = button(textOf("page.keep"), () => this.page.keep(true), { class: "main", id: "keep" });
    const keepNext = button(textOf("page.keep_next"), () => this.page.keep(false), { id: "keep-next" });
    const drawn = element("span", { class: "quiet", role: "status" });
    this.updates.push((now) => {
      const some = now.sketch.some((one) => one !== null);
      keep.disabled = !isSketch(now.sketch) && now.guess === "";
      keepNext.disabled = keep.disabled;
      drawn.textContent = isSketch(now.sketch) ? textOf("page.sketched") : some ? textOf("page.sketch_more") : this.page.told;
    });
    const stripped = LESSON.shipped === null ? [] : [element("p", { class: "quiet" }, textOf("page.stripped"))];
    return [
      element(
        "div",
        { class: "situation" },
        this.heading("predict"),
        ...lessonWords("setup").split("\n\n").map((text) => element("p", {}, text)),
        ...stripped,
        element("p", { class: "ask" }, lessonWords("question")),
        element("p", {}, textOf("page.sketch_how"), " ", button(textOf("page.clear_sketch"), () => this.page.set({ sketch: Array(SLOTS).fill(null) }), { class: "small" }), " ", drawn),
      ),
      element("fieldset", {}, element("legend", {}, textOf("page.or_choose")), ...choices),
      element("p", { class: "row" }, element("label", { for: "who" }, textOf("page.who")), name),
      element("p", { class: "row" }, keep, keepNext, ...(LESSON.students ? [] : [button(textOf("page.skip"), () => this.page.go("run"), {})])),
      this.ofClass(false),
    ];
  }

  run() {
    const readout = element("p", { class: "readout" });
    const verdict = element("div", { role: "status" });
    const counted = element("div", {});
    const why = this.next("explain");
    this.updates.push((now) => {
      readout.textContent = this.page.readout(now);
      const over = now.week === LESSON.weeks - 1;
      if (over && !verdict.hasChildNodes()) {
        verdict.append(...this.verdict(now));
        counted.replaceChildren(this.ofClass(true));
      }
      if (!over && (verdict.hasChildNodes() || !counted.hasChildNodes())) {
        verdict.replaceChildren();
        counted.replaceChildren(this.ofClass(false));
      }
      why.disabled = !this.page.open("explain");
    });
    const hint = calm() ? [element("p", { class: "quiet" }, textOf("page.press_play"))] : [];
    return [this.heading("run"), element("p", {}, lessonWords("watch")), ...hint, readout, verdict, element("p", { class: "row" }, why), ...this.own(), counted];
  }

  /** The reader's prediction beside what the runs did. */
  verdict(state) {
    const choice = (guess) => lessonWords(`choices.${guess}`);
    const { answer, answerShips } = LESSON;
    const often = (found) => textOf("page.verdict.often", { count: found.singly[found.choice], of: LESSON.questioned });
    const scale = { ...LESSON.curves[0] };
    const lift = textOf("page.verdict.lift", { end: difference(answer.atEnd, scale), later: difference(answer.later, scale), least: difference(LESSON.noticeable, scale).replace(/^[+]/, "") });
    const parts = [element("p", { class: "ask" }, textOf("page.verdict.answer", { answer: choice(answer.choice) })), element("p", {}, `${often(answer)} ${lift}`)];
    if (state.guess) {
      const right = state.guess === answer.choice;
      parts.push(element("p", {}, textOf(right ? "page.verdict.right" : "page.verdict.other", { guess: choice(state.guess) })));
      if (!right && WORDS.lesson.misconceptions[state.guess]) parts.push(element("p", {}, WORDS.lesson.misconceptions[state.guess]));
    }
    const off = this.page.distance(state);
    if (!Number.isNaN(off)) parts.push(element("p", {}, textOf("page.verdict.sketch", { off: difference(off, scale).replace(/^[+±−]/, "") })));
    if (answerShips) parts.push(...this.asShips());
    return parts;
  }

  /** What holds in the organization as it ships. */
  asShips() {
    const { answerShips } = LESSON;
    return [
      element("p", {}, element("b", {}, `${textOf("page.verdict.ships")} `), lessonWords(`choices.${answerShips.choice}`), " ", textOf("page.verdict.often", { count: answerShips.singly[answerShips.choice], of: LESSON.questioned }), " ", lessonWords("ships")),
    ];
  }

  /** The reader's own prediction, to be handed to the teacher. */
  own() {
    const { last } = this.page;
    if (last === null) return [];
    const code = Predictions.code(last);
    const text = element("textarea", { readonly: true, rows: 3, "aria-label": textOf("page.hand_over.code") });
    text.value = code;
    return [
      element(
        "details",
        { class: "kept", ontoggle: (event) => { if (event.target.open && !event.target.querySelector(".qr")) event.target.append(qrPicture(code, textOf("page.hand_over.qr"))); } },
        element("summary", {}, textOf("page.hand_over.title")),
        element("p", { class: "quiet" }, textOf("page.hand_over.how")),
        text,
        element("p", { class: "row" }, button(textOf("page.hand_over.copy"), async () => {
          text.select();
          await navigator.clipboard?.writeText(code).catch(() => {});
        }, { class: "small" })),
      ),
    ];
  }

  /** Predictions of a class: how many of each; counted, collected, saved, erased. */
  ofClass(over) {
    const { predictions } = this.page;
    const { kept, hands } = predictions;
    const again = (open = true) => {
      const made = this.ofClass(over);
      made.open = open;
      box.replaceWith(made);
      this.page.draw();
      return made;
    };
    const counts = (guess) => kept.filter((one) => one.guess === guess).length;
    const row = (guess) => {
      const right = over && guess === LESSON.answer.choice;
      const field = element("input", { type: "number", min: 0, max: 9999, value: hands[guess], "aria-label": `${textOf("page.kept.hands")}: ${lessonWords(`choices.${guess}`)}`, onchange: (event) => {
        predictions.raise(guess, event.target.value);
        event.target.value = predictions.hands[guess];
        total.textContent = textOf("page.kept.title", { count: predictions.number });
      } });
      return element("tr", {}, element("th", { scope: "row" }, right ? element("b", {}, `✓ ${lessonWords(`choices.${guess}`)}`) : lessonWords(`choices.${guess}`)), element("td", {}, String(counts(guess))), element("td", {}, field));
    };
    const total = element("summary", {}, textOf("page.kept.title", { count: predictions.number }));
    const told = element("p", { class: "quiet", role: "status" });
    const take = (text) => {
      const { fresh, known, refused } = predictions.merge(text);
      again().querySelector("[role=status]").textContent = textOf("page.kept.merged", { fresh, known, refused });
    };
    const pasted = element("textarea", { rows: 3, "aria-label": textOf("page.kept.paste") });
    const files = element("input", { type: "file", multiple: true, accept: ".csv,.txt,text/csv,text/plain", "aria-label": textOf("page.kept.files"), onchange: async (event) => take((await Promise.all([...event.target.files].map((file) => file.text()))).join("\n")) });
    const pictures = element("input", { type: "file", multiple: true, accept: "image/*", capture: "environment", "aria-label": textOf("page.kept.pictures"), onchange: async (event) => take((await Promise.all([...event.target.files].map((file) => readQr(file).catch(() => [])))).flat().join("\n")) });
    const scan = "BarcodeDetector" in window ? [element("label", { class: "file" }, textOf("page.kept.pictures"), pictures)] : [];
    const erase = button(textOf("page.kept.erase"), () => sure.removeAttribute("hidden"), { class: "small", id: "erase", disabled: predictions.number === 0 });
    const sure = element("p", { class: "row", hidden: true }, textOf("page.kept.sure", { count: predictions.number }), button(textOf("page.kept.yes"), () => {
      predictions.erase();
      again();
    }, { class: "small", id: "erase-all" }), button(textOf("page.kept.no"), () => sure.setAttribute("hidden", ""), { class: "small" }));
    const heads = ["", textOf("page.kept.entered"), textOf("page.kept.hands")].map((text) => (text ? element("th", { scope: "col" }, text) : element("td", {})));
    const box = element(
      "details",
      { class: "kept", id: "of-class" },
      total,
      element(
        "table",
        {},
        element("thead", {}, element("tr", {}, ...heads)),
        element("tbody", {}, ...GUESSES.map(row), element("tr", {}, element("th", { scope: "row" }, textOf("page.kept.sketch_only")), element("td", {}, String(counts(""))), element("td", {}))),
      ),
      told,
      element("label", { class: "file" }, textOf("page.kept.paste"), pasted),
      element("p", { class: "row" }, button(textOf("page.kept.add"), () => take(pasted.value), { class: "small", id: "merge" })),
      element("label", { class: "file" }, textOf("page.kept.files"), files),
      ...scan,
      element("p", { class: "row" }, button(textOf("page.kept.save"), () => this.page.saveKept(), { class: "small", id: "save-csv", disabled: kept.length === 0 }), erase),
      sure,
      element("p", { class: "quiet" }, textOf("page.kept.where")),
    );
    return box;
  }

  explain(state) {
    const scene = LESSON.scenes[state.scene];
    const last = LESSON.scenes.length - 1;
    const step = (by) => this.page.show(state.scene + by);
    const numbers = element("div", {});
    this.updates.push((now) => numbers.replaceChildren(...this.numbers(now)));
    return [
      this.heading("explain"),
      element("p", { class: "quiet" }, textOf("page.scene", { scene: state.scene + 1, scenes: LESSON.scenes.length })),
      element("h3", {}, lessonWords(`scenes.${scene.name}.title`)),
      ...lessonWords(`scenes.${scene.name}.text`, this.figures(scene)).split("\n\n").map((text) => element("p", {}, text)),
      ...["found", "conjecture"].filter((key) => WORDS.lesson.scenes[scene.name][key]).map((key) => element("p", { class: `evidence ${key}` }, element("b", {}, textOf(`page.evidence.${key}`)), " ", lessonWords(`scenes.${scene.name}.${key}`))),
      numbers,
      element(
        "p",
        { class: "row" },
        button(textOf("page.back"), () => step(-1), { disabled: state.scene === 0 }),
        state.scene === last ? this.next("sandbox") : button(textOf("page.onward"), () => step(1), { class: "main" }),
        ...(this.page.open("sandbox") ? [button(textOf("page.from_here"), () => this.page.fromHere(), { id: "from-here" })] : []),
      ),
    ];
  }

  /** Numbers in the text of a scene, as its runs have them. */
  figures(scene) {
    const show = ({ value, difference: change, curve }) => {
      const { percent } = LESSON.curves[curve];
      if (change) return difference(value, LESSON.curves[curve]).replace(/^\+/, ""); // "12.7 points more"
      return percent ? amount(value, LESSON.curves[curve], 0) : amount(value, LESSON.curves[curve]);
    };
    return Object.fromEntries(Object.entries(scene.numbers).map(([name, one]) => [name, show(one)]));
  }

  sandbox() {
    const fields = (title, key, controls, tone) =>
      element("fieldset", { class: `controls ${tone}` }, element("legend", {}, title), ...controls.map((control, index) => this.control(control, key, index)));
    const numbers = element("div", {});
    this.updates.push((now) => numbers.replaceChildren(...this.numbers(now)));
    return [
      this.heading("sandbox"),
      element("p", {}, lessonWords("sandbox")),
      element("div", { class: "pair" }, fields(textOf("page.policy_a"), "a", LESSON.policyControls, "a"), fields(textOf("page.policy_b"), "b", LESSON.policyControls, "b")),
      fields(textOf("page.assumptions"), "assumptions", LESSON.assumptions, "assumptions"),
      ...this.shipsSwitch(),
      element("p", { class: "row" }, button(textOf("page.reset"), () => this.page.set({ a: [...LESSON.a], b: [...LESSON.b], assumptions: [...INITIAL_ASSUMPTIONS], ships: false }))),
      numbers,
    ];
  }

  /** The switch to the organization as it ships, which has the initial assumptions. */
  shipsSwitch() {
    if (LESSON.shipped === null) return [];
    const box = element("input", { type: "checkbox", id: "ships", onchange: (event) => this.page.set({ ships: event.target.checked }) });
    const about = element("div", { class: "quiet" });
    this.updates.push((now) => {
      box.checked = now.ships;
      about.replaceChildren(...(now.ships ? this.asShips() : []));
    });
    return [element("p", {}, element("label", {}, box, " ", textOf("page.ships_switch"))), about];
  }

  /** A slider that stops at simulated values only. */
  control(control, key, index) {
    const words = WORDS.lesson.controls[control.name];
    const id = `${key}-${control.name}`;
    const output = element("output", { for: id });
    const zone = element("span", { class: "zone" });
    const slider = element("input", {
      type: "range",
      id,
      min: 0,
      max: control.settings - 1,
      step: 1,
      list: `${id}-stops`,
      oninput: (event) => {
        const indices = [...this.page.state[key]];
        indices[index] = Number(event.target.value);
        this.page.set(key === "assumptions" ? { [key]: indices, ships: false } : { [key]: indices });
      },
    });
    this.updates.push((now) => {
      const at = now[key][index];
      slider.value = at;
      output.textContent = words.settings[at];
      zone.textContent = words.zones[at];
      slider.setAttribute("aria-valuetext", `${words.settings[at]}: ${words.zones[at]}`);
    });
    const stops = element("datalist", { id: `${id}-stops` }, ...words.settings.map((_, at) => element("option", { value: at })));
    return element("div", { class: "control" }, element("label", { for: id }, words.label), output, slider, stops, zone);
  }

  /** Values of all lines as a table, and what policy and assumptions each have changed. */
  numbers(state) {
    const { curve, lines } = this.page.context(state);
    const main = lines.filter((line) => !line.faint);
    const ends = [...new Set(main.map((line) => line.end).filter((end) => end !== null && end < LESSON.weeks))].sort((one, other) => one - other);
    const of = (end) => (ends.length > 1 ? main.filter((line) => line.end === end).map((line) => line.label)[0] : "");
    const spans = [
      [textOf("page.table.before"), 0, LESSON.start],
      ...ends.map((end) => [of(end) ? textOf("page.table.to_end", { week: end, who: of(end) }) : textOf("page.table.at_end", { week: end }), end - 13, end]),
      [textOf("page.table.later"), LESSON.weeks - 13, LESSON.weeks],
    ];
    const marked = state.week + 1;
    if (marked > LESSON.start && !spans.some(([, , until]) => until === marked)) spans.push([textOf("page.table.at_end", { week: marked }), Math.max(0, marked - 13), marked]);
    spans.sort((one, other) => one[2] - other[2]);
    if (!curve.percent) spans.push([textOf("page.table.in_all"), 0, LESSON.weeks]);
    const all = (values) => values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0);
    const over = (line, [name, from, until]) => (name === textOf("page.table.in_all") ? all(line.raw) : average(line.raw.slice(from, until)));
    const row = (name, values, show, tone) =>
      element("tr", {}, element("th", { scope: "row", class: tone ?? false }, name), ...values.map((value) => element("td", {}, show(value, curve))));
    const rows = main.map((line) => row(main.length === 2 ? line.label : `${line.label} ${textOf(line.assumptions === "found" ? "page.found_short" : "page.set_short")}`, spans.map((span) => over(line, span)), amount, line.policy));
    const bare = (value) => difference(value, curve, false);
    const find = (policy, assumptions) => main.find((line) => line.policy === policy && line.assumptions === assumptions);
    rows.push(row(textOf("page.table.policy"), spans.map((span) => over(find("b", "set"), span) - over(find("a", "set"), span)), bare));
    if (find("b", "found")) rows.push(row(textOf("page.table.assumptions"), spans.map((span) => over(find("b", "set"), span) - over(find("b", "found"), span)), bare));
    return [
      element(
        "table",
        { class: "numbers" },
        element("caption", {}, textOf("page.table.title", { curve: textOf(`curves.${curve.outcome}.title`) })),
        element("thead", {}, element("tr", {}, element("td", {}), ...spans.map(([name]) => element("th", { scope: "col" }, name)))),
        element("tbody", {}, ...rows),
      ),
    ];
  }
}
