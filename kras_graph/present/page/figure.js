/* The view as a figure: title, drawing, legend and source, for SVG, PNG and print. */

/** What the present view needs in its legend: a sample of each mark, and its meaning. */
function legendEntries() {
  const kinds = new Set(scene.boxes.filter((box) => !scene.lists.has(box.n)).map((box) => box.node.kind));
  const box = (kind) => (pen) => {
    const solid = kind === "therapy";
    pen.path(placed(outline(kind, 40, 18), 22, 0), {
      fill: solid ? colour.therapy : kind === "molecule" || kind === "measure" ? colour.paper : mix(colour[kind], colour.paper, 0.86), stroke: colour[kind], width: kind === "measure" ? 1 : 1.7 });
  };
  const line = (kind, tone, dash, cross) => (pen) => {
    const tip = head(kind, [44, 0], [0, 0], kind === "part" || kind === "0" ? 0.8 : 1);
    pen.path("M0 0H43", { stroke: colour[tone], width: 1.8, dash });
    pen.path(tip.d, { stroke: colour[tone], width: 1.6, fill: tip.fill ? colour[tone] : tip.hollow ? colour.paper : undefined });
    if (cross) pen.path("M16 -5L26 5M16 5L26 -5", { stroke: colour.blocked, width: 2 });
  };
  const group = (name) => (pen) => pen.path(placed(outline("process", 40, 18), 22, 0), { fill: mix(colour[name], colour.paper, 0.86), stroke: colour[name], width: 1.7 });
  const name = state.focus >= 0 ? nodes[state.focus].label : "";
  const found = { groups: [], boxes: [], lines: [], computed: [] };
  const rails = (kind, dash) => (pen) => {
    const [outer, inner] = RAILS[kind], tip = head({ makes: "+", needs: "0", voids: "?", closes: "-" }[kind], [44, 0], [0, 0], kind === "needs" ? 0.8 : 1.2);
    pen.path("M0 0H38", { stroke: colour.computed, width: outer, dash });
    pen.path("M0 0H38", { stroke: colour["computed-fill"], width: inner });
    pen.path(tip.d, { stroke: colour.computed, width: kind === "closes" ? 3 : 1.5, fill: tip.fill ? colour.computed : undefined });
  };
  const present = new Set(scene.boxes.filter((item) => scene.lists.has(item.n)).map((item) => scene.lists.get(item.n)));
  for (const key of GROUPS) if (present.has(key)) found.groups.push([group(key), `reported: ${data.groups[key].toLowerCase()}`]);
  const words = { therapy: "drug, class, combination", molecule: "gene, protein, its state", alteration: "alteration or variant", process: "pathway, process, mechanism",
    disease: "cell, tumour, disease", study: "trial or study", measure: "endpoint, harm, property" };
  for (const [kind, text] of Object.entries(words)) if (kinds.has(kind)) found.boxes.push([box(kind), text]);
  const ends = new Set(scene.lines.filter((item) => !item.tied).map((item) => item.kind));
  const tied = scene.lines.filter((item) => item.tied);
  if (ends.has("+")) found.lines.push([line("+", "raises"), "raises: activates, increases, is needed for"]);
  if (ends.has("-")) found.lines.push([line("-", "lowers"), "lowers: inhibits, decreases"]);
  if (ends.has("?")) found.lines.push([line("?", "unclear"), "acts on, effect not known"]);
  if (ends.has("0")) found.lines.push([line("0", "plain"), "says something without an effect"]);
  if (ends.has("part")) found.lines.push([line("part", "part"), "part or form of, by definition"]);
  if (tied.some((item) => item.edge.to === state.focus)) found.lines.push([line("?", "direct"), `reported for ${name} itself`]);
  if (tied.some((item) => item.edge.to !== state.focus)) found.lines.push([line("-", "class"), "reported for a class it belongs to"]);
  if (tied.some((item) => item.edge.sign === "-")) found.lines.push([line("-", "ink"), "bar: confers resistance"]);
  if (tied.some((item) => item.edge.sign === "?")) found.lines.push([line("?", "ink"), "dot: seen together with resistance"]);
  if (scene.lines.some((item) => blocked(scene, item))) found.lines.push([line("part", "blocked", undefined, true), `blocked while ${name} acts (computed)`]);
  const arcs = new Set(scene.routes.map((item) => item.kind));
  if (arcs.has("makes")) found.computed.push([rails("makes"), "computed: open route, not observed"]);
  if (arcs.has("needs")) found.computed.push([rails("needs"), "computed: must be there for the step"]);
  if (arcs.has("voids")) found.computed.push([rails("voids", [9, 4]), "computed: only where a lesion voids the block"]);
  if (arcs.has("closes")) found.computed.push([rails("closes"), "computed: would close every route in this graph, in this context"]);
  if (scene.routes.length && scene.boxes.some((item) => scene.cut.has(item.n))) found.computed.push([(pen) => { pen.path(placed(outline("molecule", 38, 16), 20, 2), { fill: colour.paper, stroke: colour.blocked, width: 1.7 }); pen.path("M35 -10L43 -2M35 -2L43 -10", { stroke: colour.blocked, width: 2 }); }, `computed: taken away by ${name}`]);
  if (scene.boxes.some((item) => scene.only.has(item.n))) found.computed.push([(pen) => pen.path(placed(outline("molecule", 40, 18), 22, 0), { fill: colour.paper, stroke: colour.computed, width: 1.7, dash: [5, 3] }), "drawn for computed routes only"]);
  if (state.doubt || scene.lines.some((item) => !item.edge.asserted)) found.lines.push([line("?", "unclear", [7, 5]), "dashed, labelled: denied or not certain"]);
  if (scene.rows.length) {
    found.lines.push([(pen) => pen.path("M17 0L22 -5L27 0L22 5ZM4 0H40M4 -4V4M40 -4V4", { fill: colour.accent, stroke: colour.accent, width: 1.6 }), "figure with its interval; an arrow: bound not estimable"]);
  }
  return found;
}
const flatLegend = () => Object.values(legendEntries()).flat();

