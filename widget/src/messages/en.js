/**
 * All that the widget says, in English. A translation has the same keys in the same order; the $
 * lets the build shorten them.
 */
export default {
  $title: "Report an error",
  $help: "Select the wrong words, then open this again.",
  $shortened: "Only the first 1,000 characters are sent.",
  $fix: "How should it read?",
  $kind: "What is wrong?",
  $language: "Language",
  $fact: "Fact",
  $other: "Other",
  $comment: "Comment",
  $email: "E-mail",
  $emailUse: "Only to say when it is corrected.",
  $send: "Send",
  $cancel: "Cancel",
  $close: "Close",
  $sending: "Sending…",
  $thanks: "Thank you! The editors have your report.",
  $readers: "Reports of this error: ",
  $declined: "The editors decided to leave it.",
  $status: "See what becomes of it",
  $unsent: "Not sent yet",
  $offline: ": no answer",
  $busy: ": the service is busy",
  $trying: ". We keep trying while this is open.",
  $again: "Try again",
  $refused: "Not accepted: ",
  $refusedPage: "not a page of the site.",
  $refusedSite: "the site takes no reports.",
  $refusedOther: "the service could not take it.",
};
