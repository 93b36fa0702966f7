// What a page of the field needs at once. The rest comes from the phone's own store as soon as the service
// worker has put it there, or when somebody saves: so that the first load stays small.
const form = document.querySelector("form[data-outbox]");
const shell = document.body.classList.contains("filling");
let loading = null;

const phone = () => {
  loading = loading || import("./phone.js");
  loading.catch(() => (loading = null));
  return loading;
};

let other = false; // another button than Save: one person more, a vendor seen trading
let given = false; // the form goes the ordinary way
if (form) {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) other = !!button.name;
  });
  form.addEventListener("submit", async (event) => {
    if (other || given) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    try {
      await (await phone()).save();
    } catch (error) {
      if (shell) throw error;
      given = true;
      form.submit();
    }
  });
}

async function begin() {
  const workers = navigator.serviceWorker;
  if (workers && !shell) {
    const patience = new Promise((resolve) => setTimeout(resolve, 10000));
    await workers.register("/sw.js").then(() => Promise.race([workers.ready, patience]), () => null);
  }
  await phone();
  // Only now can it be put on the home screen; a browser asks for the icon with it.
  const manifest = document.createElement("link");
  manifest.rel = "manifest";
  manifest.href = "/manifest.webmanifest";
  document.head.append(manifest);
}

const show = () => document.body.classList.remove("filling");
if (shell) phone().then((module) => module.filled).then(show, show);
else if (document.readyState === "complete") begin();
else addEventListener("load", begin);
setTimeout(show, 3000);
