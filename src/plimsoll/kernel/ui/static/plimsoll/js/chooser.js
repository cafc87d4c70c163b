/* Typed search in place of a list of ten thousand: <input data-chooser="/choose/person/"> with a hidden input of the same
   name without "_typed". What this person chose lately in this field comes first: their numbers are kept here, never a name; an
   empty result may offer to create. */
import { ask, list, ours } from "./net.js";
import { counted, word } from "./words.js";

const MOST_LATELY = 5;
let number = 0;

/* One list for each person, field and source; a browser that keeps nothing begins with the others. */
const shelf = (input) => `lately:${document.querySelector('meta[name="person"]')?.content ?? ""}:${input.name}:${input.dataset.chooser}`;
function lately(input) {
  try { return list(JSON.parse(localStorage.getItem(shelf(input)) ?? "[]")).filter((key) => /^\d+$/.test(key)).slice(0, MOST_LATELY); } catch { return []; }
}
function remember(input, key) {
  if (!/^\d+$/.test(key)) return; // "me", "nobody": words, not things
  try { localStorage.setItem(shelf(input), JSON.stringify([key, ...lately(input).filter((one) => one !== key)].slice(0, MOST_LATELY))); } catch { /* a full or closed store */ }
}

function equip(input) {
  if (input.dataset.equipped) return;
  input.dataset.equipped = "1";
  const box = input.closest(".chooser") ?? input.parentElement;
  const hidden = box.querySelector('input[type="hidden"]');
  const menu = document.createElement("ul"), told = document.createElement("span");
  menu.id = `chooser-${++number}`;
  menu.setAttribute("role", "listbox");
  menu.setAttribute("aria-label", input.labels?.[0]?.textContent.trim() ?? input.getAttribute("aria-label") ?? "");
  menu.hidden = true;
  told.className = "sr";
  told.setAttribute("role", "status");
  box.append(menu, told);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": menu.id, "aria-expanded": "false" })) input.setAttribute(name, value);

  let options = [], at = -1, asked = null, timer = 0, settled = input.value;

  const close = () => { menu.hidden = true; at = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const mark = (n) => {
    at = n;
    options.forEach((row, i) => row.setAttribute("aria-selected", String(i === n)));
    if (n >= 0) { input.setAttribute("aria-activedescendant", options[n].id); options[n].scrollIntoView({ block: "nearest" }); }
  };

  function take(item) {
    if (item.href) {
      const address = ours(item.href);
      if (address) location.assign(address);
      return;
    }
    hidden.value = item.value;
    input.value = settled = item.label;
    remember(input, String(item.value));
    close();
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function fill(items, create) {
    let group = null;
    options = [];
    const parts = [];
    for (const item of [...items, ...(create ? [create] : [])]) {
      if (item.group && item.group !== group) {
        const head = document.createElement("li");
        head.setAttribute("role", "presentation");
        head.textContent = group = item.group;
        parts.push(head);
      }
      const row = document.createElement("li");
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", "false");
      row.id = `${menu.id}-${options.length}`;
      row.append(item.label);
      if (item.sub) { const sub = document.createElement("small"); sub.textContent = item.sub; row.append(sub); }
      row.addEventListener("pointerdown", (event) => { event.preventDefault(); take(item); });
      row.item = item;
      options.push(row);
      parts.push(row);
    }
    if (!options.length) {
      const none = document.createElement("li");
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.setAttribute("aria-selected", "false");
      none.textContent = word("noneFound");
      parts.push(none);
    }
    menu.replaceChildren(...parts);
    menu.hidden = false;
    input.setAttribute("aria-expanded", "true");
    told.textContent = options.length ? counted("hits", options.length) : word("noneFound");
    at = -1;
  }

  async function find() {
    asked?.abort();
    asked = new AbortController();
    const typed = input.value === settled ? "" : input.value.trim(), address = new URL(input.dataset.chooser, location.href);
    address.searchParams.set("q", typed);
    if (!typed) address.searchParams.set("lately", lately(input).join(","));
    try {
      const answer = await ask(address, { signal: asked.signal });
      if (!answer.ok) return;
      const data = await answer.json();
      if (document.activeElement === input) fill(list(data.results), data.create);
    } catch { /* what was typed is sent as it is, and the server says what it makes of it */ }
  }

  input.addEventListener("input", () => {
    if (input.value.trim() !== settled) hidden.value = ""; // the key belongs to the text that was chosen, to no other
    clearTimeout(timer);
    timer = setTimeout(find, 150);
  });
  input.addEventListener("click", () => { if (menu.hidden) find(); });
  input.addEventListener("blur", () => setTimeout(close, 0));
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (menu.hidden) return find();
      if (options.length) mark((at + (event.key === "ArrowDown" ? 1 : -1) + options.length + (at < 0 && event.key === "ArrowUp" ? 1 : 0)) % options.length);
    } else if (event.key === "Enter" && !menu.hidden && (at >= 0 || input.value.trim() !== settled || !settled)) {
      // the list is what the hand is at: Enter takes from it, or closes it, and never sends a form whose field is half typed
      event.preventDefault();
      if (at >= 0) take(options[at].item);
      else if (input.value.trim() && options.length === 1) take(options[0].item);
      else close();
    } else if (event.key === "Escape" && !menu.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
}

export function start(root = document) {
  for (const input of root.querySelectorAll("input[data-chooser]")) equip(input);
}
