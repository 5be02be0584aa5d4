"use strict";
// The page as a whole: state in, picture out.

const PACES = [3, 6, 12, 24];

class Page {
  constructor(runs) {
    this.runs = runs;
    this.memory = new Map();
    this.state = fromHash(location.hash);
    this.who = "";
    this.predictions = new Predictions();
    this.last = null; // the prediction kept last
    this.told = "";
    this.reached = this.remembered();
    if (!this.open(this.state.step)) this.state.step = "predict";
    this.playing = null;
    this.pace = 12;
    this.find = (id) => document.getElementById(id);
    this.chart = new Chart(this.find("curves"), (slot, height) => this.stroke(slot, height));
    this.stages = ["a", "b"].map((policy) => new Stage(this.find(`stage-${policy}`), policy));
    this.panel = new Panel(this.find("panel"), this);
    this.wire();
    this.panel.build(shown(this.state));
    this.draw();
  }

  // --- what is on -----------------------------------------------------------------------------------------------

  /** Values of a mean over replicates, or of one of them; computed once. */
  line(world, policy, curve, replicate = null) {
    const key = `${world} ${policy} ${curve} ${replicate}`;
    if (!this.memory.has(key)) {
      const raw = replicate === null ? this.runs.mean(world, policy, curve) : this.runs.replicate(world, policy, curve, replicate);
      this.memory.set(key, { raw, smooth: quarterly(raw) });
    }
    return this.memory.get(key);
  }

  /** Curve and lines of a state: A and B, each under the initial assumptions and under the changed ones, if they differ. */
  context(now) {
    const asked = now.step === "predict" || now.step === "run";
    const curve = { ...(asked ? QUESTION : LESSON.curves[now.curve]), index: now.curve };
    const found = INITIAL_WORLD;
    const set = worldOf(now);
    const lines = [];
    for (const policy of ["a", "b"]) {
      const number = policyOf(now[policy]);
      const { end } = LESSON.policies[number];
      for (const assumptions of set === found ? ["set"] : ["found", "set"]) {
        const at = assumptions === "found" ? found : set;
        if (now.runs && assumptions === "set") {
          LESSON.seeds.forEach((_, replicate) => {
            const { raw, smooth } = this.line(at, number, now.curve, replicate);
            lines.push({ values: now.smooth ? smooth : raw, policy, assumptions, faint: true });
          });
        }
        const { raw, smooth } = this.line(at, number, now.curve);
        lines.push({ values: now.smooth ? smooth : raw, raw, policy, assumptions, end, label: policy.toUpperCase(), faint: false });
      }
    }
    lines.sort((one, other) => Number(other.faint) - Number(one.faint) || Number(other.assumptions === "found") - Number(one.assumptions === "found"));
    return { curve, lines, world: set };
  }

  /** Upright lines of the chart. */
  events(now, world) {
    const found = LESSON.worlds[world].events.map(({ week, kind }) => ({ week, text: textOf(`events.${kind}`), tone: null }));
    const starts = ["a", "b"].filter((policy) => LESSON.policies[policyOf(now[policy])].end !== null);
    if (starts.length) found.push({ week: LESSON.start, text: textOf("events.start", { who: starts.join(" & ").toUpperCase() }), tone: starts.length === 1 ? starts[0] : null });
    const ends = new Map();
    for (const policy of starts) {
      const { end } = LESSON.policies[policyOf(now[policy])];
      ends.set(end, [...(ends.get(end) ?? []), policy]);
    }
    for (const [week, who] of ends) {
      if (week < LESSON.weeks) found.push({ week, text: textOf("events.end", { who: who.join(" & ").toUpperCase() }), tone: who.length === 1 ? who[0] : null });
    }
    return found;
  }

  /** Week whose picture is shown: before the runs are seen, the last one before policies begin. */
  weekShown(now) {
    return now.step === "predict" ? LESSON.start - 1 : now.week;
  }

