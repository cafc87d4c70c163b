/* The bell of every page: how much is unread, asked for every half minute, not while the tab is hidden. Nothing moves but the number. */
import { poll } from "./live.js";

const EVERY = 30_000;

export function start(root = document) {
  for (const bell of root.querySelectorAll("a[data-inbox]")) {
    if (bell.dataset.watched) continue;
    bell.dataset.watched = "1";
    poll(bell, () => "/inbox/live/", ({ n, label }) => {
      bell.setAttribute("aria-label", label);
      let count = bell.querySelector(".n");
      if (!n) return count?.remove();
      if (!count) {
        count = document.createElement("span");
        count.className = "n";
        count.setAttribute("aria-hidden", "true");
        bell.append(count);
      }
      count.textContent = n > 99 ? "99+" : String(n);
    }, undefined, EVERY);
  }
}
