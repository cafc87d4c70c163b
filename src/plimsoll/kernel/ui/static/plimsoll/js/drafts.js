/* What one writes is kept: <form data-draft="place">. Every change at once in this browser, and after a moment on the server, where it outlives
   session, browser and restart. Sending asks the server first: is it still there, and is it still me? If not, nothing is sent and nothing is lost. */
import { ask } from "./net.js";
import { toast } from "./toast.js";
import { word } from "./words.js";

const PREFIX = "plimsoll.draft:";
const MONTH = 30 * 86_400_000;
const SOON = 2000, AGAIN = 10_000;
const me = document.querySelector('meta[name="person"]')?.content ?? "";
const key = (form) => `${PREFIX}${me}:${form.dataset.draft}`;
const clockTime = (when) => new Date(when).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
const states = new WeakMap(); // form -> {first, names, timer, isDirty}

function read(name) {
  try { return JSON.parse(localStorage.getItem(name)); } catch { return null; }
}

function write(name, value) {
  try { value ? localStorage.setItem(name, JSON.stringify(value)) : localStorage.removeItem(name); return true; } catch { return false; }
}

/* The values of a form by field, but for tokens, versions, passwords and files (also those held since a refusal): as they are, or as the server sent them, which may be
   another thing already when this script begins: people type while a page is loading. */
function valuesOf(form, { asSent = false } = {}) {
  const found = {};
  for (const control of form.elements) {
    if (!control.name || /^(csrfmiddlewaretoken|version|draft|sending|held)$/.test(control.name) || /^(file|password|submit|button|image)$/.test(control.type)) continue;
    found[control.name] ??= [];
    if (/^(checkbox|radio)$/.test(control.type)) { if (asSent ? control.defaultChecked : control.checked) found[control.name].push(control.value); }
    else if (control.matches("select")) found[control.name].push(...chosenIn(control, asSent));
    else found[control.name].push(asSent ? control.defaultValue : control.value);
  }
  return found;
}

