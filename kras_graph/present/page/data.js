/* The data block and its indexes. Rows refer to entities and statements by their place. */

const at = (id) => document.getElementById(id);
const data = JSON.parse(at("data").textContent);

/** A name without signs that would turn the text around it. */
const upright = (text) => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "");
const nodes = data.nodes.map((row, n) => ({
  id: "", cls: "", links: [], up: [], parts: [], facts: [], ...row, n, kind: data.kinds[row.cls] || "measure",
  label: upright(row.label || row.id || ""), also: (row.also || []).map(upright),
}));
const statements = data.statements.map((row, n) => ({
  under: [], disease: [], trial: [], alteration: [], model: [], figures: [], sources: [], ...row, n,
  predicate: data.predicates[row.p][0], verb: data.predicates[row.p][1],
}));
const edges = data.edges.map(([from, to, p, sign, role, asserted, ids, drawn], e) => ({
  e, from, to, sign, role, asserted: !!asserted, drawn: !!drawn, statements: ids,
  predicate: data.predicates[p][0], verb: data.predicates[p][1],
  resists: data.predicates[p][0].includes("resistance_to"),
}));
const papers = data.publications.map((row) => ({ id: "", label: row.id || "", where: "", kind: "", ...row }));
const nodeById = new Map(nodes.map((node) => [node.id, node.n]));
const statementById = new Map(statements.map((row) => [row.id, row.n]));

const about = nodes.map(() => []);
for (const row of statements) for (const n of new Set([row.s, row.o])) about[n].push(row.n);
const edgeOf = new Map();
for (const edge of edges) for (const n of edge.statements) edgeOf.set(n, edge.e);

const THERAPIES = ["Drug", "Biologic", "CellTherapy", "DrugClass", "Regimen"];
const VARIANTS = ["ProteinVariant", "Alteration"];
const STUDIES = ["Trial", "Cohort"];

/** An entity with all that it is a part, kind or form of. */
function lineage(n) {
  const found = [n];
  for (const name of found) for (const parent of nodes[name].up) if (!found.includes(parent)) found.push(parent);
  return found;
}

/** Order of two texts by code point, as Python sorts them. */
function byText(one, other) {
  const [a, b] = [[...one], [...other]];
  for (let i = 0; i < Math.min(a.length, b.length); i += 1)
    if (a[i] !== b[i]) return a[i].codePointAt(0) - b[i].codePointAt(0);
  return a.length - b.length;
}

const spaced = (text) => text.replace(/(?<=[a-z])(?=[A-Z])/g, " ");
const plural = (count, word, words = `${word}s`) => `${count.toLocaleString("en")} ${count === 1 ? word : words}`;
const claim = (row) => `${nodes[row.s].label} ${row.verb} ${nodes[row.o].label}`;
const told = (edge) => `${nodes[edge.from].label} ${edge.verb} ${nodes[edge.to].label}`;
const SIGNS = { "+": "raises", "-": "lowers", "?": "effect not known", 0: "no effect stated" };
/** How firmly the sources of a line put it, each way once. */
const standings = (edge) => [...new Set(edge.statements.map((n) => statements[n].standing))].join(" / ");
/** Papers of a statement, each with its sections. */
function sourcesOf(row) {
  const found = new Map();
  for (const [paper, section] of row.sources) found.set(paper, [...(found.get(paper) || []), section]);
  return [...found].map(([paper, sections]) => `${papers[paper].label}: ${sections.join(", ")}`).join("; ");
}
