// From what stands in a form to an entry of the outbox, and back into the form to be mended.
import { newCode, newId } from "./ids.js";

const MOBILE = /^(?:(?:\+84|0084|84)0?|0)[35789]\d{8}$/;
const value = (form, name) => (form.elements[name] ? form.elements[name].value.trim() : "");
const ticked = (form, name) => !!form.elements[name] && form.elements[name].checked;
const labelled = (box) => {
  const label = box.labels[0];
  return (label.querySelector("strong") || label).textContent.trim();
};
const chosen = (form, name) => Array.from(form.querySelectorAll(`input[name="${name}"]:checked`));

// { form, shown, wrong }: what is sent, what the phone shows of it, and what is missing, as the ids
// of fields with the names of sentences. Codes are made here, when it is saved; `old` is the entry that
// is mended, and `changed` tells which of its codes became which.
export function written(form, year, old = null) {
  const wrong = [];
  const people = [...taught(form), ...fresh(form, year, wrong)];
  const kind = form.dataset.outbox;
  const read = { lesson, family, vendor, visit }[kind](form, people, wrong);
  const changed = old ? sameCodes(read.form, people, old) : {};
  const where = form.elements.unit;
  const shown = {
    people: people.map(({ person, about, name }) => ({ name, about, code: person.code || "" })),
    what: read.what.map((box) => box.labels[0].textContent.trim()),
    on: value(form, "on"),
    place: where && where.selectedOptions ? where.selectedOptions[0].text : "",
    page: location.pathname,
    code: read.code || "",
  };
  return { kind, form: read.form, shown, wrong, changed };
}

// Whoever stays in a mended entry keeps the code that they were told and may have answered by: they are
// known by what stands there of them, or are who had to be mended. A code that somebody else has already
// becomes another.
function sameCodes(form, people, old) {
  const problem = old.problem || {};
  const taken = /#code-taken$/.test(problem.type || "") ? problem.field : "";
  const before = asked(old.form);
  const changed = {};
  const now = people.map(({ person }) => ({ known: form.known, ...person }));
  const wrong = (each, was, number) => !each.id && was.number === number && (problem.field || "").startsWith(was.path);
  for (const same of [exactly, alike, wrong]) {
    now.forEach((each, number) => {
      const at = people[number].kept ? -1 : before.findIndex((was) => was.code && same(each, was, number));
      if (at < 0) return;
      const { code, field } = before.splice(at, 1)[0];
      people[number].kept = true;
      if (field === taken) changed[code] = each.code;
      else people[number].person.code = code;
    });
  }
  if (form.code && people.length) form.code = people[0].person.code;
  return changed;
}

// Who is asked by an entry, with the field of their code.
function asked({ learners, members, vendor, known, code }) {
  const many = learners ? "learners" : "members";
  if (code) return [{ ...vendor, known, code, number: 0, path: "vendor.", field: "code" }];
  return (learners || members || []).map((each, number) => {
    const path = `${many}.${number}.`;
    return { ...each, number, path, field: `${path}code` };
  });
}

const key = (each) => folded(each.name || "");
const exactly = (one, other) =>
  one.id === other.id && one.known === other.known && key(one) === key(other) &&
  one.phone === other.phone && one.birth_year === other.birth_year;
const alike = (one, other) =>
  !one.id && !other.id && !one.known && !other.known && (key(one) === key(other) || (!!one.phone && one.phone === other.phone));

function taught(form) {
  return chosen(form, "learner").map((box) => ({
    name: labelled(box),
    about: (box.labels[0].querySelector("small") || { textContent: "" }).textContent,
    person: { id: box.value, code: newCode() },
  }));
}

// As the server finds people again: case, diacritics and spaces do not tell two names apart.
const folded = (name) =>
  name.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/gi, "d").toLowerCase().split(/\s+/).join(" ");

function fresh(form, year, wrong) {
  const found = [];
  const seen = new Set();
  for (let number = 0; form.elements[`new-${number}-name`]; number += 1) {
    const field = (part) => `new-${number}-${part}`;
    const [name, typed, born] = ["name", "phone", "birth_year"].map((part) => value(form, field(part)));
    if (!name && !typed && !born) continue;
    const phone = /^\d{4}$/.test(typed) ? "" : typed;
    const birth = born || (phone ? "" : typed);
    if (!name) wrong.push([field("name"), "no-name"]);
    if (phone && !MOBILE.test(phone.replace(/[\s.\-()]/g, ""))) wrong.push([field("phone"), "bad-phone"]);
    const possible = /^\d{4}$/.test(birth) && birth <= year && birth >= year - 125;
    if (birth && !possible) wrong.push([field(born ? "birth_year" : "phone"), "bad-year"]);
    const whom = `${folded(name)} ${phone.replace(/\D/g, "")} ${birth}`;
    if (name && seen.has(whom)) wrong.push([field("name"), "same-twice"]);
    seen.add(whom);
    const person = { name, code: newCode(), group: value(form, field("group")) };
    if (phone) person.phone = phone;
    if (birth && possible) person.birth_year = Number(birth);
    person.consent = ["contact", "reminders"].filter((each) => ticked(form, field(each)));
    person.guardian = ticked(form, field("guardian"));
    found.push({ name, about: birth, person });
  }
  return found;
}

