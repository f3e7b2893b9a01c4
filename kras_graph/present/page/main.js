/* Wiring: buttons, address, colours, start. */

function turn(change, refit) {
  const before = [state.view, state.focus, state.doubt].join();
  Object.assign(state, change);
  if (state.view === "map" && !data.maps[state.focus]) state.view = "near";
  if (!state.filters) return;
  document.title = `${heading()} – kras-graph`;
  at("title").textContent = heading();
  const focusView = data.maps[state.focus] ? "map" : "near";
  at("show-first").textContent = focusView === "map" ? "Mechanism map" : "Surroundings";
  at("show-first").hidden = state.focus < 0;
  at("show-whole").textContent = data.query ? "Graph of the query" : "Whole graph";
  at("show-trials").hidden = !data.trials[1].boxes.length && !data.trials[1].rows.length;
  for (const [id, shown] of [["show-first", ["map", "near"]], ["show-whole", ["whole"]], ["show-trials", ["trials"]], ["show-path", ["path"]]])
    at(id).setAttribute("aria-pressed", String(shown.includes(state.view)));
  at("show-path").hidden = !state.path;
  at("show-table").setAttribute("aria-pressed", String(state.table));
  at("doubt").checked = state.doubt;
  at("computed").checked = state.computed;
  at("computed").parentElement.hidden = state.view !== "map" || !computedOf(state.focus).routes.length;
  at("reach").hidden = state.view !== "near";
  at("hops").value = state.hops;
  at("list").hidden = !state.table;
  at("drawing").hidden = state.table;
  show(refit || before !== [state.view, state.focus, state.doubt].join());
  legend();
  status();
  if (state.table) list();
  remember();
}
function start() {
  decode(location.hash.slice(1) || document.querySelector("meta[name=kras-view]").content);
  siftForm();
  turn({}, true);
  detail(false);
  if (state.node !== null) reach(state.node);
  if (state.edge !== null && scene.first.has(edges[state.edge].from)) reach(edges[state.edge].from);
  if (state.sight) { [sight.x, sight.y, sight.k] = state.sight; Object.assign(sight, { framed: false, moved: true }); redraw(); remember(); }
}

for (const [id, view] of [["show-first", () => (data.maps[state.focus] ? "map" : "near")], ["show-whole", () => "whole"], ["show-trials", () => "trials"], ["show-path", () => "path"]])
  at(id).addEventListener("click", () => { turn({ view: view() }); if (narrow() && at("details").hidden) detail(false); });
at("show-table").addEventListener("click", () => turn({ table: !state.table }, true));
at("doubt").addEventListener("change", (event) => { turn({ doubt: event.target.checked }); say(at("count").textContent); });
at("computed").addEventListener("change", (event) => { turn({ computed: event.target.checked }); say(at("count").textContent); });
at("hide").addEventListener("change", (event) => turn({ hide: event.target.checked }));
at("hops").addEventListener("change", (event) => turn({ hops: Math.min(4, Math.max(1, Number.parseInt(event.target.value, 10) || 1)) }, true));
at("unsift").addEventListener("click", clearFilters);
at("nearer").addEventListener("click", () => zoom(1.3));
at("farther").addEventListener("click", () => zoom(1 / 1.3));
at("fit").addEventListener("click", () => {
  if (narrow()) { whole(); status("All of it is in view, small; zoom in with + or two fingers."); } else frame();
  redraw();
  remember();
});
for (const name of ["legend", "sift", "ask", "share"]) {
  at(`open-${name}`).addEventListener("click", () => {
    if (at(`open-${name}`).getAttribute("aria-expanded") === "true") {
      // on a phone the panel stands below the drawing: go there rather than close what is out of sight
      if (narrow() && at("panel").getBoundingClientRect().top > window.innerHeight * 0.6) at("panel").scrollIntoView({ block: "start" });
      else panel(null);
      return;
    }
    if (name === "ask" && !at("answer").children.length) {
      const first = bypassOf(state.focus).all.length ? state.focus : -1;
      if (first >= 0) { at("ask-name").value = nodes[first].label; state.ask = first; at("answer").replaceChildren(...bypassParts(first)); remember(); }
    }
    if (name === "share") at("address").value = address();
    openPanel(name, true);
  });
}
for (const item of document.querySelectorAll("[data-close]")) item.addEventListener("click", () => panel(null));
combobox(at("find"), at("found"), () => true, goTo);
combobox(at("ask-name"), at("ask-found"), (node) => THERAPIES.includes(node.cls), askBypass);
const askable = () => {
  const hit = matches(at("ask-name").value, (node) => THERAPIES.includes(node.cls))[0];
  if (hit) { askBypass(hit[3]); return; }
  const words = `The graph has no drug or class called ${at("ask-name").value.trim() || "that"}.`;
  at("answer").replaceChildren(make("p", words, "warn"));
  say(words);
};
at("ask-go").addEventListener("click", askable);
/* the two ends of a path: chosen from the lists, or the best match of what stands there */
const ends = { from: null, to: null };
function nameEnds() {
  [ends.from, ends.to] = state.path;
  for (const [i, name] of ["from", "to"].entries()) at(`${name}-name`).value = nodes[state.path[i]].label;
}
for (const name of ["from", "to"]) {
  combobox(at(`${name}-name`), at(`${name}-found`), () => true, (n) => { ends[name] = n; if (name === "from") at("to-name").focus(); else wayAsked(); });
  at(`${name}-name`).addEventListener("input", () => { ends[name] = null; });
}
function wayAsked() {
  const [from, to] = ["from", "to"].map((name) => ends[name] ?? matches(at(`${name}-name`).value)[0]?.[3]);
  if (from === undefined || to === undefined) { say("Name two entities of the graph."); status("Name two entities of the graph."); return; }
  askPath(from, to);
}
at("way-go").addEventListener("click", wayAsked);
document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input[type=text], input[type=number]");
  if (event.key === "Escape") { if (Object.keys(UNPICKED).some((name) => state[name] !== null) || state.ask !== null) clear(); else panel(null); }
  if (event.key === "/" && !typing) { at("find").focus(); event.preventDefault(); }
});
const dark = window.matchMedia("(prefers-color-scheme: dark)");
function repaint() {
  colour = palette();
  relight();
  legend();
}
dark.addEventListener("change", repaint);
at("theme").addEventListener("click", () => {
  const now = document.documentElement.dataset.theme, isDark = now === "auto" ? dark.matches : now === "dark";
  document.documentElement.dataset.theme = isDark ? "light" : "dark";
  repaint();
});
window.addEventListener("hashchange", () => { if (location.hash.slice(1) !== encode()) start(); });
if (narrow()) at("ask-name").value = state.focus >= 0 ? nodes[state.focus].label : "";

colour = palette();
window.krasGraph = { data, state, nodes, edges, statements, computedOf, tubeAt, pathsBetween, bright: () => brightOf(scene), get scene() { return scene; }, sight, bypassOf, encode, tables, boxAt, linesAt, palette, outline, csv,
  svg: () => new XMLSerializer().serializeToString(svgFigure()) };
start();
if (resting() === "ask" && state.ask === null && bypassOf(state.focus).all.length) at("answer").replaceChildren(...bypassParts(state.focus));
render();
performance.mark("kras-graph-ready");