  draw() {
    const now = shown(this.state);
    const { curve, lines, world } = this.context(now);
    const hidden = now.step === "predict" || now.step === "run";
    const week = this.weekShown(now);
    const until = hidden ? week : LESSON.weeks - 1;
    this.chart.draw({
      curve,
      lines,
      until,
      week: now.step === "predict" ? null : week,
      events: this.events(now, world),
      sketch: hidden ? now.sketch : [],
      sketches: now.step === "run" ? this.predictions.sketches : [],
      sketching: now.step === "predict",
      label: this.spoken(now, curve, lines, week),
    });
    ["a", "b"].forEach((policy, index) => {
      const frame = this.runs.frame(world, policyOf(now[policy]), week);
      this.stages[index].draw(frame, `${textOf(`page.policy_${policy}`)}: ${inWords(now[policy])}. ${describeFrame(frame)}`);
      this.find(`plan-${policy}`).textContent = inWords(now[policy]);
    });
    this.legend(now, lines);
    this.bars(now, curve, week);
    this.panel.update(now);
    if (now.step === "run" && now.week === LESSON.weeks - 1) this.reach("explain");
    if (now.step === "explain" && now.scene === LESSON.scenes.length - 1) this.reach("sandbox");
    if (LESSON.students) {
      this.note();
      return;
    }
    this.find("sheet").hidden = !now.sheet;
    document.body.classList.toggle("sheet-open", now.sheet);
    this.note();
  }

  /** Lines of the chart in words. */
  legend(now, lines) {
    const entries = lines
      .filter((line) => !line.faint)
      .sort((one, other) => (one.policy + one.assumptions < other.policy + other.assumptions ? -1 : 1))
      .map((line) => {
        const stroke = mark("line", { x1: 1, x2: 31, y1: 6, y2: 6, stroke: `var(--${line.policy})`, "stroke-width": 3, "stroke-dasharray": line.assumptions === "found" && worldOf(now) !== INITIAL_WORLD ? "5 4" : "none" });
        return element("li", {}, mark("svg", { viewBox: "0 0 32 12", width: 32, height: 12, "aria-hidden": "true" }, stroke), " ", lineInShort(line, now));
      });
    if (now.step === "predict" || now.step === "run") {
      const dots = mark("line", { x1: 3, x2: 31, y1: 6, y2: 6, stroke: "var(--mark)", "stroke-width": 4, "stroke-dasharray": "0.1 7", "stroke-linecap": "round" });
      entries.push(element("li", {}, mark("svg", { viewBox: "0 0 32 12", width: 32, height: 12, "aria-hidden": "true" }, dots), " ", textOf("page.your_sketch")));
    }
    this.find("legend").className = entries.length === 4 ? "four" : "";
    this.find("legend").replaceChildren(...entries);
  }

  /** Everything around the picture that follows the state. */
  bars(now, curve, week) {
    for (const step of STEPS) {
      const one = this.find(`step-${step}`);
      one.disabled = !this.open(step);
      if (step === now.step) one.setAttribute("aria-current", "step");
      else one.removeAttribute("aria-current");
    }
    this.find("curve").value = now.curve;
    this.find("curve").disabled = now.step !== "sandbox";
    this.find("curve-about").textContent = textOf(`curves.${curve.outcome}.about`);
    this.find("smooth").checked = now.smooth;
    this.find("runs").checked = now.runs;
    const slider = this.find("week");
    const locked = now.step === "predict";
    slider.value = week;
    slider.setAttribute("aria-valuetext", textOf("page.week", { week }));
    this.find("week-shown").textContent = textOf("page.week", { week });
    for (const id of ["week", "play", "back", "forward"]) this.find(id).disabled = locked;
    this.find("play").textContent = textOf(this.playing === null ? "page.play" : "page.pause");
    this.find("sheet-toggle")?.setAttribute("aria-expanded", String(now.sheet));
    document.body.dataset.step = now.step;
  }

  /** The picture in a sentence. */
  spoken(now, curve, lines, week) {
    const values = lines.filter((line) => !line.faint).map((line) => `${lineInWords(line, now)}: ${amount(line.values[week], curve)}`);
    return `${textOf(`curves.${curve.outcome}.title`)}, ${textOf("page.week", { week })}. ${values.join(". ")}.`;
  }

  /** Values of A and B in this week, for all to read. */
  readout(now) {
    const { curve, lines } = this.context(now);
    const of = (policy) => amount(lines.find((line) => !line.faint && line.policy === policy && line.assumptions === "set").values[now.week], curve);
    return textOf("page.readout", { week: now.week, curve: textOf(`curves.${curve.outcome}.short`), a: of("a"), b: of("b") });
  }

  /** Mean distance of the sketch from the lesson's line B, over the weeks sketched. */
  distance(state) {
    if (!isSketch(state.sketch)) return NaN;
    const { raw } = this.line(INITIAL_WORLD, policyOf(LESSON.b), 0);
    return average(
      state.sketch.map((height, slot) => {
        return height === null ? NaN : Math.abs(valueOf(height) - raw[weekOf(slot)]);
      }),
    );
  }

