// What was saved on the phone and has no receipt yet. An entry leaves on its own receipt, or by
// whoever made it; how it stands is read from here and from nowhere else.
import { everyOne, seal, unseal, within } from "./store.js";

const LISTED = 7 * 86400 * 1000; // how long a receipt is shown

// Other tabs draw anew what they show.
const said = typeof BroadcastChannel === "function" ? new BroadcastChannel("lantoa") : null;
const heard = [];

export function onChange(redraw) {
  heard.push(redraw);
  if (said) said.onmessage = () => heard.forEach((each) => each());
}

function changed() {
  if (said) said.postMessage("changed");
  heard.forEach((each) => each());
}

async function row(entry) {
  const { id, account, kind, made, after = "", tries = 0, next = 0, status = "" } = entry;
  const { form, shown, problem = null } = entry;
  return { id, account, kind, made, after, tries, next, status, sealed: await seal({ form, shown, problem }) };
}

// Resolves once the entries are on the disk, all or none. Rejects where they are not, also where
// the key they are sealed by was wiped meanwhile.
export async function put(...entries) {
  const rows = await Promise.all(entries.map(row));
  await within(["entries", "kept"], "readwrite", (store, known) => {
    known.getKey("key").onsuccess = (event) => {
      if (event.target.result === undefined) event.target.transaction.abort();
      else for (const each of rows) store.put(each);
    };
  });
  changed();
}

// Everything unsent in the order it was made, whoever made it.
export async function unsent() {
  const rows = await everyOne("entries");
  const found = await Promise.all(
    rows.map(async ({ sealed, ...clear }) => {
      try {
        return { ...clear, ...(await unseal(sealed)) };
      } catch {
        return { ...clear, form: null, shown: {}, problem: null, status: "unreadable" };
      }
    }),
  );
  return found.sort((one, other) => one.made - other.made || (one.id < other.id ? -1 : 1));
}

export async function find(id) {
  return (await unsent()).find((each) => each.id === id) || null;
}

// Takes entries out for good: a deletion.
export async function drop(...ids) {
  await within(["entries"], "readwrite", (store) => ids.forEach((id) => store.delete(id)));
  changed();
}

// The receipt comes in as the entry goes out.
export async function receive(entry, result) {
  const { id, account, kind, made, shown } = entry;
  const sealed = await seal({ shown, receipt: result.receipt || null });
  const receipt = { id, account, kind, made, status: result.status, received: result.received_at, sealed };
  await within(["entries", "receipts"], "readwrite", (store, receipts) => {
    store.delete(id);
    receipts.put(receipt);
  });
  changed();
}

// What an entry met on its way; the entry stays. One that was deleted meanwhile stays deleted.
export async function note(entry, met) {
  const fresh = await row({ ...entry, ...met });
  await within(["entries"], "readwrite", (store) => {
    store.get(entry.id).onsuccess = (event) => {
      if (event.target.result) store.put(fresh);
    };
  });
  changed();
}

// The receipts of the last days, the latest first.
export async function receipts(now = Date.now()) {
  const rows = await everyOne("receipts");
  const old = rows.filter((each) => now - each.made > LISTED).map((each) => each.id);
  if (old.length) await within(["receipts"], "readwrite", (store) => old.forEach((id) => store.delete(id)));
  const young = rows.filter((each) => now - each.made <= LISTED);
  const found = await Promise.all(
    young.map(async ({ sealed, ...clear }) => ({ ...clear, ...(await unseal(sealed).catch(() => ({ shown: {} }))) })),
  );
  return found.sort((one, other) => other.made - one.made);
}
