// Codes: the same few lines as codes.py, which says how they are made.

/** Checksum of bytes (CRC-32). */
function crc32(text) {
  let crc = -1;
  for (const letter of text) {
    crc ^= letter.charCodeAt(0);
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ -1) >>> 0;
}

/** A number in characters. */
function written(number, length) {
  const { alphabet } = GAME.code;
  let text = "";
  for (let place = 0; place < length; place += 1) {
    text = alphabet[Number(number % BigInt(alphabet.length))] + text;
    number /= BigInt(alphabet.length);
  }
  return text;
}

const checksum = (number) => written(BigInt(crc32(`${GAME.code.key} ${number}`)), GAME.code.check);

/** The code of decisions, a place among the options for each quarter. */
function encode(decisions) {
  const { length, group } = GAME.code;
  const number = decisions.reduce((sum, option) => sum * BigInt(GAME.options.length) + BigInt(option), 0n);
  const text = written(number, length) + checksum(number);
  return text.match(new RegExp(`.{1,${group}}`, "g")).join("-");
}

/** The decisions in a code; an error says why it is refused. */
function decode(code) {
  const { alphabet, length, check } = GAME.code;
  const text = code.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  if (text.length !== length + check) throw new Error(`must have ${length + check} letters and digits, has ${text.length}`);
  const wrong = [...text].find((letter) => !alphabet.includes(letter));
  if (wrong !== undefined) throw new Error(`has a character that no code has: ${wrong}`);
  let number = 0n;
  for (const letter of text.slice(0, length)) number = number * BigInt(alphabet.length) + BigInt(alphabet.indexOf(letter));
  const options = BigInt(GAME.options.length);
  if (checksum(number) !== text.slice(length) || number >= options ** BigInt(GAME.quarters)) {
    throw new Error("does not fit its checksum: it was mistyped or changed, or it is from another game");
  }
  const decisions = [];
  for (let quarter = 0; quarter < GAME.quarters; quarter += 1) {
    decisions.unshift(Number(number % options));
    number /= options;
  }
  return decisions;
}

/** Lines of codes: [{line, name, code}]. */
function readCodes(text) {
  const found = [];
  const names = new Set();
  text.split(/\r?\n/).forEach((line, index) => {
    if (!line.trim() || line.trim().startsWith("#")) return;
    const [, before, after] = line.match(/^(?:(.*)[:;,\t])?([^:;,\t]*)$/);
    let name = (before || "").trim().replace(/^"+|"+$/g, "") || `Team ${found.length + 1}`;
    while (names.has(name)) name += "'";
    names.add(name);
    found.push({ line: index + 1, name, code: after.trim().replace(/^"+|"+$/g, "") });
  });
  return found;
}
