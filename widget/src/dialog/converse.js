/** The talk between the reader and the service: correct, send, hear what became of it. */

import { deliver } from "./queue.js";

/**
 * The report but for what the reader types.
 * @typedef {{quote: import("./describe.js").Quote | undefined, [name: string]: unknown}} Known
 */

/**
 * @param {HTMLFormElement} form
 * @param {import("./form.js").Messages} t
 * @param {Known} known
 * @param {Promise<ReturnType<typeof import("../extras/tell.js").tell> | undefined>} enriching makes
 *   `known` richer, and tells more of the answer
 */
export function converse(form, t, known, enriching) {
  const { send: button, cancel, status: output } = form;
  const opened = Date.now();
  /** @type {any} */
  let report;
  /** @type {unknown} */
  let isBusy;

  // By the click, which Enter in a field makes, too: a sandboxed page may not submit forms.
  button.onclick = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (isBusy || !form.reportValidity()) return;
    isBusy = true;
    output.textContent = t[M.sending];
    if (!report) {
      // So many milliseconds a report waits for its extras.
      await Promise.race([enriching, new Promise((resolve) => setTimeout(resolve, 1500))]);
      const typed = /** @type {any} */ (Object.fromEntries(new FormData(form)));
      if (typed.suggestion?.trim() == known.quote?.exact) typed.suggestion = "";
      // On a page without https the browser gives a UUID only as a part of a blob's URL.
      const id = crypto.randomUUID?.() || URL.createObjectURL(new Blob()).slice(-36);
      report = { id, ...known, ...typed, elapsed_ms: Date.now() - opened };
    }
    const [status, receipt, isLate, isKept] = await deliver(report);
    isBusy = receipt || isKept;
    output.textContent = receipt
      ? t[M.thanks]
      : isLate
        ? isKept
          ? t[M.saved]
          : t[M.unsaved]
        : t[M.refused] +
          t[
            status == 403
              ? M.refusedPage
              : status == 404 || status == 410
                ? M.refusedSite
                : M.refusedOther
          ];
    enriching.then((tell) => tell?.(output, status, receipt));
    if (isBusy) {
      // Nothing is left to type.
      form.children[1].remove();
      button.remove();
      cancel.textContent = t[M.close];
      cancel.focus();
    }
  };

  // The same id must carry the same body, so a changed report is a new one.
  form.oninput = () => (report = 0);
}
