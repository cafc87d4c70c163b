/* Files by drag and by paste into the field for them; choosing works without this. */
const told = (place) => {
  const input = place.querySelector("input[type=file]"), list = place.querySelector("[data-drop-told]");
  list.replaceChildren(...[...input.files].map((file) => Object.assign(document.createElement("li"), { textContent: file.name })));
};

function add(place, files) {
  const input = place.querySelector("input[type=file]"), kept = new DataTransfer();
  for (const file of [...input.files, ...files]) kept.items.add(file);
  input.files = kept.files;
  told(place);
}

for (const place of document.querySelectorAll("[data-drop]")) {
  const form = place.closest("form");
  place.addEventListener("change", () => told(place));
  form.addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) { event.preventDefault(); place.dataset.over = ""; } });
  form.addEventListener("dragleave", () => delete place.dataset.over);
  form.addEventListener("drop", (event) => {
    delete place.dataset.over;
    if (event.dataTransfer.files.length) { event.preventDefault(); add(place, event.dataTransfer.files); }
  });
  form.addEventListener("paste", (event) => { if (event.clipboardData.files.length) { event.preventDefault(); add(place, event.clipboardData.files); } });
}
