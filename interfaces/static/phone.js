// The pages of the field: what is saved goes to the phone's own store first, and from there to the
// server. Without this script the forms work as any form does.
import { keep, kept, keptSealed } from "./store.js";
import { drop, find, onChange, put, receipts, unsent } from "./outbox.js";
import { alone, holder, refresh, straight, sync } from "./sync.js";
import { count, knows, learnWords, part, say } from "./parts.js";
import { choice, fill, known, narrow, today } from "./recent.js";
import { entryOf, filledIn, written } from "./entry.js";

const EVERY = 60000;
const NAG = 86400000;
const STALE = 3600000;
const WRONG_CLOCK = 10 * 60000;

const shell = document.body.classList.contains("filling");
const box = document.getElementById("outbox");
const form = document.querySelector("form[data-outbox]");
// Who is signed in, as the server last told; "-" where somebody signed in or out a moment ago. Where the
// browser lost it, the phone's token says for whom it is.
const cookie = holder();
let account = cookie && cookie !== "-" ? cookie : null;

const tools = {
  get account() {
    return account;
  },
  alone,
  drop,
  entryOf: (parts) => entryOf(parts, account),
  find,
  mentor: () => (field && field.name) || "",
  onChange,
  part,
  put,
  receipts,
  send,
  unsent,
};

let clock = 0;
let field = null;
let mending = null;
let touched = false;
let last = { state: "" };

const later = () => import("./later.js");

async function begin() {
  await learnWords();
  if (!cookie) account = ((await keptSealed("device").catch(() => null)) || {}).account || null;
  if (!account) {
    // A moment ago somebody signed in or out: the server knows who it is, where there is a network.
    const asked = location.search.includes("mang=1");
    if (shell && navigator.onLine && !asked) location.replace(`${location.pathname}?mang=1${location.hash}`);
    else signIn();
    return;
  }
  box.classList.add("on");
  try {
    clock = (await kept("clock")) || 0;
    field = await known(account);
    if (shell && form && !field) {
      // Somebody else than the last time: their places have to be asked for once.
      const soon = new Promise((resolve) => setTimeout(resolve, 2000, null));
      field = await Promise.race([refresh(account).catch(() => null), soon]);
    }
    if (shell) narrow(field, form);
    if (shell && form) fill(form, field, clock, await kept("place"), say);
    else if (!shell) await keep("language", document.documentElement.lang);
    if (form) form.dataset.account = account;
    await markets();
    await mend();
    await draw();
  } catch (error) {
    if (shell && form) fill(form, null, 0, "", say);
    told("no-store");
  }
}

// The markets that this phone has seen, by name, for where there is no network.
async function markets() {
  if (!location.pathname.startsWith("/ghi/tieu-thuong")) return;
  const seen = (await kept("markets")) || {};
  const list = document.querySelector("[data-markets]");
  const at = location.pathname.split("/")[3];
  if (form && form.dataset.outbox === "vendor") form.dataset.market = at;
  if (!shell) {
    for (const link of document.querySelectorAll('a.choice[href^="/ghi/tieu-thuong/"]')) {
      seen[link.pathname.split("/")[3]] = link.querySelector("strong").textContent;
    }
    await keep("markets", seen);
  } else if (list) {
    for (const [id, name] of Object.entries(seen)) {
      const part = list.firstElementChild.content.cloneNode(true);
      part.querySelector("a").href = `/ghi/tieu-thuong/${id}`;
      part.querySelector(".face").textContent = name.slice(0, 1).toUpperCase();
      part.querySelector("strong").textContent = name;
      list.append(part);
    }
  } else if (seen[at]) {
    document.querySelector("[data-market]").textContent = seen[at];
  }
}

