/* What is shown, and its address: the fragment of the URL holds all of it. */

const FACETS = ["class", "predicate", "sign", "paper", "setting", "disease", "allele", "certainty", "polarity"];
const ONLY = ["all", "direct", "class"];
const state = {
  view: data.start, focus: data.focus, hops: data.hops, doubt: false, table: false, hide: false, computed: true, trunk: false,
  node: null, edge: null, statement: null, route: null, step: null, set: null, ask: null, only: "all", path: data.path, way: 0, sight: null,
  filters: Object.fromEntries(FACETS.map((key) => [key, new Set()])),
};

const edgeKey = (edge) => [nodes[edge.from].id, edge.predicate + (edge.asserted ? "" : "#unasserted"), nodes[edge.to].id];
function edgeByKey(words) {
  const found = edges.find((edge) => edge.drawn && edgeKey(edge).every((word, i) => word === words[i]));
  return found ? found.e : null;
}

/** The state as text; what is as at the start is left out. */
function encode() {
  const words = new URLSearchParams();
  if (state.view !== data.start) words.set("view", state.view);
  if (state.focus !== data.focus) words.set("focus", nodes[state.focus].id);
  if (state.hops !== data.hops) words.set("hops", state.hops);
  for (const name of ["doubt", "table", "hide", "trunk"]) if (state[name]) words.set(name, "1");
  if (!state.computed) words.set("computed", "0");
  for (const [key, chosen] of Object.entries(state.filters))
    for (const value of [...chosen].sort(byText)) words.append(key, value);
  if (state.ask !== null) words.set("ask", nodes[state.ask].id);
  if (state.ask !== null && state.only !== "all") words.set("only", state.only);
  if (state.node !== null) words.set("node", nodes[state.node].id);
  if (state.edge !== null) for (const word of edgeKey(edges[state.edge])) words.append("line", word);
  if (String(state.path) !== String(data.path)) { if (state.path) for (const n of state.path) words.append("path", nodes[n].id); else words.set("path", ""); }
  if (state.path && state.way) words.set("way", state.way + 1);
  if (state.route !== null) words.set("route", routeKey(computedOf(state.focus).routes[state.route]));
  if (state.step !== null) for (const [i, word] of state.step.split(" ").entries()) words.append("step", i < 2 ? nodes[word].id : word);
  if (state.set !== null) for (const n of computedOf(state.focus).sets[state.set].targets) words.append("closes", nodes[n].id);
  if (state.statement !== null) words.set("statement", statements[state.statement].id);
  if (sight.moved) words.set("sight", [sight.x, sight.y].map(Math.round).concat(sight.k.toFixed(3)).join(" "));
  return words.toString();
}

/** Take the state from text; what it does not name, or the graph does not hold, stays as at the start. */
function decode(text) {
  const words = new URLSearchParams(text);
  const known = (name) => (nodeById.has(words.get(name)) ? nodeById.get(words.get(name)) : null);
  const views = ["map", "near", "whole", "trials", "path"], ends = words.getAll("path");
  state.focus = known("focus") ?? data.focus;
  state.path = ends.length === 2 && ends.every((name) => nodeById.has(name)) ? ends.map((name) => nodeById.get(name)) : ends.length ? null : data.path;
  state.way = state.path ? Math.max(0, (Number.parseInt(words.get("way") ?? 1, 10) || 1) - 1) : 0;
  state.view = views.includes(words.get("view")) ? words.get("view") : data.start;
  state.hops = Math.min(6, Math.max(0, Number.parseInt(words.get("hops") ?? data.hops, 10) || 0));
  for (const name of ["doubt", "table", "hide", "trunk"]) state[name] = words.get(name) === "1";
  state.computed = words.get("computed") !== "0";
  for (const key of FACETS) state.filters[key] = new Set(words.getAll(key));
  state.ask = known("ask");
  state.only = ONLY.includes(words.get("only")) ? words.get("only") : "all";
  const seen = (words.get("sight") ?? "").split(" ").map(Number);
  state.sight = seen.length === 3 && seen.every(Number.isFinite) && seen[2] > 0 ? seen : null;
  state.node = known("node");
  state.edge = words.has("line") ? edgeByKey(words.getAll("line")) : null;
  const row = computedOf(state.focus), index = (list, fits) => { const i = list.findIndex(fits); return i < 0 ? null : i; };
  state.route = words.has("route") ? index(row.routes, (route) => routeKey(route) === words.get("route")) : null;
  const [one, other, kind] = words.getAll("step");
  state.step = nodeById.has(one) && nodeById.has(other) && ["makes", "needs", "voids", "closes"].includes(kind) ? `${nodeById.get(one)} ${nodeById.get(other)} ${kind}` : null;
  const closing = words.getAll("closes").join(" ");
  state.set = closing ? index(row.sets, (set) => set.targets.map((n) => nodes[n].id).join(" ") === closing) : null;
  state.statement = statementById.get(words.get("statement")) ?? null;
  if (state.view === "path" && !state.path) state.view = "map";
  if (state.view === "map" && !data.maps[state.focus]) state.view = state.focus >= 0 ? "near" : "whole";
  if (state.view === "near" && state.focus < 0) state.view = "whole";
}

/** Put the state into the address without a new entry in the history. */
function remember() {
  const text = encode();
  try {
    history.replaceState(null, "", text ? `#${text}` : location.href.split("#")[0].startsWith("about:") ? "#" : location.pathname + location.search);
  } catch { /* a sandbox may forbid it; the page works on */ }
}
