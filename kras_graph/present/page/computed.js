/* What the program computes: routes that a therapy leaves open, and what would close them.
   None of it is a report; it has lines, lists and tables of its own. */

const NOT_OBSERVED = "Computed from the graph, not observed";
const proofs = data.computed.proofs.map(([n, present, basis, sign, said, assumed, voids, from], i) =>
  ({ i, n, present: !!present, basis, sign, statements: said, assumed, voids, from }));
const computedBy = new Map(Object.entries(data.computed.by).map(([n, row]) => [Number(n), {
  ...row,
  routes: row.routes.map(([proof, cls, output, sources, reported, denied, questioned, feedback, id, caveats], i) =>
    ({ i, proof, cls, output, sources, reported, denied, questioned, feedback, id, caveats, parts: proofParts(proof) })),
}]));
const NOTHING = { routes: [], sets: [], remarks: [], states: [], feedback: [], limits: [] };
const computedOf = (n) => computedBy.get(n) || NOTHING;
const routeKey = (route) => route.id.split(":").slice(1).join(":");

/** Steps of a proof, premises first, each node once; arcs between their nodes; all nodes. */
function proofParts(top) {
  const steps = new Map(), arcs = new Map(), all = new Set();
  const visit = (i) => {
    const step = proofs[i];
    all.add(step.n);
    for (const before of step.from) visit(before);
    for (const before of step.from) {
      const kind = proofs[before].present ? "needs" : "makes";
      arcs.set(`${proofs[before].n} ${step.n} ${kind}`, i);
    }
    for (const n of step.voids) { all.add(n); arcs.set(`${n} ${step.n} voids`, i); }
    if (step.basis !== "given") steps.set(step.n, step);
  };
  visit(top);
  return { steps: [...steps.values()], arcs, nodes: all };
}

/** Lines of the computed layer on the map: steps of routes, and what would close them all. */
function computedLines(drawn, first, stated) {
  const found = new Map(), lines = [], taken = new Map();
  for (const { edge } of stated) {
    const pair = [edge.from, edge.to].sort((a, b) => a - b).join(" ");
    taken.set(pair, (taken.get(pair) || 0) + 1);
  }
  for (const route of computedOf(state.focus).routes)
    for (const [key, proof] of route.parts.arcs) {
      const arc = found.get(key) || { key, kind: key.split(" ")[2], routes: [], proofs: new Set() };
      arc.routes.push(route.i);
      arc.proofs.add(proof);
      found.set(key, arc);
    }
  computedOf(state.focus).sets.forEach((set, i) => {
    if (set.trunk || set.targets.length !== 1) return;
    const pair = (drawn.closers || []).find((row) => row[1] === set.targets[0]);
    if (pair) found.set(`${pair[0]} ${pair[1]} closes`, { key: `${pair[0]} ${pair[1]} closes`, kind: "closes", routes: [], proofs: new Set(), set: i });
  });
  const listed = new Set((drawn.lists || []).map((row) => row[0])), gathers = new Map();
  for (const arc of found.values()) {
    [arc.source, arc.target] = arc.key.split(" ").map(Number);
    if (!first.has(arc.source) || !first.has(arc.target) || arc.kind === "closes") continue;
    arc.bundle = `${arc.target} ${arc.kind} ${listed.has(arc.source) ? "list" : first.get(arc.source).x}`;
    gathers.set(arc.bundle, [...(gathers.get(arc.bundle) || []), first.get(arc.source)]);
  }
  for (const arc of found.values()) {
    const [from, to] = [first.get(arc.source), first.get(arc.target)];
    if (!from || !to || from === to) continue;
    const pair = [arc.source, arc.target].sort((a, b) => a - b).join(" "), turn = taken.get(pair) || 0;
    taken.set(pair, turn + 1);
    const group = gathers.get(arc.bundle) || [], ahead = group.length > 2 && to.x > from.x + 60;
    const hub = ahead ? { x: Math.max(...group.map((box) => box.x + box.w / 2)) + 34, y: group.reduce((sum, box) => sum + box.y, 0) / group.length } : null;
    const way = hub ? gathered(from, to, hub) : sideways(from, to, turn);
    const conditional = arc.kind === "makes" && [...arc.proofs].every((i) => proofs[i].voids.length > 0);
    lines.push({ ...arc, from, to, d: way.d, points: way.points, conditional,
      tip: head({ makes: "+", needs: "0", voids: "?", closes: "-" }[arc.kind], way.points.at(-1), way.points.at(-2), arc.kind === "needs" ? 0.8 : 1.3) });
  }
  return lines;
}
const arcTold = (line) => {
  const [one, other] = [nodes[line.source].label, nodes[line.target].label];
  return { makes: `computed step: ${one} makes ${other} active`, needs: `computed step: ${other} is active through ${one}`,
    voids: `computed: ${one} voids the block on ${other}`, closes: `computed: with ${other} off, every route in this graph, in this context, would be closed` }[line.kind];
};

