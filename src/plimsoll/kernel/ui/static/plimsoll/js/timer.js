/* Figures that go on counting: data-since counts up from a moment, data-until down to it and then says how late. The words are the page's own:
   only the numbers in them change, so every language stays as the server wrote it. Without script they stand as they were when the page came. */
const STEP = 15_000;

function words(minutes) {
  const days = Math.floor(minutes / 1440), hours = Math.floor(minutes / 60) % 24, rest = minutes % 60;
  return { days, hours, rest };
}

function tell(node) {
  const moment = Date.parse(node.dataset.since ?? node.dataset.until);
  const apart = Math.floor(Math.abs(Date.now() - moment) / 60_000);
  const { days, hours, rest } = words(apart);
  const shape = node.dataset.shape ?? (node.dataset.shape = node.textContent);
  // As soon as the text would need other words (an hour more, late instead of ahead) the page is asked for anew by its news.
  const numbers = days ? [days, hours] : hours ? [hours, rest] : [rest];
  const there = shape.match(/\d+/g) ?? [];
  if (there.length !== numbers.length || (node.dataset.until && Date.now() > moment && !node.dataset.over)) return;
  let at = 0;
  node.textContent = shape.replace(/\d+/g, (old) => String(numbers[at++]).padStart(old.startsWith("0") && old.length === 2 ? 2 : 1, "0"));
}

export function start(root = document) {
  for (const node of root.querySelectorAll("[data-since], [data-until]")) {
    if (node.dataset.timed) continue;
    node.dataset.timed = "1";
    const timer = setInterval(() => { if (node.isConnected) tell(node); else clearInterval(timer); }, STEP);
  }
}
