"use strict";
// Runs weeks of the real model in a page. It moves bytes and calls the compiled week; what stands where, and what everything is
// called, it is told by week_in_page.py. No rule of the model is written here.

/** Bytes of a base64 text after inflating, by the browser where it can. */
async function inflated(text) {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  if (typeof DecompressionStream === "undefined") return inflate(packed.subarray(2));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Inflate (RFC 1951), for browsers that cannot. */
function inflate(bytes) {
  let at = 0, hold = 0, held = 0;
  let out = new Uint8Array(1 << 20), size = 0;
  const need = (more) => {
    if (size + more <= out.length) return;
    const larger = new Uint8Array(Math.max(out.length * 2, size + more));
    larger.set(out);
    out = larger;
  };
  const bits = (count) => {
    while (held < count) { hold |= bytes[at++] << held; held += 8; }
    const value = hold & ((1 << count) - 1);
    hold >>>= count; held -= count;
    return value;
  };
  const tree = (lengths) => {
    const counts = new Uint16Array(16), starts = new Uint16Array(16), symbols = new Uint16Array(lengths.length);
    for (const length of lengths) counts[length] += 1;
    counts[0] = 0;
    for (let length = 1; length < 16; length += 1) starts[length] = starts[length - 1] + counts[length - 1];
    lengths.forEach((length, symbol) => { if (length) symbols[starts[length]++] = symbol; });
    return { counts, symbols };
  };
  const read = ({ counts, symbols }) => {
    let code = 0, first = 0, index = 0;
    for (let length = 1; length < 16; length += 1) {
      code |= bits(1);
      if (code - first < counts[length]) return symbols[index + code - first];
      index += counts[length]; first = (first + counts[length]) << 1; code <<= 1;
    }
    throw new Error("damaged data");
  };
  const lengthBase = [], lengthExtra = [], distanceBase = [], distanceExtra = [];
  for (let symbol = 0, base = 3; symbol < 28; symbol += 1) {
    const extra = symbol < 8 ? 0 : (symbol >> 2) - 1;
    lengthBase.push(base); lengthExtra.push(extra); base += 1 << extra;
  }
  lengthBase.push(258); lengthExtra.push(0);
  for (let symbol = 0, base = 1; symbol < 30; symbol += 1) {
    const extra = symbol < 4 ? 0 : (symbol >> 1) - 1;
    distanceBase.push(base); distanceExtra.push(extra); base += 1 << extra;
  }
  const fixed = [tree(Array.from({ length: 288 }, (_, n) => (n < 144 ? 8 : n < 256 ? 9 : n < 280 ? 7 : 8))), tree(Array(30).fill(5))];
  for (let last = 0; !last;) {
    last = bits(1);
    const kind = bits(2);
    if (kind === 0) {
      hold = held = 0;
      const count = bytes[at] | (bytes[at + 1] << 8);
      need(count);
      out.set(bytes.subarray(at + 4, at + 4 + count), size);
      at += 4 + count; size += count;
      continue;
    }
    let [literals, distances] = fixed;
    if (kind === 2) {
      const [many, far, order] = [bits(5) + 257, bits(5) + 1, bits(4) + 4];
      const small = Array(19).fill(0), lengths = [];
      const places = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
      for (let n = 0; n < order; n += 1) small[places[n]] = bits(3);
      const codes = tree(small);
      while (lengths.length < many + far) {
        const symbol = read(codes);
        if (symbol < 16) { lengths.push(symbol); continue; }
        const [value, times] = symbol === 16 ? [lengths[lengths.length - 1], 3 + bits(2)] : symbol === 17 ? [0, 3 + bits(3)] : [0, 11 + bits(7)];
        for (let n = 0; n < times; n += 1) lengths.push(value);
      }
      literals = tree(lengths.slice(0, many)); distances = tree(lengths.slice(many));
    }
    for (;;) {
      const symbol = read(literals);
      if (symbol === 256) break;
      need(258);
      if (symbol < 256) { out[size++] = symbol; continue; }
      const length = lengthBase[symbol - 257] + bits(lengthExtra[symbol - 257]);
      const code = read(distances);
      const distance = distanceBase[code] + bits(distanceExtra[code]);
      for (let n = 0; n < length; n += 1, size += 1) out[size] = out[size - distance];
    }
  }
  return out.slice(0, size);
}

const ARRAYS = { float64: Float64Array, int64: typeof BigInt64Array === "undefined" ? null : BigInt64Array, bool: Uint8Array };

/** The model, ready to run organizations. */
class PortableWeek {
  /** Whether this browser can run the model. Where it cannot, a page shows recorded runs, or says so. */
  static possible() {
    return typeof WebAssembly === "object" && typeof BigInt64Array === "function";
  }

  /** Unpack and compile. given: what describe_week in week_in_page.py returned. */
  static async open(given) {
    const [code, ...images] = await Promise.all([given.code, ...given.images].map(inflated));
    return new PortableWeek(given, await WebAssembly.compile(code), images);
  }

  constructor(given, module, images) {
    Object.assign(this, { given, module, images });
  }

  /** A run from week 0 on. organization: which of the images. settings: {policy, events, parameters}, see Run. */
  async run(organization = 0, settings = {}) {
    const instance = await WebAssembly.instantiate(this.module, {});
    const run = new PortableRun(this, instance);
    run.restart(organization, settings);
    return run;
  }
}

/** One organization on its way. */
class PortableRun {
  constructor(week, instance) {
    this.given = week.given;
    this.images = week.images;
    this.call = instance.exports.week;
    this.memory = instance.exports.memory;
    this.base = Math.ceil(instance.exports.__heap_base.value / 64) * 64;
    const missing = this.base + this.given.bytes - this.memory.buffer.byteLength;
    if (missing > 0) this.memory.grow(Math.ceil(missing / 65536));
    this.buffer = this.memory.buffer;
    this.slots = new BigInt64Array(this.buffer, this.base + this.given.slots.at, this.given.slots.weeks + 1);
  }

  /** Go back to week 0, of this or another organization. */
  restart(organization = 0, { policy = [], events = [], parameters = {} } = {}) {
    const { given, base, buffer } = this;
    const image = this.images[organization];
    const bytes = new Uint8Array(buffer, base, given.bytes);
    bytes.set(image);
    bytes.fill(0, image.length);
    const view = new DataView(buffer);
    for (const slot of given.slots.addresses) {
      const place = base + given.slots.at + 8 * slot;
      view.setBigInt64(place, view.getBigInt64(place, true) + BigInt(base), true);
    }
    for (const [name, value] of Object.entries(parameters)) this.table("parameters")[placeIn(given.parameters, name)] = value;
    this.week = 0;
    this.outcomes = [];
    this.setPolicy(policy);
    this.setEvents(events);
  }

  /** A table, as it stands in memory: a change in it is a change in the organization. */
  table(name) {
    const { at, type, shape } = placeIn(this.given.tables, name);
    return new ARRAYS[type](this.buffer, this.base + at, shape.reduce((one, other) => one * other, 1));
  }

  /**
   * What the policy asks for: [{start, end, amounts: {speeches: 1}, departments: ["branches"]}]; end is the first week after it,
   * without departments all get it. Phases of weeks to come can be changed between two weeks.
   */
  setPolicy(policy) {
    const { given } = this;
    const [start, end, amounts] = ["start", "end", "amounts"].map((name) => this.table(`phases.${name}`));
    const resources = given.resources.length, departments = given.departments.length;
    if (policy.length > start.length) throw new RangeError(`the page has room for ${start.length} phases, got ${policy.length}`);
    start.fill(0n); end.fill(1n); amounts.fill(0);
    policy.forEach((phase, row) => {
      start[row] = BigInt(phase.start);
      end[row] = phase.end === undefined ? BigInt(given.never) : BigInt(phase.end);
      for (const [resource, amount] of Object.entries(phase.amounts)) {
        const column = given.resources.indexOf(resource);
        if (column < 0) throw new RangeError(`${resource} is no resource`);
        given.departments.forEach((name, department) => {
          if (phase.departments === undefined || phase.departments.includes(name)) {
            amounts[(row * departments + department) * resources + column] = amount;
          }
        });
      }
    });
  }

  /** What happens beside the events of the scenario: [{kind, week, share: 0.5}]; fields that are left out have their defaults. */
  setEvents(events) {
    const { given } = this;
    const [week, kind, fields, reached] = ["week", "kind", "fields", "reached"].map((name) => this.table(`events.${name}`));
    const all = [...given.events, ...events].sort((one, other) => one.week - other.week);
    if (all.length > week.length) throw new RangeError(`the page has room for ${week.length} events, got ${all.length}`);
    const width = week.length ? fields.length / week.length : 0;
    week.fill(BigInt(given.never)); fields.fill(0);
    all.forEach((event, row) => {
      const code = given.kinds.findIndex((known) => known.name === event.kind);
      if (code < 0) throw new RangeError(`${event.kind} is no kind of event`);
      week[row] = BigInt(event.week);
      kind[row] = BigInt(code);
      given.kinds[code].fields.forEach(({ name, default: usual }, place) => { fields[row * width + place] = name in event ? event[name] : usual; });
      given.departments.forEach((name, department) => {
        reached[row * given.departments.length + department] = event.departments === undefined || event.departments.includes(name) ? 1 : 0;
      });
    });
  }

  /** Run some weeks. Their outcomes are added to this.outcomes, a row a week in the order of given.outcomes. */
  advance(weeks) {
    const { given } = this;
    const width = given.outcomes.length;
    for (let left = weeks; left > 0; left -= given.weeksAtOnce) {
      const now = Math.min(left, given.weeksAtOnce);
      this.slots[given.slots.weeks] = BigInt(now);
      if (this.call(this.base + given.slots.at) !== 0) throw new Error("the model has failed");
      const values = this.table("outcomes");
      for (let row = 0; row < now; row += 1) this.outcomes.push(values.slice(row * width, (row + 1) * width));
      this.week += now;
    }
  }

  /** Run some weeks without holding up the page: after each part, others have their turn. */
  async advanceGently(weeks, milliseconds = 20) {
    let since = performance.now();
    for (let left = weeks; left > 0; left -= this.given.weeksAtOnce) {
      this.advance(Math.min(left, this.given.weeksAtOnce));
      if (performance.now() - since > milliseconds) {
        await new Promise((resolve) => setTimeout(resolve));
        since = performance.now();
      }
    }
  }

  /** An outcome by week, as far as weeks have run; NaN where it is missing. */
  outcome(name) {
    const place = this.given.outcomes.indexOf(name);
    if (place < 0) throw new RangeError(`${name} is no outcome`);
    return this.outcomes.map((row) => row[place]);
  }
}

/** An entry by name, which must exist. */
function placeIn(entries, name) {
  if (!Object.prototype.hasOwnProperty.call(entries, name)) throw new RangeError(`${name} is not among what the page was given`);
  return entries[name];
}
