/* Figures that go on counting, as hours:minutes in every language: data-since counts up from a moment, data-until down to one and then on,
   late. Without script they stand as they were when the page came. */
const STEP = 10_000;

function tell(node) {
  const { since, until } = node.dataset;
  const apart = Math.floor((Date.now() - Date.parse(since ?? until)) / 60_000);
  const minutes = Math.abs(until && apart < 0 ? apart + 1 : apart);
  node.textContent = `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
  if (until && Date.now() > Date.parse(until)) node.closest("[data-late]")?.setAttribute("data-tone", "bad");
}

export function start(root = document) {
  for (const node of root.querySelectorAll("[data-since], [data-until]")) {
    if (node.dataset.timed) continue;
    node.dataset.timed = "1";
    const timer = setInterval(() => { if (node.isConnected) tell(node); else clearInterval(timer); }, STEP);
  }
}
