/** Add "select all" to the list and say how many are selected. */
export function startBulk() {
  const list = document.querySelector("form[data-list]");
  const all = list?.querySelector("input[data-tick-all]");
  const label = list?.querySelector("[data-bulk-label]");
  if (!list || !(all instanceof HTMLInputElement) || !(label instanceof HTMLElement)) return;
  const ticks = /** @type {HTMLInputElement[]} */ ([...list.querySelectorAll("input[data-tick]")]);
  const none = label.dataset.none ?? "";
  const update = () => {
    const count = ticks.filter((tick) => tick.checked).length;
    all.checked = count === ticks.length;
    all.indeterminate = count > 0 && count < ticks.length;
    label.textContent = count ? `${none} ${count}` : none;
  };
  const holder = all.closest("label");
  if (holder) holder.hidden = false;
  all.addEventListener("change", () => {
    for (const tick of ticks) tick.checked = all.checked;
    update();
  });
  list.addEventListener("change", update);
  update();
}
