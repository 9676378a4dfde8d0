// A sheet of paper in a frame: as wide as A4, and made smaller until it fits its box.
const A4_WIDTH = 794;
const rules = new CSSStyleSheet();
document.adoptedStyleSheets.push(rules);

const fit = new ResizeObserver((entries) => {
  for (const entry of entries) rules.replaceSync(`[data-sheet-box] { --sheet-scale: ${entry.contentRect.width / A4_WIDTH} }`);
});
for (const box of document.querySelectorAll("[data-sheet-box]")) fit.observe(box);
