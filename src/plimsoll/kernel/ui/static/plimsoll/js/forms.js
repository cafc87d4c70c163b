/* A refused form: its summary takes the focus, and a fault's link leads into the field. The second sending of a form is stopped. */
const FIELDS = "input:not([type=hidden], [type=checkbox], [type=radio]), select, textarea";

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-errors] a[href^='#']");
  const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  const control = field.matches("input, select, textarea") ? field : field.querySelector("input, select, textarea") ?? field;
  control.scrollIntoView({ block: "center" });
  control.focus();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.matches("[hx-post], [data-theme-form]") || event.submitter?.formMethod === "dialog") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 5000); // an answer that never came may be asked for again
});

addEventListener("pageshow", () => { for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent; });

export function start(root = document) {
  const errors = root.querySelector("[data-errors]");
  if (errors) return errors.focus();
  const form = root === document && document.activeElement === document.body && matchMedia("(pointer: fine)").matches && document.querySelector("form.form[data-draft]");
  const open = form ? [...form.querySelectorAll(FIELDS)].filter((field) => field.offsetParent) : [];
  (open.find((field) => !field.value) ?? open[0])?.focus({ preventScroll: true });
}
