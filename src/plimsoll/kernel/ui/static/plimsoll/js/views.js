/* How much stands in each saved view: asked for after the page, then every fifteen seconds while somebody looks. */
import { ask, ours } from "./net.js";

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

/* The pinned views of the side bar: as they were a moment ago at once, then as they are. */
const MEMORY = "plimsoll.pinned";

function pinned(list) {
  if (list.dataset.watched) return;
  list.dataset.watched = "1";
  let timer = 0, pause = EVERY;

  function show(views) {
    const here = location.pathname + location.search;
    list.replaceChildren(...views.map(({ label, href, count }) => {
      const row = document.createElement("li"), link = document.createElement("a"), number = document.createElement("span");
      const to = new URL(ours(href) ?? location.href);
      link.href = to.href;
      if (to.pathname + to.search === here) link.setAttribute("aria-current", "page");
      number.className = "count";
      number.textContent = count;
      link.append(label, number);
      row.append(link);
      return row;
    }));
    list.hidden = !views.length;
  }

  async function look() {
    clearTimeout(timer);
    if (!list.isConnected || document.hidden) return;
    try {
      const answer = await ask(list.dataset.pinned);
      if (!answer.ok) return;
      const text = await answer.text();
      const views = JSON.parse(text).views ?? [];
      if (!list.contains(document.activeElement)) show(views); // nobody's focus is taken away
      try { sessionStorage.setItem(MEMORY, JSON.stringify(views)); } catch { /* a private window may forbid it */ }
      pause = EVERY;
    } catch (fault) {
      if (fault.signedOut) return;
      pause = Math.min(pause * 2, 300_000);
    }
    timer = setTimeout(look, pause);
  }

  try { show(JSON.parse(sessionStorage.getItem(MEMORY) ?? "[]")); } catch { /* then after the answer */ }
  document.addEventListener("visibilitychange", look);
  look();
}

export function start(root = document) {
  for (const list of root.querySelectorAll("[data-pinned]")) pinned(list);
  for (const tabs of root.querySelectorAll("[data-views]")) watch(tabs);
}
