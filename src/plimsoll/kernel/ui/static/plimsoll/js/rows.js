/* The cursor in a list: j and k move it, focus goes with it, so Enter opens and readers hear the row.
   Coming back from a record the cursor stands where one left. */
const rows = () => [...document.querySelectorAll("[data-rows] tr[data-row]")].filter((row) => row.getClientRects().length);
const link = (row) => row.querySelector("a.title") ?? row.querySelector("a[href]");
const memory = `plimsoll.row:${location.pathname}`;
const lately = "plimsoll.list"; // the list one came from: its address, and the records on its page in their order

/* The record after or before this one on the list one came from, and the list itself. */
export function beside(by) {
  const list = came();
  const at = list ? list.hrefs.indexOf(location.pathname) : -1;
  const href = at < 0 ? null : list.hrefs[at + by];
  if (href) location.assign(href);
  return Boolean(href);
}

export function came() {
  try {
    const list = JSON.parse(sessionStorage.getItem(lately) ?? "null");
    return list && Array.isArray(list.hrefs) && typeof list.at === "string" && list.at.startsWith("/") ? list : null;
  } catch { return null; }
}

export const current = () => document.querySelector("[data-rows] tr[data-cursor]");

export function stand(row, { focus = true } = {}) {
  current()?.removeAttribute("data-cursor");
  if (!row) return;
  row.setAttribute("data-cursor", "");
  if (!focus) return;
  link(row)?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

export function step(by) {
  const all = rows();
  if (!all.length) return false;
  const at = all.indexOf(current());
  stand(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.max(0, Math.min(all.length - 1, at + by))]);
  return true;
}

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-rows] tr[data-row]");
  if (row && row !== current()) stand(row, { focus: false });
});

document.addEventListener("click", (event) => {
  const row = event.target.closest?.("[data-rows] tr[data-row]");
  if (!row) return;
  try { sessionStorage.setItem(memory, row.dataset.row); } catch { /* a private window may forbid it */ }
  /* a click on the empty part of a row opens it too; the title stays the one link that readers and keys meet */
  if (!event.target.closest("a, button, input, label, summary, td:has([data-pick]), td[data-editing]") && !getSelection()?.toString()) link(row)?.click();
});

/* Groups fold. The server sends them open, so that without script nothing is out of reach; data-fold="folded" folds at the start. */
function fold(button, open) {
  button.setAttribute("aria-expanded", String(open));
  for (const row of button.closest("tbody").querySelectorAll("tr:not(.band)")) row.hidden = !open;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-fold]");
  if (button) fold(button, button.getAttribute("aria-expanded") === "false");
});

export function start(root = document) {
  for (const button of root.querySelectorAll('button[data-fold="folded"][aria-expanded="true"]')) { fold(button, false); button.dataset.fold = ""; }
  const hrefs = rows().map((row) => new URL(link(row)?.href ?? location.href).pathname);
  if (hrefs.length) try { sessionStorage.setItem(lately, JSON.stringify({ at: location.pathname + location.search, hrefs })); } catch { /* as above */ }
  let key = null;
  try { key = sessionStorage.getItem(memory); } catch { return; }
  const back = performance.getEntriesByType("navigation")[0]?.type === "back_forward" || document.referrer.startsWith(location.origin);
  const row = key && back && rows().find((each) => each.dataset.row === key);
  if (row && !current()) stand(row, { focus: document.activeElement === document.body });
}
