/* From the state to what is drawn: boxes, lines, captions and figures of the present view. */

const LOOKS = { "+": "raises", "-": "lowers", "?": "unclear", 0: "plain", part: "part" };
const doubtIndex = () => (state.doubt ? 1 : 0);
function picture() {
  if (state.view === "map") return uncomputed(data.maps[state.focus][doubtIndex()]);
  if (state.view === "path") return pathPicture();
  if (state.view === "trials") return data.trials[doubtIndex()];
  if (state.view === "near") return surroundings(state.focus, state.hops);
  return data.whole;
}

/** A map without what only computed routes bring in, where these are switched off. */
function uncomputed(drawn) {
  if (state.computed) return drawn;
  const only = new Set(drawn.only);
  return { ...drawn, boxes: drawn.boxes.filter((row) => !only.has(row[0])), lists: drawn.lists.filter((row) => !only.has(row[0])), heads: drawn.heads.filter((row) => row[3] !== "computed") };
}

/** Drawn lines among these boxes. */
function linesAmong(drawn, doubt) {
  if (drawn.edges) return drawn.edges;
  const shown = new Set(drawn.boxes.map((row) => row[0])), listed = new Map(drawn.lists || []);
  // what one reported mechanism does to another is left to the whole graph and to the cards
  const rim_ = drawn.rim || new Set();
  return edges.filter((edge) => edge.drawn && shown.has(edge.from) && shown.has(edge.to) && (edge.asserted || doubt)
    && !(listed.has(edge.from) && listed.has(edge.to)) && !(rim_.has(edge.from) && rim_.has(edge.to)));
}
/** How many denied or doubted lines the present view hides. */
function hiddenLines() {
  if (state.doubt || state.view === "trials" || state.view === "path") return 0;
  const full = state.view === "map" ? uncomputed(data.maps[state.focus][1]) : picture();
  return linesAmong(full, true).filter((edge) => !edge.asserted).length;
}

function compose() {
  const drawn = picture();
  const boxes = drawn.boxes.map(([n, x, y, w, h, label], i) => ({ i, n, x, y, w, h, lines: label.split("\n"), node: nodes[n] }));
  const first = new Map();
  for (const box of boxes) if (!first.has(box.n)) first.set(box.n, box);
  const lines = state.view === "trials" ? laneLines(drawn, boxes) : freeLines(drawn, boxes, first);
  const rows = (drawn.rows || []).map(([s, figure, y, name, detail, printed, unit, value, low, high]) =>
    ({ s, figure, y, name, detail, printed, unit, value, low, high, row: statements[s] }));
  const scene = { view: state.view, boxes, lines, rows, first, heads: drawn.heads, rules: drawn.rules || [], axes: drawn.axes || [], columns: drawn.columns || [], cut: new Set(drawn.cut || []), left: drawn.left || 0 };
  scene.lists = new Map(drawn.lists || []);
  scene.only = new Set(drawn.only || []);
  scene.routes = state.view === "map" && state.computed ? computedLines(drawn, first, lines) : [];
  if (scene.fit && state.hide) scene.routes = scene.routes.filter((line) => scene.fit.boxes.has(line.source) && scene.fit.boxes.has(line.target));
  scene.onRoute = new Set(scene.routes.flatMap((line) => (line.kind === "closes" ? [] : [line.source, line.target])));
  scene.fit = fitting(lines.map((line) => line.edge), [...first.keys()]);
  const kept = (fit) => scene.fit === null || fit;
  if (scene.fit && state.hide) {
    scene.boxes = boxes.filter((box) => scene.fit.boxes.has(box.n));
    scene.lines = lines.filter((line) => scene.fit.lines.has(line.edge));
  }
  scene.rows = rows.filter((row) => !(scene.fit && state.hide) || statementFits(row.row));
  const counted = scene.lines.filter((line) => kept(scene.fit && scene.fit.lines.has(line.edge)));
  const said = new Set(counted.flatMap((line) => line.edge.statements).filter((n) => !scene.fit || statementFits(statements[n])));
  for (const row of scene.rows) if (!scene.fit || statementFits(row.row)) said.add(row.s);
  scene.statements = said;
  scene.counts = {
    boxes: new Set(scene.boxes.filter((box) => kept(scene.fit && scene.fit.boxes.has(box.n))).map((box) => box.n)).size,
    allBoxes: first.size, lines: counted.length, allLines: lines.length, statements: said.size,
    figures: scene.rows.filter((row) => kept(scene.fit && statementFits(row.row))).length,
  };
  scene.counted = counted.map((line) => line.edge);
  scene.hidden = hiddenLines();
  scene.bounds = bounds(boxes, drawn, rows);
  return scene;
}

