/* News of a list: asked for every twelve seconds, not while the tab is hidden, and told in a strip. Rows never move by themselves. */
import { ask, ours } from "./net.js";

const EVERY = 12_000;

function watch(strip) {
  if (strip.dataset.watched) return;
  strip.dataset.watched = "1";
  let tag = "", pause = EVERY, timer = 0;

  async function look() {
    if (!strip.isConnected) return;
    if (document.hidden) return; // visibilitychange looks at once when the reader is back
    try {
      const answer = await ask(strip.dataset.live, { headers: tag ? { "If-None-Match": tag } : {} });
      pause = EVERY;
      if (answer.status === 200) {
        tag = answer.headers.get("ETag") ?? "";
        tell(await answer.json());
      } else if (answer.status === 404 || answer.status === 403) {
        return; // nothing to be had here any more
      }
    } catch (fault) {
      if (fault.signedOut) return;
      pause = Math.min(pause * 2, 300_000); // a server in trouble is not helped by everybody asking
    }
    timer = setTimeout(look, pause + Math.random() * 1000);
  }

  function tell({ sentence, href }) {
    const old = strip.querySelector("a");
    if (!sentence) return strip.replaceChildren();
    if (old?.textContent === sentence) return;
    const link = document.createElement("a");
    link.href = ours(href || location.href) ?? location.href;
    link.textContent = sentence;
    strip.replaceChildren(link);
  }

  document.addEventListener("visibilitychange", () => { clearTimeout(timer); if (!document.hidden) look(); });
  timer = setTimeout(look, EVERY);
}

export function start(root = document) {
  for (const strip of root.querySelectorAll("[data-live]")) watch(strip);
}
