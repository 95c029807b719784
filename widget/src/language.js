/** In which language the widget speaks: English is inside, others come when they are needed. */

import { load } from "./load.js";

/**
 * Return the words of the first language that we speak, values alone, in the order of
 * messages/en.js; none for English, and none when the file can't be had: words in another language
 * are better than no dialog.
 * @param {...(string | undefined)} tags BCP 47, best first
 * @returns {Promise<[lang: string, words?: string[]]>}
 */
export async function wordsFor(...tags) {
  const lang = RegExp(`(?:^|,)(${LANGUAGES})\\b`, "i").exec(`${tags}`)?.[1].toLowerCase() || "en";
  if (lang == "en") return [lang];
  try {
    return [lang, (await load(lang)).default.split("|")];
  } catch {
    return ["en"];
  }
}