  // --- what changes it ------------------------------------------------------------------------------------------

  /** Change part of the state and show it; rebuild: the column beside is another one. */
  set(changes, rebuild = false) {
    Object.assign(this.state, changes);
    if (rebuild) this.panel.build(shown(this.state));
    this.draw();
    if (rebuild) this.find("panel-title")?.focus({ preventScroll: true });
  }

  go(step) {
    this.stop();
    if (!this.open(step)) return;
    this.told = "";
    const scene = LESSON.scenes[this.state.scene];
    const opens = { run: { week: 0 }, explain: { week: scene.week, runs: scene.runs }, sandbox: { week: LESSON.weeks - 1 } }[step] ?? {};
    this.set({ step, ...opens }, true);
    this.push();
    this.find("panel").scrollTop = 0;
    this.intoView();
    if (step === "run" && !calm()) this.play();
  }

  /** Show a scene, at its week. */
  show(scene) {
    const { week, runs } = LESSON.scenes[scene];
    this.stop();
    this.set({ scene, week, runs }, true);
    this.push();
    if (scene === LESSON.scenes.length - 1) this.reach("sandbox");
    this.intoView();
  }

  /** Go on from a scene: its settings are those of the last part. */
  fromHere() {
    const { a, b, assumptions, ships, curve } = shown(this.state);
    this.stop();
    this.set({ step: "sandbox", a: [...a], b: [...b], assumptions: [...assumptions], ships, curve }, true);
    this.push();
    this.intoView();
  }

  /** On a small screen the column stands below the picture: begin at its top, under the picture that stays. */
  intoView() {
    if (window.matchMedia("(max-width: 60rem)").matches) window.scrollTo({ top: 0, behavior: "instant" });
  }

  /** Whether a part of the lesson is open; in a page for students they open one by one. */
  open(step) {
    return !LESSON.students || STEPS.indexOf(step) <= this.reached;
  }

  reach(step) {
    if (STEPS.indexOf(step) <= this.reached) return;
    this.reached = STEPS.indexOf(step);
    try {
      localStorage.setItem(`${SHELF}-reached`, String(this.reached));
    } catch {
      // A browser that keeps nothing: parts stay open as long as the page is.
    }
    if (LESSON.students) {
      if (this.state.step === "explain") this.panel.build(shown(this.state));
      this.draw();
    }
  }

  remembered() {
    try {
      return Number(localStorage.getItem(`${SHELF}-reached`)) || 0;
    } catch {
      return 0;
    }
  }

  stroke(slot, height) {
    const sketch = [...this.state.sketch];
    sketch[slot] = height;
    this.set({ sketch });
  }

  play() {
    if (this.state.week >= LESSON.weeks - 1) this.set({ week: 0 });
    let before = performance.now();
    let due = 0;
    const tick = (time) => {
      if (this.playing === null) return;
      due += ((time - before) / 1000) * this.pace;
      before = time;
      const whole = Math.floor(due);
      due -= whole;
      if (whole > 0) {
        const week = Math.min(this.state.week + whole, LESSON.weeks - 1);
        if (week === LESSON.weeks - 1) this.playing = null;
        this.set({ week });
      }
      if (this.playing !== null) this.playing = requestAnimationFrame(tick);
    };
    this.playing = requestAnimationFrame(tick);
    this.draw();
  }

  stop() {
    if (this.playing !== null) cancelAnimationFrame(this.playing);
    this.playing = null;
  }

  jump(week) {
    this.stop();
    this.set({ week: Math.min(Math.max(week, 0), LESSON.weeks - 1) });
  }

