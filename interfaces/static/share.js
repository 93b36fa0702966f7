// Adds "Share" and "Copy" to links that stand on the page anyway.
for (const box of document.querySelectorAll("[data-share]")) {
  const link = box.querySelector("a").href;
  const act = (label, work) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "second";
    button.textContent = label;
    button.addEventListener("click", async () => {
      try {
        await work();
        button.textContent = `${label} ✓`;
      } catch {
        // Closed by the person, or not allowed here: the link itself still stands above.
      }
    });
    box.append(button);
  };
  if (navigator.share) act(box.dataset.share, () => navigator.share({ text: box.dataset.text, url: link }));
  if (navigator.clipboard) act(box.dataset.copy, () => navigator.clipboard.writeText(`${box.dataset.text} ${link}`));
}
