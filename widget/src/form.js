/** What the dialog holds. The fields have the names of the report's own. */

import { make } from "./make.js";

/** @typedef {import("./messages.js").Messages} Messages */
/** @typedef {import("./describe.js").Quote} Quote */

/** Between two sentences: white space after the mark that ends one, or a new block. */
const BORDER = /(?<=[.!?…]["»”’')]*)\s|\n/;

/**
 * Build the form around what was selected; without it the form says how to select.
 * @param {Messages} t
 * @param {Quote | undefined} quote
 * @param {boolean | undefined} isShortened
 * @returns {HTMLFormElement}
 */
export const buildForm = (t, quote, isShortened) =>
  make(
    "form",
    {},
    make("h2", {}, t.$title),
    make(
      "section",
      {},
      ...(quote ? fields(t, quote, isShortened) : [t.$help]),
    ),
    make("output", { name: "status" }),
    make(
      "p",
      {},
      make("button", { name: "cancel", type: "button" }, quote ? t.$cancel : t.$close),
      ...(quote ? [make("button", { name: "send" }, t.$send)] : []),
    ),
  );

/**
 * @param {Messages} t
 * @param {Quote} quote
 * @param {boolean | undefined} isShortened
 */
const fields = (t, quote, isShortened) => [
  sentence(quote),
  isShortened ? t.$shortened : "",
  field(t.$fix, "textarea", { name: "suggestion", rows: 1 }),
  field(
    t.$kind,
    "select",
    { name: "kind" },
    make("option", { value: "language" }, t.$language),
    make("option", { value: "fact" }, t.$fact),
    make("option", { value: "other" }, t.$other),
  ),
  field(t.$comment, "textarea", { name: "comment", rows: 1 }),
  field(t.$email, "input", { name: "reader_email", type: "email", autocomplete: "email" }),
  make("small", {}, t.$emailUse),
  // Only programs fill it in.
  make("input", { name: "website", hidden: true }),
];

/**
 * @param {string} label
 * @param {string} tag
 * @param {{[name: string]: string | number}} properties
 * @param {Node[]} children
 */
const field = (label, tag, properties, ...children) =>
  make("label", {}, label, make(tag, { maxLength: 2000, ...properties }, ...children));

/** @param {Quote} quote */
const sentence = ({ exact, prefix, suffix }) =>
  make(
    "blockquote",
    {},
    prefix.split(BORDER).pop() || "",
    make("mark", {}, exact),
    suffix.split(BORDER)[0],
  );
