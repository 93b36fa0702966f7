// Sends what waits, one tab at a time. Nothing is lost by sending twice: the server knows each id.
import { keep, keepSealed, keptSealed } from "./store.js";
import { note, receive, unsent } from "./outbox.js";

const API = "/api/v1";
const MOST = 50;
const LARGEST = 56 * 1024;
const ANSWERS = 30000;
const LONGEST = 15 * 60 * 1000;
const UNREAD = new Set([400, 413, 422]);

// Sends what was made under `account`, and nothing of anybody else's. `now`: also what would wait a
// little longer, and after whatever another tab is sending.
// Resolves to { sent, left, state }: state is "", "offline", "signin", "busy" or "version".
export function sync(account, now = false) {
  if (!navigator.locks) return deliver(now, account);
  const how = now ? {} : { ifAvailable: true };
  return navigator.locks.request("lantoa-sync", how, (lock) =>
    lock ? deliver(now, account) : { sent: 0, left: 0, state: "busy" },
  );
}

// Runs alone among tabs, so that nothing is sent meanwhile.
export function alone(work) {
  return navigator.locks ? navigator.locks.request("lantoa-sync", work) : work();
}

async function deliver(now, account) {
  let most = MOST;
  let before = null;
  let renewed = false;
  const tried = new Set();
  for (;;) {
    const waiting = (await unsent()).filter((each) => each.account === account);
    const batch = due(waiting, now, tried, most);
    if (before === null) before = waiting.length;
    const end = (state) => ({ sent: before - waiting.length, left: waiting.length, state });
    if (!batch.length) return end("");
    const token = await tokenFor(account);
    if (!token.value) return end(token.state);
    batch.forEach((each) => tried.add(each.id));
    const answer = await ask("/sync", token.value, letter(batch));
    if (ended(answer) && !renewed) {
      // Whoever signed in anew since then has a session, under which the phone gets another one.
      renewed = true;
      await keep("device", null);
      batch.forEach((each) => tried.delete(each.id));
      continue;
    }
    if (UNREAD.has(answer.status) && batch.length > 1) {
      // Something in it cannot even be read: each goes alone, so that it holds up none of the others.
      batch.forEach((each) => tried.delete(each.id));
      most = 1;
      continue;
    }
    const state = await weigh(answer, batch);
    if (state) return end(state);
  }
}

function letter(entries) {
  return {
    version: 2,
    sent_at: new Date().toISOString(),
    entries: entries.map(({ id, kind, made, form }) => ({ id, kind, made_at: new Date(made).toISOString(), form })),
  };
}

// In their order, up to a batch. What follows another entry waits until that one is gone; what was
// refused waits to be mended.
function due(waiting, now, tried, most) {
  const here = new Set(waiting.map((each) => each.id));
  const batch = [];
  let size = 200;
  for (const each of waiting) {
    if (each.status || tried.has(each.id) || here.has(each.after)) continue;
    if (!now && each.next > Date.now() && each.next - Date.now() <= LONGEST) continue;
    size += JSON.stringify(each.form).length * 3 + 200;
    if (batch.length === most || (batch.length && size > LARGEST)) break;
    batch.push(each);
  }
  return batch;
}

// Puts down what each entry met; says what keeps the next ones from being sent.
async function weigh(answer, batch) {
  const { status, body } = answer;
  if (status === 200 && body && Array.isArray(body.results)) {
    const now = Date.parse(body.now);
    if (now) await keep("clock", now - Date.now());
    const results = new Map(body.results.map((each) => [each.id, each]));
    for (const entry of batch) await settle(entry, results.get(entry.id));
    return "";
  }
  if (ended(answer)) {
    await keep("device", null);
    return "signin";
  }
  if (UNREAD.has(status) && fromUs(body)) {
    if (/newer-phone$/.test(body.type || "")) return "version";
    await note(batch[0], { status: "refused", problem: body });
    return "";
  }
  if (!status) return "offline"; // costs the server nothing: again as soon as anything looks better
  for (const each of batch) await postpone(each);
  return "busy";
}

