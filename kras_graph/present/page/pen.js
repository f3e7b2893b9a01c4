/* Two pens with the same strokes: one draws on a canvas, one makes SVG. */

const FACE = "Helvetica, Arial, 'Liberation Sans', sans-serif";
const fontOf = (size, bold, italic) => `${italic ? "italic " : ""}${bold ? "600 " : ""}${size}px ${FACE}`;
const ruler = document.createElement("canvas").getContext("2d");
function measure(size, bold = false, italic = false) {
  const font = fontOf(size, bold, italic);
  return (text) => {
    ruler.font = font;
    return ruler.measureText(text).width;
  };
}

function canvasPen(brush) {
  return {
    path(d, { fill, stroke, width = 1, dash, alpha = 1 }) {
      const path = d instanceof Path2D ? d : new Path2D(d);
      brush.globalAlpha = alpha;
      if (fill) { brush.fillStyle = fill; brush.fill(path); }
      if (stroke) {
        brush.strokeStyle = stroke;
        brush.lineWidth = width;
        brush.setLineDash(dash || []);
        brush.stroke(path);
      }
      brush.globalAlpha = 1;
    },
    text(text, x, y, { size = 16, bold, italic, align = "center", fill, alpha = 1, halo, room }) {
      brush.globalAlpha = alpha;
      brush.font = fontOf(size, bold, italic);
      brush.textAlign = align;
      brush.textBaseline = "alphabetic";
      if (halo) {
        brush.strokeStyle = halo;
        brush.lineWidth = size / 3.5;
        brush.lineJoin = "round";
        brush.setLineDash([]);
        brush.strokeText(text, x, y, room);
      }
      brush.fillStyle = fill;
      brush.fillText(text, x, y, room);
      brush.globalAlpha = 1;
    },
    group(x, y, scale, draw) {
      brush.save();
      brush.translate(x, y);
      brush.scale(scale, scale);
      draw(this);
      brush.restore();
    },
    titled(_, draw) { draw(this); },
  };
}

const SVG = "http://www.w3.org/2000/svg";
function shape(tag, facts) {
  const item = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(facts)) if (value !== undefined && value !== null) item.setAttribute(name, value);
  return item;
}
/** Text as XML can hold it. */
const legal = (text) => text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd");
function svgPen(parent) {
  return {
    path(d, { fill, stroke, width = 1, dash, alpha = 1 }) {
      parent.append(shape("path", {
        d, fill: fill || "none", stroke: stroke || undefined, "stroke-width": stroke ? width : undefined,
        "stroke-dasharray": dash && dash.length ? dash.join(" ") : undefined, opacity: alpha === 1 ? undefined : alpha,
      }));
    },
    text(text, x, y, { size = 16, bold, italic, align = "center", fill, alpha = 1, halo, room }) {
      const wide = room && measure(size, bold, italic)(text) > room;
      const item = shape("text", {
        x: round(x), y: round(y), fill, "font-size": size, "font-weight": bold ? 600 : undefined, "font-style": italic ? "italic" : undefined,
        "text-anchor": { center: "middle", left: undefined, right: "end" }[align], opacity: alpha === 1 ? undefined : alpha,
        stroke: halo, "stroke-width": halo ? size / 3.5 : undefined, "stroke-linejoin": halo ? "round" : undefined,
        "paint-order": halo ? "stroke" : undefined, textLength: wide ? room : undefined, lengthAdjust: wide ? "spacingAndGlyphs" : undefined,
      });
      item.textContent = legal(text);
      parent.append(item);
    },
    group(x, y, scale, draw) {
      const item = shape("g", { transform: `translate(${round(x)} ${round(y)}) scale(${scale})` });
      parent.append(item);
      draw(svgPen(item));
    },
    titled(text, draw) {
      const item = shape("g", {}), title = shape("title", {});
      title.textContent = legal(text);
      item.append(title);
      parent.append(item);
      draw(svgPen(item));
    },
  };
}