function bounds(boxes, drawn, rows) {
  const box = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  const take = (left, top, right, bottom) => {
    box.left = Math.min(box.left, left); box.right = Math.max(box.right, right);
    box.top = Math.min(box.top, top); box.bottom = Math.max(box.bottom, bottom);
  };
  for (const b of boxes) take(b.x - b.w / 2, b.y - b.h / 2, b.x + b.w / 2, b.y + b.h / 2);
  for (const [text, x, y, , centred, size] of drawn.heads) {
    const rows_ = text.split("\n"), wide = Math.max(...rows_.map((row) => row.length)) * size * 0.6;
    take(centred ? x - wide / 2 : x, y - rows_.length * size * 1.2, centred ? x + wide / 2 : x + wide, y);
  }
  for (const axis of drawn.axes || []) take(axis.x, -40, axis.x + axis.w + 12, 0);
  for (const row of rows) take(drawn.columns[0][0], row.y - 13, drawn.columns[0][0], row.y + 13);
  if (box.left === Infinity) return { left: -100, right: 100, top: -100, bottom: 100 };
  return { left: box.left - 16, right: box.right + 16, top: box.top - 14, bottom: box.bottom + 16 };
}

/** Lines between boxes of a view in which each entity has one box. */
function freeLines(drawn, boxes, first) {
  const found = linesAmong(drawn, state.doubt), lines = [], pairs = new Map();
  const ties = new Map((drawn.ties || []).map((tie) => [`${tie[0]} ${tie[1]}`, tie]));
  const listed = new Map(drawn.lists || []), hubs = hubsOf(found, listed, ties, first);
  const chainTop = drawn.ties ? Math.max(...[...new Set(drawn.ties.map((tie) => tie[0]))].map((n) => first.get(n).y)) : null;
  for (const edge of found) {
    const [from, to] = [first.get(edge.from), first.get(edge.to)];
    const pair = edge.from < edge.to ? edge.from * nodes.length + edge.to : edge.to * nodes.length + edge.from;
    const turn = pairs.get(pair) || 0;
    pairs.set(pair, turn + 1);
    const back = listed.has(edge.to) && edge.statements.length ? ties.get(`${edge.from} from${edge.sign}`) : null;
    const tie = back || (listed.has(edge.from) && edge.statements.length ? ties.get(`${edge.to} ${edge.sign}`) : null);
    const hub = hubs.get(`${edge.to} ${signOf(edge)}`);
    let way;
    if (tie) way = back ? bundled(to, from, tie, turn, true) : bundled(from, to, tie, turn, false);
    else if (state.view !== "map") way = ["near", "path"].includes(state.view) ? sideways(from, to, turn) : straight(from, to, turn);
    else if (hub && listed.has(edge.from)) way = gathered(from, to, hub);
    else if (chainTop !== null && from.y === chainTop && to.x > from.x + 30 && from.y !== to.y && boxes.some((b) => b.y === chainTop && b.x > from.x && b.x < to.x))
      way = over(from, to, turn);
    else way = sideways(from, to, turn);
    lines.push(finish(edge, from, to, way, !!tie));
  }
  return lines;
}

/** Points that lines from a list share when three or more of a kind lead to one box. */
function hubsOf(found, listed, ties, first) {
  const groups = new Map();
  for (const edge of found) {
    if (!listed.has(edge.from) || listed.has(edge.to) || ties.has(`${edge.to} ${edge.sign}`)) continue;
    const key = `${edge.to} ${signOf(edge)}`;
    groups.set(key, [...(groups.get(key) || []), first.get(edge.from)]);
  }
  const hubs = new Map();
  for (const [key, boxes] of groups) {
    if (boxes.length < 3) continue;
    const y = boxes.reduce((sum, box) => sum + box.y, 0) / boxes.length;
    hubs.set(key, { x: Math.max(...boxes.map((box) => box.x + box.w / 2)) + 46, y });
  }
  return hubs;
}

/** Lines of the lanes of trials, each between the boxes of its own lane. */
function laneLines(drawn, boxes) {
  const found = new Map();
  for (const [s, from, to] of drawn.links) {
    const e = edgeOf.get(s);
    if (e !== undefined) found.set(`${e} ${from} ${to}`, [edges[e], boxes[from], boxes[to]]);
  }
  return [...found.values()].map(([edge, from, to]) => finish(edge, from, to, sideways(from, to, 0), false));
}

function finish(edge, from, to, way, tied) {
  const { points } = way, kind = signOf(edge);
  const soft = kind === "part" || kind === "0";
  const tip = head(kind, points.at(-1), points.at(-2), soft ? 0.8 : 1);
  return { edge, from, to, d: way.d, points, joint: way.joint, kind, soft, tied, tip, look: LOOKS[kind] };
}

