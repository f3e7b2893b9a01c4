/* The way of a line between boxes: an SVG path, points along it, and where and how it ends. */

const round = (value) => Math.round(value * 10) / 10;

/* Pieces are {x, y} for straight parts and {c: [x1, y1, x2, y2, x, y]} for curves. */
function track(x, y, pieces) {
  let d = `M${round(x)} ${round(y)}`, from = [x, y];
  const points = [[x, y]];
  for (const piece of pieces) {
    if (piece.c) {
      const [a, b, c, e, f, g] = piece.c;
      d += `C${[a, b, c, e, f, g].map(round).join(" ")}`;
      for (let i = 1; i <= 12; i += 1) {
        const t = i / 12, u = 1 - t;
        points.push([0, 1].map((k) => u * u * u * from[k] + 3 * u * u * t * [a, b][k] + 3 * u * t * t * [c, e][k] + t * t * t * [f, g][k]));
      }
      from = [f, g];
    } else {
      d += `L${round(piece.x)} ${round(piece.y)}`;
      from = [piece.x, piece.y];
      points.push(from);
    }
  }
  return { d, points };
}
const curve = (...c) => ({ c });

/** Where a straight line from a box's centre to a point leaves the box. */
function rim(box, x, y) {
  const dx = x - box.x, dy = y - box.y;
  const share = Math.min(dx ? (box.w / 2 + 1) / Math.abs(dx) : Infinity, dy ? (box.h / 2 + 1) / Math.abs(dy) : Infinity);
  return share === Infinity ? [box.x, box.y] : [box.x + dx * Math.min(1, share), box.y + dy * Math.min(1, share)];
}

/** Straight from box to box, or bowed when several lines join the same two. */
function straight(from, to, turn) {
  if (from === to) {
    const x = from.x + from.w / 2, y = from.y;
    return track(x, y - 4, [curve(x + 34, y - 26, x + 34, y + 26, x + 1, y + 5)]);
  }
  if (!turn) {
    const [start, end] = [rim(from, to.x, to.y), rim(to, from.x, from.y)];
    return track(...start, [{ x: end[0], y: end[1] }]);
  }
  const forward = from.n < to.n ? 1 : -1, side = turn % 2 ? 1 : -1;
  const bow = side * forward * 26 * Math.ceil(turn / 2);
  const dx = to.x - from.x, dy = to.y - from.y, far = Math.hypot(dx, dy) || 1;
  const middle = [(from.x + to.x) / 2 - (dy / far) * bow, (from.y + to.y) / 2 + (dx / far) * bow];
  const [start, end] = [rim(from, ...middle), rim(to, ...middle)];
  const pull = (point) => [0, 1].map((k) => point[k] + (middle[k] - point[k]) * 0.75);
  return track(...start, [curve(...pull(start), ...pull(end), ...end)]);
}

/** From the side of one box to the side of another, as columns are read. */
function sideways(from, to, turn) {
  const shift = turn ? (turn % 2 ? 1 : -1) * 8 * Math.ceil(turn / 2) : 0;
  const [right, left] = [from.x + from.w / 2, from.x - from.w / 2];
  if (Math.abs(from.x - to.x) < 30) {
    // within a column: out and back on the right
    const end = to.x + to.w / 2 + 1, reach = Math.max(right, end) + 16 + Math.min(60, Math.abs(to.y - from.y) / 8) + Math.abs(shift);
    const drift = to.y > from.y ? 3 : -3;
    return track(right, from.y + drift + shift / 2, [curve(reach, from.y + drift, reach, to.y - drift, end, to.y - drift + shift / 2)]);
  }
  const ahead = to.x > from.x;
  const start = ahead ? right : left, end = ahead ? to.x - to.w / 2 - 1 : to.x + to.w / 2 + 1;
  const reach = Math.max(24, Math.abs(end - start) * 0.45) * (ahead ? 1 : -1);
  return track(start, from.y + shift, [curve(start + reach, from.y + shift, end - reach, to.y + shift, end, to.y + shift)]);
}

/** From the top of a box above, over its neighbours, to the side of a box on the right. */
function over(from, to, turn) {
  const x = from.x + turn * 10, y = from.y - from.h / 2, end = to.x - to.w / 2 - 1;
  const top = y - 22 - 7 * turn;
  return track(x, y, [curve(x, top, x + 10, top, x + 40, top), { x: Math.max(x + 60, end - 110), y: top }, curve(end - 40, top, end - 50, to.y, end, to.y)]);
}

