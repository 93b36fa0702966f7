// Words and parts of pages that the phone keeps beside the forms, in the language of the page.
let fetched = null;

function fragments() {
  if (!fetched) {
    fetched = fetch(`/vo/${document.documentElement.lang}/sau`).then(async (answer) => {
      if (!answer.ok) throw new Error(String(answer.status));
      return new DOMParser().parseFromString(await answer.text(), "text/html");
    });
    fetched.catch(() => (fetched = null));
  }
  return fetched;
}

export async function part(name) {
  return document.importNode((await fragments()).getElementById(name).content, true);
}

let words = null;

export async function learnWords() {
  words = await part("words");
}

// The sentence under that name, with what it is about put in.
export function say(name, values = {}) {
  const found = words && words.querySelector(`[data-w="${name}"]`);
  const text = found ? found.textContent : "";
  return Object.entries(values).reduce((said, [key, value]) => said.split(`{${key}}`).join(value), text);
}

export const knows = (name) => !!words && !!words.querySelector(`[data-w="${name}"]`);

export const count = (name, number) => say(`${name}-${number === 1 ? "one" : "many"}`, { n: number });
