/* Words that scripts say. They stand translated in the page (ui/_words.html), never here. */
const bag = () => document.getElementById("words")?.dataset ?? {};

export function word(name, fill = {}) {
  return (bag()[name] ?? "").replace(/\{(\w+)\}/g, (whole, key) => fill[key] ?? whole);
}

/* One of two forms by number; the languages with more forms take the second for all but one. */
export function counted(name, n) {
  return word(name + (n === 1 ? "One" : "Many"), { n });
}
