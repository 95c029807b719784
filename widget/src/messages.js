/** In which language the widget speaks: English is inside, others come when they are needed. */

import en from "./messages/en.js";

/** @typedef {typeof en} Messages */

/** Files that the build makes beside dialog.js from messages/. */
const LANGUAGES = ["ru"];

/**
 * Return the messages in a language; English when we don't speak it or when its file can't be had:
 * words in another language are better than no dialog.
 * @param {string | undefined} tag BCP 47
 * @returns {Promise<[Messages, string]>} the messages and their language
 */
export async function messagesFor(tag) {
  const language = (tag || "").slice(0, 2).toLowerCase();
  if (LANGUAGES.includes(language)) {
    try {
      const file = await import(new URL(language + ".js", import.meta.url).href);
      /** @type {string[]} */
      const values = file.default.split("|");
      const entries = Object.keys(en).map((key, index) => [key, values[index]]);
      return [Object.fromEntries(entries), language];
    } catch {
      // Below.
    }
  }
  return [en, "en"];
}
