/** What the dialog holds. The fields have the names of the report's own. */

import { make } from "../make.js";

/** All that the widget says, by the numbers in `M`. @typedef {string[]} Messages */
/** @typedef {import("./describe.js").Quote} Quote */

/** Between two sentences: white space after the mark that ends one, or a new block; Chinese needs none. */
const BORDER = /(?<=[.!?…؟]["»”)]*)\s|\n|(?<=[。！？])/;

/**
 * Build the form around what was selected; without that it is about the page.
 * @param {Messages} t
 * @param {Quote | undefined} quote
 * @param {boolean | undefined} isShortened
 * @returns {HTMLFormElement}
 */
export const buildForm = (t, quote, isShortened) =>
  make(
    "form",
    {},
    make("h2", {}, t[M.title]),
    make(
      "section",
      {},
      ...(quote
        ? [
            sentence(quote),
            isShortened ? t[M.shortened] : "",
            field(t[M.fix], "textarea", { name: "suggestion", rows: 1, value: quote.exact }),
            field(
              t[M.kind],
              "select",
              { name: "kind" },
              ...["language", "fact", "other"].map((value, at) =>
                make("option", { value }, t[M.language + at]),
              ),
            ),
          ]
        : [t[M.help]]),
      field(t[M.comment], "textarea", { name: "comment", rows: 1, required: !quote }),
      field(t[M.email], "input", { name: "reader_email", type: "email", autocomplete: "email" }),
      make("small", {}, t[M.emailUse]),
      // Only programs fill it in.
      make("input", { name: "website", hidden: true }),
    ),
    make("output", { name: "status" }),
    make(
      "p",
      {},
      make("button", { name: "cancel", type: "button" }, t[M.cancel]),
      make("button", { name: "send" }, t[M.send]),
    ),
  );

/**
 * @param {string} label
 * @param {string} tag
 * @param {{[name: string]: string | number | boolean}} properties
 * @param {Node[]} children
 */
const field = (label, tag, properties, ...children) =>
  make("label", {}, label, make(tag, { maxLength: 2000, dir: "auto", ...properties }, ...children));

/** @param {Quote} quote */
const sentence = ({ exact, prefix, suffix }) =>
  make(
    "blockquote",
    { dir: "auto" },
    prefix.split(BORDER).pop() || "",
    make("mark", {}, exact),
    suffix.split(BORDER)[0],
  );
