/* Paths between two entities, found in the page: the search, the points and the reasons of the
   command line with its default options, step by step the same, so that answers are the same. */

const LONGEST = 12, FAR = 1e6, MOST_LOOKS = 200_000, TRIAL_LOOKS = 50_000, LENGTH = 10, DOUBT = 1000;
const DEFAULTS = { longest: 8, k: 5, neutral: false, therapies: false, unasserted: false, fold: true, looks: MOST_LOOKS };
const PROOF_POINTS = { "clinical-trial": 0, cohort: 0, "meta-analysis": 0, "case-report": 1, "in-vivo": 1, "in-vitro": 2, "in-silico": 3, review: 3, background: 3, discussion: 4 };
const EXPERIMENTS = { "clinical-trial": "patients", cohort: "patients", "meta-analysis": "patients", "case-report": "patients", "in-vivo": "animals", "in-vitro": "cells", "in-silico": "computation" };
const AGREEMENT = { coherent: 0, unknown: 1, mixed: 4 };
const signThen = (a, b) => ("+-".includes(a) && "+-".includes(b) ? (a === b ? "+" : "-") : "?");
const isTherapy = (n) => THERAPIES.includes(nodes[n].cls);
const kinOf = (() => {
  const groups = [["Disease"], VARIANTS], found = new Map();
  return function of(n) {
    if (!found.has(n)) {
      found.set(n, new Set([n]));
      const alike = groups.find((classes) => classes.includes(nodes[n].cls)) || [], all = new Set([n]);
      for (const up of nodes[n].up) if (alike.includes(nodes[up].cls)) for (const name of of(up)) all.add(name);
      found.set(n, all);
    }
    return found.get(n);
  };
})();
const lent = statements.map(() => null);
/** What a statement lends to a step: alleles, diseases, and all that these are kinds of. */
function lends(i) {
  if (!lent[i]) {
    const row = statements[i], own = row.alteration.length ? row.alteration : [row.s, row.o].filter((n) => nodes[n].cls === "ProteinVariant");
    lent[i] = { alleles: own, diseases: row.disease, wider: new Set([...row.disease, ...own].flatMap((n) => [...kinOf(n)])) };
  }
  return lent[i];
}
const lists = { out: null, into: null };
/** Edges as steps, in the order in which the command line looks at them. */
function stepsOf() {
  if (!lists.out) {
    lists.out = nodes.map(() => []);
    lists.into = nodes.map(() => []);
    for (const e of data.order) {
      const edge = edges[e], { role } = edge, rows = data.backed ? edge.statements.map((i) => statements[i]) : [];
      if (edge.from === edge.to) continue;
      const sign = role === "up" && edge.sign === "0" ? "+" : edge.sign;
      const step = { e, from: edge.from, to: edge.to, predicate: edge.predicate, sign, role, neutral: edge.sign === "0", asserted: edge.asserted, statements: edge.statements,
        proof: rows.length ? Math.min(...rows.map((row) => PROOF_POINTS[row.setting])) : 0 };
      step.points = LENGTH + step.proof + ("+-".includes(sign) ? 0 : 3) + (edge.asserted ? 0 : DOUBT);
      lists.out[step.from].push(step);
      lists.into[step.to].push(step);
    }
  }
  return lists;
}
const usable = (step, ask) => (step.asserted || ask.unasserted) && (step.role !== "statement" || !step.neutral || ask.neutral);
const mayFollow = (before, role) => (before === "down" ? role === "down" : !(role === "down" && before === "up"));

