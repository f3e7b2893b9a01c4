/* Drawing a scene with a pen. Nothing here knows whether it is a canvas or a file. */

/** Outline of a box: each kind of entity has a form of its own. */
function outline(kind, w, h) {
  const [r, b] = [w / 2, h / 2], rounded = (c) => {
    const q = Math.min(c, r, b), k = q * 0.45;
    return `M${-r + q} ${-b}H${r - q}C${r - k} ${-b} ${r} ${-b + k} ${r} ${-b + q}V${b - q}C${r} ${b - k} ${r - k} ${b} ${r - q} ${b}H${-r + q}C${-r + k} ${b} ${-r} ${b - k} ${-r} ${b - q}V${-b + q}C${-r} ${-b + k} ${-r + k} ${-b} ${-r + q} ${-b}Z`;
  };
  if (kind === "alteration") return `M${-r + 7} ${-b}H${r - 7}L${r} ${-b + 7}V${b - 7}L${r - 7} ${b}H${-r + 7}L${-r} ${b - 7}V${-b + 7}Z`;
  if (kind === "disease") return `M${-r + 8} ${-b}H${r - 8}L${r} 0L${r - 8} ${b}H${-r + 8}L${-r} 0Z`;
  if (kind === "study") return `M${-r} ${-b}H${r}V${b}H${-r}ZM${-r + 5} ${-b}V${b}M${r - 5} ${-b}V${b}`;
  if (kind === "measure") return `M${-r} ${-b}H${r}V${b}H${-r}Z`;
  return rounded({ therapy: 4, molecule: 14, process: 7 }[kind] ?? 5);
}
/** Moves the numbers of an outline made around zero to a place. */
function placed(d, x, y) {
  return d.replace(/([MLC])([^MLCHVZ]*)|H(-?[\d.]+)|V(-?[\d.]+)/g, (all, letter, rest, h, v) => {
    if (h !== undefined) return `H${round(+h + x)}`;
    if (v !== undefined) return `V${round(+v + y)}`;
    return letter + rest.trim().split(/[\s,]+/).map((value, i) => round(+value + (i % 2 ? y : x))).join(" ");
  });
}

/** Colours and weight of a box. */
function boxLook(scene, box, bright) {
  const { node } = box, group = scene.lists.get(box.n);
  const tone = colour[group || node.kind], solid = node.kind === "therapy" && !group;
  const chosen = box.n === state.node, focus = scene.view === "path" ? state.path.includes(box.n) : box.n === state.focus, stopped = scene.cut.has(box.n) && scene.routes.length > 0, extra = scene.only.has(box.n);
  const faint = (bright && !bright.boxes.has(box.n)) || (scene.fit && !scene.fit.boxes.has(box.n));
  return {
    fill: solid ? (faint ? mix(tone, colour.paper, 0.5) : tone) : node.kind === "molecule" || node.kind === "measure" ? colour.paper : mix(tone, colour.paper, 0.86),
    stroke: chosen || (focus && scene.view !== "trials") ? colour.accent : stopped ? colour.blocked : extra ? colour.computed : tone,
    dash: extra ? [5, 3] : undefined, stopped,
    width: chosen ? 4 : focus ? 3.5 : node.kind === "measure" ? 1 : 1.7,
    ink: solid && !faint ? colour["on-therapy"] : colour.ink, alpha: faint ? 0.2 : 1, bold: focus,
  };
}
const blocked = (scene, line) => scene.view === "map" && scene.cut.has(line.edge.from) && line.to.node.kind !== "therapy" && ["up", "state", "statement"].includes(line.edge.role)
  && ["molecule", "alteration", "process"].includes(line.to.node.kind) && line.edge.sign !== "-";
function lineLook(scene, line, bright) {
  const { edge } = line, stop = blocked(scene, line);
  const lit = bright && bright.lines.has(edge.e);
  const faint = (bright && !lit) || (scene.fit && !scene.fit.lines.has(edge));
  const tone = line.tied ? (edge.to === state.focus ? "direct" : "class") : stop ? "blocked" : line.look;
  const crowd = scene.view === "whole" ? (line.soft ? 0.35 : 0.6) : 1;
  const own = colour[lit && line.tied ? scene.lists.get(edge.from) || scene.lists.get(edge.to) : tone];
  // a faint line is pale, not transparent: many in one channel would add up
  return {
    stroke: faint ? mix(own, colour.paper, 0.88) : own, dash: edge.asserted ? undefined : [7, 5],
    width: (lit ? 1.2 : 0) + (line.soft ? 1.2 : 1.8), alpha: faint || lit ? 1 : crowd, rank: lit ? 2 : faint ? 0 : 1, stop,
  };
}

