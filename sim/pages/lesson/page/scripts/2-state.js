"use strict";
// What is set, all of it in the address: a copied link opens the same picture.

const STEPS = ["predict", "run", "explain", "sandbox"];
const GUESSES = ["nothing", "fades", "below", "holds"];
const STROKE = 4; // weeks that one point of a sketch stands for
const SLOTS = Math.ceil((LESSON.weeks - LESSON.start) / STROKE);
const LEAST = 4; // points that make a sketch

/** Whether enough has been drawn to be a sketch, and not a slip of the finger. */
const isSketch = (sketch) => sketch.filter((one) => one !== null).length >= LEAST;

/** A sketch as two digits a point, and back; null for what is none. */
const sketchToText = (sketch) => (sketch.some((one) => one !== null) ? sketch.map((one) => (one === null ? "--" : String(one).padStart(2, "0"))).join("") : "");
const sketchFromText = (text) => {
  const found = /^(--|\d\d)*$/.test(text) ? text.match(/--|\d\d/g) : null;
  return found && found.length === SLOTS ? found.map((one) => (one === "--" ? null : Number(one))) : null;
};

/** The state in which the page opens without an address. */
function opening() {
  return {
    step: "predict",
    a: [...LESSON.a],
    b: [...LESSON.b],
    assumptions: [...INITIAL_ASSUMPTIONS],
    ships: false,
    curve: 0,
    week: 0,
    scene: 0,
    runs: false,
    smooth: LESSON.smooth,
    sheet: false,
    guess: "",
    sketch: Array(SLOTS).fill(null),
  };
}

/** The state as the part of an address after #. */
function toHash(state) {
  const parts = {
    step: state.step,
    a: state.a.join("."),
    b: state.b.join("."),
    assumptions: state.assumptions.join("."),
    ships: Number(state.ships),
    curve: LESSON.curves[state.curve].outcome,
    week: state.week,
    scene: state.scene,
    runs: Number(state.runs),
    smooth: Number(state.smooth),
    sheet: Number(state.sheet),
    guess: state.guess,
    sketch: sketchToText(state.sketch),
  };
  return Object.entries(parts)
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join("&");
}

/** The state of an address; what it does not say, or says wrongly, is as at the opening. */
function fromHash(hash) {
  const state = opening();
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  const indices = (key, controls) => {
    const found = (said.get(key) ?? "").split(".").map(Number);
    const legal =
      found.length === controls.length &&
      found.every((one, index) => Number.isInteger(one) && one >= 0 && one < controls[index].settings);
    return said.get(key) && legal ? found : null;
  };
  const whole = (key, below) => {
    const found = Number(said.get(key));
    return said.get(key) && Number.isInteger(found) && found >= 0 && found < below ? found : null;
  };
  if (STEPS.includes(said.get("step"))) state.step = said.get("step");
  state.a = indices("a", LESSON.policyControls) ?? state.a;
  state.b = indices("b", LESSON.policyControls) ?? state.b;
  state.assumptions = indices("assumptions", LESSON.assumptions) ?? state.assumptions;
  state.curve = Math.max(0, LESSON.curves.findIndex((curve) => curve.outcome === said.get("curve")));
  state.scene = whole("scene", LESSON.scenes.length) ?? state.scene;
  if (state.step === "explain") Object.assign(state, { week: LESSON.scenes[state.scene].week, runs: LESSON.scenes[state.scene].runs });
  state.week = whole("week", LESSON.weeks) ?? state.week;
  state.ships = LESSON.shipped !== null && said.get("ships") === "1";
  for (const key of ["runs", "smooth", "sheet"]) if (said.has(key)) state[key] = said.get(key) === "1";
  if (GUESSES.includes(said.get("guess"))) state.guess = said.get("guess");
  state.sketch = sketchFromText(said.get("sketch") ?? "") ?? state.sketch;
  return state;
}

/** What the page shows now: the steps of the lesson fix part of what the sandbox leaves open. */
function shown(state) {
  if (state.step === "predict" || state.step === "run") {
    return { ...state, a: LESSON.a, b: LESSON.b, assumptions: INITIAL_ASSUMPTIONS, ships: false, curve: 0 };
  }
  if (state.step === "explain") {
    const scene = LESSON.scenes[state.scene];
    return { ...state, a: scene.a, b: scene.b, assumptions: scene.assumptions, ships: scene.ships, curve: scene.curve };
  }
  return state;
}
