/* Toasts: ten seconds, waiting under pointer and focus. Undo posts to its address and reloads what is shown. */
import { ask, ours } from "./net.js";
import { word } from "./words.js";

const LIFE = 10_000;

function live(toast) {
  if (toast.dataset.alive) return;
  toast.dataset.alive = "1";
  let left = LIFE, since = 0, timer = 0;
  const run = () => { since = Date.now(); timer = setTimeout(() => toast.remove(), left); };
  const hold = () => { clearTimeout(timer); left = Math.max(2000, left - (Date.now() - since)); };
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("pointerleave", run);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("focusout", run);
  run();
}

/* A kind replaces its own kind: pressing a key three times leaves one toast. */
export function toast(text, { undo, kind } = {}) {
  const place = document.querySelector("[data-toasts]");
  if (!place || !text) return;
  const box = document.createElement("div");
  box.className = "toast";
  box.dataset.toast = kind ?? "";
  if (kind) place.querySelector(`[data-toast="${kind}"]`)?.remove();
  const said = document.createElement("span");
  said.textContent = text;
  box.append(said);
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn";
    button.dataset.undo = undo;
    const key = document.createElement("kbd");
    key.textContent = "z";
    button.append(word("undo"), " ", key);
    box.append(button);
  }
  place.append(box);
  live(box);
}

export async function undo(button) {
  const address = button && ours(button.dataset.undo);
  if (!address) return;
  button.disabled = true;
  try {
    const answer = await ask(address, { method: "POST" });
    if (!answer.ok) throw new Error(String(answer.status));
    location.reload();
  } catch (fault) {
    button.disabled = false;
    toast(word(fault.signedOut ? "signedOut" : "failed"));
  }
}

export function start(root = document) {
  for (const box of root.querySelectorAll("[data-toast]")) live(box);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-undo]");
  if (button) undo(button);
});
