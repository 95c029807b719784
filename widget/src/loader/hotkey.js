/** Ctrl+Enter, or Cmd+Enter: the gesture that readers know from thirty years of error reports. */

/**
 * Say whether a key press is ours. Exact modifiers: Ctrl+Shift+Enter, or Ctrl and Cmd together,
 * belong to others; so does every press in a field, where the keys send a comment.
 * @param {KeyboardEvent} event
 * @param {string} [hotkey] modifiers in this order, then the `key` of the event; Ctrl means Cmd, too
 */
export const isHotkey = (event, hotkey = "Enter") =>
  event.key == hotkey &&
  event.ctrlKey != event.metaKey &&
  !event.shiftKey &&
  !event.altKey &&
  !event.repeat &&
  !event.isComposing &&
  !event.defaultPrevented &&
  !event.composedPath().some(isEditable);

/** @param {any} node a node of the event's path; its document and window have neither property */
const isEditable = (node) =>
  node.isContentEditable || node.matches?.("input,textarea,select,[role=textbox]");
