/**
 * Load another part of this build: it stands beside this one.
 * @param {string} name
 */
export const load = (name) => import(new URL(name + ".js", import.meta.url).href);
