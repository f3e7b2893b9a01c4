/* Paths as the page shows them: a picture in columns, a list with points, a table. */

const CLIMBS = { variant_of: "its gene", product_of: "its gene", member_of_family: "its family", alteration_of: "the substitution", state_of: "the molecule",
  site_of: "the molecule", subclass_of: "the kind", cohort_of: "the study", member_of: "its class" };
const shownPaths = () => pathsBetween(...state.path).paths;
const chosenPath = () => shownPaths()[state.way] || shownPaths()[0] || null;
/** Columns by the farthest place on any path, a lower row for each path that has more to show. */
function pathPicture() {
  const paths = shownPaths(), column = new Map(), spots = new Map(), taken = new Set();
  const [from, to] = state.path, back = paths.length && paths[0].nodes[0] !== from;
  for (const path of paths) path.nodes.forEach((n, i) => column.set(n, Math.max(column.get(n) ?? 0, i)));
  const last = Math.max(2, ...column.values());
  if (!paths.length) column.set(from, 0).set(to, last);
  if (paths.length) column.set(back ? from : to, last);
  paths.forEach((path, lane) => path.nodes.forEach((n) => {
    if (spots.has(n)) return;
    let row = lane;
    while (taken.has(`${column.get(n)} ${row}`)) row += 1;
    taken.add(`${column.get(n)} ${row}`);
    spots.set(n, row);
  }));
  const width = 124, boxes = [...column].map(([n, place]) => {
    const label = broken(nodes[n].label, width - 18, 3);
    return [n, place * (width + 46), (spots.get(n) || 0) * 92, width, label.split("\n").length * 18 + 12, label];
  });
  const head_ = (text, n) => [text, column.get(n) * (width + 46), -46, "", true, 15];
  const steps = new Set(paths.flatMap((path) => path.steps.map((step) => step.e)));
  return { boxes, heads: [head_(pathsBetween(from, to).paths.length ? "From" : "No path as asked", from), ...(from === to ? [] : [head_("To", to)])], edges: [...steps].map((e) => edges[e]) };
}
/** Boxes and lines of the chosen path, whatever the view. */
function brightPath(scene) {
  const path = state.path && chosenPath();
  if (!path || !path.nodes.every((n) => scene.first.has(n))) return null;
  const steps = new Set(path.steps.map((step) => step.e)), next = new Set(path.steps.map((step) => `${step.from} ${step.to}`));
  const lines = new Set(steps);
  for (const { edge } of scene.lines) if (!edge.statements.length && next.has(`${edge.to} ${edge.from}`)) lines.add(edge.e);
  return { boxes: new Set(path.nodes), lines };
}