function lesson(form, people, wrong) {
  const what = chosen(form, "skill");
  if (!people.length) wrong.push(["learners", "no-learner"]);
  if (!what.length) wrong.push(["skills", "no-skill"]);
  const skills = what.map((box) => box.value);
  return { what, form: { ...dated(form, wrong), skills, learners: people.map((each) => each.person) } };
}

function family(form, people, wrong) {
  const what = chosen(form, "declared").filter((box) => box.value !== "me");
  const members = people.map((each) => each.person);
  if (ticked(form, "me")) members.push({ id: form.dataset.account });
  if (!people.length) wrong.push(["learners", "no-member"]);
  return { what, form: { ...dated(form, wrong), members, declared: what.map((box) => box.value) } };
}

function vendor(form, people, wrong) {
  const what = chosen(form, "means");
  const picked = form.querySelector('input[name="vendor"]:checked');
  const code = newCode();
  const read = { market: form.dataset.market, on: value(form, "on"), means: what.map((box) => box.value), code };
  if (picked && picked.value) {
    read.known = picked.value;
    people.splice(0, people.length, { name: labelled(picked), about: "", person: { code } });
  } else if (people.length) {
    const { code: _unused, ...person } = people[0].person;
    read.vendor = person;
    people[0].person = { ...person, code };
  } else wrong.push(["vendor", "no-vendor"]);
  if (!what.length) wrong.push(["means", "no-means"]);
  return { what, form: read };
}

// Nobody is named: what stands for a name is which household it was.
function visit(form, people, wrong) {
  const what = chosen(form, "found");
  const [number, household] = [value(form, "number"), value(form, "household")];
  if (!number && !household) wrong.push(["number", "no-number"]);
  else if (number && !/^\d{1,6}$/.test(number)) wrong.push(["number", "bad-number"]);
  const family = household && form.elements.household.selectedOptions[0].text;
  people.push({ name: family || form.dataset.numbered.replace("{n}", number), about: "", person: {} });
  const read = { ...dated(form, wrong), found: what.map((box) => box.value) };
  read.needs = chosen(form, "skill").map((box) => box.value);
  if (number) read.number = Number(number);
  if (household) read.household = household;
  return { what, form: read };
}

function dated(form, wrong) {
  const [on, unit] = [value(form, "on"), value(form, "unit")];
  if (!on) wrong.push(["on", "no-day"]);
  if (!unit) wrong.push(["unit", "no-place"]);
  return { on, unit };
}

// A new entry of that content, made now.
export function entryOf({ kind, form, shown }, account) {
  return { id: newId(), account, kind, made: Date.now(), form, shown, tries: 0, next: 0, status: "" };
}

// Puts an entry back into the form it came from.
export function filledIn(form, entry, choice) {
  const sent = entry.form;
  const people = sent.learners || sent.members || (sent.vendor ? [sent.vendor] : []);
  const tick = (name, each) => {
    const box = Array.from(form.querySelectorAll(`input[name="${name}"]`)).find((one) => one.value === each);
    if (box) box.checked = true;
    return box;
  };
  for (const each of [...(sent.skills || []), ...(sent.declared || []), ...(sent.means || []), ...(sent.found || [])]) {
    tick({ lesson: "skill", family: "declared", vendor: "means", visit: "found" }[entry.kind], each);
  }
  for (const each of sent.needs || []) tick("skill", each);
  if (sent.household) {
    const list = form.elements.household;
    const known = Array.from(list.options).some((one) => one.value === sent.household);
    if (!known) list.append(new Option(entry.shown.people[0].name, sent.household));
    list.closest("[data-families]").hidden = false;
  }
  if (sent.known) tick("vendor", sent.known);
  let number = 0;
  people.forEach((person, at) => {
    const shown = entry.shown.people[at] || {};
    if (person.id) {
      if (person.id === entry.account) tick("declared", "me");
      else if (!tick("learner", person.id)) {
        const list = form.querySelector("[data-recent]");
        list.append(choice(list, { id: person.id, name: shown.name || "–", about: shown.about }));
        tick("learner", person.id);
      }
      return;
    }
    if (number && !form.elements[`new-${number}-name`]) form.querySelector("[data-more]").click();
    const put = (part, said) => {
      if (form.elements[`new-${number}-${part}`]) form.elements[`new-${number}-${part}`].value = said || "";
    };
    for (const part of ["name", "phone", "group"]) put(part, person[part]);
    put("birth_year", person.birth_year);
    for (const part of ["contact", "reminders"]) {
      const box = form.elements[`new-${number}-${part}`];
      if (box) box.checked = (person.consent || []).includes(part);
    }
    if (form.elements[`new-${number}-guardian`]) form.elements[`new-${number}-guardian`].checked = !!person.guardian;
    number += 1;
  });
  if (number && form.querySelector("#new")) form.querySelector("#new").open = true;
  for (const name of ["on", "unit", "number", "household"]) if (form.elements[name] && sent[name]) form.elements[name].value = sent[name];
}
