/* Files dropped on or pasted into a form with a place for files join those that were chosen; each is named and can be taken off again.
   Without script the field itself does all of it but the dropping. */
import { toast } from "./toast.js";
import { counted } from "./words.js";

const place = (node) => node?.closest?.("form")?.querySelector('input[type="file"][name="files"]');

function show(input) {
  const form = input.form;
  let list = form.querySelector("[data-picked-files]");
  if (!list) {
    list = document.createElement("ul");
    list.className = "picked-files";
    list.dataset.pickedFiles = "";
    (form.querySelector("footer") ?? input.closest(".field") ?? input).before(list);
  }
  list.replaceChildren(...[...input.files].map((file, at) => {
    const row = document.createElement("li"), off = document.createElement("button");
    off.type = "button";
    off.className = "why";
    off.textContent = "×";
    off.setAttribute("aria-label", `${input.dataset.off ?? ""} ${file.name}`.trim());
    off.addEventListener("click", () => { put(input, [...input.files].filter((_file, n) => n !== at)); form.querySelector("textarea, input:not([type=hidden])")?.focus(); });
    row.append(file.name, " ", off);
    return row;
  }));
}

function put(input, files) {
  const data = new DataTransfer();
  for (const file of files) data.items.add(file);
  input.files = data.files;
  show(input);
}

const over = (event, isOver) => place(event.target)?.closest(".drop")?.toggleAttribute("data-over", isOver);

function take(event, data) {
  over(event, false);
  const input = place(event.target), files = [...(data?.files ?? [])];
  if (!input || !files.length) return;
  event.preventDefault();
  put(input, [...input.files, ...files]);
  toast(counted("files", input.files.length), { kind: "files" });
}

document.addEventListener("drop", (event) => take(event, event.dataTransfer));
// Cells of a spreadsheet come as a text and as a picture of it: the text is meant.
document.addEventListener("paste", (event) => { if (![...(event.clipboardData?.types ?? [])].includes("text/plain")) take(event, event.clipboardData); });
document.addEventListener("dragover", (event) => {
  if (place(event.target) && [...(event.dataTransfer?.types ?? [])].includes("Files")) { event.preventDefault(); over(event, true); }
});
document.addEventListener("dragleave", (event) => over(event, false));
document.addEventListener("change", (event) => { if (event.target.matches?.('input[type="file"][name="files"]')) show(event.target); });
