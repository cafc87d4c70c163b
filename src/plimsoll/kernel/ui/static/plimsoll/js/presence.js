/* A record that stands open: says that one looks or writes, hears who else does, and offers to show what happened meanwhile.
   Showing it replaces what is read, never the composer nor a field that is open. */
import { poll } from "./live.js";
import { ask } from "./net.js";
import * as timers from "./timer.js";
import { toast } from "./toast.js";
import { word } from "./words.js";

const EVERY = 20_000;
const READ = ["header.page-head", ".room-now", ".record nav.tabs", "ol.talk", "aside.panel", ".how-it-stands", ".portal-acts", ".portal-asks", ".portal-files"];
const hasTyping = (part) => [...part.querySelectorAll("textarea")].some((text) => text.value !== text.defaultValue);

function watch(strip) {
  if (strip.dataset.watched || !strip.dataset.recordLive) return;
  strip.dataset.watched = "1";
  let state = "", timer = 0, isNews = true; // what is shown now was not told to the inbox yet

  /* --- I am here --- */
  const isWriting = () => Boolean(document.querySelector(".composer textarea")?.value.trim()) || Boolean(document.activeElement?.closest?.(".edit-field"));
  function say(next, options = {}) {
    clearTimeout(timer);
    if (!strip.isConnected || !strip.dataset.presence) return; // the portal hears, and tells nobody who looks
    state = next;
    const body = new URLSearchParams(isNews && next !== "gone" ? { state, seen: "1" } : { state });
    if (next !== "gone") isNews = false;
    ask(strip.dataset.presence, { method: "POST", body, ...options }).catch(() => {}); // the next try says it
    if (next !== "gone") timer = setTimeout(() => { if (!document.hidden) say(isWriting() ? "writing" : "looking"); }, EVERY);
  }
  document.addEventListener("input", (event) => { if (event.target.closest?.(".composer, .edit-field") && state !== "writing" && isWriting()) say("writing"); });
  document.addEventListener("visibilitychange", () => say(document.hidden ? "gone" : isWriting() ? "writing" : "looking", { keepalive: true }));
  addEventListener("pagehide", () => say("gone", { keepalive: true }));
  if (!document.hidden) say("looking");

  /* --- What happened --- */
  async function show(event) {
    if (event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    if (document.querySelector(".panel .edit-field")) return toast(word("stillOpen"), { kind: "live" });
    try {
      const answer = await ask(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const where of READ) {
        const old = document.querySelector(where), made = fresh.querySelector(where);
        if (!old || !made || hasTyping(old)) continue;
        const put = document.importNode(made, true);
        old.replaceWith(put);
        globalThis.htmx?.process(put);
        timers.start(put);
      }
      strip.dataset.recordLive = fresh.querySelector("[data-record-live]")?.dataset.recordLive ?? strip.dataset.recordLive;
      isNews = true;
      say(isWriting() ? "writing" : "looking");
      tell({ sentence: "", people: strip.querySelector(".people")?.textContent ?? "" });
    } catch { location.reload(); } // the draft comes back
  }

  /* --- Linked records: their cards are shown anew when what one of them says changed --- */
  let linked = null;
  async function freshen(sign) {
    const old = document.querySelector("[data-linked]");
    if (!old || old.contains(document.activeElement) || old.matches(":hover")) return; // nothing moves under the hand: the next look brings it
    const answer = await ask(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const made = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-linked]");
    if (!made || old.contains(document.activeElement)) return;
    old.replaceWith(document.importNode(made, true));
    linked = sign;
  }

  function tell({ sentence = "", href = "", people = "", linked: sign }) {
    if (sign !== undefined && sign !== (linked ??= sign)) freshen(sign).catch(() => {});
    let who = strip.querySelector(".people"), link = strip.querySelector("a"); // kept while they last: somebody may be on the link
    if (people && !who) { who = document.createElement("span"); who.className = "people"; strip.prepend(who); }
    if (who && !people) who.remove(); else if (who && who.textContent !== people) who.textContent = people;
    if (sentence && !link) { link = strip.appendChild(document.createElement("a")); link.addEventListener("click", show); }
    if (link && !sentence) {
      if (link === document.activeElement) { strip.tabIndex = -1; strip.focus(); } // what was asked for is shown; the focus stays beside it
      link.remove();
    } else if (link && link.textContent !== sentence) {
      link.href = href || location.pathname;
      link.textContent = sentence;
    }
  }

  function gone() {
    clearTimeout(timer);
    for (const where of ["ol.talk", "aside.panel", ".record nav.tabs", "header.page-head .acts", "header.page-head .dots", ".steps"]) document.querySelector(where)?.replaceChildren();
    const title = document.querySelector("h1");
    if (title) title.textContent = word("recordGone");
    document.title = word("recordGone");
    strip.replaceChildren();
  }

  const look = poll(strip, () => strip.dataset.recordLive, tell, gone);
  setTimeout(look, 1500); // who else is here is said soon, not after twelve seconds
}

export function start(root = document) {
  for (const strip of root.querySelectorAll("[data-record-live]")) watch(strip);
}
