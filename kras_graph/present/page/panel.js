/* The panel beside the drawing: cards of entities, claims of lines, answers. */

const details = at("details");
function panel(name) {
  for (const part of ["details", "legend", "sift", "ask", "share"]) {
    at(part).hidden = part !== name;
    const opener = at(`open-${part}`);
    if (opener) opener.setAttribute("aria-expanded", String(part === name));
  }
  at("panel").hidden = !name;
}
function openPanel(name, focus) {
  panel(name);
  at("panel").scrollTop = 0;
  if (focus) at("panel").focus({ preventScroll: true });
  if (narrow() && focus) at("panel").scrollIntoView({ block: "start" });
}

/** Someone's words about one statement. */
function card(row) {
  const box = make("article", undefined, "card"), head_ = make("h3", claim(row));
  head_.prepend(make("span", row.standing, `mark ${row.polarity === "negated" ? "denied" : row.edge ? "stated" : "doubted"}`));
  box.append(head_);
  if (row.polarity === "negated")
    box.append(make("p", "The source says that this does not hold, or was looked for and not found.", "quiet"));
  for (const figure of row.figures) {
    box.append(make("p", figure.text, "figure"));
    if (figure.issue) box.append(make("p", `Source issue: ${figure.issue}`, "warn"));
  }
  if (row.issue) box.append(make("p", `Source issue: ${row.issue}`, "warn"));
  const facts = make("dl");
  const fact = (name, ...values) => {
    const value = make("dd");
    value.append(...values);
    facts.append(make("dt", name), value);
  };
  const named = (name, list) => { if (list.length) fact(name, ...list.flatMap((n, i) => [...(i ? [", "] : []), nodeButton(n)])); };
  fact("Polarity", row.polarity);
  fact("Certainty", row.certainty);
  fact("Setting", row.setting.replaceAll("-", " "));
  named("Under", row.under);
  named("Disease", row.disease);
  named("Alteration", row.alteration);
  named("Trial", row.trial);
  named("Model", row.model);
  for (const [key, name] of [["population", "In whom"], ["patients", "Patients"], ["species", "Species"], ["assay", "Assay"], ["cites", "Cites"]])
    if (row[key]) fact(name, String(row[key]));
  if (row.group) fact("Group", data.groups[row.group]);
  box.append(facts);
  if (row.note) box.append(make("p", `Curator’s note: ${row.note}`, "quiet"));
  for (const [paper, section] of row.sources) {
    const from = papers[paper], line = make("p", `${from.label}, ${from.where} (${from.kind} report), section “${section}” `, "source");
    if (from.doi) line.append(doiLink(from.doi));
    box.append(line);
  }
  box.append(make("p", `Statement ${row.id}. The words are the curators’, not the source’s.`, "quiet"));
  return box;
}
function nodeButton(n) {
  return button(nodes[n].label, () => goTo(n), "plain");
}
const backing = (edge) => (edge.role === "query" ? "Made by the query; no statement of the graph says just this." : "Holds by definition; no source is needed for it.");
function edgeParts(edge) {
  const rows = edge.statements.map((n) => statements[n]);
  const line = scene.lines.find((item) => item.edge === edge);
  return [
    make("h2", told(edge)),
    ...(line && blocked(scene, line) ? [make("p", `Drawn blocked: ${nodes[state.focus].label} inhibits ${nodes[edge.from].label}, so nothing should pass here while it acts. Computed from the graph, not observed.`, "quiet")] : []),
    make("p", rows.length ? plural(rows.length, "statement") : backing(edge), "quiet"),
    ...rows.map(card),
  ];
}
function nodeParts(n) {
  const node = nodes[n], parts = [make("h2", node.label), make("p", spaced(node.cls), "quiet")];
  const tools = make("div", undefined, "group");
  if (n !== state.focus || !["map", "near"].includes(state.view)) tools.append(button("Put in focus", () => focusOn(n)));
  if (bypassOf(n).all.length || computedOf(n).routes.length) tools.append(button("What bypasses it?", () => askBypass(n)));
  if (tools.children.length) parts.push(tools);
  parts.push(...nodeComputed(n));
  if (scene.lists.has(n) && scene.lists.get(n) !== "computed") parts.push(make("p", `Reported against ${nodes[state.focus].label} or a class it belongs to: ${data.groups[scene.lists.get(n)].toLowerCase()}`));
  if (node.also.length) parts.push(make("p", `Also called: ${node.also.join(", ")}`));
  for (const [name, value] of node.facts) parts.push(make("p", `${name[0].toUpperCase()}${name.slice(1)}: ${value}`));
  const line = (text, list) => {
    const item = make("p", text);
    list.forEach((value, i) => item.append(i ? ", " : "", value));
    parts.push(item);
  };
  if (node.up.length) line("Part or kind of: ", node.up.map(nodeButton));
  if (node.parts.length) line("Made of: ", node.parts.map(nodeButton));
  if (node.note) parts.push(make("p", node.note, "quiet"));
  if (node.links.length) line("Elsewhere: ", node.links.map((address) => link(address, address.split("/").pop() || address)));
  const rows = about[n].map((i) => statements[i]);
  const kinds = new Map();
  for (const row of rows) kinds.set(row.s === n ? row.verb : `… ${row.verb} this`, [...(kinds.get(row.s === n ? row.verb : `… ${row.verb} this`) || []), row]);
  parts.push(make("h3", plural(rows.length, "statement")));
  for (const [kind, list] of [...kinds].sort((a, b) => a[0].startsWith("…") - b[0].startsWith("…") || byText(a[0], b[0]))) {
    const fold = make("details"), title = make("summary", `${kind} `);
    title.append(make("small", `${list.length}: ${list.slice(0, 4).map((row) => nodes[row.s === n ? row.o : row.s].label).join(", ")}${list.length > 4 ? ", …" : ""}`, "quiet"));
    fold.append(title);
    fold.addEventListener("toggle", () => { if (fold.open && fold.children.length === 1) fold.append(...list.map(card)); });
    fold.open = rows.length <= 3;
    parts.push(fold);
  }
  return parts;
}
/** What is computed of an entity on the map in focus. */
function nodeComputed(n) {
  if (!scene.routes.length) return [];
  const row = computedOf(state.focus), through = row.routes.filter((route) => route.parts.nodes.has(n));
  const sets = row.sets.map((set, i) => [set, i]).filter(([set]) => set.targets.includes(n) || set.drugs.includes(n));
  if (!through.length && !sets.length && !scene.cut.has(n)) return [];
  const parts = [computedMark()];
  if (scene.cut.has(n)) parts.push(make("p", `Taken away while ${nodes[state.focus].label} acts.`));
  for (const [set, i] of sets) parts.push(withParts("p", undefined, button(`${set.targets.map((t) => nodes[t].label).join(" + ")} off would close every route in this graph, in this context${set.trunk ? " (common downstream)" : ""}`, () => select({ set: i }, true), "plain")));
  if (through.length) {
    const fold = make("details"), list = make("ul", undefined, "answers");
    fold.append(make("summary", `On ${plural(through.length, "open route")}`));
    for (const route of through) list.append(withParts("li", undefined, button(routeTitle(route), () => select({ route: route.i }, true), "plain"), make("small", ` ${route.cls}`, "quiet")));
    fold.append(list);
    parts.push(fold);
  }
  return parts;
}
/** Fill the panel with what is selected. */
function detail(focus) {
  let parts = null;
  if (state.statement !== null) parts = [make("h2", claim(statements[state.statement])), card(statements[state.statement])];
  else if (state.route !== null) parts = routeParts(state.route);
  else if (state.step !== null) parts = arcParts(state.step);
  else if (state.set !== null) parts = setParts(state.set);
  else if (state.edge !== null) parts = edgeParts(edges[state.edge]);
  else if (state.node !== null) parts = nodeParts(state.node);
  else if (state.ask !== null) { at("answer").replaceChildren(...bypassParts(state.ask)); at("ask-name").value = nodes[state.ask].label; openPanel("ask", focus); return; }
  else if (state.path) { at("ways").replaceChildren(...pathParts()); nameEnds(); openPanel("ask", focus); return; }
  if (!parts) { panel(resting()); return; }
  const close = button("×", clear, "close");
  close.setAttribute("aria-label", "Close details");
  details.replaceChildren(close, ...backButton(), ...parts);
  openPanel("details", focus);
}
/** What the panel shows when nothing is selected. */
function resting() {
  if (data.embed) return null;
  if (narrow() && !state.table && state.view === "map") return "ask";
  return window.innerWidth >= 1700 ? "legend" : null;
}

