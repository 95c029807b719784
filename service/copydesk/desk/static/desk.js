// What the desk's pages gain with JavaScript; each of these works on its own, none is needed.
import { startBulk } from "./bulk.js";
import { startCopy } from "./copy.js";
import { startKeys } from "./keys.js";
import { showLocalTimes } from "./times.js";

showLocalTimes();
startBulk();
startCopy();
startKeys();

// A filter applies as soon as it is chosen; without this the button beside it does.
for (const select of document.querySelectorAll("select[data-submit]")) {
  select.addEventListener("change", () => {
    if (select instanceof HTMLSelectElement) select.form?.requestSubmit();
  });
}
