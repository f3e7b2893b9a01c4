/* The filters as a form, and what is shown as a count. */

const TITLES = { class: "Class", predicate: "Relation", sign: "Effect", paper: "Publication", setting: "Kind of evidence", disease: "Disease", allele: "Allele or alteration", certainty: "Certainty", polarity: "Affirmed or denied" };
function siftForm() {
  const parts = FACETS.map((key) => {
    const fold = make("details"), title = make("summary", TITLES[key]), chosen = make("small", "", "quiet");
    title.append(" ", chosen);
    fold.append(title);
    fold.dataset.facet = key;
    const fill = () => {
      if (fold.children.length > 1) return;
      const set = make("fieldset"), name = make("legend", TITLES[key], "unseen");
      set.append(name);
      for (const { value, count, name: text } of choices(key)) {
        const label = make("label", undefined, "switch"), box = make("input");
        box.type = "checkbox";
        box.value = value;
        box.checked = state.filters[key].has(value);
        box.addEventListener("change", () => {
          state.filters[key][box.checked ? "add" : "delete"](value);
          const unsure = (key === "certainty" && value !== "stated") || (key === "polarity" && value === "negated");
          if (unsure && box.checked) state.doubt = true;
          sifted();
        });
        label.append(box, `${text} `, make("small", count.toLocaleString("en"), "quiet"));
        set.append(label);
      }
      fold.append(set);
    };
    fold.addEventListener("toggle", () => { if (fold.open) fill(); });
    if (active(key)) { fill(); fold.open = true; }
    return fold;
  });
  at("facets").replaceChildren(...parts);
  siftMarks();
}
function siftMarks() {
  for (const fold of at("facets").children) {
    const count = state.filters[fold.dataset.facet].size;
    fold.querySelector("summary small").textContent = count ? `${count} chosen` : "";
  }
  const total = FACETS.reduce((sum, key) => sum + state.filters[key].size, 0);
  at("open-sift").textContent = total ? `Filters (${total})` : "Filters";
  at("unsift").hidden = !total;
  at("hide").checked = state.hide;
}
function sifted() {
  turn({});
  siftMarks();
}
function clearFilters() {
  for (const key of FACETS) state.filters[key].clear();
  siftForm();
  sifted();
}

/** The line under the drawing: what is under the pointer, else the count of what is shown. */
function status(text) {
  const { boxes, allBoxes, lines, allLines, statements: said, figures } = scene.counts;
  const part = (some, all, word, words) => (some === all ? plural(all, word, words) : `${some.toLocaleString("en")} of ${plural(all, word, words)}`);
  const words = [part(boxes, allBoxes, "entity", "entities"), part(lines, allLines, "line"), plural(said, "statement")];
  if (scene.rows.length) words.push(plural(figures, "figure"));
  const { hidden } = scene;
  const rest = state.doubt ? "denied and doubted ones dashed" : hidden ? `${plural(hidden, "denied or doubted line")} hidden` : "";
  at("count").textContent = `${words.join(", ")} shown${anyActive() ? " by the filters" : ""}${rest ? `; ${rest}` : ""}${scene.left ? `; ${plural(scene.left, "more distant entity", "more distant entities")} left out` : ""}`;
  if (scene.routes.length) at("count").textContent += `; ${plural(computedOf(state.focus).routes.length, "open route")} computed, not observed`;
  at("hint").textContent = text || "";
}
