/* Taking a view along: address, picture, table, page, paper. */

const fileName = (end) => `kras-graph-${heading().toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60) || "view"}${state.ask !== null && state.only !== "all" ? `-${state.only}` : ""}${state.route !== null ? "-route" : ""}.${end}`;
const address = () => location.href.split("#")[0] + (encode() ? `#${encode()}` : "");
const ACTS = {
  "copy-link": async () => {
    const field = at("address");
    field.value = address();
    field.select();
    try { await navigator.clipboard.writeText(field.value); say("Link copied"); status(location.protocol === "file:" ? "Link copied. It opens only where this file is: to mail the view, save the page." : "Link copied."); } catch { status("Copy the marked link."); }
  },
  "save-svg": () => save(fileName("svg"), new XMLSerializer().serializeToString(svgFigure()), "image/svg+xml"),
  "save-png": () => pngFigure((blob) => save(fileName("png"), blob)),
  "save-csv": () => {
    for (const { name, columns, rows } of tables()) save(fileName(`${name}.csv`), csv(columns, rows.map((row) => row.cells)), "text/csv;charset=utf-8");
  },
  "save-page": () => save(fileName("html"), pageCopy(), "text/html;charset=utf-8"),
  "print-page": () => window.print(),
};
/** This page with the present view as its start. */
function pageCopy() {
  const copy = document.documentElement.cloneNode(true);
  for (const place_ of copy.querySelectorAll("[data-live]")) place_.replaceChildren();
  // what the script set on elements would be refused by the page's own policy when it is read again
  for (const place_ of copy.querySelectorAll("[style]")) place_.removeAttribute("style");
  copy.querySelector("meta[name=kras-view]").setAttribute("content", encode());
  return `<!doctype html>\n${copy.outerHTML}\n`;
}
for (const [name, act] of Object.entries(ACTS)) at(name).addEventListener("click", act);

window.addEventListener("beforeprint", () => {
  const place_ = at("print");
  if (state.table) {
    place_.replaceChildren(make("h1", heading()), ...[...at("list").children].map((part) => part.cloneNode(true)), make("p", NOTE()));
    return;
  }
  const pages = inLight(figurePages);
  for (const page of pages) for (const name of ["width", "height"]) page.removeAttribute(name);
  place_.replaceChildren(...pages);
});
window.addEventListener("afterprint", () => at("print").replaceChildren());