  wire() {
    for (const step of STEPS) this.find(`step-${step}`).addEventListener("click", () => this.go(step));
    LESSON.curves.forEach((curve, index) => this.find("curve").append(element("option", { value: index }, textOf(`curves.${curve.outcome}.title`))));
    PACES.forEach((pace, index) => this.find("pace").append(element("option", { value: pace, selected: pace === this.pace }, WORDS.page.paces[index])));
    this.find("curve").addEventListener("change", (event) => this.set({ curve: Number(event.target.value) }));
    this.find("smooth").addEventListener("change", (event) => this.set({ smooth: event.target.checked }));
    this.find("runs").addEventListener("change", (event) => this.set({ runs: event.target.checked }));
    this.find("pace").addEventListener("change", (event) => { this.pace = Number(event.target.value); });
    this.find("week").max = LESSON.weeks - 1;
    this.find("week").addEventListener("input", (event) => this.jump(Number(event.target.value)));
    this.find("back").addEventListener("click", () => this.jump(this.state.week - 1));
    this.find("forward").addEventListener("click", () => this.jump(this.state.week + 1));
    this.find("play").addEventListener("click", () => {
      if (this.playing === null) this.play();
      else {
        this.stop();
        this.draw();
      }
    });
    if (!LESSON.students) this.wireSheet();
    this.find("save-svg").addEventListener("click", () => saveSvg(`${this.name()}.svg`, this.poster()));
    this.find("save-png").addEventListener("click", async () => save(`${this.name()}.png`, await toPng(this.poster())));
    window.addEventListener("hashchange", () => {
      this.stop();
      this.state = fromHash(location.hash);
      if (!this.open(this.state.step)) this.state.step = "predict";
      this.panel.build(shown(this.state));
      this.draw();
    });
    new ResizeObserver(() => this.draw()).observe(this.find("curves"));
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  wireSheet() {
    this.find("sheet-toggle").addEventListener("click", () => {
      this.set({ sheet: !this.state.sheet });
      if (this.state.sheet) this.find("sheet").scrollIntoView({ behavior: calm() ? "auto" : "smooth" });
    });
    this.find("sheet-print").addEventListener("click", () => window.print());
    this.find("sheet-close").addEventListener("click", () => {
      this.set({ sheet: false });
      this.find("sheet-toggle").focus();
    });
  }

  // --- what is kept ---------------------------------------------------------------------------------------------

  /** Put the state into the address, a moment after the last change: browsers refuse it many times a second. */
  note() {
    clearTimeout(this.noting);
    this.noting = setTimeout(() => {
      const hash = `#${toHash(this.state)}`;
      if (location.hash !== hash) history.replaceState(null, "", hash);
    }, 120);
  }

  /** A step of its own in the browser's history, so that Back leads to the part before. */
  push() {
    clearTimeout(this.noting);
    const hash = `#${toHash(this.state)}`;
    if (location.hash !== hash) history.pushState(null, "", hash);
  }

  /** Keep the prediction; then show the runs, or let the next person predict, who sees nothing of it. */
  keep(reveal) {
    const { guess, sketch } = this.state;
    const kept = this.predictions.keep({ id: newId(), who: this.who, guess, sketch: isSketch(sketch) ? sketch : [] });
    if (kept === null) return;
    this.last = kept;
    this.who = "";
    this.reach("run");
    if (reveal) {
      this.go("run");
      return;
    }
    this.told = textOf("page.kept_next", { count: this.predictions.number });
    this.set({ guess: "", sketch: Array(SLOTS).fill(null) }, true);
    this.intoView();
  }

  saveKept() {
    save(`${LESSON.name}-predictions.csv`, new Blob([this.predictions.table()], { type: "text/csv" }));
  }

  name() {
    const now = shown(this.state);
    return `centricity-${LESSON.name}-${LESSON.curves[now.curve].outcome}-week-${this.weekShown(now)}`;
  }

  poster() {
    const now = shown(this.state);
    const { curve, lines } = this.context(now);
    const seen = lines.filter((line) => !line.faint).map((line) => lineInWords(line, now));
    const about = textOf("page.poster", { week: this.weekShown(now), count: LESSON.seeds.length, seed: LESSON.replayed });
    const key = ["round", "diamond", "square"].map((name) => textOf(`page.stage.key_${name}`)).join("; ");
    const what = textOf(`curves.${curve.outcome}.about`);
    return poster(this.chart, this.stages, `${WORDS.lesson.title} · ${textOf(`curves.${curve.outcome}.title`)}`, [what, ...seen, key, about]);
  }
}

/** Open the page: curves first, since they are the first picture; people as soon as they are unpacked. */
async function open() {
  const page = new Page(new Runs(await Runs.curves()));
  window.centricity = page; // for classes that look inside
  document.body.dataset.ready = "curves";
  page.runs.pictures = await Runs.frames();
  page.draw();
  document.body.dataset.ready = "all";
}

open().catch((error) => {
  const notice = document.getElementById("trouble");
  notice.hidden = false;
  notice.append(` ${error.message}`);
});
