/** What the service said of a report, but for the thanks themselves. */

import { make } from "../make.js";

/**
 * @param {import("../dialog/form.js").Messages} t
 * @param {string} lang the language of the messages
 * @returns {(output: HTMLElement, status: number, receipt?: import("../dialog/send.js").Receipt | null) => void}
 */
export const tell = (t, lang) => (output, status, receipt) => {
  if (status > 399 && status < 500 && status != 429) {
    console.warn("Copydesk: not accepted; check the site's key, hosts and origins.", status);
  }
  const { reports = 0, state, note } = receipt?.erratum || {};
  if (state == "declined") output.append("\n" + t[M.declined]);
  if (note) output.append("\n" + note);
  if (reports > 1) {
    const forms = t[M.readers].split("~");
    const form = forms[forms.indexOf(new Intl.PluralRules(lang).select(reports)) + 1];
    output.append("\n" + form.replace("#", `${reports}`));
  }
  // This file stands under `w/<hash>/` of the service. A receipt can't send the reader to another site, or into `javascript:`.
  const address = `${receipt?.status_url}`;
  if (address.startsWith(new URL("../../", import.meta.url).href)) {
    output.append("\n", make("a", { href: address, target: "_blank" }, t[M.status]));
  }
};
