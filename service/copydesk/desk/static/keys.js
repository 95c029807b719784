// Keys by their place on the keyboard (event.code), so that they work in the Russian layout too.
// Single keys can be switched off (WCAG 2.1.4); they never act inside fields or with modifiers.

const STORED = "copydesk-keys";

/** @returns {boolean} */
function areOn() {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true; // storage may be forbidden: then the choice can't be kept
  }
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button"].includes(target.type);
  return target.isContentEditable || ["TEXTAREA", "SELECT"].includes(target.tagName);
}

/** @type {HTMLElement | null} */
let here = null;

/** @param {number} step */
function move(step) {
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-row]")]);
  if (!rows.length) return;
  const at = here ? rows.indexOf(here) : -1;
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
  here?.classList.remove("is-here");
  here = next;
  here.classList.add("is-here");
  const link = here.querySelector("[data-open]");
  if (link instanceof HTMLElement) link.focus({ preventScroll: true });
  here.scrollIntoView({ block: "nearest" });
}

/** @param {string} key */
function act(key) {
  const scope = here ?? document.querySelector("[data-erratum]");
  const field = scope?.querySelector(`[data-key-focus="${key}"]`);
  const button = scope?.querySelector(`button[data-key="${key}"]`);
  if (field instanceof HTMLElement) field.focus();
  else if (button instanceof HTMLElement) button.click();
  else return false;
  return true;
}

function openSheet() {
  const sheet = document.getElementById("keys-sheet");
  if (sheet instanceof HTMLDialogElement && !sheet.open) sheet.showModal();
}

/** @param {string} selector @param {"click" | "focus"} what */
function reach(selector, what) {
  const element = document.querySelector(selector);
  if (!(element instanceof HTMLElement)) return false;
  element[what]();
  return true;
}

/** @param {KeyboardEvent} event @returns {boolean} whether the key was ours */
function handle(event) {
  // "?" is Shift+/ in the English layout and Shift+7 in the Russian one; both open the list.
  if (event.key === "?" || (event.shiftKey && event.code === "Slash")) {
    openSheet();
    return true;
  }
  if (event.shiftKey) return false;
  switch (event.code) {
    case "KeyJ": move(1); return true;
    case "KeyK": move(-1); return true;
    case "KeyO": return reach(".is-here a[data-open]", "click");
    case "KeyX": {
      const tick = here?.querySelector("input[data-tick]");
      if (tick instanceof HTMLElement) tick.click();
      return tick !== undefined;
    }
    case "KeyU": return reach("a[data-back]", "click");
    case "Slash": return reach("input[data-search]", "focus");
    case "Digit1": case "Digit2": case "Digit3": return act(event.code.slice(-1));
    default: return false;
  }
}

/** Start the keys and the switch for them. */
export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const target = event.target;
    // Ctrl+Enter sends the form one is writing in: the readers' own gesture.
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.altKey) {
      if (target instanceof HTMLTextAreaElement && target.form) {
        event.preventDefault();
        target.form.requestSubmit();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && event.code.startsWith("Digit")) return;
    if (!areOn() || isTyping(target) || document.querySelector("dialog[open]")) return;
    if (handle(event)) event.preventDefault();
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target instanceof HTMLElement ? event.target.closest("[data-row]") : null;
    if (row instanceof HTMLElement && row !== here) {
      here?.classList.remove("is-here");
      here = row;
      here.classList.add("is-here");
    }
  });
  const button = document.getElementById("keys-button");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", openSheet);
  }
  const keySwitch = document.querySelector("[data-keys-switch]");
  const box = keySwitch?.querySelector("input[data-keys-on]");
  if (keySwitch instanceof HTMLElement && box instanceof HTMLInputElement) {
    keySwitch.hidden = false;
    box.checked = areOn();
    box.addEventListener("change", () => {
      try {
        if (box.checked) localStorage.removeItem(STORED);
        else localStorage.setItem(STORED, "off");
      } catch {
        box.checked = true;
      }
    });
  }
}
