/* The menu of a row: its ⋯ button and the right click bring the same list; shift and right click keep the browser's own.
   A field that is changed from there opens in its cell: Enter saves, Esc puts the cell back as it was. */
import { ask } from "./net.js";
import { stand } from "./rows.js";
import { toast } from "./toast.js";
import { word } from "./words.js";

const kept = new WeakMap(); // cell -> what stood in it
let menu = null, opener = null;

function place() {
  if (menu?.isConnected) return menu;
  menu = document.createElement("div");
  menu.id = "row-menu";
  menu.className = "menu at-point";
  menu.popover = "auto";
  menu.addEventListener("toggle", (event) => {
    if (event.newState === "closed" && menu.contains(document.activeElement)) opener?.focus();
  });
  document.querySelector("main").append(menu);
  return menu;
}

async function open(button, point) {
  opener = button;
  stand(button.closest("tr"), { focus: false });
  let text = "";
  try {
    const answer = await ask(button.href, { headers: { "HX-Request": "true", Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    text = await answer.text();
  } catch (fault) {
    return toast(word(fault.signedOut ? "signedOut" : "failed"));
  }
  const box = place();
  box.replaceChildren(document.createRange().createContextualFragment(text));
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", button.getAttribute("aria-label") ?? "");
  box.showPopover();
  const { x, y } = point ?? { x: button.getBoundingClientRect().right - box.offsetWidth, y: button.getBoundingClientRect().bottom + 4 };
  box.style.left = `${Math.max(8, Math.min(x, innerWidth - box.offsetWidth - 8))}px`;
  box.style.top = `${Math.max(8, Math.min(y, innerHeight - box.offsetHeight - 8))}px`;
  box.querySelector("a[href], button")?.focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("a[data-row-menu]");
  if (button && !event.metaKey && !event.ctrlKey && HTMLElement.prototype.showPopover) {
    event.preventDefault();
    return open(button);
  }
  const cancel = event.target.closest?.("td [data-cancel]");
  if (cancel) {
    event.preventDefault();
    const cell = cancel.closest("td");
    cell.innerHTML = kept.get(cell) ?? "";
    cell.removeAttribute("data-editing");
    return stand(cell.closest("tr"));
  }
  const link = event.target.closest?.("#row-menu [data-edit-field]");
  const cell = link && opener?.closest("tr")?.querySelector(`td[data-cell="${CSS.escape(link.dataset.editField)}"]`);
  if (!cell || cell.dataset.editing || !globalThis.htmx) return;
  event.preventDefault();
  kept.set(cell, cell.innerHTML);
  cell.dataset.editing = "1";
  menu.hidePopover();
  globalThis.htmx.ajax("GET", link.getAttribute("href"), { target: cell, swap: "innerHTML" })
    .then(() => cell.querySelector("input:not([type=hidden]), select")?.focus());
});

document.addEventListener("contextmenu", (event) => {
  if (event.shiftKey || event.target.closest("input, textarea, select, form.edit-field") || getSelection()?.toString()) return;
  const button = event.target.closest("[data-rows] tr[data-row]")?.querySelector("a[data-row-menu]");
  if (!button || !HTMLElement.prototype.showPopover) return;
  event.preventDefault();
  open(button, { x: event.clientX, y: event.clientY });
});

/* A form that was opened in a cell answers into that cell. */
export function start(root = document) {
  for (const form of root.querySelectorAll('td[data-editing] form[hx-target="closest dd"]')) form.setAttribute("hx-target", "closest td");
  if (root.matches?.('td[data-editing] form[hx-target="closest dd"]')) root.setAttribute("hx-target", "closest td");
}
