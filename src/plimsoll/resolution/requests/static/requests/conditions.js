/* Shows and hides the fields of an order as their conditions say, with the rules that the server asks again: what is hidden is not
   sent, and never blocks. The form carries the conditions in the order of its fields: data-conditions. Without script all stand there. */
const controls = (form, name) => [...form.elements].filter((one) => one.name === name || one.name === `${name}_typed`);

/* A number as people write it, read as the server reads it (answering.plain_number); what can be two numbers is none. */
function plain(text) {
  const said = text.replace(/[\s\p{Sc}]/gu, "");
  if (/^-?[1-9]\d{0,2}[.,]\d{3}$/.test(said)) return NaN;
  if (/^-?(\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,})$/.test(said)) return Number(said.replaceAll(",", ""));
  if (/^-?(\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,})$/.test(said)) return Number(said.replaceAll(".", "").replace(",", "."));
  return Number(said.replace(",", "."));
}

function said(form, row) {
  const found = controls(form, row.name).filter((one) => !one.disabled);
  if (row.kind === "several choices") return found.filter((one) => one.checked).map((one) => one.value.toLowerCase());
  const value = (found.find((one) => one.name === row.name)?.value ?? "").trim();
  if (!value) return [];
  return [(row.kind === "number" ? String(plain(value)) : value).toLowerCase()];
}

function holds(test, answers) {
  const words = answers.get(test.field) ?? [], wanted = test.value.trim().toLowerCase();
  if (!words.length) return false; // what was not answered, or is hidden itself, shows nothing
  if (test.how === "is") return words.length === 1 && words[0] === wanted;
  if (test.how === "is not") return !(words.length === 1 && words[0] === wanted);
  return words.some((word) => word.includes(wanted));
}

function show(form, rows) {
  const answers = new Map();
  for (const row of rows) {
    const held = row.shown.tests.map((test) => holds(test, answers));
    const is = !held.length || (row.shown.any ? held.some(Boolean) : held.every(Boolean));
    for (const one of controls(form, row.name)) {
      one.disabled = !is;
      const box = one.closest(".field");
      if (box) box.hidden = !is;
    }
    answers.set(row.key, is ? said(form, row) : []);
  }
}

for (const form of document.querySelectorAll("form[data-conditions]")) {
  const rows = JSON.parse(form.dataset.conditions);
  const again = () => show(form, rows);
  form.addEventListener("input", again);
  form.addEventListener("change", again);
  again();
  setTimeout(again, 300); // a draft that was kept is put in after the page
}
