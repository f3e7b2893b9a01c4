/* Which statements, lines and boxes fit the filters. */

const ancestors = new Map();
function kin(n) {
  if (!ancestors.has(n)) ancestors.set(n, lineage(n));
  return ancestors.get(n);
}
const ids = (list) => list.map((n) => nodes[n].id);
const ofClass = (row, classes) => [row.s, row.o].filter((n) => classes.includes(nodes[n].cls));

/* Values of a statement in each facet; a tumour or allele counts also for what it is a kind of. */
const VALUES = {
  predicate: (row) => [row.predicate],
  paper: (row) => row.sources.map(([paper]) => papers[paper].id),
  setting: (row) => [row.setting],
  disease: (row) => ids([...row.disease, ...ofClass(row, ["Disease"])].flatMap(kin)),
  allele: (row) => ids([...row.alteration, ...ofClass(row, VARIANTS)].flatMap(kin).filter((n) => VARIANTS.includes(nodes[n].cls))),
  certainty: (row) => [row.certainty],
  polarity: (row) => [row.polarity],
};
const sourced = ["paper", "setting", "disease", "allele", "certainty", "polarity"];
const active = (key) => state.filters[key].size > 0;
const anyActive = () => FACETS.some(active);

function statementFits(row) {
  return sourced.every((key) => !active(key) || VALUES[key](row).some((value) => state.filters[key].has(value)));
}
const classFits = (n) => !active("class") || state.filters.class.has(nodes[n].cls);
const signOf = (edge) => (edge.statements.length || edge.role === "query" ? edge.sign : "part");
function edgeFits(edge) {
  if (!classFits(edge.from) || !classFits(edge.to)) return false;
  if (active("predicate") && !state.filters.predicate.has(edge.predicate)) return false;
  if (active("sign") && !state.filters.sign.has(signOf(edge))) return false;
  return !sourced.some(active) || edge.statements.some((n) => statementFits(statements[n]));
}

/** What fits the filters among the given lines and boxes; null where no filter is set. */
function fitting(lines, boxes) {
  if (!anyActive()) return null;
  const kept = new Set(lines.filter(edgeFits));
  const joined = new Set([...kept].flatMap((edge) => [edge.from, edge.to]));
  const lined = FACETS.some((key) => key !== "class" && active(key));
  return { lines: kept, boxes: new Set(boxes.filter((n) => classFits(n) && (!lined || joined.has(n) || n === state.focus))) };
}

/** Every value that statements, lines or boxes have in a facet, with its name and how often. */
function choices(key) {
  const counts = new Map();
  const add = (value) => counts.set(value, (counts.get(value) || 0) + 1);
  if (key === "class") for (const node of nodes) add(node.cls);
  else if (key === "sign") for (const edge of edges) { if (edge.drawn) add(signOf(edge)); }
  else for (const row of statements) for (const value of new Set(VALUES[key](row))) add(value);
  const fixed = { certainty: data.certainties, setting: data.settings, sign: ["+", "-", "?", "0", "part"] }[key];
  const name = (value) => {
    if (key === "class") return spaced(value);
    if (key === "predicate") return (data.predicates.find((pair) => pair[0] === value) || [value, value])[1];
    if (key === "sign") return value === "part" ? "part or form of, by definition" : SIGNS[value];
    if (key === "paper") return (papers.find((paper) => paper.id === value) || { label: value }).label;
    if (key === "disease" || key === "allele") return nodes[nodeById.get(value)].label;
    return value.replaceAll("-", " ");
  };
  return [...counts].map(([value, count]) => ({ value, count, name: name(value) }))
    .sort((a, b) => (fixed ? fixed.indexOf(a.value) - fixed.indexOf(b.value) : b.count - a.count || byText(a.name, b.name)));
}
