// Ids and codes, made on the phone at the moment of saving.
const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

// A UUID of version 7 as 32 hexadecimal digits: they sort by the moment they were made.
export function newId(now = Date.now()) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let at = 5, rest = now; at >= 0; at -= 1, rest = Math.floor(rest / 256)) bytes[at] = rest % 256;
  bytes[6] = (bytes[6] & 15) | 112;
  bytes[8] = (bytes[8] & 63) | 128;
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// What one learner answers by: 8 of the 32 letters and digits that nobody mixes up.
export function newCode() {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => LETTERS[byte % 32]).join("");
}
