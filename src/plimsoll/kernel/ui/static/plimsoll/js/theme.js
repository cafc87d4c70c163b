/* Day, night, as the system: shown at once, kept on the server. Without script the same form posts and the page comes back. */
import { ask } from "./net.js";

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-theme-form]");
  const button = event.submitter;
  if (!form || button?.name !== "theme") return;
  event.preventDefault();
  document.documentElement.dataset.theme = button.value;
  for (const other of form.querySelectorAll('button[name="theme"]')) other.setAttribute("aria-pressed", String(other === button));
  const body = new FormData(form);
  body.set("theme", button.value);
  ask(form.action, { method: "POST", body }).catch(() => {}); // the choice holds on this page; the next try keeps it
});
