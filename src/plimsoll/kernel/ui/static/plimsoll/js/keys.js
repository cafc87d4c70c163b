/* Keys. Single keys never fire in a field, and each person may switch them off or change them:
   <html data-keys="off">, data-keys="j=n k=p" (the meaning, then the key of one's own), or "off j=n" (they rest).
   An element takes a key by data-key="r"; data-word names it for the list of keys and the palette. */
import * as rows from "./rows.js";
import { pick } from "./bulk.js";
import { toast, undo } from "./toast.js";
import { openPalette } from "./palette.js";
import { word } from "./words.js";

const html = document.documentElement;
let going = 0, copies = 0, copied = 0;

function own() {
  const map = new Map();
  for (const pair of (html.dataset.keys ?? "").split(/\s+/)) {
    const at = pair.indexOf("=", 1);
    if (at > 0) map.set(pair.slice(at + 1), pair.slice(0, at));
  }
  return map;
}

const isOff = () => (html.dataset.keys ?? "").split(/\s+/)[0] === "off";

/* The key that this person presses for a meaning. */
function keyFor(meaning) {
  for (const [key, means] of own()) if (means === meaning) return key;
  return meaning;
}

/* What pages say of keys is what this person presses; nothing where they are off. */
export function start(root = document) {
  if (!own().size && !isOff()) return;
  for (const node of root.querySelectorAll("kbd")) {
    const meaning = (node.dataset.meaning ??= node.textContent);
    if (meaning.length !== 1 || node.closest(".palette")) continue;
    node.textContent = keyFor(meaning);
    node.hidden = isOff() && !node.closest("#keys");
  }
}

const writing = (node) => node instanceof Element && (node.closest("textarea, select, [contenteditable=''], [contenteditable='true'], [role='combobox'], [role='textbox']")
  || (node.matches("input") && !/^(checkbox|radio|button|submit|reset|range|color|file)$/.test(node.type)));

const shown = (node) => node.getClientRects().length > 0 && !node.closest("[inert]");

/* An element in an open dialog hides those behind it. */
function scope() {
  const modal = [...document.querySelectorAll("dialog[open]")].filter((d) => d.matches(":modal")).pop();
  return modal ?? [...document.querySelectorAll("[popover]:popover-open")].pop() ?? document;
}

function act(node) {
  if (node.matches('input[type="radio"]')) {
    node.checked = true;
    node.dispatchEvent(new Event("change", { bubbles: true }));
    const text = node.form?.querySelector("textarea");
    (text ?? node).focus();
  } else if (node.matches("input, textarea, select")) {
    node.focus();
  } else if (node.getAttribute("aria-disabled") === "true") {
    node.focus(); // its description says why it waits
  } else {
    node.click();
  }
}

async function copy() {
  const main = document.querySelector("main[data-ref]");
  const now = Date.now();
  copies = now - copied < 3000 ? (copies + 1) % 3 : 0;
  copied = now;
  const clean = location.origin + location.pathname + (main ? "" : location.search);
  const ref = main?.dataset.ref;
  const text = !ref ? clean : [ref, clean, `[${ref} ${main.dataset.title ?? ""}](${clean})`.replace(" ](", "](")][copies];
  try {
    await navigator.clipboard.writeText(text);
    toast(ref ? word(["copiedRef", "copiedLink", "copiedMarkdown"][copies], { what: ref }) : word("copied"), { kind: "copy" });
  } catch {
    toast(word("copyFailed"));
  }
}

function go(letter) {
  const place = document.querySelector(`[data-go="${CSS.escape(letter)}"] a[href]`);
  if (place) location.assign(place.href);
}

