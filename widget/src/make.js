/**
 * Make an element. Text comes in as text nodes only: a page's words never become markup.
 * @param {string} tag
 * @param {{[name: string]: unknown}} properties
 * @param {(Node | string)[]} children
 * @returns {any} an element of that tag; its exact type is the caller's to know
 */
export function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}