function chosenIn(select, asSent) {
  const chosen = [...select.options].filter((option) => (asSent ? option.defaultSelected : option.selected));
  const first = chosen.length || select.multiple ? [] : [...select.options].slice(0, 1); // a list with nothing marked shows its first
  return [...chosen, ...first].map((option) => option.value);
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/* Only what was touched: so that a draft of an edit does not bring back old values of fields that somebody else changed since. */
function touched(form) {
  const state = states.get(form), now = valuesOf(form);
  for (const name of Object.keys(now)) if (!same(now[name], state.first[name])) state.names.add(name);
  const kept = Object.fromEntries(Object.entries(now).filter(([name]) => state.names.has(name)));
  const isSaying = Object.entries(kept).some(([name, values]) => name !== "mode" && (!same(values, state.first[name]) || values.some((value) => value.trim())));
  return isSaying ? kept : null;
}

function fill(form, values) {
  for (const control of form.elements) {
    const wanted = values[control.name];
    if (!wanted || /^(file|password|submit|button)$/.test(control.type)) continue;
    if (/^(checkbox|radio)$/.test(control.type)) control.checked = wanted.includes(control.value);
    else if (control.type === "select-multiple") for (const option of control.options) option.selected = wanted.includes(option.value);
    else control.value = wanted[0] ?? "";
  }
  form.dispatchEvent(new CustomEvent("plimsoll:filled", { bubbles: true }));
}

/* --- The sentence at the form, and its ways out --- */
function say(form, text, { act, then, href } = {}) {
  let note = form.querySelector("[data-draft-note]");
  if (!text) { note?.replaceChildren(); if (note) note.hidden = true; return; }
  if (!note) {
    note = document.createElement("p");
    note.className = "draft-note";
    note.dataset.draftNote = "";
    note.setAttribute("role", "status");
    (form.querySelector("[data-draft-place]") ?? form).prepend(note);
  }
  note.hidden = false;
  note.replaceChildren(text);
  if (!act) return;
  const way = document.createElement(href ? "a" : "button");
  way.textContent = act;
  way.className = "why";
  if (href) { way.href = href; way.target = "_blank"; way.rel = "noopener"; } else { way.type = "button"; way.addEventListener("click", then); }
  note.append(" ", way);
}

const signIn = (form) => say(form, word("draftSignedOut"), { act: word("signIn"), href: "/accounts/login/" });

function told(form, when) {
  const at = form.querySelector("[data-draft-at]");
  if (at) at.textContent = when ? word("draftKept", { what: clockTime(when) }) : "";
}

/* --- The server --- */
function learn(answer) {
  if (!answer.token) return;
  document.querySelector('meta[name="csrf-token"]')?.setAttribute("content", answer.token);
  for (const field of document.querySelectorAll('input[name="csrfmiddlewaretoken"]')) field.value = answer.token;
}

async function post(form, values, options = {}) {
  const body = new URLSearchParams({ who: me, place: form.dataset.draft, values: values ? JSON.stringify(values) : "" });
  let answer = await ask("/drafts/", { method: "POST", body, ...options });
  if (answer.status === 403) { // the token of a session that ended; the new session has another one
    const anew = await ask(`/drafts/?place=${encodeURIComponent(form.dataset.draft)}`);
    learn(await anew.json());
    answer = await ask("/drafts/", { method: "POST", body, ...options });
  }
  const data = await answer.json().catch(() => ({}));
  if (answer.ok) learn(data);
  if (data.who !== undefined && String(data.who) !== me) throw Object.assign(new Error("somebody else"), { isSomebodyElse: true });
  if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
  return { ...data, isRefused: !answer.ok };
}

async function keep(form, options) {
  const state = states.get(form);
  if (!state || !form.isConnected) return;
  clearTimeout(state.timer);
  const values = touched(form), said = JSON.stringify(values);
  if (said === state.said && !state.isDirty) return;
  write(key(form), values ? { values, at: Date.now(), isPending: true } : null);
  try {
    const answer = await post(form, values, options);
    state.said = said;
    state.isDirty = JSON.stringify(touched(form)) !== said;
    if (!state.isDirty) write(key(form), values ? { values, at: Date.now(), isPending: answer.isRefused } : null);
    if (answer.isRefused) say(form, answer.detail);
    else if (state.isTroubled) say(form, "");
    state.isTroubled = answer.isRefused;
    told(form, values && !answer.isRefused ? Date.now() : null);
  } catch (fault) {
    troubled(form, fault);
  }
}

/* Why it can't be kept or sent just now. It is tried again; once it is kept, the sentence goes away. */
function troubled(form, fault) {
  const state = states.get(form);
  state.isTroubled = state.isDirty = true;
  if (fault.isSomebodyElse) say(form, word("somebodyElse"));
  else if (fault.signedOut) signIn(form);
  else say(form, word("draftOffline"));
  clearTimeout(state.timer);
  state.timer = setTimeout(() => keep(form), AGAIN);
}

function changed(form) {
  const state = states.get(form);
  if (!state) return;
  state.isDirty = true;
  const values = touched(form);
  write(key(form), values ? { values, at: Date.now(), isPending: true } : null);
  clearTimeout(state.timer);
  state.timer = setTimeout(() => keep(form), SOON);
}

/* --- Coming back --- */
function bring(form, values, when) {
  const state = states.get(form);
  const modes = [...form.querySelectorAll('[name="mode"]')].map((radio) => radio.value);
  if (values.mode && modes.length && !values.mode.every((mode) => modes.includes(mode))) return; // nothing may change its reader
  for (const name of Object.keys(values)) state.names.add(name);
  const before = valuesOf(form);
  if (Object.entries(values).every(([name, value]) => same(before[name], value))) return told(form, when); // the page shows it already
  fill(form, values);
  told(form, when);
  say(form, word("draftBack", { what: clockTime(when) }), {
    act: word("draftDrop"),
    then: () => {
      fill(form, state.first);
      state.names.clear();
      state.isDirty = true;
      keep(form);
      say(form, "");
      form.querySelector("textarea, input:not([type=hidden])")?.focus();
    },
  });
}

async function restore(form) {
  const state = { first: valuesOf(form, { asSent: true }), names: new Set(), timer: 0, said: "null", isDirty: false, isTroubled: false };
  states.set(form, state);
  const local = read(key(form));
  if (touched(form)) changed(form); // typed before this script was there
  try {
    const answer = await ask(`/drafts/?place=${encodeURIComponent(form.dataset.draft)}`);
    if (!answer.ok) return;
    const data = await answer.json();
    if (String(data.who) !== me || state.isDirty) return;
    const isSent = data.sent_at && local && Date.parse(data.sent_at) > local.at;
    if (local?.isPending && local.values && !isSent) {
      bring(form, local.values, local.at);
      state.isDirty = true;
      keep(form);
    } else if (data.values) {
      bring(form, data.values, Date.parse(data.kept_at));
      state.said = JSON.stringify(touched(form));
    } else {
      write(key(form), null);
    }
  } catch {
    if (local?.values && !state.isDirty) bring(form, local.values, local.at); // no network: what this browser has
  }
}

/* --- Sending --- */
function along(form, name, value) {
  const field = form.querySelector(`input[type="hidden"][name="${name}"]`) ?? document.createElement("input");
  Object.assign(field, { type: "hidden", name, value });
  if (!field.isConnected) form.append(field);
}

const aName = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (/logout|sign-?out/.test(form.action)) {
    for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX) && !read(name)?.isPending) localStorage.removeItem(name);
  }
  const state = states.get(form);
  if (event.defaultPrevented || !state || event.submitter?.formMethod === "dialog") return;
  if (state.isSure) { state.isSure = false; return; }
  event.preventDefault();
  if (state.isAsking) return;
  state.isAsking = true;
  clearTimeout(state.timer);
  const submitter = event.submitter;
  try {
    const values = touched(form);
    await post(form, values);
    write(key(form), values ? { values, at: Date.now(), isPending: false } : null);
    say(form, "");
    along(form, "draft", form.dataset.draft);
    along(form, "sending", aName()); // a browser that loads a lost answer again sends the same: the server writes it once
    state.isSure = true;
    state.isDirty = false;
    form.requestSubmit(submitter?.form === form ? submitter : undefined);
  } catch (fault) {
    troubled(form, fault);
    toast(word("notSent"));
    form.querySelector("[data-draft-note]")?.scrollIntoView({ block: "nearest" });
  } finally {
    state.isAsking = false;
  }
});

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const form = event.target.form ?? event.target.closest?.("form");
    if (form?.matches("form[data-draft]")) changed(form);
  });
}

const all = () => [...document.querySelectorAll("form[data-draft]")];
addEventListener("online", () => { for (const form of all()) if (states.get(form)?.isDirty) keep(form); });
addEventListener("pagehide", () => { for (const form of all()) if (states.get(form)?.isDirty) keep(form, { keepalive: true }); });
/* Back from another tab, perhaps from signing in there. */
document.addEventListener("visibilitychange", () => {
  for (const form of all()) if (states.get(form)?.isDirty) keep(form, document.hidden ? { keepalive: true } : {});
});

export function start(root = document) {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX) && Date.now() - (read(name)?.at ?? 0) > MONTH) localStorage.removeItem(name);
  } catch { /* a private window may forbid it; the server keeps drafts all the same */ }
  for (const form of root.querySelectorAll("form[data-draft]")) if (!states.has(form)) restore(form);
}
