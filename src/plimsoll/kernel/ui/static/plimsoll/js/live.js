/* News of a list: asked for every twelve seconds, not while the tab is hidden, and told in a strip. Rows never move by themselves. When the
   reader's rights changed, rows that are no longer theirs are emptied where they stand. */
import { ask, ours } from "./net.js";
import { word } from "./words.js";

const EVERY = 12_000;

/* Ask an address again and again: `tell` gets each new answer, `gone` is called when there is nothing to be had any more. */
export function poll(place, address, tell, gone, every = EVERY) {
  let tag = "", pause = every, timer = 0;

  async function look() {
    clearTimeout(timer);
    if (!place.isConnected || document.hidden) return; // visibilitychange looks at once when the reader is back
    const to = address();
    try {
      const answer = await ask(to, { headers: tag ? { "If-None-Match": tag } : {} });
      pause = every;
      if (answer.status === 200) {
        tag = answer.headers.get("ETag") ?? "";
        const told = await answer.json();
        if (to === address()) tell(told); // else the page was shown anew meanwhile
      } else if (answer.status === 404 || answer.status === 403) {
        return gone?.();
      }
    } catch (fault) {
      if (fault.signedOut) pause = 60_000; // signing in again in another tab brings the news back
      else pause = Math.min(pause * 2, 300_000); // a server in trouble is not helped by everybody asking
    }
    timer = setTimeout(look, pause + Math.random() * 1000);
  }

  document.addEventListener("visibilitychange", look);
  timer = setTimeout(look, every);
  return look;
}

const ROWS = "#table tr[data-row], [data-live-row]"; // of a table, and of a list that is none
const named = (row) => row.dataset.row ?? row.dataset.liveRow;

/* Rows that a fresh look at this list does not have are emptied; the others stay as they are, under the pointer and the cursor. */
async function emptyWhatIsGone() {
  let there = new Set();
  try {
    const answer = await ask(location.href, { headers: { "HX-Request": "true", Accept: "text/html" } });
    if (answer.ok) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      there = new Set([...fresh.querySelectorAll("tr[data-row], [data-live-row]")].map(named));
    }
  } catch { /* what cannot be asked for is not shown */ }
  for (const row of document.querySelectorAll(ROWS)) {
    if (there.has(named(row))) continue;
    const said = document.createElement(row.matches("tr") ? "td" : "p");
    if (row.matches("tr")) said.colSpan = row.children.length;
    said.className = "ref";
    said.textContent = word("rowGone");
    row.replaceChildren(said);
    row.removeAttribute("data-row");
    row.removeAttribute("data-live-row");
  }
}

function watch(strip) {
  if (strip.dataset.watched) return;
  strip.dataset.watched = "1";

  function tell({ sentence, href, is_gone: isGone }) {
    if (isGone) emptyWhatIsGone();
    if (!sentence) return strip.replaceChildren();
    const link = strip.querySelector("a") ?? strip.appendChild(document.createElement("a")); // the same one: somebody may be on it
    if (link.textContent === sentence) return;
    link.href = ours(href || location.href) ?? location.href;
    link.textContent = sentence;
  }

  poll(strip, () => strip.dataset.live, tell, emptyWhatIsGone);
}

export function start(root = document) {
  for (const strip of root.querySelectorAll("[data-live]")) watch(strip);
}
