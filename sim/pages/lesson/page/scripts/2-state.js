"use strict";
// What is set, all of it in the address: a copied link opens the same picture.

const STEPS = ["predict", "run", "explain", "sandbox"];
const GUESSES = ["nothing", "fades", "below", "holds"];
const STROKE = 4; // weeks that one point of a sketch stands for
const SLOTS = Math.ceil((LESSON.weeks - LESSON.start) / STROKE);

/** The state in which the page opens without an address. */
function opening() {
  return {
    step: "predict",
    a: [...LESSON.a],
    b: [...LESSON.b],
    assumptions: [...INITIAL_ASSUMPTIONS],
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
    curve: LESSON.curves[state.curve].outcome,
    week: state.week,
    scene: state.scene,
    runs: Number(state.runs),
    smooth: Number(state.smooth),
    sheet: Number(state.sheet),
    guess: state.guess,
    sketch: state.sketch.some((one) => one !== null)
      ? state.sketch.map((one) => (one === null ? "--" : String(one).padStart(2, "0"))).join("")
      : "",
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
      found.every((one, index) => Number.isInteger(one) && one >= 0 && one < controls[index].values.length);
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
  state.week = whole("week", LESSON.weeks) ?? state.week;
  state.scene = whole("scene", LESSON.scenes.length) ?? state.scene;
  for (const key of ["runs", "smooth", "sheet"]) if (said.has(key)) state[key] = said.get(key) === "1";
  if (GUESSES.includes(said.get("guess"))) state.guess = said.get("guess");
  const sketch = (said.get("sketch") ?? "").match(/--|\d\d/g);
  if (sketch && sketch.length === SLOTS) state.sketch = sketch.map((one) => (one === "--" ? null : Number(one)));
  return state;
}

/** What the page shows now: the steps of the lesson fix part of what the sandbox leaves open. */
function shown(state) {
  if (state.step === "predict" || state.step === "run") {
    return { ...state, a: LESSON.a, b: LESSON.b, assumptions: INITIAL_ASSUMPTIONS, curve: 0 };
  }
  if (state.step === "explain") {
    const scene = LESSON.scenes[state.scene];
    return { ...state, a: scene.a, b: scene.b, assumptions: scene.assumptions, curve: scene.curve };
  }
  return state;
}