/** One step in words: what a source states, or the definition that is climbed. */
function stepWords(step) {
  const [one, other] = [nodes[step.from].label, nodes[step.to].label];
  if (step.role === "up" && !step.statements.length) return `${one} is rolled up to ${CLIMBS[step.predicate.replace("^", "")] || "what it belongs to"} ${other}`;
  if (step.role === "down") return `what reaches ${one} is taken to reach its part ${other}`;
  if (step.role === "state") return `${one} and ${other} are taken for a molecule and its active state`;
  return told(edges[step.e]);
}
const pathSigns = { "+": "raises", "-": "lowers", "?": "effect not known" };
const pointsText = ({ total, ...parts }) => `${total} points (${Object.entries(parts).filter(([, value]) => value).map(([name, value]) => `${name} ${value}`).join(", ")})`;
const contextText = (path) => `context ${path.context} (${Object.entries(path.context_parts).map(([name, word]) => `${name} ${word}`).join(", ")})`;
const pathWords = (path) => path.nodes.map((n) => nodes[n].label).join(" > ");
function pathPart(path, i, chosen) {
  const item = make("li"), pick = button(pathWords(path), () => { state.way = i; select({}, false); const again = at("ways").querySelectorAll(".ways button.plain[aria-pressed]")[i]; if (again) again.focus(); }, "plain");
  pick.setAttribute("aria-pressed", String(chosen));
  item.append(pick, make("small", ` ${pathSigns[path.sign] || ""}; ${contextText(path)}; ${pointsText(path.score)}`, "quiet"));
  if (path.group) item.append(make("small", `. Stands for ${plural(path.group.paths, "path")}${path.group.members.length ? `, which also run through ${path.group.members.map((n) => nodes[n].label).join(", ")}` : ""} (${Object.entries(path.group.signs).map(([sign, count]) => `${sign} ${count}`).join(", ")})`, "quiet"));
  if (!chosen) return item;
  const list = make("ol", undefined, "steps");
  for (const step of path.steps) {
    const line = make("li", `${stepWords(step)} `);
    line.append(make("small", `${SIGNS[step.sign] || ""}${step.statements.length ? `; ${standings(edges[step.e])} ` : "; by definition"}`, "quiet"), ...statementButtons(step.statements));
    list.append(line);
  }
  item.append(list);
  return item;
}
/** The answer to a question for paths, for the panel. */
function pathParts() {
  const answer = pathsBetween(...state.path), [from, to] = state.path, list = make("ol", undefined, "answers ways");
  const parts = [make("h3", `Paths from ${nodes[from].label} to ${nodes[to].label}`)];
  answer.paths.forEach((path, i) => list.append(pathPart(path, i, path === chosenPath())));
  if (answer.paths.length) parts.push(list);
  else parts.push(make("p", "No path over what sources state."));
  if (answer.hint && answer.paths.length) parts.push(make("p", `${answer.hint[0].toUpperCase()}${answer.hint.slice(1)}.`, "quiet"));
  const open = [...computedBy].flatMap(([n, row]) => row.routes.filter((route) => route.output === to && route.sources.length === 1 && route.sources[0] === from).map((route) => [n, route]));
  const [hit] = open.filter(([n]) => n === state.focus).concat(open);
  if (hit) parts.push(computedMark(), withParts("p", undefined, button(`Open route under ${nodes[hit[0]].label}: ${routeTitle(hit[1])}`, () => { if (state.focus !== hit[0] || state.view !== "map") turn({ focus: hit[0], view: "map", computed: true }, true); select({ route: hit[1].i }, true); }, "plain")));
  if (!answer.paths.length && answer.relaxation) {
    const loose = make("ol", undefined, "answers ways"), fold = make("details");
    loose.append(pathPart(answer.relaxation.path, 0, true));
    fold.append(make("summary", "What a path would need: no answer to the question as asked"), make("p", `${plainHint(answer)} (${answer.reason.replaceAll("-", " ")})`, "quiet"), loose);
    parts.push(fold);
  }
  parts.push(make("p", "Fewest points first: for length, weak evidence, unknown effects, steps that do not agree in context, and much-joined entities on the way.", "quiet"),
    button("Clear the path", () => { turn({ path: null, way: 0, view: data.maps[state.focus] ? "map" : state.focus >= 0 ? "near" : "whole", ...UNPICKED }, true); at("ways").replaceChildren(); }));
  return parts;
}
/** A hint with names in place of ids. */
function plainHint({ hint }) {
  const [words, path] = hint.split(": ");
  return `${words[0].toUpperCase()}${words.slice(1)}${path ? `: ${path.split(" > ").map((name) => nodes[nodeById.get(name)].label).join(" > ")}` : ""}.`;
}
function askPath(from, to) {
  turn({ path: [from, to], way: 0, view: "path", ask: null, table: false }, true);
  select({}, true);
  at("ways").scrollIntoView({ block: "start" });
  say(`${plural(pathsBetween(from, to).paths.length, "path")} found`);
}
const PATH_COLUMNS = ["Path", "Effect", "Context", "Points", "Parts of the points", "Stands for", "Steps", "Statements"];
function pathTables() {
  if (!state.path) return [];
  const answer = pathsBetween(...state.path), title = `Paths from ${nodes[state.path[0]].label} to ${nodes[state.path[1]].label}${answer.paths.length ? "" : ": none"}`;
  return [{ name: "paths", title, columns: PATH_COLUMNS, rows: answer.paths.map((path, i) => ({ act: () => { state.way = i; select({}, true); },
    cells: [pathWords(path), pathSigns[path.sign] || "", contextText(path), path.score.total, pointsText(path.score), path.group ? plural(path.group.paths, "path") : "1 path",
      path.steps.map(stepWords).join("; "), [...new Set(path.steps.flatMap((step) => step.statements))].map((n) => statements[n].id).join(" ")] })) }];
}
