// Loads the list again when a new mail has come, and only then: a page that reloads by the clock
// takes the focus away from whoever reads it.
const EVERY_MS = 2000;
const known = Number(document.getElementById("watch").dataset.newest);

async function look() {
  if (!document.hidden) {
    try {
      const answer = await fetch("/newest", { cache: "no-store" });
      if (answer.ok && (await answer.json()).id !== known) {
        location.reload();
        return;
      }
    } catch {
      // The demo has been stopped; the list stays readable.
    }
  }
  setTimeout(look, EVERY_MS);
}

setTimeout(look, EVERY_MS);
