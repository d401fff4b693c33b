"use strict";
const $ = id => document.getElementById(id);
let state = null, chosen = 0, shown = "", scale = 1, x = 0, y = 0;
// "?dark" and "?light" in the address come before what the system prefers.
let dark = location.search === "?dark" || location.search !== "?light" && matchMedia("(prefers-color-scheme: dark)").matches;

function move() {
  const svg = $("view").querySelector("svg");
  if (svg) svg.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
}

function fit() {
  const svg = $("view").querySelector("svg");
  if (!svg) return;
  const v = $("view").getBoundingClientRect(), box = svg.viewBox.baseVal;
  const ratio = box.height / box.width;
  const width = Math.min(v.width - 24, (v.height - 24) / ratio);
  svg.setAttribute("width", width);
  svg.setAttribute("height", width * ratio);
  scale = 1;
  x = (v.width - width) / 2;
  y = (v.height - width * ratio) / 2;
  move();
}

function zoom(by, cx, cy) {
  const next = Math.min(40, Math.max(.2, scale * by));
  x = cx - (cx - x) * next / scale;
  y = cy - (cy - y) * next / scale;
  scale = next;
  move();
}

function element(tag, text, className) {
  const e = document.createElement(tag);
  if (text !== undefined) e.textContent = text;
  if (className) e.className = className;
  return e;
}

function list(to, count, findings, none) {
  $(count).textContent = findings.length;
  $(to).replaceChildren(...findings.map(f => {
    const li = element("li", undefined, f.severity);
    li.append(element("b", f.kind), " " + f.message);
    if (f.pos) li.append(element("code", f.pos));
    return li;
  }));
  if (!findings.length) $(to).append(element("li", none, "none"));
}

async function show() {
  document.documentElement.classList.toggle("dark", dark);
  $("theme").textContent = dark ? "Light" : "Dark";
  $("script").textContent = state.script;
  document.title = state.script + " – starboard preview";
  $("error").hidden = !state.error;
  $("error").textContent = state.error;
  $("view").classList.toggle("stale", !!state.error);
  $("status").textContent = state.error ? "the last run failed; this is the one before" : "";
  const sheets = state.sheets || [];
  if (chosen >= sheets.length) chosen = 0;
  const several = new Set(sheets.map(s => s.circuit)).size > 1;
  $("tabs").replaceChildren(...sheets.map((s, i) => {
    const b = element("button", (several || s.name === "/" ? s.circuit : "") + (s.name === "/" ? "" : s.name) + "  " + s.total);
    b.type = "button";
    b.setAttribute("role", "tab");
    b.setAttribute("aria-selected", i === chosen);
    b.onclick = () => { chosen = i; show(); };
    return b;
  }));
  const s = sheets[chosen];
  if (!s) return;
  $("total").textContent = s.total + " of 1000";
  const head = element("tr");
  head.append(element("th", "term"), element("th", "quality", "n"), element("th", "weight", "n"), element("th", ""));
  $("terms").replaceChildren(head, ...s.terms.map(t => {
    const tr = element("tr");
    tr.append(element("td", t.name), element("td", t.quality, "n"), element("td", t.weight, "n"), element("td", t.figure, "f"));
    return tr;
  }));
  list("faults", "faultCount", s.faults, "none");
  list("findings", "findingCount", s.findings, "none");
  const want = `sheet?n=${chosen}&g=${state.pictures}${dark ? "&dark" : ""}`;
  if (want === shown) return;
  const place = s.circuit + s.name, answer = await fetch(want);
  if (!answer.ok) return;
  const svg = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
  const old = $("view").querySelector("svg"), same = $("view").dataset.place === place;
  const width = old && old.getAttribute("width"), height = old && old.getAttribute("height");
  $("view").replaceChildren(document.importNode(svg, true));
  $("view").dataset.place = place;
  shown = want;
  if (same && old) {
    const now = $("view").querySelector("svg");
    now.setAttribute("width", width);
    now.setAttribute("height", height);
    move();
  } else {
    fit();
  }
}

$("fit").onclick = fit;
$("theme").onclick = () => { dark = !dark; show(); };
$("view").onwheel = e => {
  e.preventDefault();
  const v = $("view").getBoundingClientRect();
  zoom(Math.exp(-e.deltaY / 400), e.clientX - v.left, e.clientY - v.top);
};
$("view").onpointerdown = e => { $("view").setPointerCapture(e.pointerId); $("view").style.cursor = "grabbing"; };
$("view").onpointerup = () => { $("view").style.cursor = ""; };
$("view").onpointermove = e => { if (e.buttons & 1) { x += e.movementX; y += e.movementY; move(); } };
$("view").onkeydown = e => {
  const v = $("view").getBoundingClientRect(), step = 60;
  const act = {"+": () => zoom(1.25, v.width / 2, v.height / 2), "-": () => zoom(.8, v.width / 2, v.height / 2), "0": fit,
    ArrowLeft: () => { x += step; move(); }, ArrowRight: () => { x -= step; move(); }, ArrowUp: () => { y += step; move(); }, ArrowDown: () => { y -= step; move(); }}[e.key];
  if (act) { e.preventDefault(); act(); }
};
addEventListener("resize", fit);

async function load() {
  state = await (await fetch("state")).json();
  show();
}
const events = new EventSource("events");
events.onmessage = load;
events.onerror = () => { $("status").textContent = "starboard preview has ended"; };
