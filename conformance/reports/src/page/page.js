"use strict";
// Shows a run inside `place`, and moves it through time. A page of its own has the moment in its address.
// A run is what `RecordedRun` says: devices, keys and moments are named by their positions in its lists.
const showRun = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  const SHAPES = {
    "authenticated": "✓", "distrusted": "✗", "automatically-trusted": "○", "manually-trusted": "◉",
    "automatically-distrusted": "–", "undecided": "·",
  };
  const MEANINGS = [
    ["authenticated", "authenticated"], ["distrusted", "distrusted"],
    ["automatically-trusted", "used until the first authentication"], ["manually-trusted", "trusted with a click"],
    ["automatically-distrusted", "not used until it is authenticated"], ["undecided", "undecided or unknown"],
  ];

  // An element with attributes and children. Texts become text nodes, so nothing in a run is markup.
  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value === undefined || value === false) continue;
      if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  };
  const draw = (name, attributes, ...children) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };

  // The address of a page of its own is `#step=5`, that of a run inside a report begins with the name of its detail.
  return (place, run, { address = "#", opensAtEnd = false } = {}) => {
    const isAlone = address === "#";
    const last = run.moments.length - 1;
    const holder = new Map(run.devices.map((device, position) => [device.key, position]));
    const messages = new Map();
    const steps = [];
    run.moments.forEach((moment, number) => {
      moment.sent.forEach((sent) => messages.set(sent.message, { ...sent, moment: number }));
      steps.push(moment.step ?? steps.at(-1) ?? 0);
    });
    const begins = (step) => run.moments.findIndex((moment, number) => number > 0 ? moment.step === step : step === 0);
    const short = (name) => name.slice(name.indexOf("/") + 1);
    // What is wrong: when, in words, at which device, in which cells, and which messages should have been there.
    const broken = [
      ...run.checks.filter((check) => check.outcome === "fails").flatMap((check) => check.observed.map((one, at) => ({
        ...one, moment: check.moment, missing: at === 0 && check.missing_message ? [check.missing_message] : [],
      }))),
      ...run.findings.map(({ moment, observed, device, cells, missing_messages }) => ({
        moment, text: observed.join("; "), device, cells, missing: missing_messages,
      })),
      ...run.violations.map(({ moment, device, key, text, known }) => ({
        moment, text: `${run.devices[device].name} ${text}${known ? ", as the scenario says" : ""}`, device, cells: [[device, key]], missing: [],
      })),
    ];
    const wrongAt = (moment) => broken.filter((one) => one.moment === moment);

    // The address holds the moment: `#step=5` or, for what follows a step, `#step=5.2`; and the cell that is open.
    const nameOf = (moment) => {
      const after = moment - begins(steps[moment]);
      const number = after > 0 ? `${steps[moment]}.${after}` : `${steps[moment]}`;
      return number === "0" ? "start" : `step ${number}`;
    };
    const addressOf = (moment, cell) => {
      if (address === null) return location.hash || "#";
      const after = moment - begins(steps[moment]);
      const opened = cell ? `&who=${encodeURIComponent(run.devices[cell[0]].name)}&key=${encodeURIComponent(run.keys[cell[1]].name)}` : "";
      return `${address}step=${steps[moment]}${after > 0 ? `.${after}` : ""}${opened}`;
    };
    const readAddress = () => {
      if (address === null || !location.hash.startsWith(address)) return { moment: null, cell: null };
      const parameters = new URLSearchParams(location.hash.slice(address.length));
      const named = /^(\d+)(?:\.(\d+))?$/.exec(parameters.get("step") ?? "");
      const start = named ? begins(Number(named[1])) : -1;
      const moment = start < 0 ? null : Math.min(last, start + Number(named[2] ?? 0));
      const device = run.devices.findIndex((one) => one.name === parameters.get("who"));
      const key = run.keys.findIndex((one) => one.name === parameters.get("key"));
      return { moment, cell: device >= 0 && key >= 0 ? [device, key] : null };
    };

    // The last change of a cell up to a moment.
    const changeUpTo = (moment, device, key) => {
      for (let number = moment; number >= 0; number -= 1) {
        const change = run.moments[number].changes.findLast((one) => one.device === device && one.key === key);
        if (change) return { ...change, moment: number };
      }
      return null;
    };
    const stateAt = (moment) => {
      const levels = run.devices.map(() => run.keys.map(() => "undecided"));
      const presences = run.devices.map((device) => device.presence);
      for (let number = 0; number <= moment; number += 1) {
        const { changes, presence } = run.moments[number];
        for (const change of changes) levels[change.device][change.key] = change.level;
        if (presence) presences[presence[0]] = presence[1];
      }
      return { levels, presences };
    };

    // ---- The parts of the page

    const title = make("h1", {}, run.title);
    const result = make("p", { class: `result ${run.result}` },
      make("strong", {}, run.result.toUpperCase()), " ",
      [run.scenario, ...run.options.map(([name, value]) => `${name} ${value}`)].join(", "));
    const tested = run.devices.filter((device) => device.tested);
    const whoIsTested = tested.length > 0 ? make("p", { class: "tested" }, make("strong", {}, "Under test: "),
      tested.map((device) => `${device.name} (${device.tested})`).join(", "),
      tested.length < run.devices.length ? make("span", { class: "aside" }, ". The other devices are the reference engine.") : ".") : null;
    const about = run.about ? make("details", { class: "about" }, make("summary", {}, "What this is about"),
      ...run.about.split(/\n\s*\n/).map((paragraph) => make("p", {}, paragraph))) : null;

    const slider = make("input", { type: "range", min: 0, max: last, step: 1, "aria-label": "Moment" });
    const where = make("output", { class: "where", "aria-live": "polite" });
    const goTo = (moment, cell = shown.cell) => {
      const to = Math.max(0, Math.min(last, moment));
      if (address !== null) history.replaceState(null, "", addressOf(to, cell));
      show(to, cell);
    };
    const button = (label, text, moment) =>
      make("button", { type: "button", "aria-label": label, title: label, onclick: () => goTo(moment()) }, text);
    const nextStep = (from) => run.moments.findIndex((moment, number) => number > from && moment.step !== null);
    const lastStep = (from) => run.moments.findLastIndex((moment, number) => number < from && (moment.step !== null || number === 0));
    const faults = [...new Set(broken.map((one) => one.moment))].sort((one, other) => one - other);
    const controls = make("nav", { class: "controls", "aria-label": "Time" },
      button("The step before", "«", () => Math.max(0, lastStep(shown.moment))),
      button("The moment before", "‹", () => shown.moment - 1),
      slider,
      button("The next moment", "›", () => shown.moment + 1),
      button("The next step", "»", () => { const next = nextStep(shown.moment); return next < 0 ? last : next; }),
      faults.length > 0 ? make("button", {
        type: "button", class: "fault",
        onclick: () => goTo(faults.find((moment) => moment > shown.moment) ?? faults[0]),
      }, faults.length === 1 ? "Go to what is wrong" : "Next that is wrong") : null,
      where);
    slider.addEventListener("input", () => goTo(Number(slider.value)));

    // The story, with a lane for each device. One row is one moment.
    const room = Math.min(384, (place.host ?? place).clientWidth - 40);
    const LANE = Math.max(14, Math.min(48, Math.floor(room / run.devices.length)));
    const isCrowded = LANE < 48;
    const x = (device) => LANE * device + LANE / 2;
    const lanes = (moment, number) => {
      // A message that should have been there has a line of its own below what was there.
      const missing = wrongAt(number).flatMap((one) => one.missing);
      const [width, height] = [LANE * run.devices.length, 30 + 16 * missing.length];
      const svg = draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
      const arrow = (from, to, kind, y = 15) => {
        if (from === undefined || from === to) {
          svg.append(draw("path", { d: `M ${x(to) - 14} ${y - 12} q 0 12 9 12`, class: `arrow ${kind}` }));
        } else {
          const side = from < to ? -1 : 1;
          svg.append(draw("line", { x1: x(from), x2: x(to) + side * 9, y1: y, y2: y, class: `arrow ${kind}` }));
        }
        const side = from === undefined || from <= to ? -1 : 1;
        const tip = x(to) + side * 5;
        svg.append(draw("path", { d: `M ${tip} ${y} l ${side * 7} -4 v 8 z`, class: `tip ${kind}` }));
      };
      if (moment.arrow) {
        const fate = moment.arrow.fate === "arrives" ? "arrives" : "fails";
        arrow(messages.get(moment.arrow.message)?.from, moment.arrow.to, fate);
        if (fate === "fails") svg.append(draw("path", { d: `M ${x(moment.arrow.to) - 4} 11 l 8 8 m 0 -8 l -8 8`, class: "cross" }));
      }
      for (const change of moment.changes) {
        if (number === 0 || (change.level !== "authenticated" && change.level !== "distrusted")) continue;
        const mark = draw("text", { x: x(change.device), y: 20, class: `mark ${change.level}` }, SHAPES[change.level]);
        svg.append(mark);
      }
      missing.forEach(([from, to], line) => arrow(from, to, "missing", 33 + 16 * line));
      return svg;
    };
    const marked = (device, name) => device.tested ? `◆ ${name}` : name;
    const heads = make("div", { class: "heads", "aria-hidden": "true" },
      ...run.devices.map((device) => make("span", {}, make("i", {}, device.account), make("b", {}, marked(device, short(device.name))))));
    const rows = run.moments.map((moment, number) => {
      const wrong = wrongAt(number);
      const link = make("a", { href: addressOf(number, null), tabindex: -1 },
        moment.step !== null && number > 0 ? make("b", {}, `${moment.step} `) : null, moment.text);
      link.addEventListener("click", (event) => { event.preventDefault(); goTo(number); });
      const told = moment.lines.map(({ text, note }) =>
        make("li", {}, text, note ? make("span", { class: "aside" }, ` (${note})`) : null));
      const sent = moment.sent.map((one) => make("li", { class: "aside" },
        `message ${one.message} for ${one.readers.map((key) => run.keys[key].name).join(", ") || "nobody"}: ${one.said}`));
      // A device may do nothing with what it receives. Then the story says what that was.
      const received = moment.arrow?.fate === "arrives" ? messages.get(moment.arrow.message) : undefined;
      const idle = received && told.length === 0 && sent.length === 0 ? make("li", { class: "aside" }, `it says: ${received.said}`) : null;
      return make("li", { class: `${moment.step !== null ? "step" : "event"}${wrong.length > 0 ? " failing" : ""}` },
        make("div", { class: "lanes" }, lanes(moment, number)),
        make("div", { class: "told" }, link,
          ...wrong.map((one) => make("p", { class: "flag" }, `${one.missing.length > 0 ? "wrong, a message is missing" : "wrong"}: ${one.text}`)),
          told.length + sent.length > 0 || idle ? make("ul", {}, idle, ...told, ...(moment.lines.some((line) => line.text.includes(" tells ")) ? [] : sent)) : null));
    });
    const list = make("ol", { class: "moments" }, ...rows);
    const story = make("section", { class: `story${isCrowded ? " crowded" : ""}`, "aria-label": "Story and messages" },
      make("h2", {}, "What happens"), make("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "Moments" }, heads, list));

    story.style.setProperty("--lane", `${LANE}px`);

    // The matrix of who trusts whom. A line parts accounts.
    const parts = (all, position) => position > 0 && all[position - 1].account !== all[position].account;
    const cells = run.devices.map((device, who) => run.keys.map((key, whose) => device.key === whose ? null :
      make("button", { type: "button", tabindex: -1, onclick: () => goTo(shown.moment, [who, whose]) })));
    const headRows = run.devices.map(() => make("th", { scope: "row" }));
    const table = make("table", { "aria-label": "Who trusts whom", class: `matrix${run.keys.length > 12 ? " crowded" : ""}` },
      make("thead", {}, make("tr", {}, make("td", { class: "aside" }, make("span", {}, "device ↓"), make("span", {}, "key →")),
        ...run.keys.map((key) => make("th", { scope: "col" }, make("span", {}, key.name))))),
      make("tbody", {}, ...run.devices.map((device, who) => make("tr", { class: parts(run.devices, who) && "parts" }, headRows[who],
        ...cells[who].map((cell, whose) => make("td", { class: `${cell ? "" : "self"}${parts(run.keys, whose) ? " parts" : ""}` }, cell ?? make("span", { class: "hidden" }, "own key")))))));
    table.addEventListener("keydown", (event) => {
      const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
      const move = moves[event.key];
      if (!move) return;
      event.preventDefault();
      event.stopPropagation();
      let [who, whose] = cells.map((row, number) => [number, row.indexOf(place.getRootNode().activeElement)]).find(([, at]) => at >= 0) ?? [0, 0];
      do {
        who += move[0];
        whose += move[1];
      } while (cells[who]?.[whose] === null);
      cells[who]?.[whose]?.focus();
    });
    const legend = make("ul", { class: "legend" }, ...MEANINGS.map(([level, meaning]) =>
      make("li", {}, make("span", { class: `sample ${level}`, "aria-hidden": "true" }, SHAPES[level]), ` ${meaning}`)),
      ...[["authenticated manual", "✓", "decided by a person"], ["changed", "", "changed now"], ...(broken.length > 0 ? [["wrong", "", "wrong"]] : [])].map(([kind, shape, meaning]) =>
        make("li", {}, make("span", { class: `sample ${kind}`, "aria-hidden": "true" }, shape), ` ${meaning}`)),
      tested.length > 0 ? make("li", {}, "◆ under test") : null);
    const matrix = make("section", { class: "who", "aria-label": "Who trusts whom" },
      make("h2", {}, "Who trusts whom"), make("div", { class: "scroll" }, table), legend);

    // Why a device regards a key as it does: back to a person.
    const momentLink = (moment, cell) => {
      const link = make("a", { href: addressOf(moment, cell) }, nameOf(moment));
      link.addEventListener("click", (event) => { event.preventDefault(); goTo(moment, cell); });
      return link;
    };
    const because = (moment, device, key, visited) => {
      const change = changeUpTo(moment, device, key);
      const who = run.devices[device].name, whose = run.keys[key].name;
      if (!change) return make("li", {}, `${who} does not know the key of ${whose}`);
      const text = `${who} regards ${whose} as ${change.level}`;
      const at = momentLink(change.moment, [device, key]);
      if (!change.by) return make("li", {}, text, make("span", { class: "aside" }, ": by its policy, "), at);
      if (change.by === "unexplained") return make("li", {}, text, make("span", { class: "aside" }, ": it does not say why, "), at);
      if (change.by === "person") return make("li", {}, text, ": ", make("strong", {}, "a person decided it"), ", ", at);
      const speaker = change.by.message, from = holder.get(speaker);
      const name = `${device}/${key}/${change.moment}`;
      const item = make("li", {}, text, `: ${run.keys[speaker].name} said so, `, at);
      if (visited.has(name)) return item;
      visited.add(name);
      const reasons = [because(change.moment, device, speaker, visited)];
      const said = [...messages.values()].findLast((one) => one.moment <= change.moment && one.from === from
        && (change.level === "distrusted" ? one.distrust : one.trust).includes(key)
        && one.readers.includes(run.devices[device].key));
      if (from !== undefined && said) reasons.push(because(said.moment, from, key, visited));
      item.append(make("ul", {}, ...reasons));
      return item;
    };
    const reasonsOf = make("div", {});
    const reasons = make("section", { class: "reasons", "aria-label": "Reasons", "aria-live": "polite" }, make("h2", {}, "Why"), reasonsOf);
    const showReasons = () => {
      if (!shown.cell) {
        reasonsOf.replaceChildren(make("p", { class: "aside" }, "Choose a cell of the matrix to see why the device regards the key so, back to a person."));
        return;
      }
      const [device, key] = shown.cell;
      const history = [];
      for (let number = 0; number <= last; number += 1) {
        for (const change of run.moments[number].changes) {
          if (change.device === device && change.key === key) history.push([number, change.level]);
        }
      }
      reasonsOf.replaceChildren(
        make("ul", { class: "chain" }, because(shown.moment, device, key, new Set())),
        make("p", { class: "aside" }, "In this run: ", ...history.flatMap(([number, level], position) =>
          [position > 0 ? ", " : "", `${level} since `, momentLink(number, shown.cell)]), history.length ? "." : "nothing happened to it."));
    };

    // Expectations and invariants.
    const VERDICTS = { holds: "✓ holds", fails: "✗ fails", differs: "≈ differs", unjudged: "– not judged", broken: "✗ is broken" };
    const found = (text, kind, moment, cell, details) => make("li", { class: kind },
      make("span", { class: "verdict" }, VERDICTS[kind]), " ",
      momentLink(moment, cell), ": ", text, details.length ? make("ul", {}, ...details.map((one) => make("li", {}, one))) : null);
    const outcomes = [
      ...run.violations.map((one) => ["broken", found(`${one.invariant}${one.known ? ", as the scenario says" : ""}: ${run.devices[one.device].name} ${one.text}`, "broken", one.moment, [one.device, one.key], one.chain)]),
      ...run.findings.map((one) => ["fails", found(`${one.requirement}: ${one.expected}`, "fails", one.moment, one.cells[0] ?? null, one.observed)]),
      ...run.checks.map((one) => [one.outcome, found(`${one.requirement ?? one.class}: ${one.expected}`, one.outcome, one.moment,
        one.observed.flatMap((otherwise) => otherwise.cells)[0] ?? null, one.observed.map((otherwise) => otherwise.text))]),
    ];
    const notHeld = outcomes.filter(([outcome]) => outcome !== "holds").map(([, item]) => item);
    const held = outcomes.filter(([outcome]) => outcome === "holds").map(([, item]) => item);
    const checks = make("section", { class: "checks", "aria-label": "Expectations and invariants" },
      make("h2", {}, "Expectations and invariants"),
      run.failure ? make("p", { class: "failure" }, run.failure) : null,
      run.watched && run.violations.length === 0 ? make("p", {}, "No invariant was broken.") : null,
      notHeld.length ? make("ul", {}, ...notHeld) : null,
      held.length ? make("details", {}, make("summary", {}, `${held.length} ${held.length === 1 ? "expectation holds" : "expectations hold"}`), make("ul", {}, ...held)) : null);

    // ---- Moving through time

    const shown = { moment: 0, cell: null };
    const show = (moment, cell) => {
      // One link of the story takes part in the order of the Tab key: that of the moment. The focus goes along with it.
      const linkOf = (number) => rows[number].querySelector("a");
      const isInStory = list.contains(place.getRootNode().activeElement);
      linkOf(shown.moment).tabIndex = -1;
      linkOf(moment).tabIndex = 0;
      if (isInStory) linkOf(moment).focus({ preventScroll: true });
      rows[shown.moment].removeAttribute("aria-current");
      Object.assign(shown, { moment, cell });
      slider.value = moment;
      const { text } = run.moments[moment];
      where.value = `${moment} of ${last} · ${nameOf(moment)} · ${text}${wrongAt(moment).length > 0 ? " · ✗ wrong" : ""}`;
      slider.setAttribute("aria-valuetext", where.value);
      rows.forEach((row, number) => row.classList.toggle("later", number > moment));
      rows[moment].setAttribute("aria-current", "step");
      const { levels, presences } = stateAt(moment);
      const changed = new Set(run.moments[moment].changes.map((one) => `${one.device}/${one.key}`));
      const wrong = new Set(wrongAt(moment).flatMap((one) => one.cells.map((at) => at.join("/"))));
      run.devices.forEach((device, who) => {
        const otherwise = wrongAt(moment).filter((one) => one.device === who).map((one) => one.text).join("; ");
        headRows[who].className = `${presences[who]}${otherwise ? " wrong" : ""}`;
        headRows[who].textContent = marked(device, presences[who] === "there" ? device.name : `${device.name} (${presences[who]})`);
        headRows[who].title = otherwise ? `wrong: ${otherwise}` : "";
        if (otherwise) headRows[who].append(make("span", { class: "hidden" }, ", wrong"));
        cells[who].forEach((button, whose) => {
          if (!button) return;
          const level = levels[who][whose], at = `${who}/${whose}`;
          const by = level === "authenticated" || level === "distrusted" ? changeUpTo(moment, who, whose)?.by : null;
          button.className = `${level}${by === "person" ? " manual" : ""}${changed.has(at) ? " changed" : ""}${wrong.has(at) ? " wrong" : ""}${cell && cell.join("/") === at ? " chosen" : ""}`;
          button.textContent = SHAPES[level];
          const label = `${device.name} regards ${run.keys[whose].name} as ${level}${by === "person" ? ", a person decided it" : ""}${changed.has(at) ? ", changed now" : ""}${wrong.has(at) ? ", wrong" : ""}`;
          button.setAttribute("aria-label", label);
          button.title = label;
        });
      });
      const first = cell ? cells[cell[0]]?.[cell[1]] : cells.flat().find(Boolean);
      cells.flat().forEach((one) => one?.setAttribute("tabindex", one === first ? "0" : "-1"));
      showReasons();
      const scroll = list.parentElement, row = rows[moment];
      const top = row.offsetTop - scroll.offsetTop;
      if (top < scroll.scrollTop + 60 || top + row.offsetHeight > scroll.scrollTop + scroll.clientHeight) {
        scroll.scrollTop = Math.max(0, top - scroll.clientHeight / 2);
      }
    };
    const follow = () => {
      const { moment, cell } = readAddress();
      show(moment ?? (opensAtEnd ? last : faults[0] ?? last), cell);
    };

    // Inside a report, the title stands above.
    const header = make("header", {}, ...(isAlone ? [title, result] : []), whoIsTested ?? "", about ?? "");
    const page = make("div", { class: isAlone ? "run" : "run embedded" }, header, controls,
      make("main", {}, story, make("div", { class: "side" }, matrix, reasons, checks)));
    place.append(page);
    if (address !== null) {
      addEventListener("hashchange", () => {
        if (isAlone || location.hash.startsWith(address)) follow();
      });
    }
    addEventListener("keydown", (event) => {
      // Of several runs, the one in view takes the keys.
      if (!page.checkVisibility()) return;
      if (event.altKey || event.ctrlKey || event.metaKey || event.composedPath()[0].closest?.("input, select, textarea, .matrix")) return;
      const moves = {
        ArrowLeft: () => shown.moment - 1, ArrowRight: () => shown.moment + 1, Home: () => 0, End: () => last,
      };
      if (!moves[event.key]) return;
      event.preventDefault();
      goTo(moves[event.key]());
    });
    follow();
  };
})();

// Shows a run of a page of several runs, which holds them packed. Its style is apart from that of the page. The moment is in
// the address after `address`; not if that is null.
const showPacked = async (place, packed, address = null) => {
  if (place.shadowRoot) return;
  const root = place.attachShadow({ mode: "open" });
  root.append(document.getElementById("run-style").content.cloneNode(true));
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const run = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
  showRun(root, run, { address });
};
