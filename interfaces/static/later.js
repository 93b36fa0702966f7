// What comes after Save, and the list of what waits: codes and QR for the learners, the phone handed
// over for their answer, entries mended and deleted. Fetched when it is needed first.
const lang = document.documentElement.lang;
const UNDO = 60000;
const MENDED_HERE = ["lesson", "family", "vendor", "visit"];
const ON_ITS_PAGE = ["family", "visit"]; // where it is put right once it was sent

const two = (number) => String(number).padStart(2, "0");
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
// As the server's pages write days: 20/11, in English 20 Nov.
const shortDay = (month, date) => (lang === "en" ? `${+date} ${MONTHS[month - 1]}` : `${two(date)}/${two(month)}`);
const clockTime = (moment) => {
  const at = new Date(moment);
  return `${two(at.getHours())}:${two(at.getMinutes())} ${shortDay(at.getMonth() + 1, at.getDate())}`;
};
const day = (iso) => {
  const [year, month, date] = (iso || "").split("-");
  return date ? `${shortDay(month, date)}${lang === "en" ? " " : "/"}${year}` : "";
};
const about = (entry) => [entry.shown.what && entry.shown.what.join(", "), day(entry.shown.on)].filter(Boolean).join(" · ");

// Whom an entry names: all of a few, the first two of a class. `more` is the sentence for that.
function nameOf(entry, more) {
  const names = (entry.shown.people || []).map((each) => each.name);
  if (names.length <= 3) return names.join(", ") || "–";
  return more.replace("{names}", names.slice(0, 2).join(", ")).replace("{n}", names.length - 2);
}

// The page after Save. `how` is "past" where there was no store and the entry is at the server already.
export async function showSaved(tools, entry, how) {
  const main = document.getElementById("main");
  const page = await tools.part("saved");
  const state = page.querySelector("[data-state]");
  const list = page.querySelector("[data-learners]");
  const undo = page.querySelector("[data-undo]");
  const asked = entry.kind === "family" ? await membersAsked(entry) : entry.shown.people;
  for (const person of asked.filter((each) => each.code)) list.append(await coded(tools, entry, person));
  page.querySelector("[data-asked]").hidden = !list.children.length;
  if (entry.kind === "visit") page.querySelector("[data-mine]").remove(); // a team leader may have no other entries
  if (how === "past") {
    page.querySelector("h1").textContent = state.dataset.sent;
    undo.remove();
  } else {
    undo.addEventListener("click", async () => {
      await takeBack(tools, entry);
      location.href = entry.shown.page;
    });
    setTimeout(() => undo.remove(), UNDO);
  }
  const again = page.querySelector("[data-again]");
  again.href = entry.shown.page;
  again.addEventListener("click", (event) => {
    event.preventDefault();
    if (again.pathname === location.pathname) location.replace(again.pathname);
    else location.href = again.href;
  });
  for (const child of Array.from(main.children)) if (child.id !== "outbox") child.remove();
  const shown = document.createElement("div");
  shown.id = "saved-page";
  shown.append(page);
  main.prepend(shown);
  scrollTo(0, 0);
  shown.querySelector("h1").focus();
  if (how !== "past") {
    const redraw = async () => {
      const waits = await tools.find(entry.id).catch(() => null);
      const stands = !waits ? "sent" : waits.status ? "refused" : "waits";
      state.textContent = state.dataset[stands];
      if (!waits && ON_ITS_PAGE.includes(entry.kind)) undo.remove();
    };
    tools.onChange(redraw);
    await redraw();
  }
}

// A family is answered for by its first member who is not the ambassador, if anything was declared.
async function membersAsked(entry) {
  return entry.form.declared.length ? entry.shown.people.slice(0, 1) : [];
}

async function coded(tools, entry, person) {
  const item = await tools.part("coded");
  const link = `${location.origin}/x/${person.code}`;
  item.querySelector("h3").textContent = person.name;
  item.querySelector("[data-about]").textContent = about(entry);
  item.querySelector(".codeword").textContent = `${person.code.slice(0, 4)} ${person.code.slice(4)}`;
  const address = item.querySelector("a");
  address.href = address.textContent = link;
  const place = item.querySelector("[data-qr]");
  drawn(link).then((svg) => place.replaceWith(svg), () => place.remove());
  const card = item.firstElementChild;
  const said = item.querySelector("[data-answered]");
  item.querySelector("[data-hand]").addEventListener("click", () =>
    handOver(tools, entry, person, card, (label) => {
      said.textContent = label;
    }),
  );
  return item;
}

