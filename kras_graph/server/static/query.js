"use strict";
// The editor and the answers are Yasqe and Yasr of @zazuko/yasgui. Their completers that ask
// other sites, and their bundled list of prefixes, are taken out before anything starts.
(() => {
  const texts = JSON.parse(document.getElementById("texts").textContent);
  const base = "https://w3id.org/kras-graph/";
  const endpoint = `${location.origin}/sparql`;
  const most = 60;
  let names = { prefixes: {}, classes: [], predicates: [], entities: [] };

  for (const name of ["class", "property", "prefixes"]) delete Yasqe.Autocompleters[name];
  Yasqe.defaults.autocompleters = ["variables"];

  const previous = (editor) => {
    const token = editor.getCompleteToken();
    return editor.getPreviousNonWsToken(editor.getDoc().getCursor().line, token);
  };
  const isVariable = (editor) => /^[?$]/.test(editor.getCompleteToken().string);
  const afterType = (editor) => {
    const last = previous(editor).state.lastProperty;
    return last === "a" || last === "rdf:type";
  };
  // Rows of names whose prefixed name or any label holds what was typed; labels are shown.
  const offer = (rows, typed) => {
    const wanted = typed.trim().toLowerCase();
    const bare = wanted.replace(/^\w*:/, "");
    return rows.filter(([name, ...labels]) => name.toLowerCase().startsWith(wanted)
      || (bare && labels.some((label) => label.toLowerCase().includes(bare)))).slice(0, most);
  };
  const completer = (name, valid, rows) => {
    Yasqe.registerAutocompleter({
      name,
      bulk: false,
      isValidCompletionPosition: (editor) => !isVariable(editor) && valid(editor),
      get: (editor, token) => offer(rows(), token ? token.string : "").map(([text]) => text),
      postprocessHints: (_, hints) => {
        const labels = new Map(rows().map(([text, label]) => [text, label]));
        return hints.map((hint) => {
          const label = labels.get(hint.text);
          return label ? { ...hint, displayText: `${hint.text}  ${label}` } : hint;
        });
      },
    });
  };
  const possible = (editor, kind) =>
    (editor.getCompleteToken().state.possibleCurrent || []).includes(kind);
  completer("kg-class", afterType, () => names.classes);
  completer("kg-predicate", (editor) => !afterType(editor) && possible(editor, "a"),
    () => names.predicates);
  completer("kg-entity", (editor) => !afterType(editor) && !possible(editor, "a"),
    () => names.entities);

  const editor = new Yasqe(document.getElementById("editor"), {
    value: "PREFIX id: <https://w3id.org/kras-graph/id/>\nPREFIX kg: <https://w3id.org/kras-graph/vocab#>\n"
      + "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\nSELECT ?drug ?label WHERE {\n  ?drug kg:inhibits id:KRAS_G12C ;\n        rdfs:label ?label .\n}\n",
    persistenceId: null,
    prefixCcApi: null,
    consumeShareLink: null,
    createShareableLink: () =>
      `${location.origin}/query#query=${encodeURIComponent(editor.getValue())}`,
    editorHeight: "320px",
    requestConfig: {
      endpoint,
      method: "POST",
      acceptHeaderGraph: "text/turtle",
      acceptHeaderSelect: "application/sparql-results+json",
    },
  });
  const answers = new Yasr(document.getElementById("answer"), {
    persistenceId: null,
    prefixes: () => names.prefixes,
  });
  editor.on("queryResponse", (_, response, duration) => answers.setResponse(response, duration));
  // The endpoint knows the prefixes anyway; declared, a query also runs elsewhere.
  editor.on("change", () => {
    const token = editor.getTokenAt(editor.getDoc().getCursor());
    const [prefix, rest] = token.string.split(":");
    if (token.type !== "string-2" || rest === undefined || !Object.hasOwn(names.prefixes, prefix)) return;
    if (/\bprefix\s*$/i.test(editor.getDoc().getLine(editor.getDoc().getCursor().line).slice(0, token.start))) return;
    if (!Object.hasOwn(editor.getPrefixesFromQuery(), prefix))
      editor.addPrefixes({ [prefix]: names.prefixes[prefix] });
  });
  window.krasQuery = { editor, answers };

  // Things of the graph open on this server, not at their permanent address.
  document.getElementById("answer").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    const href = link && link.getAttribute("href");
    if (!href) return;
    if (/^(id|stmt|result|anchor|publication)\//.test(href.slice(base.length)) && href.startsWith(base)) {
      event.preventDefault();
      window.open(`/${href.slice(base.length)}`, "_blank", "noopener");
    }
  }, true);

  const list = document.getElementById("examples");
  const show = (name, run) => {
    if (!Object.hasOwn(texts, name)) return;
    for (const button of list.querySelectorAll("button"))
      button.setAttribute("aria-current", String(button.dataset.example === name));
    editor.setValue(texts[name]);
    if (run) editor.query().catch(() => {});
  };
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) show(button.dataset.example, true);
  });
  document.getElementById("filter").addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    for (const item of list.children) {
      const button = item.firstElementChild;
      item.hidden = !`${button.textContent} ${button.title}`.toLowerCase().includes(wanted);
    }
  });

  // A shared link fills the editor; only an example of the library is run at once.
  const fromAddress = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    if (given.has("example")) show(given.get("example"), true);
    else if (given.has("query")) editor.setValue(given.get("query"));
  };
  window.addEventListener("hashchange", fromAddress);
  fetch("/completions.json").then((response) => response.json()).then((found) => {
    names = found;
    document.body.dataset.ready = "yes";
  });
  fromAddress();
})();
