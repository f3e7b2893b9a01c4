/* The same as a table: for those who read better so, and as CSV. */

const STATEMENT_COLUMNS = ["Statement", "Subject", "Relation", "Object", "Effect", "Standing", "Setting", "Disease", "Alteration", "Figures", "Source", "Source issue"];
function statementCells(row) {
  const edge = edges[edgeOf.get(row.n)];
  return [row.id, nodes[row.s].label, row.verb, nodes[row.o].label, edge ? SIGNS[edge.sign] : "", row.standing, row.setting.replaceAll("-", " "),
    row.disease.map((n) => nodes[n].label).join("; "), row.alteration.map((n) => nodes[n].label).join("; "),
    row.figures.map((figure) => figure.text).join("; "), sourcesOf(row), row.issue || ""];
}
const RESULT_COLUMNS = ["Figure", "Trial", "Therapy", "Endpoint", "As printed", "Value", "Unit", "Interval", "n/N", "Disease", "In whom", "Standing", "Source", "Source issue"];
function resultCells(row) {
  const all = statements[row.s], figure = all.figures.find((item) => item.id === row.figure), label = (n) => (n === undefined ? "" : nodes[n].label);
  const trials = figure.trial === undefined ? all.trial : [figure.trial], sick = figure.disease === undefined ? all.disease : [figure.disease];
  return [figure.id, trials.map(label).join("; "), label(figure.arm) || label(all.s), label(figure.endpoint), figure.printed, figure.value ?? "", figure.unit || "",
    figure.low === undefined ? "" : `${figure.level || 95}% CI ${figure.low} to ${figure.high ?? "not estimable"}`,
    figure.N === undefined ? (figure.n ?? "") : `${figure.n ?? "?"}/${figure.N}`, sick.map(label).join("; "), all.population || "", all.standing,
    sourcesOf(all), figure.issue || all.issue || ""];
}
const LINE_COLUMNS = ["From", "Relation", "To"];

/** Tables of the present view: what the drawing shows, fitting the filters. */
function tables() {
  const rows = [...scene.statements].sort((a, b) => a - b).map((n) => statements[n]);
  const bare = scene.counted.filter((edge) => !edge.statements.length), asked = bare.filter((edge) => edge.role === "query");
  const defined = bare.filter((edge) => edge.role !== "query");
  const lines = (name, title, list_) => ({ name, title, columns: LINE_COLUMNS,
    rows: list_.map((edge) => ({ e: edge.e, cells: [nodes[edge.from].label, edge.verb, nodes[edge.to].label] })) });
  const figures = scene.rows.filter((row) => !scene.fit || statementFits(row.row));
  const found = pathTables();
  if (figures.length) found.push({ name: "results", title: "Measured figures", columns: RESULT_COLUMNS, rows: figures.map((row) => ({ s: row.s, cells: resultCells(row) })) });
  if (rows.length || !figures.length) found.push({ name: "statements", title: "Statements", columns: STATEMENT_COLUMNS, rows: rows.map((row) => ({ s: row.n, cells: statementCells(row) })) });
  found.push(...computedTables());
  if (defined.length) found.push(lines("definitions", "By definition", defined));
  if (asked.length) found.push(lines("made-by-query", "Made by the query", asked));
  return found;
}
const PAGE = 300;
function list() {
  const parts = tables().map(({ title, columns, rows }) => {
    const table = make("table"), head_ = make("thead"), body = make("tbody"), top = make("tr"), block = make("div");
    table.append(make("caption", `${title}: ${rows.length.toLocaleString("en")}`));
    for (const column of columns) {
      const cell = make("th", column);
      cell.scope = "col";
      top.append(cell);
    }
    head_.append(top);
    table.append(head_, body);
    block.append(table);
    const more = button("", () => fill());
    let shown = 0;
    const fill = () => {
      for (const { s, e, act, cells } of rows.slice(shown, shown + PAGE)) {
        const line = make("tr");
        cells.forEach((text, i) => {
          const cell = make(i ? "td" : "th", i ? String(text) : undefined);
          if (i) cell.dataset.column = columns[i];
          else {
            cell.scope = "row";
            const open = button(text, act || (() => (s === undefined ? select({ edge: e }, true) : pickStatement(s))));
            open.setAttribute("aria-label", `${text}: details`);
            cell.append(open);
          }
          if (!i || text !== "") line.append(cell);
          else line.append(make("td"));
        });
        body.append(line);
      }
      shown = Math.min(rows.length, shown + PAGE);
      more.textContent = `Show more (${(rows.length - shown).toLocaleString("en")} left)`;
      more.hidden = shown >= rows.length;
    };
    fill();
    block.append(more);
    return block;
  });
  at("list").replaceChildren(...parts);
}
function csv(columns, rows) {
  // a leading sign that a spreadsheet would take for a formula is disarmed
  const cell = (value) => {
    const text = typeof value === "number" ? String(value) : String(value).replace(/^(?=[=+\-@\t\r])/, "'");
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `${[columns, ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}
