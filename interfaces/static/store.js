// The phone's own store: IndexedDB, and everything about people in it sealed by a key that never
// leaves the browser. Whoever calls is told by a rejected promise that nothing was stored.
const NAME = "lantoa";
const STORES = ["entries", "receipts", "kept"];
const OPENS = 4000; // some phones never answer a request to open

let opening = null;

function open() {
  if (!opening) {
    const mine = new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error("the store does not open")), OPENS);
      const asked = indexedDB.open(NAME, 1);
      asked.onupgradeneeded = () => {
        for (const each of STORES) asked.result.createObjectStore(each, each === "kept" ? {} : { keyPath: "id" });
      };
      asked.onerror = () => reject(asked.error);
      asked.onblocked = () => reject(new Error("the store is held"));
      asked.onsuccess = () => {
        const db = asked.result;
        const gone = () => {
          if (opening === mine) opening = null;
        };
        db.onclose = gone; // the system may end it at any moment
        db.onversionchange = () => {
          db.close();
          gone();
        };
        resolve(db);
      };
    });
    opening = mine;
    mine.catch(() => {
      if (opening === mine) opening = null;
    });
  }
  return opening;
}

// One transaction over some stores; `work` gets them in their order, and `give` for the result. It is
// on the disk, not only in memory, once the promise resolves.
export async function within(names, mode, work) {
  for (let first = true; ; first = false) {
    const db = await open();
    let whole;
    try {
      whole = db.transaction(names, mode, { durability: "strict" });
    } catch (error) {
      if (!first || error.name !== "InvalidStateError") throw error;
      opening = null; // closed under us: once more
      continue;
    }
    return new Promise((resolve, reject) => {
      let result;
      whole.oncomplete = () => resolve(result);
      whole.onabort = () => reject(whole.error || new Error("nothing was stored"));
      try {
        work(...names.map((name) => whole.objectStore(name)), (value) => (result = value));
      } catch (error) {
        whole.abort();
        reject(error);
      }
    });
  }
}

export function everyOne(name) {
  return within([name], "readonly", (store, give) => {
    store.getAll().onsuccess = (event) => give(event.target.result);
  });
}

// Small things kept by name; `null` takes one away.
export function kept(name) {
  return within(["kept"], "readonly", (store, give) => {
    store.get(name).onsuccess = (event) => give(event.target.result);
  });
}

export function keep(name, value) {
  return within(["kept"], "readwrite", (store) => {
    if (value === null) store.delete(name);
    else store.put(value, name);
  });
}

// The key, made with the first thing that is sealed. Two tabs that make one agree on the first.
async function theKey() {
  const found = await kept("key");
  if (found) return found;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  return within(["kept"], "readwrite", (store, give) => {
    store.get("key").onsuccess = (event) => {
      if (!event.target.result) store.put(made, "key");
      give(event.target.result || made);
    };
  });
}

export async function seal(value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await theKey(), bytes) };
}

export async function unseal({ iv, data }) {
  const bytes = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await theKey(), data);
  return JSON.parse(new TextDecoder().decode(bytes));
}

export async function keepSealed(name, value) {
  return keep(name, await seal(value));
}

export async function keptSealed(name) {
  const found = await kept(name);
  return found ? unseal(found) : null;
}

// Everything: entries, receipts, names, the key.
export async function wipe() {
  const db = await open().catch(() => null);
  if (db) db.close();
  opening = null;
  await new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase(NAME);
    asked.onsuccess = asked.onerror = resolve; // other tabs close theirs when they are told
  });
}