/** Fill the legend of the panel and the strip below the drawing. */
function legend() {
  const sample = (draw) => {
    const box = shape("svg", { viewBox: "-2 -12 50 24", width: 50, height: 24, "aria-hidden": "true" });
    draw(svgPen(box));
    return box;
  };
  const item = ([draw, text]) => {
    const row = make("li");
    row.append(sample(draw), make("span", text));
    return row;
  };
  const { groups, boxes, lines, computed } = legendEntries();
  for (const [key, entries] of [["groups", groups], ["boxes", boxes], ["lines", lines], ["computed", computed]]) {
    at(`key-${key}`).replaceChildren(...entries.map(item));
    at(`key-${key}`).previousElementSibling.hidden = !entries.length;
  }
  at("strip").replaceChildren(...[...computed, ...lines].map(item));
  const name = state.focus >= 0 ? nodes[state.focus].label : "";
  at("intro").textContent = {
    map: `On the left, what is reported to let tumours escape ${name}, by group. Lines in the channel between lead up to what each report names: ${name} itself, or a class it belongs to; a report on a class is not one on a single drug. On the right, the signalling on which targets and alterations act, from RAS to outputs.`,
    near: `What leads to ${name} stands on its left, what it leads to on its right, by number of steps.`,
    path: "The best paths between the two, one to a row where they part; the chosen one is lit. Lines with a hollow end hold by definition.",
    whole: `${data.query ? "The graph that the query makes" : "Everything in the graph"}, in columns by class. Find a name, or set filters, to see a part.`,
    trials: "A lane for each trial: therapies, the trial, whom it enrolled; then its figures as printed, with intervals on a common axis. Figures that name no trial follow.",
  }[state.view];
}