/* --- panels -------------------------------------------------------------------------- */
function computedMark(text = NOT_OBSERVED) {
  return make("p", text, "computed-mark");
}
function statementButtons(list) {
  return list.flatMap((n, i) => [i ? " " : "", button(statements[n].id, () => pickStatement(n), "plain")]);
}
function withParts(tag, cls, ...parts) {
  const item = make(tag, undefined, cls);
  item.append(...parts);
  return item;
}
function assumptionPart(id) {
  const [claim_, citation, address_] = data.computed.assumptions[id] || ["", "", ""];
  return withParts("p", "warn", make("b", `Assumed, ${id}: `), `${claim_} (`, address_ ? link(address_, citation) : citation, ")");
}
const BASES = { stated: "stated", definition: "by definition", assumption: "assumed", suggested: "only suggested" };
/** One step of a proof: what becomes active, through what, and on what grounds. */
function stepItem(step) {
  const before = step.from.map((i) => proofs[i]), active_ = before.filter((p) => !p.present), there = before.filter((p) => p.present);
  const item = make("li");
  item.append(make("b", nodes[step.n].label), active_.length ? ` is active because ${active_.map((p) => nodes[p.n].label).join(" and ")} ${active_.length > 1 ? "are" : "is"}` : " is active by itself",
    there.length ? `, through ${there.map((p) => nodes[p.n].label).join(", ")}` : "", ". ");
  if (step.voids.length) item.append(`The block on it is voided by ${step.voids.map((n) => nodes[n].label).join(", ")}. `);
  item.append(make("small", `${BASES[step.basis] || step.basis}${step.sign === "?" ? ", sign not given" : ""} `, "quiet"), ...statementButtons(step.statements));
  for (const id of step.assumed) item.append(assumptionPart(id));
  return item;
}
function saidOf(route) {
  const parts = [make("h3", "What sources say of how it starts")];
  for (const [words, list] of [["Reported", route.reported], ["Denied", route.denied], ["Left open", route.questioned]])
    if (list.length) parts.push(withParts("p", undefined, `${words}: `, ...statementButtons(list)));
  if (!route.reported.length) parts.push(make("p", "Reported by nobody in this graph.", "quiet"));
  return parts;
}
const limitParts = (row) => [make("h3", "Limits"), ...row.limits.map((i) => make("p", data.computed.limits[i], "quiet"))];
const sourcesText = (route) => route.sources.map((n) => nodes[n].label).join(" + ");
const routeTitle = (route) => `${sourcesText(route)} to ${nodes[route.output].label}`;
function routeParts(i) {
  const row = computedOf(state.focus), route = row.routes[i], list = make("ol", undefined, "steps");
  list.append(...route.parts.steps.map(stepItem));
  return [make("h2", `Open route: ${routeTitle(route)}`), computedMark(),
    make("p", `Under ${nodes[state.focus].label}, in ${row.context}. Way past the drug: ${route.cls}.${row.hypothetical && route.parts.nodes.size && route.cls !== "adaptive" ? " Open only in a tumour that has what it starts from." : ""}`, "quiet"),
    make("h3", "Proof, step by step"), list, ...saidOf(route),
    ...route.caveats.filter((id) => !route.parts.steps.some((step) => step.assumed.includes(id))).map(assumptionPart),
    ...route.feedback.map((k) => make("p", `Feedback: ${row.feedback[k]}`, "quiet")), ...limitParts(row)];
}
function arcParts(key) {
  const line = scene.routes.find((item) => item.key === key);
  if (!line) return [make("h2", "This step is not shown here"), computedMark()];
  if (line.kind === "closes") return setParts(line.set);
  const row = computedOf(state.focus), steps = make("ol", undefined, "steps"), list = make("ul", undefined, "answers");
  steps.append(...[...line.proofs].map((i) => stepItem(proofs[i])));
  for (const i of line.routes) list.append(withParts("li", undefined, button(routeTitle(row.routes[i]), () => select({ route: i }, true), "plain"), make("small", ` ${row.routes[i].cls}`, "quiet")));
  return [make("h2", `${nodes[line.source].label} → ${nodes[line.target].label}`), computedMark(), make("p", `${arcTold(line)[0].toUpperCase()}${arcTold(line).slice(1)}.`),
    steps, make("h3", `${plural(line.routes.length, "open route")} through this step`), list, ...limitParts(row)];
}
function setParts(i) {
  const row = computedOf(state.focus), set = row.sets[i], name = set.targets.map((n) => nodes[n].label).join(" + ");
  const named = (words, list) => (list.length ? [withParts("p", undefined, words, ...list.flatMap((n, k) => [k ? ", " : "", nodeButton(n)]))] : []);
  return [make("h2", `${name}: would close every route in this graph, in this context`), computedMark(),
    make("p", `With ${nodes[state.focus].label}, in ${row.context}; further lesions are not counted in.${set.trunk ? " It cuts a common trunk: it would close whatever the driver, so it tells little." : ""}`, "quiet"),
    ...named("Acted on by, in this graph: ", set.drugs), ...named("Leaves open: ", set.open), ...named("A route opens again with: ", set.again),
    ...set.leans.map(assumptionPart),
    ...(set.stable === null ? [] : [make("p", `Stable in ${(set.stable * 100).toFixed(0)}% of resamples with knowledge dropped, robust in ${(set.robust * 100).toFixed(0)}% with steps added.`, "quiet")]),
    ...(set.tried.length ? [withParts("p", undefined, "Sources on such a combination: ", ...statementButtons(set.tried))] : [make("p", "No source of this graph tried the pair.", "quiet")]),
    ...(set.doubts.length ? [withParts("p", undefined, "Against, unclear, or on harm: ", ...statementButtons(set.doubts))] : []), ...limitParts(row),
    make("p", "Nothing on synergy, response or safety follows from a closed route. For research, not for treatment decisions.", "quiet")];
}
/** What is computed around a therapy, below what is reported of it. */
function computedParts(therapy) {
  const row = computedOf(therapy), parts = [make("h3", "Signalling left open"), computedMark()];
  if (!computedBy.has(therapy)) return [];
  if (!row.routes.length && !row.remarks.length) return [...parts, ...row.limits.map((i) => make("p", data.computed.limits[i], "quiet"))];
  const claims = { open: "can stay on", closed: "closed as far as the graph goes", "not-modelled": "not modelled", "not-derivable": "cannot be derived" };
  parts.push(make("p", `Context: ${row.context}.`, "quiet"), ...row.remarks.map((text) => make("p", text, "quiet")),
    make("p", `${row.states.map(([n, told_, later]) => `${nodes[n].label} ${claims[told_]}${told_ === "closed" && later ? ", until a further lesion opens it" : ""}`).join("; ")}.`));
  if (row.hypothetical) parts.push(make("p", `Each of ${row.lesions} lesions that the signalling layer knows is tried; a route that starts from one is open only in a tumour that has it.`, "quiet"));
  const here = therapy === state.focus, open = (route) => () => { if (!here) focusOn(therapy); if (state.view !== "map") turn({ view: "map" }); state.computed = true; turn({}); select({ route: route.i }, true); };
  for (const cls of [...new Set(row.routes.map((route) => route.cls))]) {
    const own = row.routes.filter((route) => route.cls === cls), fold = make("details"), list = make("ul", undefined, "answers");
    fold.append(make("summary", `${cls[0].toUpperCase()}${cls.slice(1)}: ${plural(own.length, "route")}`));
    for (const route of own) list.append(withParts("li", undefined, button(routeTitle(route), open(route), "plain"),
      make("small", route.reported.length ? ` its start is reported: ${route.reported.map((n) => statements[n].id).join(" ")}` : " its start is reported by nobody", "quiet")));
    fold.append(list);
    parts.push(fold);
  }
  const sets = row.sets.map((set, i) => [set, i]), list = make("ul", undefined, "answers");
  if (sets.length) {
    parts.push(make("h3", "Would close every route in this graph, in this context"), computedMark());
    const box = make("input"), label = make("label", undefined, "switch"), common = sets.some(([set]) => set.trunk);
    const fill = () => list.replaceChildren(...sets.filter(([set]) => state.trunk || !set.trunk).map(([set, i]) => withParts("li", undefined,
      button(set.targets.map((n) => nodes[n].label).join(" + "), () => { if (!here) focusOn(therapy); select({ set: i }, true); }, "plain"),
      make("small", ` ${set.trunk ? "common downstream; " : ""}${set.drugs.slice(0, 3).map((n) => nodes[n].label).join(", ")}${set.drugs.length > 3 ? ` +${set.drugs.length - 3}` : ""}`, "quiet"))));
    box.type = "checkbox";
    box.checked = state.trunk;
    box.addEventListener("change", () => { turn({ trunk: box.checked }); fill(); });
    label.append(box, " Also common downstream targets, which tell little");
    fill();
    parts.push(list, ...(common ? [label] : []));
  }
  return [...parts, ...limitParts(row)];
}

