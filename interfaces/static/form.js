// Adds to forms that work without it: another person without a round trip, and one tap sends once.
for (const form of document.querySelectorAll("form[data-once]")) {
  const more = form.querySelector("[data-more]");
  more?.addEventListener("click", (event) => {
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
    more.before(copy);
    form.elements.blocks.value = blocks.length + 1;
    copy.querySelector("input").focus();
    event.preventDefault();
  });
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  // Back from the next page, the form may be sent again.
  addEventListener("pageshow", () => (sent = false));
}
document.getElementById("problems")?.focus();