/** Everything within some steps of an entity: what leads to it on the left, what it leads to on the right. */
function surroundings(focus, hops, most = 150) {
  const place = new Map([[focus, 0]]);
  let front = [focus], left = 0;
  for (let step = 0; step < hops; step += 1) {
    const found = new Map();
    // first what leads on in the same direction, then all else that is joined
    for (const onward of [true, false]) for (const n of front) {
      const here = place.get(n);
      for (const edge of edges) {
        if (!edge.drawn || (!edge.asserted && !state.doubt) || (edge.from !== n && edge.to !== n)) continue;
        const forward = edge.from === n, other = forward ? edge.to : edge.from;
        if (onward && here && forward !== here > 0) continue;
        if (!place.has(other) && !found.has(other)) found.set(other, here + (here > 0 || (here === 0 && forward) ? 1 : -1));
      }
    }
    const nearest = [...found].sort((a, b) => byText(nodes[a[0]].cls + nodes[a[0]].label, nodes[b[0]].cls + nodes[b[0]].label));
    front = nearest.slice(0, Math.max(0, most - place.size)).map(([n]) => n);
    left += nearest.length - front.length;
    for (const n of front) place.set(n, found.get(n));
  }
  // what joins those farthest away is not followed
  const rim_ = new Set([...place].filter(([n, column]) => Math.abs(column) === hops && n !== focus).map(([n]) => n));
  return { ...inColumns(place), left, rim: rim_ };
}

/** Boxes in columns by a given number, each near what it is joined to; a high column is broken into several. */
function inColumns(place) {
  const columns = new Map(), spot_ = new Map(), near = new Map();
  for (const [n, column] of place) columns.set(column, [...(columns.get(column) || []), n]);
  for (const { from, to, drawn } of edges) {
    if (!drawn || !place.has(from) || !place.has(to)) continue;
    near.set(from, [...(near.get(from) || []), to]);
    near.set(to, [...(near.get(to) || []), from]);
  }
  const width = 176, pitch = 50, rows = Math.max(22, Math.ceil(Math.sqrt(place.size * 3)));
  const across = (column) => Math.ceil(columns.get(column).length / rows);
  for (const column of [...columns.keys()].sort((a, b) => Math.abs(a) - Math.abs(b))) {
    const members = columns.get(column), deep = Math.ceil(members.length / across(column));
    const wish = new Map(members.map((n, i) => {
      const known = (near.get(n) || []).filter((other) => spot_.has(other)).map((other) => spot_.get(other)[1]);
      return [n, known.length ? known.reduce((sum, y) => sum + y, 0) / known.length : i];
    }));
    members.sort((a, b) => wish.get(a) - wish.get(b) || byText(nodes[a].label, nodes[b].label) || a - b);
    members.forEach((n, i) => spot_.set(n, [Math.floor(i / deep), ((i % deep) - (deep - 1) / 2) * pitch]));
  }
  const boxes = [], heads = [];
  let left = 0;
  for (const column of [...columns.keys()].sort((a, b) => a - b)) {
    for (const n of columns.get(column)) {
      const label = broken(nodes[n].label, width - 18, 2), [sub, y] = spot_.get(n);
      boxes.push([n, left + sub * (width + 26) + width / 2, y, width, label.split("\n").length * 18 + 10, label]);
    }
    const words = column === 0 ? "In focus" : `${plural(Math.abs(column), "step")} ${column > 0 ? "after" : "before"}`;
    heads.push([words, left + (across(column) * (width + 26) - 26) / 2, 0, "", true, 16]);
    left += across(column) * (width + 26) + 90;
  }
  const top = Math.min(...boxes.map((box) => box[2] - box[4] / 2)) - 16;
  return { boxes, heads: heads.map((row) => [row[0], row[1], top, ...row.slice(3)]) };
}

/** A label broken into at most so many lines of a width, as the drawing's font runs. */
function broken(label, room, most) {
  const pen = measure(16), lines = [];
  let line = "";
  for (const word of label.split(/\s+/)) {
    if (!line || pen(`${line} ${word}`) <= room) line = line ? `${line} ${word}` : word;
    else { lines.push(line); line = word; }
  }
  lines.push(line);
  const kept = lines.slice(0, most);
  if (lines.length > most) kept[most - 1] += "…";
  return kept.map((text) => shortened(text, room, pen)).join("\n");
}
function shortened(text, room, pen) {
  if (pen(text) <= room) return text;
  let cut = text;
  while (cut.length > 1 && pen(`${cut}…`) > room) cut = [...cut].slice(0, -1).join("");
  return `${cut}…`;
}
