/* Similar records and known answers while somebody writes: asked for when the hands rest for a moment, told to readers as a number,
   reached with Tab, and never taking the focus. <section data-alike="/address/" data-alike-of="#id_title, #id_description">. */
import { ask, list, ours, token } from "./net.js";
import { toast } from "./toast.js";
import { counted, word } from "./words.js";

const REST = 400;

function equip(place) {
  if (place.dataset.equipped) return;
  place.dataset.equipped = "1";
  const fields = [...document.querySelectorAll(place.dataset.alikeOf)];
  const told = place.querySelector("[data-alike-told]"), shown = place.querySelector("[data-alike-shown]");
  let timer = 0, asked = null, last = "";

  const near = () => ["service", "organization"].map((name) => [name, place.closest("form")?.querySelector(`input[type=hidden][name="${name}"]`)?.value ?? ""]);

  function item(one, group) {
    const row = document.createElement("li"), link = document.createElement("a"), how = document.createElement("small");
    link.href = ours(one.href) ?? "#";
    link.textContent = `${one.ref} ${one.title}`;
    if (place.closest("form")) { link.target = "_blank"; link.rel = "noopener"; } // what is being written stays open
    how.textContent = one.how;
    row.append(link, " ", how);
    if (!group.can_use) return row;
    if (place.dataset.alikeLink) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn";
      button.textContent = place.dataset[one.is_used ? "used" : "use"];
      button.disabled = one.is_used;
      button.setAttribute("aria-label", `${button.textContent}: ${one.ref}`);
      button.addEventListener("click", () => use(one, button));
      row.append(" ", button);
    } else if (place.closest("form")) {
      const label = document.createElement("label"), box = document.createElement("input");
      label.className = "check";
      Object.assign(box, { type: "checkbox", name: "uses", value: one.ref });
      label.append(box, `${place.dataset.use}: ${one.ref}`);
      row.append(" ", label);
    }
    return row;
  }

  async function use(one, button) {
    button.disabled = true;
    try {
      const body = new URLSearchParams({ meaning: "uses", target: one.ref, csrfmiddlewaretoken: token() });
      const answer = await ask(place.dataset.alikeLink, { method: "POST", body, headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      button.textContent = place.dataset.used;
      toast(`${place.dataset.used}: ${one.ref}`);
    } catch (fault) {
      button.disabled = false;
      toast(word(fault.signedOut ? "signedOut" : "failed"));
    }
  }

  function show(groups) {
    const ticked = new Set([...place.querySelectorAll('input[name="uses"]:checked')].map((box) => box.value));
    const rows = groups.flatMap((group) => {
      const head = document.createElement("h2"), some = document.createElement("ul");
      head.textContent = group.title;
      some.append(...list(group.items).map((one) => item(one, group)));
      return [head, some];
    });
    if (place.contains(document.activeElement) && document.activeElement !== place) return; // nobody's focus is taken away
    shown.replaceChildren(...rows);
    for (const box of shown.querySelectorAll('input[name="uses"]')) box.checked = ticked.has(box.value);
    const count = groups.reduce((sum, group) => sum + list(group.items).length, 0);
    place.hidden = !count && !place.dataset.alikeLink;
    told.textContent = count ? counted("hits", count) : "";
  }

  async function look() {
    const text = fields.map((field) => field.value).join(" ").slice(-500).trim();
    const query = new URLSearchParams([["q", text], ...near()]);
    if (String(query) === last || (!place.dataset.alikeLink && text.length < 4)) return;
    last = String(query);
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await ask(`${place.dataset.alike}?${query}`, { signal: asked.signal });
      if (answer.ok) show(list((await answer.json()).groups));
    } catch { /* help that does not come is no fault of what is being written */ }
  }

  for (const field of fields) {
    field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, REST); });
    if (place.dataset.alikeLink) field.addEventListener("focus", look, { once: true });
  }
}

export function start(root = document) {
  for (const place of root.querySelectorAll("[data-alike]")) equip(place);
}
