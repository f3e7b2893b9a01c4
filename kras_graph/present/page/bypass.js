/* What bypasses a therapy, asked in the page: the same reports in the same order as the command line. */

const RESISTS = ["confers_resistance_to", "associated_with_resistance_to"];
const GROUPS = Object.keys(data.groups);

/** Classes a therapy belongs to, nearest first, each with the statements that say so. */
function classesOf(therapy) {
  const sources = new Map();
  for (const row of statements)
    if (row.s === therapy && row.predicate === "member_of" && row.edge) sources.set(row.o, [...(sources.get(row.o) || []), row.n]);
  const byId = (a, b) => byText(nodes[a].id, nodes[b].id);
  const front = [...[...sources.keys()].sort(byId).map((n) => [n, sources.get(n)]),
    ...nodes[therapy].up.filter((n) => !sources.has(n)).map((n) => [n, []])];
  const found = new Map();
  for (const [n, said] of front) {
    if (found.has(n)) continue;
    found.set(n, said);
    front.push(...nodes[n].up.map((parent) => [parent, []]));
  }
  const depth = (n) => kin(n).length;
  return [...found.keys()].sort((a, b) => depth(b) - depth(a) || byId(a, b))
    .filter((n) => nodes[n].cls === "DrugClass").map((n) => ({ n, statements: found.get(n) }));
}

/** Reports of resistance to a therapy or its classes, each kind in its own list. */
function bypassOf(therapy) {
  const none = { therapy, classes: [], all: [], reported: [], denied: [], open: [], own: [] };
  if (therapy < 0 || !THERAPIES.includes(nodes[therapy].cls)) return none;
  const classes = classesOf(therapy), against = new Set([therapy, ...classes.map((item) => item.n)]);
  const groups = new Map();
  for (const row of statements) {
    if (!against.has(row.o) || !RESISTS.includes(row.predicate)) continue;
    const key = [row.s, row.o, row.polarity, row.certainty].join(" ");
    groups.set(key, [...(groups.get(key) || []), row]);
  }
  const found = [...groups.values()].map((rows) => ({
    mechanism: rows[0].s, against: rows[0].o, relation: rows[0].o === therapy ? "direct" : "class",
    polarity: rows[0].polarity, certainty: rows[0].certainty,
    group: (rows.find((row) => row.group) || {}).group, statements: rows.map((row) => row.n),
  }));
  const rank = (report) => [GROUPS.indexOf(report.group || "other"), report.relation === "direct" ? 0 : 1,
    data.certainties.indexOf(report.certainty), nodes[report.mechanism].rank];
  found.sort((a, b) => {
    const [one, other] = [rank(a), rank(b)], at_ = one.findIndex((value, i) => value !== other[i]);
    return at_ < 0 ? byText(nodes[a.against].id, nodes[b.against].id) : one[at_] - other[at_];
  });
  const hit = new Set(statements.filter((row) => row.s === therapy && row.predicate === "inhibits" && row.edge).map((row) => row.o));
  const alleles = [...hit].filter((n) => nodes[n].cls === "ProteinVariant");
  const foreign = ({ mechanism, relation }) => {
    if (relation === "direct") return false;
    if (hit.has(mechanism)) return true;
    const changed = nodes[mechanism].cls === "Alteration" ? nodes[mechanism].up.filter((n) => nodes[n].cls === "ProteinVariant") : [];
    return alleles.length > 0 && changed.length > 0 && !changed.some((n) => alleles.includes(n));
  };
  const own = found.filter(foreign), all = found.filter((report) => !own.includes(report));
  return {
    therapy, classes, all, own,
    reported: all.filter((r) => r.certainty !== "open" && r.polarity === "affirmed"),
    denied: all.filter((r) => r.certainty !== "open" && r.polarity === "negated"),
    open: all.filter((r) => r.certainty === "open"),
  };
}

