/* Canned texts in the composer: "::" and some letters, or the button, open the list; arrows and Enter choose. A text for internal notes turns
   the paper internal and says so; what a macro does beside writing stands under the text until it is sent or taken away. */
import { ask, list } from "./net.js";
import { toast } from "./toast.js";
import { counted } from "./words.js";

const MARK = /(^|\s)::([\w-]*)$/;
const fits = (item, typed) => !typed || item.shortcut.startsWith(typed) || item.name.toLowerCase().includes(typed);

function equip(text) {
  if (text.dataset.equipped) return;
  text.dataset.equipped = "1";
  const form = text.form, marker = form.querySelector('input[name="macro"]'), said = form.querySelector("[data-macro-said]");
  const menu = form.querySelector("[data-canned-list]"), told = form.querySelector("[data-canned-told]");
  let all = null, found = [], at = -1;
  /* The words stand at the list and not with those of every page: nobody outside reads that there is anything internal. */
  const word = (name, fill = {}) => (menu.dataset[name] ?? "").replace(/\{(\w+)\}/g, (whole, key) => fill[key] ?? whole);

  const load = async () => {
    if (all) return all;
    const answer = await ask(text.dataset.canned);
    if (!answer.ok) throw new Error(String(answer.status));
    return (all = list((await answer.json()).items));
  };
  const typed = () => MARK.exec(text.value.slice(0, text.selectionStart));
  const close = () => { menu.hidden = true; found = []; at = -1; text.removeAttribute("aria-activedescendant"); };
  const modes = () => [...form.querySelectorAll('[name="mode"]')];
  const isPublic = () => form.querySelector('[name="mode"]:checked')?.value !== "internal";

  function mark(n) {
    at = n;
    [...menu.children].forEach((row, i) => row.setAttribute("aria-selected", String(i === n)));
    if (n < 0) return;
    text.setAttribute("aria-activedescendant", menu.children[n].id);
    menu.children[n].scrollIntoView({ block: "nearest" });
  }

  function show(items) {
    found = items;
    menu.replaceChildren(...items.map((item, n) => {
      const row = document.createElement("li"), what = document.createElement("small");
      row.setAttribute("role", "option");
      row.id = `canned-${n}`;
      row.append(item.name);
      what.textContent = [item.is_internal ? word("internal") : "", item.does, item.shortcut && `::${item.shortcut}`].filter(Boolean).join(" · ");
      row.append(what);
      row.addEventListener("pointerdown", (event) => { event.preventDefault(); take(item); });
      return row;
    }));
    menu.hidden = !items.length;
    told.textContent = items.length ? counted("hits", items.length) : word("noCanned");
    if (items.length) mark(0); else close();
  }

  async function look() {
    if (!typed()) return close();
    try {
      const items = await load(), letters = typed()?.[2].toLowerCase(); // as typed by now: answers come in any order
      if (letters !== undefined) show(items.filter((item) => fits(item, letters)));
    } catch { close(); }
  }

  function take(item) {
    const place = typed(), end = text.selectionStart;
    const start = place ? end - place[2].length - 2 : end;
    text.setRangeText(item.text, start, end, "end");
    close();
    if (item.is_internal && isPublic()) {
      const internal = modes().find((radio) => radio.value === "internal");
      if (internal) internal.checked = true;
      toast(word("cannedInternal", { what: item.name }));
    }
    if (item.is_internal || item.does) {
      const others = marked().filter((id) => id !== item.id);
      marker.value = (item.does ? [item.id, ...others] : [...others, item.id]).join(" ");
      tell();
    }
    text.focus();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /* The texts put in that do something or are internal, by number; what the first does goes along, and each internal one keeps the message in. */
  const marked = () => marker.value.split(" ").filter(Boolean).map(Number);

  /* What goes along with the text, and the warning when an internal text would leave. */
  async function tell() {
    const keys = marked();
    text.required = true;
    said.replaceChildren();
    said.hidden = !keys.length;
    if (!keys.length) return;
    let items = [];
    try { items = (await load()).filter((each) => keys.includes(each.id)); } catch { /* the server says it at sending */ }
    const first = items.find((each) => each.id === keys[0]);
    if (!items.length || marker.value !== keys.join(" ")) return;
    if (first?.does) text.required = false;
    const leaving = isPublic() ? items.filter((each) => each.is_internal) : [];
    said.replaceChildren();
    said.append([first?.does && word("cannedDoes", { what: first.does }), ...leaving.map((each) => word("cannedLeaves", { what: each.name }))].filter(Boolean).join(" "));
    said.hidden = !said.textContent;
    if (said.hidden) return;
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "why";
    drop.textContent = word("cannedDrop");
    drop.addEventListener("click", () => { marker.value = ""; tell(); text.focus(); text.dispatchEvent(new Event("input", { bubbles: true })); });
    said.append(" ", drop);
  }

  text.addEventListener("input", look);
  text.addEventListener("blur", () => setTimeout(close, 100));
  text.addEventListener("keydown", (event) => {
    if (menu.hidden) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) { event.preventDefault(); mark((at + by + found.length) % found.length); }
    else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") { event.preventDefault(); take(found[at]); }
    else if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); close(); }
  });
  form.addEventListener("change", (event) => { if (event.target.name === "mode") tell(); });
  form.addEventListener("plimsoll:filled", () => tell());
  form.querySelector("[data-canned-open]")?.addEventListener("click", (event) => {
    event.preventDefault();
    text.focus();
    const before = text.value.slice(0, text.selectionStart);
    if (!typed()) text.setRangeText(before && !/\s$/.test(before) ? " ::" : "::", text.selectionStart, text.selectionEnd, "end");
    look();
  });
  if (marker.value) tell();
}

export function start(root = document) {
  for (const text of root.querySelectorAll("textarea[data-canned]")) equip(text);
}