/** Along the channel between the lists: from a box, by its bundle's trunk and lane, to the box above; or back. */
function bundled(listed, above, [, , trunk, lane, port], turn, back) {
  const out = trunk > listed.x ? 1 : -1, r = 6;
  const start = [listed.x + out * (listed.w / 2 + (back ? 1 : 0)), listed.y + turn * 5], end = [port, above.y + above.h / 2 + 1];
  const corners = [[trunk, start[1]], ...(Math.abs(port - trunk) < 2 * r ? [] : [[trunk, lane], [port, lane]])];
  const stops = Math.abs(port - trunk) < 2 * r ? [start, [trunk, start[1]], [trunk, lane], end] : [start, ...corners, end];
  return { ...bent(back ? stops.reverse() : stops, r), joint: [trunk, start[1]] };
}
/** Through all stops in straight parts with round corners. */
function bent(stops, r) {
  const pieces = [], towards = (a, b) => {
    const far = Math.hypot(b[0] - a[0], b[1] - a[1]), cut = Math.min(r, far / 2);
    return far ? [a[0] + ((b[0] - a[0]) * cut) / far, a[1] + ((b[1] - a[1]) * cut) / far] : a;
  };
  for (let i = 1; i < stops.length - 1; i += 1) {
    const [x, y] = towards(stops[i], stops[i - 1]), onward = towards(stops[i], stops[i + 1]);
    pieces.push({ x, y }, curve(...stops[i], ...stops[i], ...onward));
  }
  const [x, y] = stops.at(-1);
  return track(...stops[0], [...pieces, { x, y }]);
}

/** From a list to the right, through a point that all lines to the same box share. */
function gathered(from, to, hub) {
  const start = from.x + from.w / 2, end = to.x - to.w / 2 - 1;
  const reach = Math.max(24, (end - hub.x) * 0.45);
  return track(start, from.y, [curve(start + 22, from.y, hub.x - 22, hub.y, hub.x, hub.y),
    curve(hub.x + reach, hub.y, end - reach, to.y, end, to.y)]);
}

/* How lines end: an outline, whether it is filled, and how much of the line it takes. */
const HEADS = {
  "+": (p) => ({ d: `M${p(0, 0)}L${p(-10, 4.6)}L${p(-7.5, 0)}L${p(-10, -4.6)}Z`, fill: true, back: 7 }),
  "-": (p) => ({ d: `M${p(-3, 7)}L${p(-3, -7)}`, fill: false, back: 3 }),
  "?": (p) => ({ d: `M${p(0, 0)}C${p(0, 5.5)} ${p(-8, 5.5)} ${p(-8, 0)}C${p(-8, -5.5)} ${p(0, -5.5)} ${p(0, 0)}Z`, fill: true, back: 8 }),
  0: (p) => ({ d: `M${p(-7, 4)}L${p(0, 0)}L${p(-7, -4)}`, fill: false, back: 1 }),
  part: (p) => ({ d: `M${p(0, 0)}L${p(-5, 3.4)}L${p(-10, 0)}L${p(-5, -3.4)}Z`, fill: false, back: 10, hollow: true }),
};
function head(kind, [x, y], [bx, by], size = 1) {
  const far = Math.hypot(x - bx, y - by) || 1, ux = (x - bx) / far, uy = (y - by) / far;
  return HEADS[kind]((along, aside) => `${round(x + (along * ux - aside * uy) * size)} ${round(y + (along * uy + aside * ux) * size)}`);
}
/** The point at a share of the way along a line, with the direction there. */
function along(points, share) {
  let total = 0;
  const steps = points.slice(1).map((point, i) => Math.hypot(point[0] - points[i][0], point[1] - points[i][1]));
  for (const step of steps) total += step;
  let rest = total * share;
  for (let i = 0; i < steps.length; i += 1) {
    if (rest <= steps[i] || i === steps.length - 1) {
      const t = steps[i] ? rest / steps[i] : 0, [a, b] = [points[i], points[i + 1]];
      return { x: a[0] + (b[0] - a[0]) * t, y: a[1] + (b[1] - a[1]) * t, ux: (b[0] - a[0]) / (steps[i] || 1), uy: (b[1] - a[1]) / (steps[i] || 1) };
    }
    rest -= steps[i];
  }
  return { x: points[0][0], y: points[0][1], ux: 1, uy: 0 };
}
