/** Show the copy buttons and let each copy the text before it. */
export function startCopy() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("button[data-copy]")) {
    const source = button.previousElementSibling;
    if (!(button instanceof HTMLButtonElement) || !source?.hasAttribute("data-copy-source")) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(source.textContent ?? "");
      button.classList.add("is-done");
      const words = button.textContent;
      button.textContent = "✓";
      setTimeout(() => {
        button.textContent = words;
        button.classList.remove("is-done");
      }, 1200);
    });
  }
}
