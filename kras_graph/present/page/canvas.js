/* The drawing on screen: what is in sight, and what pointer and keys do to it. */

const stage = at("stage"), sheet = at("sheet"), brush = sheet.getContext("2d");
const ZOOM_ROOM = 52;
/* `framed`: as the page chose it; `moved`: where the reader took it, which the address keeps */
const sight = { x: 0, y: 0, k: 1, framed: true, moved: false };
let scene = null, made = null, waiting = false, cost = 0, still = null, settle = 0, kept = 0, hovered = null, ring = null;

/** Draw the scene anew at the next frame. */
function redraw() {
  if (!waiting) {
    waiting = true;
    requestAnimationFrame(() => { waiting = false; render(); });
  }
}
const size = () => ({ w: stage.clientWidth, h: stage.clientHeight });
function render() {
  const { w, h } = size(), dots = window.devicePixelRatio || 1;
  if (!w || !h || !scene) return;
  if (sheet.width !== Math.round(w * dots) || sheet.height !== Math.round(h * dots)) {
    sheet.width = Math.round(w * dots);
    sheet.height = Math.round(h * dots);
    still = null;
  }
  if (still && cost > 14) { blit(dots); return; }
  const begun = performance.now();
  brush.setTransform(1, 0, 0, 1, 0, 0);
  brush.fillStyle = colour.paper;
  brush.fillRect(0, 0, sheet.width, sheet.height);
  brush.setTransform(dots * sight.k, 0, 0, dots * sight.k, dots * (w / 2 - sight.x * sight.k), dots * (h / 2 - sight.y * sight.k));
  const half = { w: w / 2 / sight.k, h: h / 2 / sight.k };
  paint(canvasPen(brush), scene, made, { left: sight.x - half.w, right: sight.x + half.w, top: sight.y - half.h, bottom: sight.y + half.h }, sight.k * dots);
  paintRing();
  cost = performance.now() - begun;
}
/* While a costly picture moves, its last image moves in its place; it is drawn anew at rest. */
function blit(dots) {
  const { w, h } = size(), ratio = sight.k / still.k;
  brush.setTransform(1, 0, 0, 1, 0, 0);
  brush.fillStyle = colour.paper;
  brush.fillRect(0, 0, sheet.width, sheet.height);
  const x = w / 2 + (still.x - sight.x) * sight.k - (w / 2) * ratio, y = h / 2 + (still.y - sight.y) * sight.k - (h / 2) * ratio;
  brush.drawImage(still.image, x * dots, y * dots, sheet.width * ratio, sheet.height * ratio);
  clearTimeout(settle);
  settle = setTimeout(() => { still = null; redraw(); }, 90);
}
/** Call before the sight moves: keeps an image when drawing is costly. */
function moving() {
  Object.assign(sight, { framed: false, moved: true });
  clearTimeout(kept);
  kept = setTimeout(remember, 250);
  if (still || cost <= 14) return;
  const image = document.createElement("canvas");
  image.width = sheet.width;
  image.height = sheet.height;
  image.getContext("2d").drawImage(sheet, 0, 0);
  still = { image, x: sight.x, y: sight.y, k: sight.k };
}
/** A ring around the box that the keyboard or pointer is on. */
function paintRing() {
  const box = ring !== null && document.activeElement === stage ? scene.first.get(ring) : null;
  if (box) {
    canvasPen(brush).path(`M${box.x - box.w / 2 - 5} ${box.y - box.h / 2 - 5}H${box.x + box.w / 2 + 5}V${box.y + box.h / 2 + 5}H${box.x - box.w / 2 - 5}Z`,
      { stroke: colour.accent, width: 3 / Math.min(1, sight.k), dash: [6, 4] });
  }
}