/* --- selecting ---------------------------------------------------------------------- */
/** What was open before, so that a statement leads back to the route or list it was opened from. */
const trail = [];
const picked = () => Object.fromEntries(Object.keys(UNPICKED).map((name) => [name, state[name]]));
const anyPicked = () => Object.keys(UNPICKED).some((name) => state[name] !== null);
function backTitle(was) {
  if (!was) return state.ask !== null ? `what bypasses ${nodes[state.ask].label}` : `paths from ${nodes[state.path[0]].label}`;
  if (was.statement !== null) return statements[was.statement].id;
  if (was.route !== null && computedOf(state.focus).routes[was.route]) return `the route ${routeTitle(computedOf(state.focus).routes[was.route])}`;
  if (was.step !== null) return "the computed step";
  if (was.set !== null) return "what would close the routes";
  if (was.edge !== null) return told(edges[was.edge]);
  if (was.node !== null) return nodes[was.node].label;
  return "what was shown before";
}
/** The button that leads back, where something was open before. */
function backButton() {
  const was = trail.at(-1);
  if (!was && state.ask === null && !state.path) return [];
  return [button(`‹ Back to ${backTitle(was)}`, () => { trail.pop(); select(was ?? {}, true, true); }, "plain back")];
}
const UNPICKED = { node: null, edge: null, statement: null, route: null, step: null, set: null };
function select(change, focus, back) {
  if (!Object.keys(change).length) trail.length = 0;
  else if (!back && anyPicked()) trail.push(picked());
  Object.assign(state, UNPICKED, change);
  relight();
  detail(focus);
  remember();
  status();
}
const pickNode = (n, focus) => { ring = n; select({ node: n }, focus || narrow()); };
const pickStatement = (s) => select({ statement: s, edge: edgeOf.get(s) ?? null }, true);
const pickTube = (line) => select(line.routes.length === 1 ? { route: line.routes[0] } : line.kind === "closes" ? { set: line.set } : { step: line.key }, narrow());
const clear = () => { state.ask = null; select({}); };
function pickLines(lines) {
  const near = lines.filter((line) => line.tied === lines[0].tied);
  if (!lines[0].tied || near.length === 1) { select({ edge: lines[0].edge.e }, narrow()); return; }
  select({});
  const close = button("×", clear, "close");
  close.setAttribute("aria-label", "Close details");
  const list = make("ul", undefined, "answers");
  for (const { edge } of near) {
    const item = make("li");
    item.append(button(told(edge), () => select({ edge: edge.e }, true), "plain"));
    list.append(item);
  }
  details.replaceChildren(close, make("h2", `${plural(near.length, "line")} run here`), list);
  openPanel("details", narrow());
}
/** Select an entity wherever it is, changing the view where the present one lacks it. */
function goTo(n) {
  if (!scene.first.has(n)) turn({ view: "whole" });
  pickNode(n);
  reach(n);
}
function pickReport(report) {
  const edge = edgeOf.get(report.statements[0]);
  if (!state.doubt && edge !== undefined && !edges[edge].asserted) turn({ doubt: true });
  if (scene.first.has(report.mechanism)) reach(report.mechanism);
  select({ statement: report.statements.length === 1 ? report.statements[0] : null, edge: edge ?? null }, true);
}
function focusOn(n) {
  turn({ focus: n, view: data.maps[n] ? "map" : "near", ...UNPICKED, ask: null }, true);
  panel(resting());
}
function askBypass(n) {
  if ((data.maps[n] && (state.focus !== n || state.view !== "map")) || state.view === "path") turn({ focus: n, view: "map", path: null, way: 0, ...UNPICKED }, true);
  Object.assign(state, { only: n === state.ask ? state.only : "all", ask: n, path: null, way: 0 });
  at("ways").replaceChildren();
  select({}, true);
}