const builtIn = {
  "/": () => openPalette(),
  "?": () => document.getElementById("keys")?.showPopover(),
  c: () => {
    /* through its button, so that the menu stands under it and focus returns there */
    const opener = [...document.querySelectorAll('[popovertarget="menu-new"]')].find(shown);
    opener?.click();
    if (opener) document.querySelector("#menu-new a")?.focus();
  },
  j: () => rows.step(1),
  k: () => rows.step(-1),
  x: () => { const box = rows.current()?.querySelector("[data-pick]"); if (box) pick(box); },
  X: () => { const box = rows.current()?.querySelector("[data-pick]"); if (box) pick(box, { to: true }); },
  z: () => undo([...document.querySelectorAll("button[data-undo]")].pop()),
  ".": copy,
  "[": () => rows.beside(-1) || toast(word("noneBeside")),
  "]": () => rows.beside(1) || toast(word("noneBeside")),
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const command = event.ctrlKey || event.metaKey;
  if (command && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    return openPalette();
  }
  if (command && event.key === "Enter") {
    const form = event.target.closest?.("form");
    if (form && event.target.matches("textarea, input")) {
      event.preventDefault();
      form.requestSubmit(form.querySelector('[type="submit"]:not([formmethod="dialog"])') ?? undefined);
    }
    return;
  }
  if (command || event.altKey) return;
  if (event.key === "Escape") return escape(event);
  if (isOff() || writing(event.target)) return;

  const mine = own();
  if ([...mine.values()].includes(event.key) && !mine.has(event.key)) return; // its key was given away
  const key = mine.get(event.key) ?? event.key;

  if (going && Date.now() - going < 1500) {
    going = 0;
    event.preventDefault();
    return go(key);
  }
  const root = scope();
  const node = [...root.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(shown);
  if (node) {
    event.preventDefault();
    return act(node);
  }
  if (root !== document) return;
  if (key === "g") { going = Date.now(); return; }
  if (key === "Enter" && (event.target === document.body || event.target.id === "main")) {
    rows.current()?.querySelector("a.title, a[href]")?.click();
  } else if (Object.hasOwn(builtIn, key)) {
    event.preventDefault();
    builtIn[key]();
  }
});

/* Esc leaves a field first; then it goes back, to where the list says one came from. Open dialogs close by themselves. */
function escape(event) {
  if (document.querySelector("dialog[open], [popover]:popover-open")) return;
  const cancel = event.target.closest?.("form")?.querySelector("[data-cancel]");
  if (cancel) { event.preventDefault(); cancel.click(); return; } // a field opened in place closes again
  if (writing(event.target)) { event.target.blur(); return; }
  const picked = document.querySelector("[data-pick]:checked");
  if (picked) { document.querySelector("[data-bulk-clear]")?.click(); return; }
  const back = document.querySelector("[data-back]");
  if (back?.matches("a, button")) return back.click();
  const list = rows.came();
  const place = list?.hrefs.includes(location.pathname) ? list.at : back?.dataset.back;
  if (place) location.assign(place);
}

/* What the elements of this page can do, for "?" and for the palette. */
export function here() {
  const seen = new Set();
  return [...document.querySelectorAll("[data-key][data-word]")].filter((node) => {
    if (seen.has(node.dataset.key) || !shown(node) && !node.closest("[popover], .composer")) return false;
    seen.add(node.dataset.key);
    return true;
  });
}

document.getElementById("keys")?.addEventListener("beforetoggle", (event) => {
  if (event.newState !== "open") return;
  const place = event.target.querySelector("[data-keys-here]");
  place.replaceChildren(...here().map((node) => {
    const row = document.createElement("div"), term = document.createElement("dt"), said = document.createElement("dd"), key = document.createElement("kbd");
    key.textContent = keyFor(node.dataset.key);
    said.textContent = node.dataset.word;
    term.append(key);
    row.append(term, said);
    return row;
  }));
  place.hidden = !place.children.length;
  event.target.querySelector("[data-keys-go]").replaceChildren(...[...document.querySelectorAll("[data-go]")].flatMap((li, n) => {
    const key = document.createElement("kbd");
    key.textContent = li.dataset.go;
    const place = li.querySelector("summary, a").cloneNode(true);
    for (const more of place.querySelectorAll(".clause, .count")) more.remove();
    return [n ? ", " : "", key, ` ${place.textContent.trim()}`];
  }));
});
