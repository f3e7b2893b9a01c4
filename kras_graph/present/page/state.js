/* What is shown, and its address: the fragment of the URL holds all of it. */

const FACETS = ["class", "predicate", "sign", "paper", "setting", "disease", "allele", "certainty", "polarity"];
const state = {
  view: data.start, focus: data.focus, hops: data.hops, doubt: false, table: false, hide: false,
  node: null, edge: null, statement: null, ask: null,
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
  for (const name of ["doubt", "table", "hide"]) if (state[name]) words.set(name, "1");
  for (const [key, chosen] of Object.entries(state.filters))
    for (const value of [...chosen].sort(byText)) words.append(key, value);
  if (state.ask) words.set("ask", nodes[state.ask].id);
  if (state.node !== null) words.set("node", nodes[state.node].id);
  if (state.edge !== null) for (const word of edgeKey(edges[state.edge])) words.append("line", word);
  if (state.statement !== null) words.set("statement", statements[state.statement].id);
  return words.toString();
}

/** Take the state from text; what it does not name, or the graph does not hold, stays as at the start. */
function decode(text) {
  const words = new URLSearchParams(text);
  const known = (name) => (nodeById.has(words.get(name)) ? nodeById.get(words.get(name)) : null);
  const views = ["map", "near", "whole", "trials"];
  state.focus = known("focus") ?? data.focus;
  state.view = views.includes(words.get("view")) ? words.get("view") : data.start;
  state.hops = Math.min(6, Math.max(0, Number.parseInt(words.get("hops") ?? data.hops, 10) || 0));
  for (const name of ["doubt", "table", "hide"]) state[name] = words.get(name) === "1";
  for (const key of FACETS) state.filters[key] = new Set(words.getAll(key));
  state.ask = known("ask");
  state.node = known("node");
  state.edge = words.has("line") ? edgeByKey(words.getAll("line")) : null;
  state.statement = statementById.get(words.get("statement")) ?? null;
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