/** The answer as elements for the panel. */
function bypassParts(therapy) {
  const answer = bypassOf(therapy), name = nodes[therapy].label;
  const parts = [make("h2", `What bypasses ${name}?`)];
  if (!answer.all.length) return [...parts, ...computedParts(therapy), make("p", "The graph holds no report of resistance to it or to a class it belongs to. That says nothing on whether there is any.", "quiet")];
  if (answer.classes.length)
    parts.push(make("p", `Reports by class reach ${name} through ${answer.classes.map((item) => nodes[item.n].label).join(" < ")}.`, "quiet"));
  const filter = make("div", undefined, "group"), list = make("div", undefined, "reports");
  filter.setAttribute("role", "group");
  filter.setAttribute("aria-label", "Which reports");
  const direct = new Set(answer.reported.filter((r) => r.relation === "direct").map((r) => r.mechanism));
  const kinds = { all: ["All", () => true], direct: [`On ${name} itself`, (r) => r.relation === "direct"],
    class: ["Known only by class", (r) => r.relation === "class" && !direct.has(r.mechanism)] };
  const fill = (kind) => {
    state.only = kind;
    for (const item of filter.children) item.setAttribute("aria-pressed", String(item.dataset.kind === kind));
    list.replaceChildren(...bypassLists(answer, kinds[kind][1], kind === "class"));
  };
  for (const [kind, [text]] of Object.entries(kinds)) {
    const item = button(text, () => { fill(kind); remember(); });
    item.dataset.kind = kind;
    filter.append(item);
  }
  fill(state.only);
  return [...parts, filter, list, ...computedParts(therapy)];
}
/** What sources deny or leave open on the drug itself, of a mechanism reported by class. */
function onItself(answer, mechanism) {
  const own = [...answer.denied, ...answer.open].filter((r) => r.relation === "direct" && r.mechanism === mechanism);
  return own.map((r) => `; on ${nodes[answer.therapy].label} itself: ${statements[r.statements[0]].standing}, ${r.statements.map((n) => statements[n].id).join(" ")}`).join("");
}
/** In how many patients, where all the statements tell; and whether they were under another drug. */
function seenIn(report) {
  const rows = report.statements.map((n) => statements[n]), counts = new Set(rows.map((row) => row.patients));
  const under = [...new Set(rows.flatMap((row) => row.under))].filter((n) => n !== report.against).map((n) => nodes[n].label);
  return `${counts.size === 1 && rows[0].patients ? `; seen in ${plural(rows[0].patients, "patient")}` : ""}${report.relation === "class" && under.length ? `; under ${under.join(", ")}` : ""}`;
}
function bypassLists(answer, wanted, itself) {
  const parts = [];
  const section = (title, reports, key) => {
    if (!reports.length) return;
    const head = make("h3", `${title} (${reports.length})`), list = make("ul", undefined, "answers");
    if (key) head.prepend(make("span", undefined, `dot ${key}`));
    for (const report of reports) {
      const item = make("li"), words = report.relation === "direct" ? "itself" : `by class: ${nodes[report.against].label}`;
      item.append(button(nodes[report.mechanism].label, () => pickReport(report), "plain"));
      const standing = statements[report.statements[0]].standing;
      const loose = statements[report.statements[0]].predicate === "associated_with_resistance_to" && statements[report.statements[0]].edge;
      item.append(make("small", ` ${words}; ${standing}${loose ? ", association" : ""}${seenIn(report)}${itself ? onItself(answer, report.mechanism) : ""}; ${report.statements.map((n) => statements[n].id).join(" ")}`, "quiet"));
      list.append(item);
    }
    parts.push(head, list);
  };
  const chosen = answer.reported.filter(wanted);
  for (const group of GROUPS) section(data.groups[group], chosen.filter((r) => (r.group || "other") === group), group);
  section("Looked for and not found", answer.denied.filter(wanted));
  section("Called unclear by the source", answer.open.filter(wanted));
  return parts.length ? parts : [make("p", "None.", "quiet")];
}
