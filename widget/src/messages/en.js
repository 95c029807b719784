/**
 * All that the widget says, in English. A translation has the same keys in the same order.
 */
export default {
  title: "Report an error",
  help: "Select wrong words to correct them. For all else on this page, write here.",
  shortened: "Only the first 1,000 characters are sent.",
  fix: "How should it read?",
  kind: "What is wrong?",
  language: "Language",
  fact: "Fact",
  other: "Other",
  comment: "Comment",
  email: "E-mail",
  emailUse: "Only to tell you when it is corrected. Kept for 90 days at most.",
  send: "Send",
  cancel: "Cancel",
  close: "Close",
  sending: "Sending…",
  thanks: "Thank you! The editors have your report.",
  // One form for each category that Intl.PluralRules knows in the language; # is the number.
  readers: "~one~# report so far.~other~# reports so far.",
  declined: "The editors decided to leave it.",
  status: "See what becomes of it",
  saved: "Saved on this device. It will be sent when you are online.",
  unsaved: "Not sent, and not kept on this device. Try again, or copy your words.",
  refused: "Not accepted: ",
  refusedPage: "not a page of the site.",
  refusedSite: "the site takes no reports.",
  refusedOther: "the service could not take it.",
};