/** Fewest steps from each node to the target, as far as a path may be long. */
function guideTo(target, ask) {
  const far = new Map([[target, 0]]);
  let front = [target];
  for (let count = 1; count <= ask.longest && front.length; count += 1) {
    const behind = [];
    for (const n of front) for (const step of stepsOf().into[n])
      if (!far.has(step.from) && usable(step, ask)) { far.set(step.from, count); behind.push(step.from); }
    front = behind;
  }
  return far;
}
/** A queue that gives the least first; of equals the one that came first. */
function queue() {
  const items = [], before = (a, b) => a[0] - b[0] || a[1] - b[1];
  let came = 0;
  return {
    get size() { return items.length; },
    push(bound, value) {
      let i = items.push([bound, came, value]) - 1;
      came += 1;
      while (i > 0 && before(items[i], items[(i - 1) >> 1]) < 0) { const up = (i - 1) >> 1; [items[i], items[up]] = [items[up], items[i]]; i = up; }
    },
    pop() {
      const top = items[0], last = items.pop();
      if (items.length) {
        items[0] = last;
        for (let i = 0; ;) {
          let least = i;
          for (const child of [2 * i + 1, 2 * i + 2]) if (child < items.length && before(items[child], items[least]) < 0) least = child;
          if (least === i) break;
          [items[i], items[least]] = [items[least], items[i]];
          i = least;
        }
      }
      return top;
    },
  };
}
function verdict(told_) {
  const some = told_.filter(([own]) => own.length), meet = (a, b) => a[0].some((n) => b[1].has(n)) || b[0].some((n) => a[1].has(n));
  if (some.some((a, i) => some.slice(i + 1).some((b) => !meet(a, b)))) return "mixed";
  return told_.length && some.length === told_.length ? "coherent" : "unknown";
}
/** Whether the sourced steps of a path agree in allele, disease and kind of experiment. */
function agreement(steps) {
  const sourced = steps.filter((step) => step.statements.length), all = (step, name) => (data.backed ? [...new Set(step.statements.flatMap((i) => [...lends(i)[name]]))] : []);
  const wider = sourced.map((step) => new Set(all(step, "wider")));
  const kinds = sourced.map((step) => (data.backed ? [...new Set(step.statements.map((i) => EXPERIMENTS[statements[i].setting]).filter(Boolean))] : []));
  return { allele: verdict(sourced.map((step, i) => [all(step, "alleles"), wider[i]])), disease: verdict(sourced.map((step, i) => [all(step, "diseases"), wider[i]])),
    experiment: verdict(kinds.map((own) => [own, new Set(own)])) };
}
function madePath(steps, sign) {
  const names = [steps[0].from, ...steps.map((step) => step.to)], parts = agreement(steps), verdicts = Object.values(parts);
  const sum = (of) => steps.reduce((total, step) => total + of(step), 0);
  const score = { length: LENGTH * steps.length, evidence: sum((step) => step.proof), sign: sum((step) => ("+-".includes(step.sign) ? 0 : 3)),
    context: verdicts.reduce((total, word) => total + AGREEMENT[word], 0), hubs: names.slice(1, -1).reduce((total, n) => total + data.hubs[n], 0), standing: sum((step) => (step.asserted ? 0 : DOUBT)) };
  const total = Object.values(score).reduce((a, b) => a + b, 0);
  return { nodes: names, steps, sign, context_parts: parts, context: verdicts.includes("mixed") ? "mixed" : verdicts.every((word) => word === "coherent") ? "coherent" : "unknown", score: { total, ...score } };
}
function byTexts(one, other) {
  for (let i = 0; i < Math.min(one.length, other.length); i += 1) { const found = byText(one[i], other[i]); if (found) return found; }
  return one.length - other.length;
}
const idsAlong = (path) => path.nodes.map((n) => nodes[n].id);
const byPlace = (a, b) => a.score.total - b.score.total || a.steps.length - b.steps.length || byTexts(idsAlong(a), idsAlong(b)) || byTexts(a.steps.map((s) => s.predicate), b.steps.map((s) => s.predicate));
const familyOf = (n) => data.families[n] ?? n;
function foldedKey(names) {
  const plain = [names[0], ...names.slice(1, -1).map(familyOf), names.at(-1)];
  return plain.filter((n, i) => !i || n !== plain[i - 1]).join(" ");
}
/** Every path that fits, best first. */
function ranked(source, target, ask, first = false) {
  const guide = guideTo(target, ask), groups = new Map(), heap = queue();
  let found = 0, least = FAR, left = ask.looks, cut = false, floor = 0;
  const wait = (trail) => {
    const more = Math.max(1, guide.get(trail.names.at(-1)) ?? FAR);
    if (trail.steps.length + more <= ask.longest) heap.push(trail.points + LENGTH * more, trail);
  };
  const record = (steps, sign, points) => {
    found += 1;
    const names = [steps[0].from, ...steps.map((step) => step.to)];
    const key = ask.fold ? `${foldedKey(names)}|${sign}|${steps.every((step) => step.asserted)}` : `${names.join(" ")}|${steps.map((step) => step.predicate + step.asserted).join(" ")}`;
    let group = groups.get(key);
    if (!group) { group = { best: madePath(steps, sign), paths: 0, signs: {}, names: new Set() }; groups.set(key, group); }
    else if (points <= group.best.score.total) { const path = madePath(steps, sign); if (byPlace(path, group.best) < 0) group.best = path; }
    least = Math.min(least, group.best.score.total);
    group.paths += 1;
    group.signs[sign] = (group.signs[sign] || 0) + 1;
    for (const n of names) group.names.add(n);
  };
  if (source !== target) wait({ names: [source], steps: [], points: 0, sign: "+" });
  while (heap.size && !cut) {
    const [bound, , trail] = heap.pop();
    if (first && least < bound) break;
    for (const step of stepsOf().out[trail.names.at(-1)]) {
      if (!usable(step, ask)) continue;
      if (left <= 0) { cut = true; floor = bound; break; }
      left -= 1;
      if (trail.names.includes(step.to) || (trail.steps.length && !mayFollow(trail.steps.at(-1).role, step.role))) continue;
      const steps = [...trail.steps, step], sign = signThen(trail.sign, step.sign), points = trail.points + step.points;
      if (step.to === target) { if (steps.length <= ask.longest) record(steps, sign, points); continue; }
      if (!ask.therapies && isTherapy(step.to) && !(step.role === "up" && isTherapy(source))) continue;
      wait({ names: [...trail.names, step.to], steps, points: points + data.hubs[step.to], sign });
    }
  }
  const paths = [...groups.values()].map(({ best, paths: count, signs, names }) => ({ ...best, group: count === 1 ? null
    : { paths: count, members: [...names].filter((n) => !best.nodes.includes(n)).sort((a, b) => byText(nodes[a].id, nodes[b].id)), signs } })).sort(byPlace);
  return { paths, found, cut, certain: cut ? paths.filter((path) => path.score.total < floor).length : paths.length };
}

