/* The palette: one input for search, jumps and commands. What the page and the navigation offer is there at once; records
   come from the server a moment later. ">" commands only, "@" people, "§" clauses. Without script the form searches. */
import { ask, list, ours } from "./net.js";
import { word } from "./words.js";

const box = document.getElementById("palette");
const form = box?.querySelector("form");
const input = form?.querySelector("input");
const place = form?.querySelector(".palette-list");
let asked = null, timer = 0, chosen = -1, options = [], shownFor = "";

export function openPalette(text = "") {
  if (!box) return;
  if (text) input.value = text;
  if (!box.matches(":popover-open")) box.showPopover();
  input.focus();
}

const sprite = () => (document.querySelector("svg.i use")?.getAttribute("href") ?? "#").split("#")[0];

function drawing(kind, name, tone) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", kind);
  svg.setAttribute("aria-hidden", "true");
  if (tone) svg.dataset.tone = tone;
  use.setAttribute("href", `${sprite()}#${kind}-${name}`);
  svg.append(use);
  return svg;
}

const label = (link) => [...link.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE).map((n) => n.data).join("").trim();
const fits = (text, query) => query.toLowerCase().split(/\s+/).every((part) => text.toLowerCase().includes(part));

function commands(query) {
  const say = place.dataset, groups = [];
  const here = [...document.querySelectorAll("[data-key][data-word]")].filter((node) => node.getClientRects().length)
    .map((node) => ({ text: node.dataset.word.charAt(0).toUpperCase() + node.dataset.word.slice(1), key: node.dataset.key, icon: node.dataset.icon ?? "zap", node }));
  const go = [...document.querySelectorAll(".side .nav a[href]")].map((link) => ({
    text: label(link), href: link.href, icon: "arrow-right", end: link.closest("details") ? label(link.closest("details").querySelector("summary")) : "",
  }));
  const create = [...document.querySelectorAll("#menu-new a[href]")].map((link) => ({ text: label(link), href: link.href, icon: "plus" }));
  groups.push([say.here, here], [say.goto, go], [say.create, create]);
  return groups.map(([name, items]) => [name, items.filter((item) => item.text && fits(item.text, query))]).filter(([, items]) => items.length);
}

function show(groups) {
  options = [];
  const parts = [];
  for (const [name, items] of groups) {
    if (!items.length) continue;
    const head = document.createElement("p"), group = document.createElement("ul");
    head.className = "group";
    head.textContent = name;
    head.setAttribute("aria-hidden", "true");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", name);
    for (const item of items) {
      const row = document.createElement("li"), text = document.createElement("span"), end = document.createElement("span");
      row.setAttribute("role", "option");
      row.id = `palette-${options.length}`;
      row.append(item.glyph ? drawing("g", item.glyph, item.tone) : drawing("i", item.icon ?? "arrow-right"));
      text.textContent = item.text;
      end.className = "end";
      if (item.key) { const key = document.createElement("kbd"); key.textContent = item.key; end.append(key); } else { end.textContent = item.end ?? ""; }
      row.append(text, end);
      row.addEventListener("pointermove", () => choose(options.indexOf(row)));
      row.addEventListener("click", () => run(item));
      row.item = item;
      options.push(row);
      group.append(row);
    }
    parts.push(head, group);
  }
  place.replaceChildren(...parts);
  input.setAttribute("aria-expanded", String(options.length > 0));
  choose(options.length ? 0 : -1);
}

function choose(n) {
  chosen = n;
  options.forEach((row, at) => row.setAttribute("aria-selected", String(at === n)));
  if (n < 0) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", options[n].id);
  options[n].scrollIntoView({ block: "nearest" });
}

function run(item) {
  box.hidePopover();
  if (item.node) {
    if (item.node.matches('input[type="radio"]')) { item.node.click(); item.node.form?.querySelector("textarea")?.focus(); } else { item.node.click(); item.node.focus(); }
  } else {
    const address = ours(item.href);
    if (address) location.assign(address);
  }
}

async function find() {
  const typed = input.value.trim(), only = typed.startsWith(">"), query = only ? typed.slice(1).trim() : typed;
  const special = /^[@§]/.test(typed);
  const fixed = special ? [] : commands(query).map(([name, items]) => [name, items.slice(0, query ? 8 : name === place.dataset.goto ? 4 : 6)]);
  const last = typed && !only ? [[place.dataset.search, [{ text: typed, href: `${form.action}?q=${encodeURIComponent(typed)}`, icon: "search" }]]] : [];
  show([...fixed, ...last]);
  shownFor = typed;
  if (only || !form.dataset.palette) return;
  asked?.abort();
  asked = new AbortController();
  try {
    const answer = await ask(`${form.dataset.palette}?q=${encodeURIComponent(typed)}`, { signal: asked.signal });
    if (!answer.ok) return;
    const data = await answer.json();
    const hits = list(data.results).map((hit) => ({ text: hit.title, href: hit.href, end: hit.ref, glyph: hit.category, tone: hit.tone, icon: hit.icon }));
    if (hits.length && input.value.trim() === typed) {
      const name = typed ? place.dataset.found : place.dataset.lately;
      /* a number that hits comes first; otherwise commands stay under the hand that is already moving to them */
      show(typed ? [[name, hits], ...fixed, ...last] : [...fixed.slice(0, 1), [name, hits], ...fixed.slice(1)]);
    }
  } catch { /* the search page is still one Enter away */ }
}

if (box) {
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", place.id);
  input.setAttribute("aria-expanded", "false");
  place.setAttribute("role", "listbox");
  place.setAttribute("aria-label", box.getAttribute("aria-label"));
  box.addEventListener("beforetoggle", (event) => {
    if (event.newState === "open") find();
    else { asked?.abort(); input.value = ""; }
  });
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(find, 80); });
  input.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && options.length) {
      event.preventDefault();
      choose((chosen + by + options.length) % options.length);
    }
  });
  form.addEventListener("submit", (event) => {
    const typed = input.value.trim();
    /* a number jumps, and who types faster than the list follows means the text: the search page answers both */
    if (chosen < 0 || !options[chosen] || typed !== shownFor || /^[a-z]{2,4}[- ]?\d+$/i.test(typed)) return;
    event.preventDefault();
    run(options[chosen].item);
  });
}
