// What can be pressed and set: events, policies, seed, parameters.

import { element, find, withUnit, words } from "./elements.js";

/** The input for a field of an event or for a parameter. */
function input(parameter, value, attributes) {
  const options = parameter.kind === "switch" ? ["true", "false"] : parameter.choices;
  if (!options.length) return element("input", { type: "text", inputmode: "decimal", value: String(value), ...attributes });
  const made = element("select", attributes, ...options.map((option) => element("option", { value: option }, option)));
  made.value = String(value);
  return made;
}

/** Buttons for every kind of event; addEvent(kind, fields, departments) is called. */
export function buildEvents(events, departments, addEvent) {
  const made = events.map((event) => {
    const fields = event.fields.map((field) => [field.name, input(field, field.default, { "data-field": field.name, title: `${field.meaning} Legal: ${withUnit(field.legal, field.unit)}` })]);
    const where = element("select", { "data-field": "departments" }, element("option", { value: "" }, "all departments"), ...departments.map((name) => element("option", { value: name }, name)));
    const button = element("button", {
      type: "button",
      title: event.meaning,
      id: `press-${event.name}`,
      onclick: () => addEvent(event.name, Object.fromEntries(fields.map(([name, one]) => [name, one.value])), event.departments && where.value ? [where.value] : null),
    }, sentence(event.name));
    const labels = fields.map(([name, one], index) => element("label", {}, `${name} (${event.fields[index].legal}) `, one));
    if (event.departments) labels.push(element("label", {}, "where ", where));
    return element("div", { role: "group", "aria-label": words(event.name) }, element("div", { class: "row" }, button, ...labels), element("p", { class: "quiet" }, event.meaning));
  });
  find("events").replaceChildren(...made);
}

const sentence = (name) => words(name).replace(/^./, (letter) => letter.toUpperCase());

/** The list of what happens, planned and pressed, numbered as on the curves. */
export function showLog(events) {
  const items = events.map(({ kind, week, pressed, departments, ...fields }) => {
    const sizes = Object.entries(fields).map(([name, value]) => `${name} ${value}`).join(", ");
    const place = departments ? ` in ${departments.join(", ")}` : "";
    return element("li", {}, `week ${week}: ${words(kind)} (${sizes})${place}, ${pressed ? "pressed" : "planned by the scenario"}`);
  });
  find("log").replaceChildren(...items);
  if (!items.length) find("log").append(element("li", { class: "quiet" }, "Nothing yet."));
}

const options = (names, chosen, titles = {}) => names.map((name) => element("option", { value: name, selected: name === chosen, title: titles[name] }, name));

/** The form that sets up another run. */
export class SetupForm {
  /** initialize({scenario, policies, seed, set}) is called when the user asks for it. */
  constructor(catalog, initialize) {
    this.catalog = catalog;
    this.edits = new Map();
    find("setup").addEventListener("submit", (event) => {
      event.preventDefault();
      initialize(this.request());
    });
    find("find").addEventListener("input", () => this.filter());
    find("scenario").addEventListener("change", () => {
      this.edits.clear(); // numbers of another organization
      this.fill(find("scenario").value);
    });
    find("weeks").addEventListener("input", () => this.edit("weeks", find("weeks").value));
    find("count").textContent = catalog.parameters.length;
  }

  request() {
    return {
      scenario: find("scenario").value,
      policies: [find("policy-a").value, find("policy-b").value],
      seed: find("seed").value,
      set: Object.fromEntries(this.edits),
    };
  }

  /** Show what the session was made from. */
  show(setup) {
    this.edits = new Map(Object.entries(setup.changes));
    find("scenario").replaceChildren(...options(Object.keys(this.catalog.scenarios), setup.source));
    find("seed").value = setup.seed;
    this.fill(setup.source, setup.policies);
  }

  /** Show what a scenario has to choose from, with the changes so far. */
  fill(scenario, policies = null) {
    this.base = this.catalog.scenarios[scenario];
    const known = this.base.policies;
    ["a", "b"].forEach((side, index) => {
      find(`policy-${side}`).replaceChildren(...options(Object.keys(known), (policies ?? this.base.usual)[index], known));
    });
    find("weeks").value = this.edits.get("weeks") ?? this.base.weeks;
    const rows = this.catalog.parameters.map((parameter) => {
      const value = this.edits.get(parameter.name) ?? this.base.parameters[parameter.name];
      const field = input(parameter, value, { "data-parameter": parameter.name, oninput: (event) => this.edit(parameter.name, event.target.value) });
      const facts = `${withUnit(parameter.legal, parameter.unit)}, default ${parameter.default}. ${parameter.meaning} Source (tier ${parameter.tier}): ${parameter.source}.`;
      return element("div", { class: "parameter", "data-name": parameter.name, "data-text": `${parameter.name} ${parameter.meaning}`.toLowerCase() }, element("label", {}, element("span", {}, parameter.name), field), element("p", {}, facts));
    });
    find("parameters").replaceChildren(...rows);
    this.filter();
    this.mark();
  }

  edit(name, text) {
    if (text.trim() === String(this.original(name))) this.edits.delete(name);
    else this.edits.set(name, text);
    this.mark();
  }

  /** Value of the scenario as it is in its file. */
  original(name) {
    return name === "weeks" ? this.base.weeks : this.base.parameters[name];
  }

  /** Mark what differs from the scenario as it ships. */
  mark() {
    for (const row of find("parameters").children) row.classList.toggle("changed", this.edits.has(row.dataset.name));
    const items = Array.from(this.edits, ([name, text]) =>
      element("li", {}, element("span", {}, `${name} = ${text}`), element("button", {
        type: "button",
        class: "small",
        "aria-label": `Forget the change of ${name}`,
        onclick: () => {
          this.edits.delete(name);
          const field = name === "weeks" ? find("weeks") : find("parameters").querySelector(`[data-parameter="${CSS.escape(name)}"]`);
          field.value = this.original(name);
          this.mark();
        },
      }, "forget")),
    );
    find("changes").replaceChildren(...items);
    find("changes").hidden = !items.length;
  }

  filter() {
    const wanted = find("find").value.trim().toLowerCase().split(/\s+/);
    for (const row of find("parameters").children) row.hidden = !wanted.every((word) => row.dataset.text.includes(word));
  }
}
