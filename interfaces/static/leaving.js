// Signing out takes everything off the phone, after a warning about what was not sent.
import { everyOne, wipe } from "./store.js";

const form = document.querySelector("form[data-leave]");

everyOne("entries").then(
  (waiting) => (document.getElementById("unsent").hidden = !waiting.length),
  () => null,
);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    // Signed out is who is led on. Otherwise the server says what is the matter, and nothing is lost.
    if (answer.type !== "opaqueredirect") return form.submit();
  } catch (error) {
    document.getElementById("no-network").hidden = false;
    return undefined;
  }
  await Promise.race([clear(), new Promise((resolve) => setTimeout(resolve, 5000))]);
  location.replace("/");
  return undefined;
});

async function clear() {
  sessionStorage.clear(); // what was half typed
  const workers = navigator.serviceWorker;
  const found = workers ? await workers.getRegistrations().catch(() => []) : [];
  await Promise.all(found.map((each) => each.unregister()));
  if (self.caches) await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
  await wipe();
}