const NOTE = () => `kras-graph ${data.version}. ${papers.map((paper) => paper.label).join("; ")}. For research, not for treatment decisions.`;
function heading() {
  const name = state.focus >= 0 ? nodes[state.focus].label : "";
  if (state.view === "map") return `What bypasses ${name}?`;
  if (state.view === "near") return `${name} and its surroundings`;
  if (state.view === "path") return `Paths from ${nodes[state.path[0]].label} to ${nodes[state.path[1]].label}`;
  if (state.view === "trials") return "Trials and results";
  return data.query || "The whole graph";
}
/** Draw the whole figure; returns its size. */
function figureSize() {
  const { left, right, top, bottom } = scene.bounds, w = Math.max(right - left, 760), entries = flatLegend();
  const across = Math.max(1, Math.floor((w - 40) / 420)), deep = Math.ceil(entries.length / across);
  return { w, h: bottom - top + 64 + deep * 26 + 62, drawn: bottom - top, entries, across, deep };
}
function paintFigure(pen, sized, apart) {
  const { left, right, top, bottom } = scene.bounds, own = { ...batches(scene), apart };
  pen.path(`M0 0H${sized.w}V${sized.h}H0Z`, { fill: colour.paper });
  pen.text(heading(), 20, 40, { size: 26, bold: true, align: "left", fill: colour.ink });
  pen.group(-left + (sized.w - (right - left)) / 2, 64 - top, 1, (inner) => paint(inner, scene, own, { left, right, top, bottom }, 2));
  sized.entries.forEach(([draw, text], i) => {
    const x = 24 + Math.floor(i / sized.deep) * 420, y = 64 + sized.drawn + 22 + (i % sized.deep) * 26;
    pen.group(x, y, 1, (inner) => draw(inner));
    pen.text(text, x + 56, y + 4.5, { size: 13, align: "left", fill: colour.ink, room: 350 });
  });
  const context = scene.routes.length ? `, in ${computedOf(state.focus).context}` : "";
  pen.text(`${at("count").textContent}${context}.`, 24, sized.h - 30, { size: 12, align: "left", fill: colour.muted, room: sized.w - 48 });
  pen.text(NOTE(), 24, sized.h - 12, { size: 12, align: "left", fill: colour.muted, room: sized.w - 48 });
}
function svgFigure() {
  const sized = figureSize();
  const root = shape("svg", { xmlns: SVG, viewBox: `0 0 ${round(sized.w)} ${round(sized.h)}`, width: round(sized.w), height: round(sized.h), "font-family": FACE, role: "img" });
  const title = shape("title", {});
  title.textContent = legal(heading());
  root.append(title);
  paintFigure(svgPen(root), sized, true);
  return root;
}
/** The figure for paper: on one page, or, where it has lanes, cut between them into pages under the same captions. */
function figurePages(most = 0.66) {
  const root = svgFigure(), [, , w, h] = root.getAttribute("viewBox").split(" ").map(Number);
  if (scene.rules.length < 3 || h <= w * most) return [root];
  const shift = 64 - scene.bounds.top, stops = [...scene.rules.map((y) => y + shift), h], top = stops[0], pages = [];
  for (let from = top, first = true; from < h - 1; first = false) {
    const strip = first ? [0, top] : [64, top - 64], room = w * most - strip[1];
    const within = (places) => places.filter((y) => y > from + 1 && y <= from + room).at(-1);
    const to = within(stops) ?? within(scene.rows.map((row) => row.y + shift + 12)) ?? Math.min(h, from + room);
    const page = shape("svg", { xmlns: SVG, viewBox: `0 0 ${w} ${round(strip[1] + to - from)}`, "font-family": FACE });
    for (const [y, high, at_] of [[strip[0], strip[1], 0], [from, to - from, strip[1]]]) {
      const part = shape("svg", { x: 0, y: round(at_), width: w, height: round(high), viewBox: `0 ${round(y)} ${w} ${round(high)}` });
      part.append(...[...root.childNodes].map((node) => node.cloneNode(true)));
      page.append(part);
    }
    pages.push(page);
    from = to;
  }
  return pages;
}
function pngFigure(then) {
  const sized = figureSize(), scale = Math.min(2, 6000 / sized.w, 6000 / sized.h);
  const board = document.createElement("canvas");
  board.width = Math.round(sized.w * scale);
  board.height = Math.round(sized.h * scale);
  const own = board.getContext("2d");
  own.scale(scale, scale);
  paintFigure(canvasPen(own), sized, false);
  board.toBlob(then, "image/png");
}
/** Do something with light colours, as paper has them, whatever the screen shows. */
function inLight(act) {
  const before = colour;
  colour = palette("light");
  try { return act(); } finally { colour = before; }
}