/* --- tables --------------------------------------------------------------------------- */
const ROUTE_COLUMNS = ["Computed route", "Way past", "To", "From", "Steps", "Start reported by", "Start denied or left open by", "Statements", "Assumptions"];
function chainOf(route) {
  return route.parts.steps.map((step) => nodes[step.n].label).reduce((text, name) => `${text} > ${name}`, sourcesText(route));
}
function computedTables() {
  if (!scene.routes.length) return [];
  const row = computedOf(state.focus), idsOf = (list) => list.map((n) => statements[n].id).join(" ");
  const each = (route, name) => [...new Set(route.parts.steps.flatMap((step) => step[name]))];
  const found = [{ name: "computed-routes", title: `Open routes (${NOT_OBSERVED.toLowerCase()})`, columns: ROUTE_COLUMNS, rows: row.routes.map((route) => ({ act: () => select({ route: route.i }, true),
    cells: [routeTitle(route), route.cls, nodes[route.output].label, sourcesText(route), chainOf(route), idsOf(route.reported), idsOf([...route.denied, ...route.questioned]), idsOf(each(route, "statements")), each(route, "assumed").join(" ")] })) }];
  const sets = row.sets.map((set, i) => [set, i]).filter(([set]) => state.trunk || !set.trunk);
  if (sets.length) found.push({ name: "computed-closing", title: `Would close every route in this graph, in this context (${NOT_OBSERVED.toLowerCase()})`,
    columns: ["Further targets", "Common downstream", "Drugs in the graph", "Opens again with", "Leans on", "Stable", "Robust", "Sources on it"],
    rows: sets.map(([set, i]) => ({ act: () => select({ set: i }, true), cells: [set.targets.map((n) => nodes[n].label).join(" + "), set.trunk ? "yes" : "no",
      set.drugs.map((n) => nodes[n].label).join("; "), set.again.map((n) => nodes[n].label).join("; "), set.leans.join(" "), set.stable ?? "", set.robust ?? "", idsOf(set.tried)] })) });
  return found;
}
