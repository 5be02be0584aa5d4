// The page: asks the server for weeks of the real model, and shows them. Nothing is computed here but what is drawn.

import { Chart } from "./chart.js";
import { element, find, mark } from "./elements.js";
import { SetupForm, buildEvents, showLog } from "./panel.js";
import { Refused, ask } from "./server.js";
import { Stage, describeStage } from "./stage.js";

const CURVES = [
  { name: "practicing", title: "Practicing", percent: true },
  { name: "enacted", title: "Enacted", percent: true },
  { name: "attitudinal_loyalty", title: "Loyalty", percent: true },
  { name: "satisfaction", title: "Satisfaction", percent: true },
  { name: "active_customers", title: "Customers", percent: false },
  { name: "profit", title: "Profit a week", percent: false },
];
const FASTEST = 4; // weeks in a request when there is no time to lose

const state = { generation: -1, week: 0, rows: [[], []], frames: [], events: [], setup: null, over: false, running: false };
let charts = [];
let stages = [];
let form = null;
let columns = [];
let pending = false;
let turn = 0; // of the loop that runs: an older one ends as soon as it sees another number

/** Take in what the server answers. */
function takeAnswer(answer) {
  const fresh = answer.setup !== undefined;
  if (fresh) {
    state.setup = answer.setup;
    state.rows = [[], []];
  }
  answer.rows.forEach((rows, side) => {
    state.rows[side].length = answer.first;
    state.rows[side].push(...rows);
  });
  Object.assign(state, { generation: answer.generation, week: answer.week, frames: answer.frames, events: answer.events, over: answer.over });
  if (answer.over) state.running = false;
  if (fresh) begin();
  draw();
}

/** Show a session that has just begun, or that another window has begun. */
function begin() {
  const { setup } = state;
  find("name").textContent = `${setup.name}, seed ${setup.seed}`;
  find("about").textContent = setup.about;
  find("about").title = setup.about;
  document.title = `${setup.name} live · Centricity`;
  form.show(setup);
  buildEvents(state.catalog.events, setup.layout.departments.map((one) => one.name), addEvent);
  find("legend").replaceChildren(...setup.policies.map((name, side) => {
    const stroke = mark("svg", { viewBox: "0 0 32 10", "aria-hidden": "true" }, mark("path", { d: "M1,5H31", class: `curve ${"ab"[side]}` }));
    return element("li", { class: "ab"[side] }, stroke, " ", element("span", { class: "letter" }, "AB"[side]), ` ${name}`);
  }));
  ["a", "b"].forEach((side, index) => { find(`plan-${side}`).textContent = setup.policies[index]; });
  const seats = setup.layout.departments.reduce((sum, one) => [sum[0] + one.drawn, sum[1] + one.seats], [0, 0]);
  find("drawn").textContent = `Drawn: ${seats[0]} of ${seats[1]} seats, ${setup.layout.customers} of ${setup.layout.market} places in the market.`;
  stages.forEach((stage) => stage.build(setup.layout));
  find("commands").hidden = true;
}

/** Draw before the next frame of the screen; several requests lead to one drawing. */
function draw() {
  if (pending) return;
  pending = true;
  requestAnimationFrame(() => {
    pending = false;
    const { setup, week, over } = state;
    if (!setup) return;
    const numbered = state.events.map((event, index) => ({ week: event.week, number: index + 1 }));
    charts.forEach((chart) => {
      const column = columns.indexOf(chart.outcome.name);
      chart.draw(state.rows.map((rows) => rows.map((row) => row[column])), setup.weeks, numbered, setup.starts, find("smooth").checked);
    });
    stages.forEach((stage, side) => {
      stage.draw(state.frames[side], describeStage(state.frames[side], setup.layout, `${"AB"[side]}, ${setup.policies[side]}, after ${week} weeks`));
    });
    showLog(state.events);
    const last = state.events.findLast((event) => event.pressed);
    find("pressed").textContent = last ? `pressed: ${last.kind.replaceAll("_", " ")}, week ${last.week}` : "";
    find("week").textContent = over ? `${week} weeks: the end` : `${week} of ${setup.weeks} weeks`;
    find("run").textContent = state.running ? "Pause" : "Run";
    for (const id of ["run", "step", "quarter"]) find(id).disabled = over;
    for (const button of find("events").querySelectorAll("button")) button.disabled = over;
    document.body.dataset.week = week;
    document.body.dataset.generation = state.generation;
  });
}

