/* Making elements. Texts are set as text, never as markup; links lead to http and https only. */

function make(tag, text, cls) {
  const item = document.createElement(tag);
  if (text !== undefined) item.textContent = text;
  if (cls) item.className = cls;
  return item;
}
function button(text, act, cls) {
  const item = make("button", text, cls);
  item.type = "button";
  item.addEventListener("click", act);
  return item;
}
function link(address, text) {
  let url = null;
  try { url = new URL(address); } catch { /* shown as text */ }
  if (!url || !/^https?:$/.test(url.protocol)) return make("span", text);
  const item = make("a", text);
  item.href = url.href;
  item.target = "_blank";
  item.rel = "noopener noreferrer";
  return item;
}
function doiLink(doi) {
  return link(`https://doi.org/${doi.split("/").map(encodeURIComponent).join("/")}`, `doi:${doi}`);
}
const narrow = () => window.innerWidth <= 860;
/** Say something to readers who do not see the drawing. */
function say(text) {
  at("say").textContent = text;
}
/** Hand a file to the reader. */
function save(name, content, type) {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const item = make("a");
  item.href = address;
  item.download = name;
  document.body.append(item);
  item.click();
  item.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
