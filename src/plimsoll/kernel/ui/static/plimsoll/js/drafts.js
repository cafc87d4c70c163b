/* What one writes is kept: text and mode together, so that an internal note never comes back as a reply.
   In this browser for now; drafts of other people on the same machine are kept apart, and all go at sign-out. */
import { toast } from "./toast.js";
import { word } from "./words.js";

const PREFIX = "plimsoll.draft:";
const WEEKS = 2 * 7 * 86_400_000;
const key = (form) => `${PREFIX}${document.querySelector("#menu-you b")?.textContent ?? ""}:${form.dataset.draft}`;
const clockTime = (when) => new Date(when).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });

function read(name) {
  try { return JSON.parse(localStorage.getItem(name)); } catch { return null; }
}

function write(name, value) {
  try { value ? localStorage.setItem(name, JSON.stringify(value)) : localStorage.removeItem(name); return true; } catch { return false; }
}

function keep(form) {
  const text = form.querySelector("textarea"), at = form.querySelector("[data-draft-at]");
  const now = Date.now();
  const mode = form.querySelector('[name="mode"]:checked')?.value;
  const kept = write(key(form), text.value.trim() ? { text: text.value, mode, at: now } : null);
  if (at) at.textContent = kept && text.value.trim() ? word("draftKept", { what: clockTime(now) }) : "";
}

function restore(form) {
  if (form.dataset.restored) return;
  form.dataset.restored = "1";
  const text = form.querySelector("textarea"), at = form.querySelector("[data-draft-at]");
  const draft = read(key(form));
  if (!draft || typeof draft.text !== "string") return;
  if (text.value.trim()) return; // the server sent text back: that is newer
  const mode = [...form.querySelectorAll('[name="mode"]')].find((radio) => radio.value === draft.mode);
  if (draft.mode && !mode) return; // the mode is not open here any more; nothing may change its reader
  if (mode) mode.checked = true;
  text.value = draft.text;
  const when = clockTime(draft.at);
  if (at) at.textContent = word("draftKept", { what: when });
  toast(word("draftBack", { what: when }));
}

let timer = 0;
document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-draft]");
  if (!form) return;
  clearTimeout(timer);
  timer = setTimeout(() => keep(form), 600);
});
document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-draft]");
  if (form && event.target.name === "mode") keep(form);
});
addEventListener("pagehide", () => { for (const form of document.querySelectorAll("form[data-draft]")) if (form.querySelector("textarea")?.value.trim() && !form.dataset.sent) keep(form); });

/* Gone once it is sent. If the sending fails, the server's page brings the text back, and typing keeps it again. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.matches("form[data-draft]") && !form.matches("[hx-post]")) { clearTimeout(timer); write(key(form), null); }
  if (/logout|sign-?out/.test(form.action)) for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) localStorage.removeItem(name);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[data-draft]");
  if (form && event.detail.successful && event.detail.requestConfig.verb === "post") write(key(form), null);
});

export function start(root = document) {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX) && Date.now() - (read(name)?.at ?? 0) > WEEKS) localStorage.removeItem(name);
  } catch { return; }
  for (const form of root.querySelectorAll("form[data-draft]")) restore(form);
}
