/* Finding an entity by any of its names: a combobox, used once for the page and once for questions. */

/** Entities whose name or synonym holds the text, best first. */
function matches(text, wanted = () => true) {
  const sought = text.trim().toLowerCase(), bare = (name) => name.toLowerCase().replace(/[\s\-_/]/g, "");
  if (!sought) return [];
  const ranked = [];
  for (const node of nodes) {
    if (!wanted(node)) continue;
    let best = null;
    for (const name of [node.label, ...node.also]) {
      const low = name.toLowerCase();
      const rank = low === sought ? 0 : bare(name) === bare(sought) ? 1 : low.startsWith(sought) ? 2
        : low.split(/[\s\-_/]/).some((word) => word.startsWith(sought)) ? 3 : low.includes(sought) || (bare(sought) && bare(name).includes(bare(sought))) ? 4 : 9;
      if (rank < 9 && (!best || rank < best[0])) best = [rank, name];
    }
    if (best) ranked.push([best[0], scene && scene.first.has(node.n) ? 0 : 1, -about[node.n].length, node.n, best[1]]);
  }
  return ranked.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3]).slice(0, 9);
}

function combobox(input, list, wanted, act) {
  let hits = [], mark = -1;
  const shut = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const point = () => {
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === mark)));
    if (mark >= 0) {
      input.setAttribute("aria-activedescendant", `${list.id}-${mark}`);
      list.children[mark].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const pick = (i) => {
    const n = hits[i][3];
    input.value = nodes[n].label;
    shut();
    act(n);
  };
  input.addEventListener("input", () => {
    hits = matches(input.value, wanted);
    mark = hits.length ? 0 : -1;
    list.replaceChildren(...hits.map(([, , , n, name], i) => {
      const item = make("li", nodes[n].label);
      item.id = `${list.id}-${i}`;
      item.setAttribute("role", "option");
      item.append(make("small", `${name === nodes[n].label ? "" : ` (${name})`} ${spaced(nodes[n].cls)}`));
      item.addEventListener("pointerdown", (event) => { event.preventDefault(); pick(i); });
      return item;
    }));
    const some = input.value.trim() !== "";
    list.hidden = !some || !hits.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (some) say(hits.length ? `${plural(hits.length, "match", "matches")}` : "Nothing of that name");
    at("nothing").hidden = !some || hits.length > 0 || input !== at("find");
    point();
  });
  input.addEventListener("blur", () => { shut(); at("nothing").hidden = true; });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && hits.length && !list.hidden) { mark = (mark + step + hits.length) % hits.length; point(); event.preventDefault(); }
    else if (event.key === "Enter" && mark >= 0 && !list.hidden) { event.preventDefault(); pick(mark); }
    else if (event.key === "Escape") { input.value = ""; shut(); at("nothing").hidden = true; event.stopPropagation(); }
  });
}
