/**
 * The one script that a page carries: the hot key, and a lazy import of all the rest.
 *
 * At load it does nothing else: no storage, no layout, no timer, no observer. It never throws into
 * the page. The lazy files may come from a newer release than this one, which a browser keeps for
 * an hour: `open` of dialog.js and of button.js keep their parameters.
 */

import { isHotkey } from "./hotkey.js";

// An element with id="copydesk" would be found as window.copydesk, too; but it has no open().
if (!window.copydesk || typeof window.copydesk.open != "function") {
  // Empty in a module, so a tag that a bundler made one still finds itself.
  const script = /** @type {HTMLScriptElement | null} */ (
    document.currentScript || document.querySelector("script[data-site]")
  );
  const options = script ? script.dataset : {};
  const site = options.site;

  /** @param {"dialog" | "button"} part */
  const run = async (part) => {
    try {
      if (!script || !site) return;
      const selection = getSelection();
      // A copy, taken now: until the dialog has arrived the reader may have clicked elsewhere.
      const range =
        selection && selection.rangeCount ? selection.getRangeAt(0).cloneRange() : null;
      const { open } = await import(new URL(`${LAZY_FOLDER + part}.js`, script.src).href);
      await open(new URL(".", script.src).href, options, range);
    } catch (error) {
      console.warn("Copydesk: could not open.", error);
    }
  };

  window.copydesk = { open: () => void run("dialog") };
  if (!site) {
    console.warn("Copydesk: add data-site to the script tag.");
  } else {
    if (options.hotkey != "off") {
      addEventListener("keydown", (event) => {
        if (isHotkey(event)) {
          // Else the same keys would open a focused link in a new tab.
          event.preventDefault();
          run("dialog");
        }
      });
    }
    if (options.button != null) run("button");
  }
}
