// Passkeys: asks the phone, and sends what it says with the form that stands here anyway.
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

async function made(options) {
  const user = { ...options.user, id: bytes(options.user.id) };
  const publicKey = { ...options, user, challenge: bytes(options.challenge) };
  publicKey.excludeCredentials = known(options.excludeCredentials);
  const { id, type, rawId, response } = await navigator.credentials.create({ publicKey });
  const { clientDataJSON, attestationObject } = response;
  const said = { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject) };
  return { id, type, rawId: text(rawId), response: said };
}

async function shown(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  publicKey.allowCredentials = known(options.allowCredentials);
  const { id, type, rawId, response } = await navigator.credentials.get({ publicKey });
  const said = {};
  for (const name of ["clientDataJSON", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) said[name] = text(response[name]);
  }
  return { id, type, rawId: text(rawId), response: said };
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const failed = form.querySelector("[data-failed]");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      failed.hidden = true;
      try {
        const answer = await fetch(form.dataset.options, { headers: { accept: "application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        const options = await answer.json();
        const ask = form.dataset.passkey === "make" ? made : shown;
        form.elements.credential.value = JSON.stringify(await ask(options));
        form.submit();
      } catch {
        failed.hidden = false; // given up, none there, or not allowed here
      }
    });
  }
  for (const part of document.querySelectorAll("[data-without-passkey]")) part.hidden = true;
  for (const part of document.querySelectorAll("[data-with-passkey]")) part.hidden = false;
}