/* --- why there is none ------------------------------------------------------------------ */
const CHANGES = [
  ["only-longer", `within ${LONGEST} steps`, { longest: LONGEST }, "max_length"], ["only-on-relations-without-effect", "on relations without an effect", { neutral: true }, "neutral"],
  ["only-through-therapy", "through a therapy", { therapies: true }, "through_therapies"],
  ["only-on-denied-or-uncertain", "on propositions that are denied, doubted or hypothesised", { unasserted: true }, "unasserted"],
];
const OPTIONS = { longest: "max_length", neutral: "neutral", therapies: "through_therapies", unasserted: "unasserted" };
const bestOf = (source, target, ask) => { const [path] = ranked(source, target, { ...ask, fold: false, looks: TRIAL_LOOKS }, true).paths; return path ? { ...path, group: null } : null; };
const changed = (list) => Object.assign({}, DEFAULTS, ...list.map((change) => change[2]));
function explained(source, target) {
  if (source === target) return { reason: "same-entity", hint: "source and target are the same entity", relaxation: null };
  const tell = (chosen, path) => {
    let ask = changed(chosen), best = path;
    const words = chosen.map((change) => change[1]);
    for (let length = DEFAULTS.longest + 1; length <= ask.longest && ask.longest > DEFAULTS.longest; length += 1) {
      const shorter = bestOf(source, target, { ...ask, longest: length });
      if (shorter) { ask = { ...ask, longest: length }; best = shorter; break; }
    }
    if (ask.longest > DEFAULTS.longest) words[0] = `within ${ask.longest} steps`;
    const changes = Object.fromEntries(Object.entries(OPTIONS).filter(([name]) => ask[name] !== DEFAULTS[name]).map(([name, option]) => [option, ask[name]]));
    return { reason: chosen.length === 1 ? chosen[0][0] : "only-with-several-changes", hint: `a path exists ${words.join(" and ")}: ${idsAlong(best).join(" > ")}`, relaxation: { changes, path: best } };
  };
  if (bestOf(source, target, changed(CHANGES))) {
    const pairs = CHANGES.flatMap((one, i) => CHANGES.slice(i + 1).map((other) => [one, other]));
    for (const chosen of [...CHANGES.map((change) => [change]), ...pairs]) { const path = bestOf(source, target, changed(chosen)); if (path) return tell(chosen, path); }
    let kept = CHANGES;
    for (const change of [...CHANGES].reverse()) { const fewer = kept.filter((item) => item !== change); if (bestOf(source, target, changed(fewer))) kept = fewer; }
    const path = bestOf(source, target, changed(kept));
    if (path) return tell(kept, path);
  }
  const back = bestOf(target, source, DEFAULTS);
  if (!back) return { reason: "no-path", hint: "no path in this direction, whatever is allowed, nor one the other way round", relaxation: null };
  return { reason: "no-path", hint: `no path in this direction; there is one the other way round: ${idsAlong(back).join(" > ")}`, relaxation: { changes: { reversed: true }, path: back } };
}
const answered = new Map();
/** The k best paths from one entity to another, or why there is none. */
function pathsBetween(source, target) {
  const key = `${source} ${target}`;
  if (!answered.has(key)) answered.set(key, searched(source, target));
  return answered.get(key);
}
function searched(source, target) {
  const all = ranked(source, target, DEFAULTS), total = all.paths.length, none = { reason: null, hint: null, relaxation: null };
  if (!total && all.cut) return { source, target, paths: [], complete: false, reason: "search-limit", hint: `stopped after ${DEFAULTS.looks} steps of the search`, found: 0, relaxation: null };
  if (!total) return { source, target, paths: [], complete: true, found: 0, ...explained(source, target) };
  const paths = all.paths.slice(0, DEFAULTS.k), certain = Math.min(all.certain, paths.length), hints = [];
  if (all.cut) hints.push(`stopped after ${DEFAULTS.looks} steps of the search; the first ${certain} of the ${paths.length} shown are certain`);
  const reach_ = `up to length ${DEFAULTS.longest}; ${DEFAULTS.k} best shown`;
  if (total > paths.length) hints.push(all.found > total ? `${all.found} paths in ${total} groups ${reach_}` : `${total} paths ${reach_}`);
  return { source, target, ...none, paths, complete: !hints.length, hint: hints.join("; ") || null, found: all.found };
}
