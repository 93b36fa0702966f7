// What the phone knows without asking: whom one taught last, where one teaches, which day it is.
import { keep, kept, keptSealed } from "./store.js";

const UNUSED = 30 * 86400 * 1000;
const AHEAD = 7 * 3600 * 1000; // Vietnam, all year

// What was kept for this account; nothing of another's, nor after 30 days without use.
export async function known(account) {
  const used = (await kept("used")) || Date.now();
  if (Date.now() - used > UNUSED) await keep("field", null);
  await keep("used", Date.now());
  const field = await keptSealed("field").catch(() => null);
  return field && field.account === account ? field : null;
}

// The day in Vietnam by the server's clock, as far as the phone knows how wrong its own is.
export function today(clock, back = 0) {
  return new Date(Date.now() + clock + AHEAD - back * 86400000).toISOString().slice(0, 10);
}

// Puts into a form that the phone kept what it would have had from the server.
export function fill(form, field, clock, place, say) {
  const day = form.querySelector("#on");
  if (day) {
    day.value = day.max = today(clock);
    day.min = today(clock, field ? field.late_days : 0);
  }
  if (!field) return;
  const where = form.querySelector("[data-places] select");
  if (where) {
    const places = (form.dataset.outbox === "visit" && field.visit_places) || field.places;
    where.textContent = "";
    for (const each of places) where.append(new Option(each.name, each.id));
    if (places.some((each) => each.id === place)) where.value = place;
  }
  const families = form.querySelector("[data-families]");
  if (families && field.families && field.families.length) {
    for (const each of field.families) families.querySelector("select").append(new Option(each.name, each.id));
    families.hidden = false;
  }
  const line = form.querySelector("[data-when]");
  if (line) {
    const said = where && where.value ? where.selectedOptions[0].text : "";
    line.textContent = say("when", { place: said || "–" });
    line.closest("details").open = !said;
  }
  const list = form.querySelector("[data-recent]");
  if (!list || !field.recent.length) return;
  const more = document.createElement("details");
  more.className = "more choice-like";
  more.append(document.createElement("summary"));
  more.firstChild.textContent = say("earlier");
  field.recent.forEach((person, number) => (number < 5 ? list : more).append(choice(list, person)));
  if (field.recent.length > 5) list.append(more);
}

// From a kept page, which is drawn for mentors: what does not open for whoever mentors nobody. The app on the
// home screen begins at a form that is none of theirs: they go on to the one that is.
export function narrow(field, form) {
  if (!field || field.places.length) return;
  const mends = location.hash.startsWith("#sua=");
  if (form && form.dataset.outbox !== "visit" && !mends) location.replace(`/ghi/di-ho${location.hash}`);
  const forms = document.querySelector("nav > .equal");
  if (forms) forms.parentElement.remove();
  for (const link of document.querySelectorAll('a[href="/ghi"], a[href="/toi"]')) (link.closest("li") || link).remove();
}

// One known learner as a big choice.
export function choice(list, { id, name, about }) {
  const part = list.querySelector("template[data-known]").content.cloneNode(true);
  const box = part.querySelector("input");
  const label = part.querySelector("label");
  box.id = label.htmlFor = `learner-${id}`;
  box.value = id;
  label.querySelector(".face").textContent = name.split(" ").pop().slice(0, 1).toUpperCase();
  label.querySelector("strong").textContent = name;
  label.querySelector("small").textContent = about || "";
  return part;
}