/** Show what went wrong, where the reader is looking; without faults the message goes away. */
function showFaults(faults, place = "trouble") {
  for (const id of ["trouble", "faults"]) {
    const lines = id === place ? faults : [];
    find(id).replaceChildren(...lines.map((line) => element("div", {}, line)));
    find(id).hidden = !lines.length;
  }
}

/** Ask for a change and show the result; returns whether it succeeded. */
async function change(path, request, place) {
  const main = document.querySelector("main");
  main.setAttribute("aria-busy", "true");
  try {
    takeAnswer(await ask(path, { ...request, ...(path === "/setup" ? {} : { generation: state.generation, seen: state.week }) }));
    showFaults([]);
    find("elsewhere").hidden = true;
    tabs.postMessage("changed");
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    state.running = false;
    showFaults(error.faults, place);
    draw();
    return false;
  } finally {
    main.setAttribute("aria-busy", "false");
  }
}

// Other tabs with the same session: the one that acts leads; the others stop, show what is there, and say so.
const tabs = new BroadcastChannel("centricity-live");
let looking = null;
tabs.addEventListener("message", () => {
  state.running = false;
  find("elsewhere").hidden = false;
  looking ??= setTimeout(async () => {
    looking = null;
    try {
      takeAnswer(await ask("/state"));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      showFaults(error.faults);
    }
  }, 500);
});

const step = (weeks) => change("/step", { weeks });

/** Step until the user pauses or the run is over. */
async function run() {
  turn += 1;
  const own = turn;
  while (state.running && own === turn) {
    const speed = Number(find("speed").value);
    const started = performance.now();
    if (!(await step(speed ? 1 : FASTEST))) return;
    const left = speed ? 1000 / speed - (performance.now() - started) : 0;
    if (left > 1) await new Promise((wake) => { setTimeout(wake, left); });
  }
}

function addEvent(kind, fields, departments) {
  return change("/event", departments ? { kind, fields, departments } : { kind, fields });
}

/** Start another run. */
async function initialize(request) {
  state.running = false;
  find("found").disabled = true;
  find("found").textContent = "Initializing …";
  await change("/setup", request, "faults");
  find("found").disabled = false;
  find("found").textContent = "Initialize and begin";
}

/** Hand over the scenario file, and show the commands. */
async function save() {
  try {
    const replay = await ask("/replay");
    const link = element("a", { href: URL.createObjectURL(new Blob([replay.text], { type: "application/toml" })), download: replay.file });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    find("commands").textContent = replay.commands.join("\n");
    find("commands").hidden = false;
    await ask("/saved", {});
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    showFaults(error.faults);
  }
}

async function start() {
  try {
    state.catalog = await ask("/catalog");
    columns = state.catalog.outcomes.map((outcome) => outcome.name);
    const meanings = Object.fromEntries(state.catalog.outcomes.map((outcome) => [outcome.name, outcome.meaning]));
    charts = CURVES.map((curve) => new Chart(find("curves"), { ...curve, meaning: meanings[curve.name] }));
    stages = ["a", "b"].map((side) => new Stage(find(`stage-${side}`)));
    form = new SetupForm(state.catalog, initialize);
    takeAnswer(await ask("/state"));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    showFaults(error.faults);
    return;
  }
  find("run").addEventListener("click", () => {
    state.running = !state.running;
    draw();
    if (state.running) run();
  });
  find("step").addEventListener("click", () => step(1));
  find("quarter").addEventListener("click", () => step(13));
  find("reset").addEventListener("click", () => {
    state.running = false;
    change("/reset", { keep: find("keep").checked });
  });
  find("smooth").addEventListener("change", draw);
  find("save").addEventListener("click", save);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  new ResizeObserver(() => {
    stages.forEach((stage) => stage.build(state.setup.layout));
    draw();
  }).observe(find("curves"));
  document.querySelector("main").setAttribute("aria-busy", "false");
}

start();
