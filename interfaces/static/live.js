// Keeps what is marked data-live as the server has it, while somebody looks; without it, reload.
const EVERY = 4000;

async function look() {
  if (document.hidden) return;
  const answer = await fetch(location.pathname).catch(() => null);
  if (!answer || !answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = page.querySelectorAll("[data-live]");
  document.querySelectorAll("[data-live]").forEach((part, number) => {
    if (!now[number] || part.isEqualNode(now[number])) return;
    part.textContent = "";
    part.append(...now[number].childNodes);
  });
}

setInterval(look, EVERY);
