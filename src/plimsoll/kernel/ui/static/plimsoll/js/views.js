/* How much stands in each saved view: asked for after the page, then every fifteen seconds while somebody looks. */
import { ask } from "./net.js";

const EVERY = 15_000;

function watch(tabs) {
  if (tabs.dataset.watched) return;
  tabs.dataset.watched = "1";
  let timer = 0, pause = EVERY;

  async function look() {
    clearTimeout(timer);
    if (!tabs.isConnected || document.hidden) return; // visibilitychange looks at once when the reader is back
    try {
      const answer = await ask(tabs.dataset.views);
      if (answer.ok) {
        const { counts = {} } = await answer.json();
        for (const place of tabs.querySelectorAll("[data-view]")) place.textContent = counts[place.dataset.view] ?? "";
        pause = EVERY;
      } else if (answer.status === 403 || answer.status === 404) {
        return;
      }
    } catch (fault) {
      if (fault.signedOut) return;
      pause = Math.min(pause * 2, 300_000);
    }
    timer = setTimeout(look, pause);
  }

  document.addEventListener("visibilitychange", look);
  look();
}

export function start(root = document) {
  for (const tabs of root.querySelectorAll("[data-views]")) watch(tabs);
}
