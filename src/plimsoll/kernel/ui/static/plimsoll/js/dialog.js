/* Dialogs that a link or button opens (data-dialog="id"), typed confirmation (data-phrase), and the place of menus where
   the browser cannot anchor them itself. */
const anchors = CSS.supports("position-area", "bottom");

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener && !event.metaKey && !event.ctrlKey) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog?.showModal) {
      event.preventDefault(); // a link leads to the same question on a page of its own
      if (!dialog.open) dialog.showModal();
    }
  }
  if (event.target.closest("[data-close]")) event.target.closest("dialog, [popover]:popover-open")?.[event.target.closest("dialog") ? "close" : "hidePopover"]?.();
});

/* The act wakes up when the phrase is there; it stays reachable, so that readers hear why it waits. */
function weigh(form) {
  const wanted = form.dataset.phrase, field = form.querySelector('[name="confirm"]');
  const act = form.querySelector('[type="submit"]:not([formmethod="dialog"])');
  if (field && act) act.setAttribute("aria-disabled", String(field.value.trim() !== wanted));
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-phrase]");
  if (form) weigh(form);
});

document.addEventListener("submit", (event) => {
  if (event.submitter?.getAttribute("aria-disabled") === "true") {
    event.preventDefault();
    event.target.querySelector('[name="confirm"]')?.focus();
  }
});

/* Up and down in an open menu, as everywhere else on the machine. Tab works too. */
document.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const menu = by && document.querySelector(".menu:popover-open:not([role='dialog'])");
  if (!menu) return;
  const items = [...menu.querySelectorAll("a[href], button")], at = items.indexOf(document.activeElement);
  event.preventDefault();
  items[(at + by + items.length + (at < 0 && by < 0 ? 1 : 0)) % items.length]?.focus();
});

/* A panel with fields is opened to fill them. */
document.addEventListener("toggle", (event) => {
  if (event.newState === "open" && event.target.matches?.(".menu[popover][role=dialog]")) event.target.querySelector("input:not([type=hidden]), select")?.focus();
}, true);

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (event.newState !== "open" || !menu.matches?.(".menu[popover]") || anchors || matchMedia("(max-width: 48rem)").matches) return;
  const opener = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
  if (!opener) return;
  const box = opener.getBoundingClientRect(), width = menu.offsetWidth;
  menu.style.inset = "auto";
  menu.style.top = `${Math.min(box.bottom + 4, innerHeight - menu.offsetHeight - 8)}px`;
  menu.style.left = `${Math.max(8, Math.min(box.right - width, innerWidth - width - 8))}px`;
}, true);

export function start(root = document) {
  for (const form of root.querySelectorAll("form[data-phrase]")) weigh(form);
}