// The address as a QR drawing, dark squares only.
async function drawn(address) {
  const { correction, generate } = await import("./lean-qr.js");
  const code = generate(address, { minCorrectionLevel: correction.M });
  let path = "";
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) if (code.get(x, y)) path += `M${x} ${y}h1v1h-1z`;
  }
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", `-4 -4 ${code.size + 8} ${code.size + 8}`);
  svg.setAttribute("shape-rendering", "crispEdges");
  svg.setAttribute("aria-hidden", "true");
  svg.append(document.createElementNS(space, "path"));
  svg.firstChild.setAttribute("d", path);
  return svg;
}

// The learner's turn: nothing else on the screen until whoever holds the phone gives it back.
async function handOver(tools, entry, person, card, answered) {
  const screen = await tools.part("handover");
  const dialog = screen.querySelector("section");
  const ask = screen.querySelector("[data-ask]");
  const thanks = screen.querySelector("[data-thanks]");
  const question = screen.querySelector("h1");
  const what = (entry.shown.what || []).map(lower);
  const mentor = tools.mentor() || question.dataset.nobody;
  question.textContent = question.dataset[entry.kind].replace("{mentor}", mentor).replace("{what}", what.join(", "));
  screen.querySelector("[data-whom]").textContent = person.name;
  if (entry.kind === "family") {
    screen.querySelector("[data-answer=taught]").remove();
    const able = screen.querySelector("[data-answer=able]");
    able.textContent = able.dataset.family;
  }
  for (const button of screen.querySelectorAll("[data-answer]")) {
    button.addEventListener("click", async () => {
      const label = button.textContent;
      const made = tools.entryOf({
        kind: "answer",
        form: { code: person.code, answer: button.dataset.answer },
        shown: { people: [{ name: person.name }], what: [label], on: "", page: entry.shown.page },
      });
      made.after = entry.id;
      try {
        await tools.put(made);
      } catch (error) {
        ask.querySelector("[data-failed]").hidden = false;
        return;
      }
      ask.hidden = true;
      thanks.hidden = false;
      thanks.querySelector("h1").focus();
      answered(label);
      tools.send(true);
    });
  }
  readAloud(screen.querySelector("[data-speak]"), () =>
    [question.textContent, ...Array.from(dialog.querySelectorAll("[data-answer]"), (each) => each.textContent)].join(". "),
  );
  const away = Array.from(document.body.children).filter((each) => !each.hidden && each.tagName !== "SCRIPT");
  const close = () => {
    dialog.remove();
    away.forEach((each) => (each.hidden = false));
    if ("speechSynthesis" in window) speechSynthesis.cancel();
    card.scrollIntoView(); // the next one of a class is below
    card.querySelector("h3").focus();
  };
  for (const back of screen.querySelectorAll("[data-back]")) {
    // Deliberately two taps: the first one shows the second.
    const sure = back.nextElementSibling;
    back.addEventListener("click", () => {
      sure.hidden = false;
      sure.focus();
    });
    sure.addEventListener("click", close);
  }
  away.forEach((each) => (each.hidden = true));
  document.body.append(screen);
  scrollTo(0, 0);
  question.focus();
}

const lower = (text) => (/^[^\s][a-zà-ỹđ\s]/.test(text) ? text[0].toLowerCase() + text.slice(1) : text);

// Where the phone speaks the language of the page.
function readAloud(button, text) {
  if (!("speechSynthesis" in window)) return;
  const voice = () => speechSynthesis.getVoices().find((each) => each.lang.toLowerCase().startsWith(lang));
  const show = () => {
    button.hidden = !voice();
  };
  show();
  speechSynthesis.onvoiceschanged = show; // they come later in some browsers
  button.addEventListener("click", () => {
    const said = new SpeechSynthesisUtterance(text());
    said.voice = voice();
    said.lang = said.voice.lang;
    said.rate = 0.9;
    speechSynthesis.cancel();
    speechSynthesis.speak(said);
  });
}

