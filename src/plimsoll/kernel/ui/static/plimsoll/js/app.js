/* The beginning of every signed-in page. Each module listens on the document, so what htmx brings in later works too;
   what must be equipped piece by piece has start(root). Nothing here is needed to read, write or send. */
import * as alike from "./alike.js";
import * as bulk from "./bulk.js";
import * as canned from "./canned.js";
import * as chooser from "./chooser.js";
import * as dialog from "./dialog.js";
import * as drafts from "./drafts.js";
import "./files.js";
import * as forms from "./forms.js";
import * as inbox from "./inbox.js";
import * as keys from "./keys.js";
import * as live from "./live.js";
import { token } from "./net.js";
import "./palette.js";
import * as presence from "./presence.js";
import * as rowmenu from "./rowmenu.js";
import * as rows from "./rows.js";
import "./theme.js";
import * as timer from "./timer.js";
import * as toast from "./toast.js";
import * as views from "./views.js";
import { word } from "./words.js";

const parts = [alike, toast, dialog, forms, chooser, canned, drafts, live, presence, bulk, rows, rowmenu, views, timer, keys, inbox];
for (const part of parts) part.start(document);

/* htmx: our token goes along, new content is equipped, and what fails is said. */
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token();
});
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) for (const part of parts) part.start(event.detail.elt);
});
document.addEventListener("htmx:responseError", (event) => toast.toast(word(event.detail.xhr.status === 401 ? "signedOut" : "failed")));
document.addEventListener("htmx:sendError", () => toast.toast(word("failed")));

/* A record that can be opened in place: focus goes into the field that came, and back to the value when it is closed. */
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.matches?.("dd")) (event.target.querySelector("[aria-invalid=true]") ?? event.target.querySelector("input:not([type=hidden]), select, textarea, a.edit"))?.focus();
});

/* Copying the address of this view, <button data-copy>, or a text, data-copy="text"; data-copied says what was. */
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  event.preventDefault();
  try {
    await navigator.clipboard.writeText(button.dataset.copy || location.href);
    toast.toast(button.dataset.copied ?? word("copied"));
  } catch {
    toast.toast(word("copyFailed"));
  }
});