/** Compose and draw the present state; `fit` also brings all of it into sight. */
function show(fit) {
  still = null;
  scene = compose();
  made = batches(scene);
  if (ring !== null && !scene.first.has(ring)) ring = null;
  if (fit) frame();
  redraw();
}
/** Only the looks have changed. */
function relight() {
  still = null;
  made = batches(scene);
  redraw();
}
/** Bring all of the picture into sight, beside the buttons that zoom. */
function whole() {
  const { w, h } = size(), { left, right, top, bottom } = scene.bounds;
  const buttons = narrow() ? 0 : ZOOM_ROOM, wide = (w - buttons) / (right - left), high = h / (bottom - top);
  sight.k = Math.min(wide, high, 1.25);
  sight.x = (left + right) / 2 + buttons / 2 / sight.k;
  sight.y = (top + bottom) / 2;
  sight.framed = false;
  return { wide, high };
}
/** Bring the whole picture into sight, or its top where it is long, or the focus on a small screen. */
function frame() {
  const { w, h } = size(), { left, right, top, bottom } = scene.bounds;
  if (!w || !h) return;
  const { wide, high } = whole();
  if (high < wide * 0.45) {
    sight.k = Math.min(wide, 1.1);
    sight.x = (left + right) / 2 + (narrow() ? 0 : ZOOM_ROOM / 2 / sight.k);
    sight.y = top + h / 2 / sight.k;
  }
  const focus = scene.first.get(state.node ?? (state.view === "path" ? state.path[0] : state.focus));
  if (narrow() && sight.k < 0.5 && (focus || state.view === "trials")) {
    sight.k = 0.62;
    const within = (value, low, high, room) => Math.max(low + room / 2 / sight.k, Math.min(high - room / 2 / sight.k, value));
    sight.x = within(state.view === "trials" ? left : focus.x, left, right, w);
    sight.y = within(state.view === "trials" ? top : focus.y, top, bottom, h);
  }
  Object.assign(sight, { framed: true, moved: false });
}
function zoom(factor, px = size().w / 2, py = size().h / 2) {
  moving();
  const { w, h } = size(), k = Math.max(0.02, Math.min(6, sight.k * factor));
  sight.x += (px - w / 2) * (1 / sight.k - 1 / k);
  sight.y += (py - h / 2) * (1 / sight.k - 1 / k);
  sight.k = k;
  redraw();
}
function pan(dx, dy) {
  moving();
  sight.x -= dx / sight.k;
  sight.y -= dy / sight.k;
  redraw();
}
/** Bring a box into sight. */
function reach(n) {
  const box = scene.first.get(n), { w, h } = size();
  if (!box || !w) return;
  const x = (box.x - sight.x) * sight.k + w / 2, y = (box.y - sight.y) * sight.k + h / 2;
  if (x > 40 && x < w - 40 && y > 30 && y < h - 30 && sight.k > 0.45) return;
  Object.assign(sight, { x: box.x, y: box.y, k: Math.max(sight.k, 0.75), framed: false, moved: false });
  redraw();
}

/* --- what is under the pointer ------------------------------------------------------- */
const world = (px, py) => ({ x: sight.x + (px - size().w / 2) / sight.k, y: sight.y + (py - size().h / 2) / sight.k });
function boxAt(px, py, slack = 0) {
  const { x, y } = world(px, py), more = slack / sight.k;
  for (let i = scene.boxes.length - 1; i >= 0; i -= 1) {
    const box = scene.boxes[i];
    if (Math.abs(x - box.x) <= box.w / 2 + more && Math.abs(y - box.y) <= box.h / 2 + more) return box;
  }
  return null;
}
/** Lines within reach of the pointer, nearest first; each with its distance in units of the picture. */
function measuredLines(px, py, slack) {
  const { x, y } = world(px, py), room = slack / sight.k, found = [];
  for (const line of scene.lines) {
    let least = Infinity;
    for (let i = 1; i < line.points.length && least > 0.5; i += 1) {
      const [[ax, ay], [bx, by]] = [line.points[i - 1], line.points[i]];
      if (Math.min(ax, bx) - room > x || Math.max(ax, bx) + room < x || Math.min(ay, by) - room > y || Math.max(ay, by) + room < y) continue;
      const long = (bx - ax) ** 2 + (by - ay) ** 2, t = long ? Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / long)) : 0;
      least = Math.min(least, Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay)));
    }
    if (least <= room) found.push([least, line]);
  }
  return found.sort((a, b) => a[0] - b[0]);
}
const linesAt = (px, py, slack = 6) => measuredLines(px, py, slack).map(([, line]) => line);
/** What a click between boxes means: the nearest line, a reported one before a computed one. */
function aimedAt(px, py, slack = 0) {
  const near = measuredLines(px, py, 6 + slack), tube_ = tubeAt(px, py, 4 + slack);
  if (near.length && (!tube_ || near[0][0] * sight.k <= tube_.far + 2)) return { lines: near.map(([, line]) => line) };
  return tube_ ? { tube: tube_.line } : {};
}
/** The computed line under the pointer. */
function tubeAt(px, py, slack = 4) {
  const { x, y } = world(px, py), room = slack / sight.k + 2;
  let best = null, least = room;
  for (const line of scene.routes) for (let i = 1; i < line.points.length; i += 1) {
    const [[ax, ay], [bx, by]] = [line.points[i - 1], line.points[i]], long = (bx - ax) ** 2 + (by - ay) ** 2;
    const t = long ? Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / long)) : 0, far = Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay));
    if (far < least) { least = far; best = line; }
  }
  return best && { line: best, far: least * sight.k };
}
function rowAt(px, py) {
  const { x, y } = world(px, py);
  return scene.rows.length && x > scene.columns[0][0] - 6 ? scene.rows.find((row) => Math.abs(row.y - y) <= 13) : undefined;
}

