/* Colours, read from the style sheet so that they follow the reader's choice of light or dark. */

const TONES = ["paper", "raised", "ink", "muted", "rule", "accent", "therapy", "on-therapy", "molecule", "process",
  "alteration", "disease", "study", "measure", "raises", "lowers", "unclear", "plain", "part", "direct", "class",
  "blocked", "computed", "computed-fill", ...Object.keys(data.groups)];
let colour = {};
function palette(theme) {
  const root = document.documentElement, before = root.dataset.theme, probe = make("i");
  if (theme) root.dataset.theme = theme;
  document.body.append(probe);
  const read = (name) => {
    probe.style.color = `var(--${name})`;
    const [r, g, b] = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
    return `#${[r, g, b].map((v) => Math.round(v).toString(16).padStart(2, "0")).join("")}`;
  };
  const found = Object.fromEntries(TONES.map((name) => [name, read(name)]));
  probe.remove();
  if (theme) root.dataset.theme = before;
  return found;
}
const mixed = new Map();
function mix(one, other, share) {
  const key = `${one}${other}${share}`;
  if (!mixed.has(key)) {
    const parts = (hex) => [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));
    const [a, b] = [parts(one), parts(other)];
    mixed.set(key, `#${a.map((v, i) => Math.round(v * (1 - share) + b[i] * share).toString(16).padStart(2, "0")).join("")}`);
  }
  return mixed.get(key);
}