/** Boxes and lines that a selection lights up, or null where nothing is selected. */
function brightOf(scene) {
  const way = shownRoute(scene);
  if (way) return way;
  if (state.edge !== null) return { boxes: new Set([edges[state.edge].from, edges[state.edge].to]), lines: new Set([state.edge]) };
  if (state.node === null) return brightPath(scene);
  if (!scene.first.has(state.node)) return null;
  const boxes = new Set([state.node]), lines = new Set();
  for (const { edge } of scene.lines) {
    if (edge.from !== state.node && edge.to !== state.node) continue;
    boxes.add(edge.from).add(edge.to);
    lines.add(edge.e);
  }
  for (const line of scene.routes) if (line.source === state.node || line.target === state.node) boxes.add(line.source).add(line.target);
  return { boxes, lines };
}
/** What a chosen computed route, step or closing set lights up. */
function shownRoute(scene) {
  if (!scene.routes.length) return null;
  const row = computedOf(state.focus), line = state.step !== null && scene.routes.find((item) => item.key === state.step);
  if (line) return { boxes: new Set([line.source, line.target]), lines: new Set(), arcs: new Set([line.key]) };
  if (state.route !== null) {
    const { parts } = row.routes[state.route];
    return { boxes: parts.nodes, lines: new Set(), arcs: new Set(parts.arcs.keys()) };
  }
  if (state.set !== null) {
    const arcs = new Set(scene.routes.filter((item) => item.kind === "closes" && item.set === state.set).map((item) => item.key));
    return { boxes: new Set([...row.sets[state.set].targets, ...row.sets[state.set].drugs]), lines: new Set(), arcs };
  }
  return null;
}

/** Lines and box outlines gathered by their looks: a few strokes draw thousands. */
function batches(scene) {
  const bright = brightOf(scene), found = { tubes: new Map(), lines: new Map(), boxes: new Map(), looks: new Map() };
  const put = (map, look, d, name) => {
    const key = JSON.stringify(look);
    if (!map.has(key)) map.set(key, { look, d: [], names: [] });
    map.get(key).d.push(d);
    map.get(key).names.push(name);
  };
  for (const line of scene.routes) tube(scene, line, bright, found, put);
  for (const line of scene.lines) {
    const { stroke, dash, width, alpha, rank, stop } = lineLook(scene, line, bright);
    const name = told(line.edge);
    put(found.lines, { stroke, dash, width, alpha, rank }, line.d, name);
    put(found.lines, { stroke, width: Math.max(1.4, width), alpha, rank, head: true, fill: line.tip.fill ? stroke : line.tip.hollow ? colour.paper : undefined }, line.tip.d, name);
    if (line.joint) put(found.lines, { stroke, width: 1, alpha, rank, head: true, fill: stroke }, dot(line.joint), name);
    if (stop) put(found.lines, { stroke: rank ? colour.blocked : stroke, width: 2, alpha, rank, head: true }, crossed(line), `blocked: ${name}`);
  }
  for (const box of scene.boxes) {
    const look = boxLook(scene, box, bright), { fill, stroke, width, alpha, dash } = look;
    if (scene.onRoute.has(box.n)) put(found.tubes, { stroke: colour.computed, width: 1.6, alpha, rank: 3 }, placed(outline(box.node.kind, box.w + 8, box.h + 8), box.x, box.y), `on an open route (computed): ${box.node.label}`);
    put(found.boxes, { fill, stroke, width, alpha, dash }, placed(outline(box.node.kind, box.w, box.h), box.x, box.y), box.node.label);
    found.looks.set(box.i, look);
    if (look.stopped) {
      const [x, y] = [box.x + box.w / 2, box.y - box.h / 2];
      put(found.boxes, { fill: colour.paper, stroke: colour.blocked, width: 1.4, alpha, head: true }, dot([x, y], 3), `blocked: ${box.node.label}`);
      put(found.boxes, { stroke: colour.blocked, width: 2, alpha, head: true }, `M${x - 4} ${y - 4}L${x + 4} ${y + 4}M${x - 4} ${y + 4}L${x + 4} ${y - 4}`, `blocked: ${box.node.label}`);
    }
  }
  if (state.trunk && scene.routes.length) for (const set of computedOf(state.focus).sets) {
    if (!set.trunk) continue;
    for (const box of set.targets.map((n) => scene.first.get(n)).filter(Boolean))
      put(found.boxes, { stroke: colour.computed, width: 2.4, alpha: 1, head: true }, `M${box.x - box.w / 2 - 9} ${box.y - box.h / 2 - 2}V${box.y + box.h / 2 + 2}M${box.x - box.w / 2 - 14} ${box.y - box.h / 2 - 2}V${box.y + box.h / 2 + 2}`, `would close every route: ${box.node.label}`);
  }
  // what is faint lies below, ends above their lines
  const order = ({ look }) => (look.rank ?? look.alpha) + (look.head ? 0.5 : 0);
  for (const name of ["tubes", "lines", "boxes"]) found[name] = [...found[name].values()].sort((a, b) => order(a) - order(b));
  found.bright = bright;
  return found;
}
const dot = ([x, y], k = 1) => `M${x - 2.6 * k} ${y}C${x - 2.6 * k} ${y - 3.5 * k} ${x + 2.6 * k} ${y - 3.5 * k} ${x + 2.6 * k} ${y}C${x + 2.6 * k} ${y + 3.5 * k} ${x - 2.6 * k} ${y + 3.5 * k} ${x - 2.6 * k} ${y}Z`;
/* How a computed line looks: two rails with a coloured bed between them, so that form tells it too. */
const RAILS = { makes: [5.6, 2.8], needs: [3.4, 1.4], voids: [4.6, 2.2], closes: [4.6, 2.2] };
function tube(scene, line, bright, found, put) {
  const faint = scene.fit || (bright && !(bright.arcs ? bright.arcs.has(line.key) : state.node !== null && [line.source, line.target].includes(state.node)));
  const tone = faint ? mix(colour.computed, colour.paper, 0.85) : colour.computed, bed = faint ? colour.paper : colour["computed-fill"];
  const [outer, inner] = RAILS[line.kind], dash = line.conditional || line.kind === "voids" ? [9, 4] : undefined, rank = faint ? 0 : 1, name = arcTold(line);
  put(found.tubes, { stroke: tone, width: outer, alpha: 1, rank, dash }, line.d, name);
  put(found.tubes, { stroke: bed, width: inner, alpha: 1, rank: rank + 0.2 }, line.d, name);
  put(found.tubes, { stroke: tone, width: line.kind === "closes" ? 3 : 1.5, alpha: 1, rank: rank + 0.3, head: true, fill: line.tip.fill ? tone : undefined }, line.tip.d, name);
}
/** A cross over a line that carries nothing while the drug acts. */
function crossed(line) {
  const { x, y } = along(line.points, 0.5), r = 5.5;
  return `M${round(x - r)} ${round(y - r)}L${round(x + r)} ${round(y + r)}M${round(x - r)} ${round(y + r)}L${round(x + r)} ${round(y - r)}`;
}

