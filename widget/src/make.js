/**
 * Make an element. Text comes in as text nodes only: a page's words never become markup.
 * @param {string} tag
 * @param {{[name: string]: unknown}} attributes
 * @param {(Node | string)[]} children
 * @returns {any} an element of that tag; its exact type is the caller's to know
 */
export function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, `${attributes[name]}`);
  element.append(...children);
  return element;
}
