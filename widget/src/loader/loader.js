/**
 * The one script that a page carries: the triggers, and a lazy import of all the rest.
 *
 * At load it does nothing else: no storage, no layout, no timer, no observer. It never throws into
 * the page. Bytes count here as nowhere else: what can wait stands in the lazy parts.
 */

import { isHotkey } from "./hotkey.js";

const none = () => {};

// currentScript is empty in a module, so a tag that a bundler made one still finds itself.
const script = /** @type {HTMLScriptElement | null} */ (
  document.currentScript || document.querySelector("script[data-site]")
);

// An element with id="copydesk" would be found as window.copydesk, too; but it has no open().
if (script && !window.copydesk?.open) {
  const options = script.dataset;
  /** @type {any} */
  let isTouch;
  /** @type {any} */
  let timer;
  /** @type {any} */
  let look;
  const selection = () => /** @type {Selection} */ (getSelection());

  const get = (/** @type {string} */ name) =>
    import(new URL(LAZY_FOLDER + name + ".js", script.src).href);

  /**
   * Load a part and, side by side, the language that it will probably speak.
   * @param {string} part
   */
  const load = (part) => {
    // The part chooses for itself, and asks again for what it really needs.
    /^(?!en)../.exec(options.lang || document.documentElement.lang)?.map((lang) => get(lang).catch(none));
    return get(part);
  };

  /** @param {string} part */
  const run = async (part) => {
    try {
      // A copy: until the part has arrived the reader may have clicked elsewhere.
      const range = selection().rangeCount && selection().getRangeAt(0).cloneRange();
      await (await load(part)).open(options, range);
    } catch (error) {
      console.warn("Copydesk: is it up?", error);
      if (part == "dialog") alert(options.sorry || "Sorry, try again later.");
    }
  };

  const open = () => run("dialog");

  /** Send what waits on this device, if anything does. */
  const drain = async () => {
    try {
      const keys = /** @type {any} */ (Object.keys(localStorage));
      if (/copydesk:/.test(keys)) await (await load("dialog")).drain();
    } catch {
      // Forbidden storage holds nothing; a service that is away is asked at the next visit.
    }
  };

  const onAct = (/** @type {any} */ event) => {
    look ||= (window.requestIdleCallback || setTimeout)(drain);
    isTouch = event.pointerType == "touch";
    if (isHotkey(event, options.hotkey)) {
      // Else the same keys would open a focused link in a new tab.
      event.preventDefault();
      open();
    } else if (event.ctrlKey != event.metaKey && selection().type == "Range") {
      load("dialog").catch(none);
    }
  };

  window.copydesk = { open };
  addEventListener("keydown", onAct);
  addEventListener("pointerdown", onAct);
  addEventListener("online", drain);
  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    // By touch a selection is made in steps: it counts when it has settled for so many milliseconds.
    if (isTouch) timer = setTimeout(() => selection().type == "Range" && run("button"), 400);
  });
  if (options.button != null) run("button");
  if (/copydesk=/.test(location.hash)) run("highlight");
}