// Undo: out of the outbox where it still waits, else withdrawn at the server.
async function takeBack(tools, entry) {
  const codes = (entry.shown.people || []).map((each) => each.code).filter(Boolean);
  const gone = await tools.alone(async () => {
    if (!(await tools.find(entry.id))) return false;
    await tools.drop(entry.id, ...(await following(tools, entry)).map((each) => each.id));
    return true;
  });
  if (gone || ON_ITS_PAGE.includes(entry.kind)) return;
  for (const code of codes) {
    const { people, on, what, page } = entry.shown;
    await tools.put(
      tools.entryOf({ kind: "void", form: { subject_code: code }, shown: { people, on, what, page } }),
    );
  }
  await tools.send(true);
}

const following = async (tools, entry) => (await tools.unsent()).filter((each) => each.after === entry.id);

// What waits on this phone, each with how it stands; and what was sent in the last days.
export async function list(tools, all) {
  const place = document.getElementById("outbox-list");
  const page = await tools.part("waiting");
  const items = page.querySelector("[data-items]");
  for (const entry of all) items.append(await waiting(tools, entry));
  const mine = all.filter((each) => each.account === tools.account);
  page.querySelector("[data-file]").hidden = !mine.length;
  page.querySelector("[data-file]").addEventListener("click", () => asFile(mine));
  const received = (await tools.receipts()).filter((each) => each.account === tools.account);
  const sent = page.querySelector("[data-sent]");
  sent.hidden = !received.length;
  sent.querySelector("summary").append(` (${received.length})`);
  for (const each of received) sent.querySelector("ul").append(await receipt(tools, each));
  const opened = place.querySelector("[data-sent]");
  sent.open = !!opened && opened.open;
  place.textContent = "";
  place.append(page);
}

async function waiting(tools, entry) {
  const item = await tools.part("entry");
  const problem = entry.problem || {};
  const words = item.querySelector("[data-kind]").dataset;
  const others = entry.account !== tools.account; // whose people are nobody else's business
  const name = item.querySelector("strong");
  name.textContent = others ? "–" : nameOf(entry, name.dataset.more);
  item.querySelector("[data-kind]").textContent = [words[entry.kind], !others && about(entry)].filter(Boolean).join(" · ");
  item.querySelector("[data-made]").textContent += ` ${clockTime(entry.made)}`;
  const state = item.querySelector("[data-problem]");
  state.hidden = !entry.status && !others;
  state.textContent = others ? state.dataset.others : problem.detail || problem.title || state.dataset.refused;
  const mend = item.querySelector("[data-mend]");
  mend.hidden = others || !entry.form || !entry.status || !MENDED_HERE.includes(entry.kind);
  mend.href = `${entry.shown.page || "/ghi"}#sua=${entry.id}`;
  mend.addEventListener("click", () => setTimeout(() => location.reload(), 0));
  const remove = item.querySelector("[data-delete]");
  remove.hidden = others;
  remove.addEventListener("click", async () => {
    const gone = [entry, ...(await following(tools, entry))];
    const taken = await tools.alone(async () => {
      const still = await tools.unsent();
      const here = gone.filter((each) => still.some((one) => one.id === each.id));
      await tools.drop(...here.map((each) => each.id));
      return here;
    });
    if (taken.length) offerBack(tools, taken);
  });
  return item;
}

// Deleted by a slip: put back within a minute.
async function offerBack(tools, taken) {
  const note = document.getElementById("deleted");
  const again = note.querySelector("button").cloneNode(true);
  note.querySelector("button").replaceWith(again);
  note.hidden = false;
  again.addEventListener("click", async () => {
    await tools.put(...taken);
    note.hidden = true;
  });
  again.focus();
  setTimeout(() => (note.hidden = true), UNDO);
}

async function receipt(tools, each) {
  const item = await tools.part("receipt");
  const name = item.querySelector("strong");
  name.textContent = nameOf(each, name.dataset.more);
  item.querySelector("[data-taught]").textContent = about(each);
  const received = item.querySelector("[data-received]");
  received.textContent = `${received.textContent} ${clockTime(each.received || each.made)}`;
  const taught = each.shown.on;
  item.querySelector("[data-late]").hidden = !taught || taught >= new Date(Date.parse(each.received) + 25200000).toISOString().slice(0, 10);
  return item;
}

// Everything unsent, for somebody who can help.
function asFile(all) {
  const said = all.map(({ id, account, kind, made, form }) => ({ id, account, kind, made_at: new Date(made).toISOString(), form }));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify({ version: 2, entries: said }, null, 1)], { type: "application/json" }));
  link.download = `lan-toa-${new Date().toISOString().slice(0, 10)}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