/* --- pointer ------------------------------------------------------------------------- */
const fingers = new Map();
let pressed = null;
const place = (event) => {
  const box = sheet.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
};
sheet.addEventListener("pointerdown", (event) => {
  fingers.set(event.pointerId, place(event));
  pressed = fingers.size === 1 ? { at: place(event), moved: false } : null;
  try { sheet.setPointerCapture(event.pointerId); } catch { /* the pointer is gone already */ }
});
sheet.addEventListener("pointermove", (event) => {
  const now = place(event), before = fingers.get(event.pointerId);
  if (!before) { hover(now); return; }
  if (fingers.size === 2) {
    const [other] = [...fingers].filter(([id]) => id !== event.pointerId).map(([, spot_]) => spot_);
    const span = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
    zoom(span(now, other) / (span(before, other) || 1), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
  } else if (pressed && (pressed.moved || Math.hypot(now[0] - pressed.at[0], now[1] - pressed.at[1]) > 4)) {
    pressed.moved = true;
    pan(now[0] - before[0], now[1] - before[1]);
  }
  fingers.set(event.pointerId, now);
});
function lift(event) {
  const click = fingers.delete(event.pointerId) && pressed && !pressed.moved && event.type === "pointerup";
  if (click) choose(place(event), event.pointerType === "touch" ? 8 : 0);
  if (!fingers.size) pressed = null;
}
sheet.addEventListener("pointerup", lift);
sheet.addEventListener("pointercancel", lift);
sheet.addEventListener("pointerleave", () => { if (hovered) { hovered = null; status(); } });
stage.addEventListener("wheel", (event) => {
  if (data.embed && !event.ctrlKey && !event.metaKey) { status("Hold Ctrl while scrolling to zoom the drawing."); return; }
  event.preventDefault();
  if (state.view === "trials" && !event.ctrlKey && !event.metaKey) { pan(0, -event.deltaY * (event.deltaMode ? 30 : 1)); return; }
  zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), ...place(event));
}, { passive: false });
sheet.addEventListener("dblclick", (event) => zoom(1.6, ...place(event)));

function choose([px, py], slack) {
  const box = boxAt(px, py, slack);
  if (box) { pickNode(box.n); return; }
  const row = rowAt(px, py);
  if (row) { pickStatement(row.s); return; }
  const aim = aimedAt(px, py, slack);
  if (aim.lines) pickLines(aim.lines);
  else if (aim.tube) pickTube(aim.tube);
  else clear();
}
function hover([px, py]) {
  const box = boxAt(px, py), aim = box ? {} : aimedAt(px, py), line = aim.lines ? aim.lines[0] : null, row = box || line || aim.tube ? null : rowAt(px, py);
  const now = box || line || aim.tube || row || null;
  sheet.style.cursor = now ? "pointer" : "grab";
  if (now === hovered) return;
  hovered = now;
  if (box) status(`${box.node.label}: ${plural(about[box.n].length, "statement")}`);
  else if (line) {
    const { edge } = line;
    status(`${told(edge)}: ${edge.statements.length ? plural(edge.statements.length, "statement") : edge.role === "query" ? "made by the query" : "by definition"}${edge.asserted ? "" : ` (${standings(edge)})`}${blocked(scene, line) ? "; blocked while the drug acts" : ""}`);
  } else if (aim.tube) status(`${arcTold(aim.tube)}${aim.tube.routes.length ? `; ${plural(aim.tube.routes.length, "open route")}` : ""}; not observed`);
  else if (row) status(claim(row.row));
  else status();
}

/* --- keys: arrows go from box to box, Enter opens, + and - zoom, 0 shows all ------------ */
function neighbour(dx, dy) {
  const here = scene.first.get(ring);
  let best = null, least = Infinity;
  for (const box of scene.boxes) {
    const x = box.x - here.x, y = box.y - here.y, ahead = x * dx + y * dy, aside = Math.abs(x * dy) + Math.abs(y * dx);
    if (box === here || ahead <= 4) continue;
    const far = ahead + aside * 2.2;
    if (far < least) { least = far; best = box; }
  }
  return best;
}
stage.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (step && event.shiftKey) pan(-step[0] * 60, -step[1] * 60);
  else if (step) {
    const next = ring === null ? scene.first.get(state.focus) || scene.boxes[0] : neighbour(...step);
    if (next) {
      ring = next.n;
      reach(ring);
      say(`${next.node.label}, ${spaced(next.node.cls)}, ${plural(about[next.n].length, "statement")}. Enter for its card.`);
      status(`${next.node.label}: ${plural(about[next.n].length, "statement")}`);
      redraw();
    } else say("Nothing further that way.");
  } else if ((event.key === "Enter" || event.key === " ") && ring !== null) pickNode(ring, true);
  else if (event.key === "+" || event.key === "=") zoom(1.3);
  else if (event.key === "-") zoom(1 / 1.3);
  else if (event.key === "0") { frame(); redraw(); }
  else return;
  event.preventDefault();
});
stage.addEventListener("focus", redraw);
stage.addEventListener("blur", redraw);
new ResizeObserver(() => {
  if (scene && sight.framed) frame();
  still = null;
  redraw();
}).observe(stage);