// Our server's word, and not that of whatever stands between: a gate of a network, a proxy.
const fromUs = (body) => !!body && /^\/api\/v\d+#/.test(body.type);
const ended = ({ status, body }) => (status === 401 || status === 403) && fromUs(body);

function settle(entry, result) {
  const status = result ? result.status : "later";
  if (status === "recorded" || status === "again") return receive(entry, result);
  if (status === "refused" || status === "conflict") return note(entry, { status, problem: result.problem || {} });
  return postpone(entry);
}

// Twice as long each time, and not all phones at once.
function postpone(entry) {
  const wait = Math.min(LONGEST, 5000 * 2 ** entry.tries) * (0.5 + Math.random() / 2);
  return note(entry, { tries: Math.min(entry.tries + 1, 12), next: Date.now() + wait });
}

// The phone's token for that account; a new one under the open session where there is none.
async function tokenFor(account) {
  const device = await keptSealed("device").catch(() => null);
  if (device && device.account === account) return { value: device.token };
  if (device && somebodyElse(account)) return { state: "signin" };
  const answer = await ask("/devices", null, {});
  if (!answer.status) return { state: "offline" };
  if (ended(answer)) {
    // Neither the token nor a session is worth anything: who was taught is nothing for whoever holds it.
    await keep("field", null);
    return { state: "signin" };
  }
  if (answer.status !== 201 || !answer.body) return { state: "busy" };
  await keepSealed("device", answer.body);
  return answer.body.account === account ? { value: answer.body.token } : { state: "signin" };
}

// Whether another account is signed in by now than in this tab, which is older: one more token of theirs
// would send nothing.
function somebodyElse(account) {
  const other = typeof document === "object" && holder();
  return !!other && other !== account;
}

// Who is signed in, as the server last told; over HTTPS under the prefix of cookies for this host alone.
export function holder() {
  const name = `${location.protocol === "https:" ? "__Host-" : ""}account=`;
  const found = document.cookie.split("; ").find((each) => each.startsWith(name));
  return found && found.slice(name.length);
}

// One entry past the store, for phones that have none. Resolves to its result, or null.
let unkept = null;
export async function straight(entry) {
  if (!unkept || unkept.account !== entry.account) {
    const made = await ask("/devices", null, {});
    if (made.status !== 201 || !made.body || made.body.account !== entry.account) return null;
    unkept = made.body;
  }
  const answer = await ask("/sync", unkept.token, letter([entry]));
  if (ended(answer)) unkept = null;
  return answer.status === 200 && answer.body ? answer.body.results[0] : null;
}

// Brings what the phone keeps for offline up to date: recent learners, places, days.
export async function refresh(account) {
  let token = await tokenFor(account);
  let answer = token.value ? await ask("/field", token.value) : null;
  if (answer && ended(answer)) {
    await keep("device", null);
    token = await tokenFor(account);
    answer = token.value ? await ask("/field", token.value) : null;
  }
  if (!answer) return null;
  if (answer.status !== 200 || !answer.body || answer.body.account !== account) return null;
  await keepSealed("field", { ...answer.body, read: Date.now() });
  return answer.body;
}

async function ask(path, token, body) {
  const quiet = new AbortController();
  const timer = setTimeout(() => quiet.abort(), ANSWERS);
  const headers = { accept: "application/json" };
  if (token) headers.authorization = `Bearer ${token}`;
  if (body) headers["content-type"] = "application/json";
  try {
    const answer = await fetch(API + path, {
      method: body ? "POST" : "GET",
      headers,
      body: body && JSON.stringify(body),
      credentials: token ? "omit" : "same-origin",
      cache: "no-store",
      signal: quiet.signal,
    });
    return { status: answer.status, body: await answer.json().catch(() => null) };
  } catch {
    return { status: 0, body: null };
  } finally {
    clearTimeout(timer);
  }
}

