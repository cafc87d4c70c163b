/* Selected rows. The boxes are ordinary, the bar is shown by the style sheet; here are the count, all on this page,
   and select-to-here. Order on the page is what counts, also across groups. */
import { counted } from "./words.js";

let last = null;

const boxes = (near) => [...(near.closest("[data-rows]") ?? document).querySelectorAll("[data-pick]")];

export function count() {
  const picked = document.querySelectorAll("[data-pick]:checked").length;
  for (const place of document.querySelectorAll("[data-bulk-count]")) place.textContent = counted("selected", picked);
  for (const all of document.querySelectorAll("[data-pick-all]")) {
    const own = boxes(all), on = own.filter((box) => box.checked).length;
    all.checked = on > 0 && on === own.length;
    all.indeterminate = on > 0 && on < own.length;
  }
}

export function pick(box, { to = false } = {}) {
  const all = boxes(box);
  if (to && last && all.includes(last)) {
    const [from, until] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const each of all.slice(from, until + 1)) each.checked = true;
  } else {
    box.checked = !box.checked;
  }
  last = box;
  count();
}

document.addEventListener("click", (event) => {
  const box = event.target.closest?.("[data-pick]");
  if (!box) return;
  if (event.shiftKey && last && last !== box) {
    const on = box.checked, all = boxes(box);
    const [from, until] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    if (from >= 0) for (const each of all.slice(from, until + 1)) each.checked = on;
  }
  last = box;
  count();
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-pick-all]")) return;
  for (const box of boxes(event.target)) box.checked = event.target.checked;
  count();
});

document.addEventListener("reset", () => setTimeout(() => { last = null; count(); }));

export const start = count;
