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
function assumptionsInWords(indices) {
  const changed = LESSON.assumptions
    .map((control, index) => (indices[index] === control.first ? "" : lessonWords(`controls.${control.name}.short`, { setting: settingOf(control, indices[index]) })))
    .filter((text) => text);
  return changed.length ? changed.join("; ") : textOf("page.as_found");
}

/** What a line is, in words. */
function lineInWords(line, state) {
  if (assumptionSetOf(state.assumptions) === assumptionSetOf(INITIAL_ASSUMPTIONS)) return `${line.policy.toUpperCase()}: ${inWords(state[line.policy])}`;
  const assumptions = line.assumptions === "found" ? textOf("page.as_found") : assumptionsInWords(state.assumptions);
  return `${line.policy.toUpperCase()}: ${inWords(state[line.policy])}; ${assumptions}`;
}

/** The same for the legend: with four lines the plans stand above the organizations and need no room here. */
function lineInShort(line, state) {
  if (assumptionSetOf(state.assumptions) === assumptionSetOf(INITIAL_ASSUMPTIONS)) return lineInWords(line, state);
  return `${line.policy.toUpperCase()}, ${line.assumptions === "found" ? textOf("page.as_found") : assumptionsInWords(state.assumptions)}`;
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
    const keep = button(textOf("page.keep"), () => this.page.keep(), { class: "main" });
    const drawn = element("span", { class: "quiet", role: "status" });
    this.updates.push((now) => {
      const some = now.sketch.some((one) => one !== null);
      keep.disabled = !some && now.guess === "";
      drawn.textContent = some ? textOf("page.sketched") : "";
    });
    return [
      this.heading("predict"),
      ...lessonWords("setup").split("\n\n").map((text) => element("p", {}, text)),
      element("p", { class: "ask" }, lessonWords("question")),
      element("p", {}, textOf("page.sketch_how"), " ", button(textOf("page.clear_sketch"), () => this.page.set({ sketch: Array(SLOTS).fill(null) }), { class: "small" }), " ", drawn),
      element("fieldset", {}, element("legend", {}, textOf("page.or_choose")), ...choices),
      element("p", { class: "row" }, element("label", { for: "who" }, textOf("page.who")), name),
      element("p", { class: "row" }, keep, button(textOf("page.skip"), () => this.page.go("run"), {})),
    ];
  }

  run() {
    const readout = element("p", { class: "readout" });
    const verdict = element("div", { role: "status" });
    this.updates.push((now) => {
      readout.textContent = this.page.readout(now);
      const over = now.week === LESSON.weeks - 1;
      if (over && !verdict.hasChildNodes()) verdict.append(...this.verdict(now));
      if (!over) verdict.replaceChildren();
    });
    return [this.heading("run"), element("p", {}, lessonWords("watch")), readout, verdict, this.keptGuesses(), element("p", { class: "row" }, this.next("explain"))];
  }

  /** The reader's prediction beside what the runs did. */
  verdict(state) {
    const parts = [element("p", { class: "ask" }, textOf("page.verdict.answer", { answer: lessonWords(`choices.${LESSON.answer}`) }))];
    if (state.guess) {
      const right = state.guess === LESSON.answer;
      parts.push(element("p", {}, textOf(right ? "page.verdict.right" : "page.verdict.other", { guess: lessonWords(`choices.${state.guess}`) })));
    }
    const off = this.page.distance(state);
    if (!Number.isNaN(off)) {
      const { curve } = this.page.context(state);
      parts.push(element("p", {}, textOf("page.verdict.sketch", { off: difference(off, curve).replace(/^[+±−]/, "") })));
    }
    return parts;
  }

  /** Predictions of a class: how many of each, to be saved as a table. */
  keptGuesses() {
    const kept = this.page.kept;
    const counts = GUESSES.map((guess) => kept.filter((one) => one.guess === guess).length);
    const rows = GUESSES.map((guess, index) => element("tr", {}, element("th", { scope: "row" }, lessonWords(`choices.${guess}`)), element("td", {}, String(counts[index]))));
    const erase = button(textOf("page.kept.erase"), () => this.page.forget(), { class: "small", disabled: kept.length === 0 });
    return element(
      "details",
      { class: "kept" },
      element("summary", {}, textOf("page.kept.title", { count: kept.length })),
      element("table", {}, element("tbody", {}, ...rows)),
      element("p", { class: "row" }, button(textOf("page.kept.save"), () => this.page.saveKept(), { class: "small", disabled: kept.length === 0 }), erase),
      element("p", { class: "quiet" }, textOf("page.kept.where")),
    );
  }

  explain(state) {
    const scene = LESSON.scenes[state.scene];
    const last = LESSON.scenes.length - 1;
    const step = (by) => this.page.set({ scene: state.scene + by }, true);
    const numbers = element("div", {});
    this.updates.push((now) => numbers.replaceChildren(...this.numbers(now)));
    return [
      this.heading("explain"),
      element("p", { class: "quiet" }, textOf("page.scene", { scene: state.scene + 1, scenes: LESSON.scenes.length })),
      element("h3", {}, lessonWords(`scenes.${scene.name}.title`)),
      ...lessonWords(`scenes.${scene.name}.text`).split("\n\n").map((text) => element("p", {}, text)),
      numbers,
      element(
        "p",
        { class: "row" },
        button(textOf("page.back"), () => step(-1), { disabled: state.scene === 0 }),
        state.scene === last ? this.next("sandbox") : button(textOf("page.onward"), () => step(1), { class: "main" }),
      ),
    ];
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
      element("p", { class: "row" }, button(textOf("page.reset"), () => this.page.set({ a: [...LESSON.a], b: [...LESSON.b], assumptions: [...INITIAL_ASSUMPTIONS] }))),
      numbers,
    ];
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
      max: control.values.length - 1,
      step: 1,
      list: `${id}-stops`,
      oninput: (event) => {
        const indices = [...this.page.state[key]];
        indices[index] = Number(event.target.value);
        this.page.set({ [key]: indices });
      },
    });
    this.updates.push((now) => {
      const at = now[key][index];
      slider.value = at;
      output.textContent = words.settings[at];
      zone.textContent = words.zones[at];
      slider.setAttribute("aria-valuetext", `${words.settings[at]}: ${words.zones[at]}`);
    });
    const stops = element("datalist", { id: `${id}-stops` }, ...control.values.map((_, at) => element("option", { value: at })));
    return element("div", { class: "control" }, element("label", { for: id }, words.label), output, slider, stops, zone);
  }

  /** Values of all lines as a table, and what policy and assumptions each have changed. */
  numbers(state) {
    const { curve, lines } = this.page.context(state);
    const main = lines.filter((line) => !line.faint);
    const end = Math.max(...main.map((line) => line.end ?? 0)) || LESSON.weeks;
    const spans = [
      [textOf("page.table.before"), 0, LESSON.start],
      [textOf("page.table.at_end", { week: end }), end - 13, end],
      [textOf("page.table.later"), LESSON.weeks - 13, LESSON.weeks],
    ];
    const over = (line, [, from, until]) => average(line.raw.slice(from, until));
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