/** Everything of a scene; `seen` is the part in sight, `scale` the size at which it is shown. */
function paint(pen, scene, made, seen, scale) {
  const inside = (x, y, w, h) => x + w > seen.left && x - w < seen.right && y + h > seen.top && y - h < seen.bottom;
  for (const y of scene.rules) pen.path(`M${scene.bounds.left + 8} ${y}H${scene.bounds.right - 8}`, { stroke: colour.rule, width: 1 });
  paintAxes(pen, scene);
  for (const batch of made.tubes) if (scale > 0.28 || !batch.look.head) stroke(pen, made, batch);
  for (const batch of made.lines) if (scale > 0.28 || !batch.look.head) stroke(pen, made, batch);
  for (const batch of made.boxes) stroke(pen, made, batch);
  if (scale * 16 >= 4) {
    for (const box of scene.boxes) if (inside(box.x, box.y, box.w / 2, box.h / 2)) paintLabel(pen, box, made.looks.get(box.i));
  }
  for (const row of scene.rows) if (inside(1250, row.y, 640, 20)) paintRow(pen, scene, row, scale);
  paintHeads(pen, scene);
  paintOpen(pen, scene, made);
  if ((state.doubt && scene.view !== "whole") || scene.view === "path") paintTags(pen, scene, made.bright);
}
const paths = new WeakMap();
/** One batch: as a single path kept for the next frame, or, in a file, each part with its name. */
function stroke(pen, made, { look, d, names }) {
  if (made.apart) d.forEach((part, i) => pen.titled(names[i], (own) => own.path(part, look)));
  else {
    if (!paths.has(d)) paths.set(d, new Path2D(d.join("")));
    pen.path(paths.get(d), look);
  }
}
function paintLabel(pen, box, look) {
  const { lines } = box, top = box.y - ((lines.length - 1) * 18) / 2 + 5.6;
  lines.forEach((line, i) => pen.text(line, box.x, top + i * 18, { fill: look.ink, bold: look.bold, alpha: look.alpha, room: box.w - 10 }));
}
/** Which outputs can stay on, and which partners would close every route. */
function paintOpen(pen, scene, made) {
  if (!scene.routes.length) return;
  const above = (box, text) => pen.text(text, box.x, box.y - box.h / 2 - 8, { size: 12, bold: true, fill: colour.computed, halo: colour.paper, alpha: (made.looks.get(box.i) || { alpha: 0 }).alpha });
  for (const [n, claim_] of computedOf(state.focus).states) {
    const box = scene.first.get(n);
    if (!box || claim_ !== "open") continue;
    above(box, "can stay on");
  }
  for (const line of scene.routes) if (line.kind === "closes") above(line.from, "would close ERK, no new lesion");
}
function paintHeads(pen, scene) {
  const shown = new Set(scene.boxes.filter((box) => scene.lists.has(box.n)).map((box) => scene.lists.get(box.n)));
  for (const [text, x, y, group, centred, size] of scene.heads) {
    if (group && group !== "computed" && !shown.has(group)) continue;
    const lines = text.split("\n");
    lines.forEach((line, i) => pen.text(line, x, y - (lines.length - 1 - i) * size * 1.2,
      { size, bold: true, align: centred ? "center" : "left", fill: group ? colour[group] : colour.muted, halo: colour.paper }));
  }
}
/** Standing of doubted lines: in the channel beside the box they leave, else on the line. */
function paintTags(pen, scene, bright) {
  const said = new Map();
  for (const line of scene.lines) {
    if (line.edge.asserted) continue;
    const lit = !bright || bright.lines.has(line.edge.e);
    if (!lit || (scene.fit && !scene.fit.lines.has(line.edge))) continue;
    const words = standings(line.edge);
    if (!line.tied) {
      const { x, y } = along(line.points, 0.5);
      pen.text(words, x, y + 4, { size: 12, bold: true, fill: colour[line.look], halo: colour.paper });
      continue;
    }
    // the end at the mechanism: where a line from the therapy arrives, or one to it starts
    const listed = scene.lists.has(line.edge.from) ? line.from : line.to, ends = listed === line.from ? line.points : [...line.points].reverse();
    const tag = said.get(listed.i) || { ends, words: new Set() };
    said.set(listed.i, tag);
    tag.words.add(words);
  }
  for (const { ends: [[x, y], [next]], words } of said.values()) {
    const side = next > x ? 1 : -1;
    [...words].forEach((text, i) => pen.text(text, x + side * 8, y - 4 + (i - (words.size - 1)) * 13,
      { size: 12, bold: true, align: side > 0 ? "left" : "right", fill: colour.ink, halo: colour.paper, room: 76 }));
  }
}

