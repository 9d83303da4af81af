// What the pages do beyond links and tables: cards, search, sorting, weights, comparison, permalinks. No dependency.
"use strict";
(() => {
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
  const language = document.documentElement.lang;
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[’'-]/g, " ").toLowerCase().trim();
  const NS = "http://www.w3.org/2000/svg";

  const card = one("#card"), said = one("#said"), home = one(".with-card");
  const wide = matchMedia("(width >= 64rem)");
  const names = new Map(all("[data-name]").map((each) => [each.dataset.city ?? each.dataset.weighed ?? each.closest("tr")?.dataset.row, each.dataset.name]));
  const better = new Map(all("#table tr[data-ranked='yes']").map((row) => [row.dataset.row, new Set((row.dataset.worse ?? "").split(" "))]));
  const apart = (one, other) => better.get(one).has(other) || better.get(other).has(one);
  const alike = (key) => (better.has(key) ? [...better.keys()].filter((other) => other !== key && !apart(key, other)) : []);
  const state = { city: "", pinned: false, from: null, homeSeen: true, quiet: false };

  // --- the permalink: what is shown is in the address, and the address shows it again
  function writeAddress() {
    const parts = [];
    if (state.pinned && state.city) parts.push(`city=${state.city}`);
    const two = compared();
    if (two[0] && two[1]) parts.push(`compare=${two.join(",")}`);
    if (sliders && !atRest()) parts.push(`weights=${ranges.map((range) => range.value).join(",")}`);
    history.replaceState(null, "", parts.length ? `#${parts.join("&")}` : location.href.split("#")[0]);
  }

  function readAddress() {
    const asked = new Map(location.hash.slice(1).split("&").map((part) => part.split("=", 2)).filter((pair) => pair.length === 2));
    if (asked.has("weights") && sliders) {
      asked.get("weights").split(",").forEach((value, place) => { if (ranges[place] && /^\d+$/.test(value)) setRange(ranges[place], value); });
      weigh();
    }
    if (asked.has("compare") && form) {
      [form.elements["compare-one"].value, form.elements["compare-other"].value] = asked.get("compare").split(",");
      compare();
    }
    if (asked.has("city") && names.has(asked.get("city"))) {
      if (card) pin(asked.get("city"), { focus: false });
      else mark(asked.get("city"));
      one(`.row[data-city="${asked.get("city")}"]`)?.scrollIntoView({ block: "center" });
    }
  }

  // --- one city, everywhere on the page
  function mark(key) {
    state.city = key;
    document.body.classList.toggle("has-choice", Boolean(key));
    for (const each of all(".is-on, .is-alike")) each.classList.remove("is-on", "is-alike");
    for (const who of all("[data-who]")) who.textContent = "";
    if (!key) return;
    for (const each of all(`[data-dot="${key}"], .row[data-city="${key}"], tr[data-row="${key}"], [data-weighed="${key}"]`)) each.classList.add("is-on");
    for (const other of alike(key))
      for (const each of all(`.ranking [data-dot="${other}"], .map [data-dot="${other}"], .row[data-city="${other}"]`)) each.classList.add("is-alike");
    for (const who of all("[data-who]")) {
      const dot = one(`[data-dot="${key}"]`, who.parentElement);
      if (dot) who.textContent = names.get(key) + (dot.dataset.told ? `${language === "fr" ? "\u00a0" : ""}: ${dot.dataset.told}` : "");
    }
  }

  function show(key) {
    mark(key);
    if (!card) return;
    const body = one(".card__body", card);
    const content = key && one(`template[data-card="${key}"]`)?.content.cloneNode(true);
    body.replaceChildren(...(content ? [content] : []));
    for (const [selector, hidden] of [[".card__hint", key], [".card__body", !key], [".card__bar", !key], [".card__more", !key]])
      one(selector, card).hidden = Boolean(hidden);
    const word = one(".card__state", card);
    word.textContent = key ? (state.pinned ? word.dataset.kept : word.dataset.passing) : "";
    card.toggleAttribute("data-open", Boolean(key) && state.pinned);
    card.toggleAttribute("data-floats", Boolean(key) && state.pinned && !state.homeSeen);
    for (const row of all('[aria-controls="card"]')) row.setAttribute("aria-expanded", String(state.pinned && row.dataset.city === key));
    if (!key) return;
    one(".card__page", card).href = `cities/${key}.html`;
    one(".card__link", card).href = `#city=${key}`;
    card.scrollTop = 0;
  }

  function pin(key, { focus = true, from = null } = {}) {
    state.pinned = true;
    state.from = from ?? one(`.row[data-city="${key}"]`);
    show(key);
    writeAddress();
    said.textContent = `${filled(card.dataset.pinned, { city: names.get(key) })} ${one(".card__about", card)?.textContent ?? ""}`;
    if (focus) one(".card__name", card)?.focus({ preventScroll: true });
  }

  function close() {
    const back = state.from, inside = card.contains(document.activeElement), was = state.pinned;
    state.pinned = false;
    state.from = null;
    show("");
    writeAddress();
    if (was) said.textContent = card.dataset.closed;
    state.quiet = true; // what was dismissed does not come back because the focus does
    if (inside) back?.focus();
    state.quiet = false;
  }

  function step(row, key) {
    const rows = all(".row:not(.is-dim)");
    const at = rows.indexOf(row);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[key];
    rows[Math.min(Math.max(next, 0), rows.length - 1)]?.focus();
  }

  if (card) {
    for (const row of all("[data-city]")) {
      row.setAttribute("role", "button");
      row.setAttribute("aria-controls", "card");
      row.setAttribute("aria-expanded", "false");
    }
    let waiting = 0;
    document.addEventListener("pointerover", (event) => {
      const key = event.target.closest("[data-city], [data-dot]")?.dataset;
      clearTimeout(waiting);
      if (event.pointerType === "mouse" && key && !state.pinned) waiting = setTimeout(() => show(key.city ?? key.dot), 60);
    });
    document.addEventListener("focusin", (event) => {
      if (event.target.matches?.("[data-city]") && !state.pinned && !state.quiet) show(event.target.dataset.city);
    });
    document.addEventListener("click", (event) => {
      const city = event.target.closest("[data-city]");
      const dot = event.target.closest("svg [data-dot]");
      if ((!city && !dot) || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      pin(city?.dataset.city ?? dot.dataset.dot, { from: city });
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && state.city) { event.preventDefault(); return close(); }
      const row = event.target.closest?.("[data-city]");
      if (!row) return;
      if (event.key === " ") { event.preventDefault(); row.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true })); }
      if (row.matches(".row") && /^(ArrowDown|ArrowUp|Home|End)$/.test(event.key)) { event.preventDefault(); step(row, event.key); }
    });
    one(".card__close", card).addEventListener("click", close);
    one(".card__compare", card).addEventListener("click", () => {
      const chosen = form.elements["compare-one"].value ? form.elements["compare-other"] : form.elements["compare-one"];
      chosen.value = state.city;
      compare();
      close();
      one("#compare").scrollIntoView();
      (form.elements["compare-other"].value ? form.elements["compare-one"] : form.elements["compare-other"]).focus();
    });
    new IntersectionObserver(([seen]) => {
      state.homeSeen = seen.isIntersecting;
      card.toggleAttribute("data-floats", state.pinned && !state.homeSeen);
    }, { rootMargin: "-120px" }).observe(home);
  } else {
    document.addEventListener("pointerover", (event) => {
      const dot = event.target.closest("[data-dot], tr[data-row]");
      if (dot) mark(dot.dataset.dot ?? dot.dataset.row);
    });
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") mark(""); });
  }

  // --- find a city: accents and capitals do not matter
  const search = one("#search");
  if (search) {
    const found = () => {
      const asked = fold(search.value);
      return asked ? [...names].filter(([, name]) => fold(name).includes(asked)) : [];
    };
    search.addEventListener("input", () => {
      const hits = found(), words = one("#search-found").dataset, keys = new Set(hits.map(([key]) => key));
      for (const row of all(".row")) row.classList.toggle("is-dim", Boolean(search.value.trim()) && !keys.has(row.dataset.city));
      const text = hits.length === 1 ? words.one : hits.length ? words.many : words.none;
      const listed = hits.slice(0, 6).map(([, name]) => name).join(", ") + (hits.length > 6 ? "…" : "");
      one("#search-found").textContent = search.value.trim() ? filled(text, { number: hits.length, names: listed }) : "";
    });
    search.addEventListener("keydown", (event) => {
      const [first] = found();
      if (event.key !== "Enter" || !first) return;
      event.preventDefault();
      if (card) { pin(first[0], { from: search }); one(`.row[data-city="${first[0]}"]`)?.scrollIntoView({ block: "nearest" }); }
      else mark(first[0]);
    });
  }

  // --- tables: a click on a heading sorts
  const valueOf = (cell, kind) => {
    if (kind === "text") return fold(cell.textContent);
    const number = parseFloat(cell.dataset.v ?? cell.textContent.replace(/[\s\u00a0\u202f]/g, "").replace(",", "."));
    return Number.isNaN(number) ? null : number;
  };
  function sort(table, heading, kind) {
    const place = heading.cellIndex, body = table.tBodies[0];
    const down = heading.getAttribute("aria-sort") === "ascending";
    for (const each of all("th", table.tHead)) each.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = [...body.rows].map((row) => [valueOf(row.cells[place], kind), row]);
    rows.sort(([a], [b]) => {
      if (a === null || b === null) return (a === null) - (b === null);
      const order = kind === "text" ? a.localeCompare(b, language) : a - b;
      return down ? -order : order;
    });
    body.append(...rows.map(([, row]) => row));
  }
  for (const table of all("table[data-sortable]"))
    for (const heading of all("th[data-sort]", table)) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => sort(table, heading, heading.dataset.sort));
    }

  // --- other weights: the formula of the study, once more: exp(Σ w·ln(max(p, 1)) / Σ w) over the pillars that are there
  const sliders = one("#sliders"), ranges = sliders ? all("input[type=range]", sliders) : [];
  const weighed = all("[data-weighed]").map((row) => ({
    row, key: row.dataset.weighed, name: row.dataset.name, rank: Number(row.dataset.rank), tier: row.dataset.tier,
    pillars: new Map(row.dataset.pillars.split(",").map((part) => part.split(":")).map(([name, points]) => [name, Number(points)])),
  }));
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
  const atRest = () => ranges.every((range) => range.value === range.defaultValue);
  function setRange(range, value) { range.value = value; }

  function weights() {
    const given = ranges.map((range) => (atRest() ? Number(range.dataset.weight) : Number(range.value)));
    const total = given.reduce((sum, weight) => sum + weight, 0);
    return new Map(ranges.map((range, place) => [range.name, total ? given[place] / total : 1 / ranges.length]));
  }

  function scoreOf(pillars, by) {
    let sum = 0, total = 0;
    for (const [name, points] of pillars) {
      const weight = by.get(name) ?? 0;
      sum += weight * Math.log(Math.max(points, 1));
      total += weight;
    }
    return total ? Math.exp(sum / total) : 1;
  }

  function weigh() {
    const by = weights(), count = weighed.length;
    for (const range of ranges) range.parentElement.querySelector("output").textContent = percent.format(by.get(range.name));
    const order = weighed.map((city) => ({ ...city, score: scoreOf(city.pillars, by) })).sort((a, b) => b.score - a.score || a.rank - b.rank);
    const places = new Map();
    for (const city of weighed) places.set(city.tier, [...(places.get(city.tier) ?? []), city.rank]);
    let changed = 0;
    const lost = [];
    let rank = 0;
    order.forEach((city, at) => {
      if (!at || order[at - 1].score - city.score > 1e-9) rank = at + 1; // equal scores share the better rank
      const ring = one(`[data-yours="${city.key}"]`), moved = city.rank - rank;
      city.row.dataset.yours = city.score;
      city.row.dataset.yourRank = rank;
      ring.setAttribute("cx", `${2 + (96 * (rank - 1)) / (Math.max(count, 2) - 1)}%`);
      one(".places__rank", city.row).textContent = moved ? `${rank} ${moved > 0 ? "▲" : "▼"}${Math.abs(moved)}` : String(rank);
      city.row.classList.toggle("has-moved", moved !== 0);
      changed += moved !== 0;
      if (!places.get(city.tier).includes(rank)) lost.push(city.name);
    });
    const words = one("#weights").dataset;
    const told = lost.length > 4 ? [...lost.slice(0, 3), filled(words.others, { number: lost.length - 3 })] : lost;
    const values = { changed, number: count, kept: count - lost.length, lost: lost.length ? filled(words.lost, { names: told.join(", ") }) : "" };
    one("#weights-said").textContent = atRest() ? words.same : filled(words.said, values);
  }

  if (sliders) {
    sliders.addEventListener("input", () => { weigh(); writeAddress(); });
    sliders.addEventListener("reset", () => setTimeout(() => { weigh(); writeAddress(); }));
    sliders.addEventListener("submit", (event) => event.preventDefault());
    weigh();
  }

  // --- two cities side by side, out of the tables of the page
  const form = one("#compare-form");
  const compared = () => (form ? [form.elements["compare-one"].value, form.elements["compare-other"].value] : ["", ""]);

  function drawn(name, attributes) {
    const element = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  }

  function picture(cells, ends) {
    const [low, high] = ends.split(" ").map(Number);
    const at = (value) => `${2 + 96 * Math.min(Math.max((value - low) / (high - low || 1), 0), 1)}%`;
    const svg = drawn("svg", { class: "pair", "aria-hidden": "true", focusable: "false" });
    svg.append(drawn("line", { class: "track", x1: "2%", x2: "98%", y1: "50%", y2: "50%" }));
    cells.forEach((cell, place) => {
      if (cell.dataset.v === undefined) return;
      const y = place ? "72%" : "28%", group = drawn("g", { class: place ? "pair__other" : "pair__one" });
      if (cell.dataset.lo !== undefined) group.append(drawn("line", { class: "ci", x1: at(cell.dataset.lo), x2: at(cell.dataset.hi), y1: y, y2: y }));
      group.append(drawn("use", { href: place ? "#m2" : "#m1", x: at(cell.dataset.v), y }));
      svg.append(group);
    });
    return svg;
  }

  function line(heading, cells) {
    const row = document.createElement("tr");
    const name = document.createElement("th");
    name.scope = "row";
    name.textContent = heading.textContent;
    row.append(name, ...cells.map((cell) => {
      const copy = document.createElement("td");
      copy.className = "number";
      copy.append(...[...cell.childNodes].map((node) => node.cloneNode(true)));
      return copy;
    }));
    const last = document.createElement("td");
    if (heading.dataset.ends) last.append(picture(cells, heading.dataset.ends));
    row.append(last);
    return row;
  }

  function headings(keys) {
    const row = document.createElement("tr");
    row.append(document.createElement("td"), ...keys.map((key, place) => {
      const cell = document.createElement("th"), link = document.createElement("a");
      const svg = drawn("svg", { class: `mark ${place ? "pair__other" : "pair__one"}`, "aria-hidden": "true" });
      svg.append(drawn("use", { href: place ? "#m2" : "#m1", x: "50%", y: "50%" }));
      link.href = `cities/${key}.html`;
      link.textContent = names.get(key);
      cell.scope = "col";
      cell.append(svg, link);
      return cell;
    }), document.createElement("td"));
    return row;
  }

  function verdict(keys) {
    if (!keys.every((key) => better.has(key))) return form.dataset.unranked;
    const [first, second] = keys.map((key) => names.get(key));
    if (better.get(keys[1]).has(keys[0])) return filled(form.dataset.better, { one: first, other: second });
    if (better.get(keys[0]).has(keys[1])) return filled(form.dataset.better, { one: second, other: first });
    return filled(form.dataset.apart, { one: first, other: second });
  }

  function compare() {
    const keys = compared(), shown = one("#compare-shown");
    const ready = keys.every((key) => names.has(key)) && keys[0] !== keys[1];
    shown.hidden = !ready;
    one("#compare-said").textContent = ready ? verdict(keys) : form.dataset.choose;
    if (!ready) return shown.replaceChildren();
    const table = document.createElement("table"), body = document.createElement("tbody"), head = document.createElement("thead");
    table.className = "table table--pair";
    head.append(headings(keys));
    for (const source of all("table[data-compare]")) {
      const rows = keys.map((key) => one(`tr[data-row="${key}"]`, source));
      [...source.tHead.rows[0].cells].forEach((heading, place) => {
        const cells = rows.map((row) => row.cells[place]);
        if (cells[0].tagName === "TD" && !("words" in heading.dataset)) body.append(line(heading, cells));
      });
    }
    table.append(head, body);
    shown.replaceChildren(table);
  }

  if (form) {
    form.addEventListener("change", () => { compare(); writeAddress(); });
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  // --- small things
  const code = one("#embed-code");
  if (code && location.protocol.startsWith("http")) code.value = code.value.replace(/https:\/\/…\/[^"]*/, new URL("embed.html", location.href).href);
  for (const link of all("[data-keeps-hash]"))
    link.addEventListener("click", () => { link.href = link.href.split("#")[0] + location.hash; });
  const closed = [];
  addEventListener("beforeprint", () => { for (const each of all("details:not([open])")) { each.open = true; closed.push(each); } });
  addEventListener("afterprint", () => { for (const each of closed.splice(0)) each.open = false; });
  addEventListener("hashchange", readAddress);
  readAddress();
})();