// The form of an entry that was refused, filled with it again.
async function mend() {
  const id = (/^#sua=(\w+)$/.exec(location.hash) || [])[1];
  mending = id && form ? await find(id) : null;
  if (!mending) return;
  filledIn(form, mending, choice);
  const problem = mending.problem || {};
  wrong([[fieldOf(problem.field || ""), null, problem.detail || problem.title || say("refused")]]);
}

// `learners.2.phone` as the id of a field on the page.
function fieldOf(path) {
  const [many, at, part] = path.split(".");
  if (many === "vendor") return at ? `new-0-${at}` : "vendor";
  if (many !== "learners" && many !== "members") return many;
  const people = mending.form.learners || mending.form.members || [];
  if (!people[at] || people[at].id) return "learners";
  return `new-${people.slice(0, at).filter((each) => !each.id).length}-${part || "name"}`;
}

// What is missing, above the form and at its fields.
function wrong(problems) {
  const summary = document.getElementById("missing");
  const list = summary.querySelector("ul");
  list.textContent = "";
  for (const old of form.querySelectorAll(".wrong[data-here]")) old.remove();
  for (const [id, name, said] of problems) {
    const text = said || say(name);
    const link = document.createElement("a");
    link.textContent = text;
    link.href = `#${id}`;
    const item = document.createElement("li");
    item.append(id && document.getElementById(id) ? link : text);
    list.append(item);
    mark(document.getElementById(id), text);
  }
  summary.hidden = !problems.length;
  if (problems.length) summary.focus();
}

function mark(field, text) {
  if (!field) return;
  const said = document.createElement("span");
  said.className = "wrong";
  said.dataset.here = "";
  said.id = `${field.id}-missing`;
  said.textContent = text;
  for (let each = field; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
  if (field.matches("input, select")) {
    field.before(said);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", said.id);
  } else if (field.firstElementChild) field.firstElementChild.after(said);
}

// Save: into the store, and only then said to be saved. Where the phone cannot store, the form goes
// to the server as any form does; what was typed stays on the screen until one of them has it.
let saving = false;
export async function save() {
  if (!account) return signIn();
  if (saving) return;
  saving = true;
  try {
    for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    const again = mending && mending.status !== "conflict" ? mending : null;
    const read = written(form, Number(today(clock).slice(0, 4)), again);
    wrong(read.wrong);
    if (read.wrong.length) return;
    const entry = entryOf(read, account);
    if (again) entry.id = again.id;
    if (await stored(entry, read.changed)) await saved(entry, "");
    else await unstored(entry);
  } finally {
    saving = false;
  }
}

async function stored(entry, changed) {
  try {
    const after = mending ? (await unsent()).filter((each) => each.after === entry.id && each.form) : [];
    const told = after.filter((each) => changed[each.form.code]);
    await put(entry, ...told.map((each) => ({ ...each, form: { ...each.form, code: changed[each.form.code] } })));
    if (mending && mending.id !== entry.id) await drop(mending.id).catch(() => null); // stored is stored
    mending = null;
    keep("place", entry.form.unit || "").catch(() => null);
    keep("saved", Date.now()).catch(() => null);
    return true;
  } catch (error) {
    return false;
  }
}

async function unstored(entry) {
  told("no-store");
  if (!shell) {
    form.submit();
    return;
  }
  const result = await straight(entry);
  if (result && (result.status === "recorded" || result.status === "again")) return saved(entry, "past");
  const problem = (result && result.problem) || {};
  wrong([["", null, problem.detail || problem.title || say("not-stored")]]);
}

async function saved(entry, how) {
  touched = false;
  form.dispatchEvent(new Event("saved"));
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => null);
  const wake = navigator.serviceWorker && (await navigator.serviceWorker.getRegistration().catch(() => null));
  if (wake && wake.sync) wake.sync.register("lantoa").catch(() => null);
  send(true);
  try {
    await (await later()).showSaved(tools, entry, how);
  } catch (error) {
    told("saved"); // the rest of the page could not be fetched; the entry is stored all the same
    form.reset();
  }
}

// Sends what waits, and says how that went.
async function send(now = false) {
  if (!account) return last;
  try {
    const done = await sync(account, now);
    if (done.state !== "busy" || now) last = done;
    clock = (await kept("clock")) || 0;
    // Also what the worker or another tab has sent.
    const old = field && !done.left && field.read < ((await kept("saved")) || 0);
    if (done.sent || old) field = (await refresh(account)) || field;
  } catch (error) {
    last = { state: "store" };
  }
  await draw();
  return last;
}

function told(name, values) {
  box.classList.add("on");
  document.getElementById("outbox-said").textContent = say(name, values);
}

function signIn() {
  told("signin");
  document.getElementById("sign-in").hidden = false;
}

// How things stand, read from the outbox each time; one drawing after the other.
let drawn = Promise.resolve();
let timer = 0;
function draw() {
  drawn = drawn.then(drawNow).catch(() => null);
  return drawn;
}

async function drawNow() {
  const all = await unsent().catch(() => null);
  if (!all) return told("no-store");
  const mine = all.filter((each) => each.account === account);
  const refused = mine.filter((each) => each.status);
  const old = mine.some((each) => Date.now() - each.made > NAG);
  const lines = [mine.length ? count("unsent", mine.length) : say("all-sent")];
  if (refused.length) lines.push(count("refused", refused.length));
  if (old) lines.push(say("old"));
  if (mine.length && knows(last.state)) lines.push(say(last.state));
  if (Math.abs(clock) > WRONG_CLOCK) lines.push(say(clock > 0 ? "slow" : "fast", { when: span(Math.abs(clock)) }));
  document.getElementById("outbox-said").textContent = lines.join(" ");
  const due = mine.filter((each) => !each.status && each.next > Date.now()).map((each) => each.next - Date.now());
  clearTimeout(timer);
  if (due.length) timer = setTimeout(() => send(), Math.min(...due) + 500);
  box.classList.toggle("wait", old || refused.length > 0);
  document.getElementById("sign-in").hidden = last.state !== "signin";
  const above = document.getElementById("unsent");
  if (above) {
    above.hidden = !mine.length;
    above.firstElementChild.textContent = mine.length ? count("unsent", mine.length) : "";
  }
  if (all.length || box.classList.contains("list")) {
    box.classList.add("list");
    await later().then((more) => more.list(tools, all), () => null);
  }
}

// Two days, three hours: how far a clock is off.
function span(milliseconds) {
  const hours = Math.round(milliseconds / 3600000);
  if (hours >= 48) return count("days", Math.round(hours / 24));
  return hours ? count("hours", hours) : count("minutes", Math.round(milliseconds / 60000));
}

// A newer version is offered, and takes over only when somebody wants it; a form that is half filled in
// stays as it is.
async function watch() {
  const workers = navigator.serviceWorker;
  const found = workers && (await workers.getRegistration().catch(() => null));
  if (!found) return;
  const newer = document.getElementById("newer");
  const offer = () => {
    newer.hidden = !(found.waiting && workers.controller);
  };
  found.addEventListener("updatefound", () => found.installing.addEventListener("statechange", offer));
  offer();
  let wanted = false;
  newer.querySelector("button").addEventListener("click", () => {
    if (touched) return told("newer-later");
    wanted = true;
    if (found.waiting) found.waiting.postMessage("take over");
    return undefined;
  });
  workers.addEventListener("controllerchange", () => wanted && location.reload());
}

if (form) {
  form.addEventListener("input", () => (touched = true));
}
document.getElementById("send-now").addEventListener("click", () => {
  if (!account) return signIn();
  told("sending");
  return send(true);
});
onChange(() => draw());
addEventListener("online", () => send(true));
addEventListener("pageshow", () => send());
document.addEventListener("visibilitychange", () => document.hidden || send());
setInterval(() => send(), EVERY);

export const filled = begin();
filled
  .then(() => watch())
  .then(() => send())
  .then(async () => {
    // Who was erased or taught on another phone is known here within the hour; whom the last entry named,
    // also where the page was left before that was heard.
    const had = field;
    const since = Math.max((await kept("saved")) || 0, Date.now() - STALE);
    if (!account || (had && had.read > since)) return;
    field = (await refresh(account)) || had;
    if (!field || had || !shell) return;
    narrow(field, form);
    if (form && !touched) fill(form, field, clock, await kept("place"), say);
  })
  .catch(() => null);