/* --- figures on their axes --------------------------------------------------------- */
function spot(axis, value) {
  const share = axis.log ? Math.log(value / axis.low) / Math.log(axis.high / axis.low) : (value - axis.low) / (axis.high - axis.low);
  return axis.x + axis.w * Math.max(0, Math.min(1, share));
}
function paintAxes(pen, scene) {
  for (const axis of scene.axes) {
    const bottom = scene.rules.at(-1) || 0;
    for (const value of axis.marks) {
      const x = round(spot(axis, value));
      pen.path(`M${x} 0V${bottom}`, { stroke: colour.rule, width: 1 });
      pen.text(String(value), x, -6, { size: 12, fill: colour.muted });
    }
    pen.text(axis.text, axis.x + axis.w / 2, -24, { size: 15, bold: true, fill: colour.muted });
  }
}
function paintRow(pen, scene, row, scale) {
  const faint = (scene.fit && !statementFits(row.row)) || (state.statement !== null && state.statement !== row.s && state.node === null && state.edge === null)
    || (state.node !== null && ![row.row.s, row.row.o, ...row.row.trial].includes(state.node));
  const alpha = faint ? 0.2 : 1, doubted = !row.row.edge;
  if (scale * 14 >= 4) {
    const tag = doubted ? `[${row.row.standing}] ` : "", [name, detail_, printed] = scene.columns;
    const look = { size: 14, align: "left", alpha };
    pen.text(tag + row.name, name[0], row.y + 5, { ...look, fill: colour.ink, italic: doubted, room: name[1] });
    pen.text(row.detail, detail_[0], row.y + 5, { ...look, fill: colour.muted, room: detail_[1] });
    pen.text(row.printed, printed[0], row.y + 5, { ...look, fill: colour.ink, bold: !doubted, room: printed[1] });
  }
  const axis = scene.axes.find((one) => one.unit === row.unit);
  if (!axis) return;
  const x = round(spot(axis, row.value)), y = row.y, tone = doubted ? colour.unclear : colour.accent;
  if (row.low !== null) {
    const [a, b] = [round(spot(axis, row.low)), round(row.high === null ? axis.x + axis.w : spot(axis, row.high))];
    const end = row.high === null ? `M${b - 5} ${y - 4}L${b} ${y}L${b - 5} ${y + 4}` : `M${b} ${y - 4}V${y + 4}`;
    pen.path(`M${a} ${y}H${b}M${a} ${y - 4}V${y + 4}${end}`, { stroke: tone, width: 1.8, alpha, dash: doubted ? [4, 3] : undefined });
  }
  pen.path(`M${x - 5} ${y}L${x} ${y - 5}L${x + 5} ${y}L${x} ${y + 5}Z`, { fill: doubted ? colour.paper : tone, stroke: tone, width: 1.5, alpha });
}
