// The service worker: keeps the shell of the field pages whole, answers with it where there is no
// network, and sends what waits when the browser says that there is one again. It is served at /sw.js
// with VERSION, FILES and SHELLS before it (interfaces/web/offline.py). It stores nothing but those
// files, none of which holds anybody's data.
import { keep, kept, keptSealed } from "./store.js";
import { refresh, sync } from "./sync.js";

const CACHE = `lantoa-${VERSION}`;
const SLOW = 6000;

self.addEventListener("install", (event) => event.waitUntil(fill()));

// All of it or nothing: a version that came in part is none.
async function fill() {
  const cache = await caches.open(CACHE);
  const fresh = (path) => new Request(path, { cache: path.startsWith("/static/") ? "default" : "no-cache" });
  try {
    await cache.addAll(FILES.map(fresh));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

async function takeOver() {
  for (const name of await caches.keys()) {
    if (name.startsWith("lantoa-") && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}

self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("sync", (event) => {
  if (event.tag === "lantoa") event.waitUntil(sendAll());
});

async function sendAll() {
  const device = await keptSealed("device");
  const done = device ? await sync(device.account) : { state: "" };
  if (done.sent) await refresh(device.account);
  if (done.state === "offline" || done.state === "busy") throw new Error(done.state); // to be asked again
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (SHELLS[named(url.pathname)]) event.respondWith(fieldPage(request, url));
    else if (!ALONE.test(url.pathname)) event.respondWith(otherPage(request));
  } else if (url.pathname.startsWith("/static/") || url.pathname.startsWith("/vo/")) {
    event.respondWith(fromCache(url.pathname).then((found) => found || fetch(request)));
  }
});

// What signs people in or out, programs, and files to be saved are none of the worker's business.
const ALONE = /^\/(api|ra|vao|bat-dau|dang-nhap|bao-mat|xac-thuc|thiet-bi|health|static|x|kiem-toan|khen-thuong)(\/|$)/;

// Every market has the same shell.
const named = (path) => path.replace(/^(\/ghi\/tieu-thuong\/)[\w-]+$/, "$1");

async function fieldPage(request, url) {
  const wish = url.searchParams.get("lang");
  if (Object.keys(SHELLS[""]).includes(wish)) await keep("language", wish).catch(() => null);
  if (url.pathname === "/ghi" && !url.search) {
    const found = await shell(named(url.pathname), wish);
    if (found) return found;
  }
  return network(request, SLOW).catch(async (error) => {
    const found = await shell(named(url.pathname), wish);
    if (found) return found;
    throw error;
  });
}

function otherPage(request) {
  return network(request).catch(async (error) => {
    const found = await shell("", null);
    if (found) return found;
    throw error;
  });
}

async function shell(path, wish) {
  const soon = new Promise((resolve) => setTimeout(resolve, 300, null));
  const language = wish || (await Promise.race([kept("language").catch(() => null), soon]));
  const pages = SHELLS[path];
  return fromCache(pages[language] || pages.vi);
}

function network(request, patience) {
  if (!patience) return fetch(request);
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("slow")), patience);
    fetch(request).then(resolve, reject);
  });
}

async function fromCache(path) {
  return (await caches.open(CACHE)).match(path);
}
