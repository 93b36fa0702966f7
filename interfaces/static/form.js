// Adds to forms that work without it: another person without a round trip, people of the place once
// their list is opened, what was typed kept through a reload, and one tap sends once.
const TYPED = "typed:";

function block(form) {
  const blocks = form.querySelectorAll(".newcomer");
  const copy = blocks[blocks.length - 1].cloneNode(true);
  const old = `new-${blocks.length - 1}-`;
  const fresh = `new-${blocks.length}-`;
  for (const part of copy.querySelectorAll("[id], [for], [name], [aria-describedby]")) {
    for (const name of ["id", "for", "name"]) {
      if (part.hasAttribute(name)) part.setAttribute(name, part.getAttribute(name).replace(old, fresh));
    }
    part.removeAttribute("aria-invalid");
    part.removeAttribute("aria-describedby");
    if (part.type === "checkbox") part.checked = false;
    else if (part.tagName === "INPUT") part.value = "";
  }
  for (const wrong of copy.querySelectorAll(".wrong")) wrong.remove();
  const legend = copy.querySelector("legend");
  legend.className = "label";
  legend.textContent = legend.textContent.replace(/\d+/, blocks.length + 1);
  blocks[blocks.length - 1].after(copy);
  form.elements.blocks.value = blocks.length + 1;
  return copy;
}

async function people(form, near) {
  const unit = form.elements.unit.value;
  if (!near.open || near.dataset.of === unit) return;
  const answer = await fetch(`${near.dataset.near}?unit=${encodeURIComponent(unit)}`).catch(() => null);
  const page = answer && answer.ok ? await answer.text() : "";
  const found = new DOMParser().parseFromString(page, "text/html").querySelector("[data-people]");
  if (!found) return; // Without a signal the link stays, and says where they are.
  near.dataset.of = unit;
  for (const pick of found.querySelectorAll("input")) {
    if (!form.querySelector(`#${CSS.escape(pick.id)}:checked`)) continue;
    pick.nextElementSibling.remove();
    pick.remove();
  }
  for (const old of [...near.children].slice(1)) {
    if (!old.querySelector(":checked")) old.remove();
  }
  near.append(found);
}

// Only this tab finds it again, for the same person and on the same day: no lesson is repeated by a slip.
function keeping(form) {
  const key = TYPED + form.dataset.outbox;
  const cookie = `${location.protocol === "https:" ? "__Host-" : ""}account=`;
  const who = document.cookie.split("; ").find((each) => each.startsWith(cookie));
  const whose = () => [who, form.action, form.elements.on.max].join();
  const ours = ["submission", "form_token", "on"];
  const forget = () => sessionStorage.removeItem(key);
  form.addEventListener("input", () => {
    const fields = Array.from(new FormData(form)).filter(([name]) => !ours.includes(name));
    sessionStorage.setItem(key, JSON.stringify({ whose: whose(), fields }));
  });
  form.addEventListener("reset", forget);
  form.addEventListener("saved", forget); // by the outbox
  const again = () => {
    const kept = JSON.parse(sessionStorage.getItem(key));
    if (kept && kept.whose.split(",")[0] !== (who || "")) forget();
    else if (kept && kept.whose === whose() && !location.hash) fill(form, kept.fields);
  };
  // A page that the phone kept is filled by the phone first.
  if (!document.body.classList.contains("filling")) again();
  else new MutationObserver(again).observe(form, { attributeFilter: ["data-account"] });
}

async function fill(form, fields) {
  const blocks = fields.find(([name]) => name === "blocks");
  while (blocks && form.querySelectorAll(".newcomer").length < Number(blocks[1])) block(form);
  let missing = put(form, fields);
  const near = form.querySelector("[data-near]");
  if (near && missing.some(([name]) => name === "learner")) {
    near.open = true;
    await people(form, near);
    missing = put(form, missing);
  }
}

function put(form, fields) {
  const missing = [];
  for (const [name, value] of fields) {
    const parts = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)].filter((one) => one.type !== "hidden");
    const part = parts.find((one) => !one.classList.contains("pick") || one.value === value);
    if (!part) missing.push([name, value]);
    else if (part.classList.contains("pick")) part.checked = true;
    else part.value = value;
    const more = form.querySelector("#new");
    if (more && value && /^new-\d+-(name|phone|contact)$/.test(name)) more.open = true;
  }
  return missing;
}

for (const form of document.querySelectorAll("form[data-once]")) {
  form.querySelector("[data-more]")?.addEventListener("click", (event) => {
    block(form).querySelector("input:not(.pick)").focus();
    event.preventDefault();
  });
  form.addEventListener("reset", () => {
    for (const extra of [...form.querySelectorAll(".newcomer")].slice(1)) extra.remove();
    if (form.elements.blocks) form.elements.blocks.value = 1;
  });
  const near = form.querySelector("[data-near]");
  near?.addEventListener("toggle", () => people(form, near));
  if (form.dataset.outbox && !document.getElementById("problems")) keeping(form);
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
    setTimeout(() => (sent = !event.defaultPrevented)); // Taken over by the outbox, it may send again.
  });
  // Back from the next page, the form may be sent again.
  addEventListener("pageshow", () => (sent = false));
}
for (const saved of document.querySelectorAll("[data-saved]")) sessionStorage.removeItem(TYPED + saved.dataset.saved);
document.getElementById("problems")?.focus();
