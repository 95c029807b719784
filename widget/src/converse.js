/** The talk between the reader and the service: correct, send, hear what became of it. */

import { make } from "./make.js";
import { send, uuid } from "./send.js";

/** Seconds until the second try when the service names no time; doubled each time. */
const FIRST_WAIT = 5;

/** Tries again what is waiting in the dialog that was opened last. */
let resend = () => {};
addEventListener("online", () => resend());

/**
 * @param {HTMLFormElement} form
 * @param {import("./messages.js").Messages} t
 * @param {string} base the service's address, with a slash at the end
 * @param {{site: string | undefined, quote: import("./describe.js").Quote}} known the report but
 *   for what the reader types
 */
export function converse(form, t, base, known) {
  const { suggestion, send: button, cancel, status } = form;
  const { exact } = known.quote;
  const opened = Date.now();
  let id = uuid();
  let elapsed = 0;
  let tries = 0;
  let timer = 0;
  let isSending = false;

  /** @param {string} words */
  const say = (words) => (status.textContent = words);

  const post = () => {
    /** @type {{[name: string]: any}} */
    const typed = Object.fromEntries(new FormData(form));
    if (typed.suggestion.trim() == exact) typed.suggestion = "";
    return send(base, { id, ...known, ...typed, elapsed_ms: elapsed });
  };

  const stopWaiting = () => {
    clearTimeout(timer);
    timer = 0;
  };

  const submit = async () => {
    // Not connected once the report is stored or the dialog is closed.
    if (isSending || !button.isConnected || !form.reportValidity()) return;
    stopWaiting();
    isSending = true;
    // Kept for every later try: the same id must carry the same body.
    elapsed ||= Date.now() - opened;
    say(t.$sending);
    let [code, receipt, seconds] = await post();
    if (code == 409) {
      // An earlier try did arrive, and the reader has changed the text since: a new report.
      id = uuid();
      [code, receipt, seconds] = await post();
    }
    isSending = false;
    if (receipt) {
      thank(receipt);
    } else if (!code || code == 429 || code > 499) {
      timer = setTimeout(submit, (seconds || FIRST_WAIT * 2 ** tries++) * 1000);
      button.textContent = t.$again;
      say(t.$unsent + (code ? t.$busy : t.$offline) + t.$trying);
    } else {
      const isSite = code == 404 || code == 410;
      say(
        t.$refused +
          (code == 403 ? t.$refusedPage : isSite ? t.$refusedSite : t.$refusedOther),
      );
    }
  };

  /** @param {import("./send.js").Receipt} receipt */
  const thank = ({ erratum = {}, status_url = "" }) => {
    const { reports = 0, state, note } = erratum;
    const lines = [
      t.$thanks,
      state == "declined" && t.$declined,
      note,
      reports > 1 && t.$readers + reports,
    ];
    say(lines.filter(Boolean).join("\n"));
    // A receipt can't send the reader to another site, or into `javascript:`.
    if (`${status_url}`.startsWith(base)) {
      status.append("\n", make("a", { href: status_url, target: "_blank" }, t.$status));
    }
    form.children[1].remove();
    button.remove();
    cancel.textContent = t.$close;
    cancel.focus();
    document.dispatchEvent(new CustomEvent("copydesk:sent", { detail: { id, reports } }));
  };

  form.onsubmit = (event) => {
    event.preventDefault();
    submit();
  };
  form.oninput = () => {
    // Half a sentence must not leave by itself: from here on the reader presses the button.
    if (timer) say(t.$unsent);
    stopWaiting();
  };
  form.onkeydown = (event) => {
    if (event.key == "Enter" && event.ctrlKey != event.metaKey && !event.repeat) {
      event.preventDefault();
      submit();
    }
  };
  resend = () => timer && submit();
  suggestion.value = exact;
  suggestion.select();
}
