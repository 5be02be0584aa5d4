// Asking the server: one request after the other, changes with the token of this page.

const TOKEN = document.querySelector("meta[name=token]").content;

let last = Promise.resolve();

/** A fault that the server has put into words. */
export class Refused extends Error {
  constructor(faults) {
    super(faults.join("\n"));
    this.faults = faults;
  }
}

/** Send a request after all earlier ones are answered; body: null to look, a table to change. */
export function ask(path, body = null) {
  const answer = last.then(() => send(path, body));
  last = answer.catch(() => undefined);
  return answer;
}

async function send(path, body) {
  const change = { method: "POST", headers: { "Content-Type": "application/json", "X-Centricity-Token": TOKEN }, body: JSON.stringify(body) };
  let response;
  try {
    response = await fetch(path, body === null ? {} : change);
  } catch {
    throw new Refused(["The server does not answer. It may have been stopped: start it again with centricity live, and load this page again."]);
  }
  const answer = await response.json();
  if (!response.ok) throw new Refused(answer.faults);
  return answer;
}
