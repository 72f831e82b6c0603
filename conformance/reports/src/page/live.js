// A live search. The address holds the way: the numbers of the moves that were chosen. The server plays it, and says
// what can happen next.
(() => {
  const element = (name, attributes, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  const panel = element("section", { class: "live", "aria-label": "What can happen next" });
  const place = element("div", { class: "place" });
  document.body.append(panel, place);
  const wayNow = () => (new URLSearchParams(location.hash.slice(1)).get("way") ?? "").split(".").filter((part) => /^\d+$/.test(part)).map(Number);
  const address = (way) => `#way=${way.join(".")}`;
  // The ways that were gone: each of them is a fork that one can go back to.
  const gone = new Map();

  const button = (text, act) => {
    const made = element("button", { type: "button" }, text);
    made.addEventListener("click", act);
    return made;
  };
  const go = (way) => { location.hash = address(way); };
  // The words of a search about the end that it found.
  let found = "";
  const ask = async (what) => {
    const answer = await fetch(`${what}?way=${wayNow().join(".")}`);
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };
  const search = async (event) => {
    event.target.disabled = true;
    event.target.textContent = "Searching…";
    try {
      const { way, result } = await ask("search");
      found = way ? result ?? "" : "";
      if (!way) event.target.textContent = result;
      else if (location.hash === address(way)) show();
      else go(way);
    } catch (error) {
      event.target.textContent = String(error);
    }
  };

  const show = async () => {
    const way = wayNow();
    let answer;
    try {
      answer = await ask("place");
    } catch (error) {
      panel.replaceChildren(element("p", { class: "failure" }, String(error)), button("To the start", () => go([])));
      return;
    }
    const { run, next } = answer;
    gone.set(address(way), run.moments.at(-1).text);
    const forks = [...gone].filter(([there]) => there !== address(way));
    const saved = element("a", { href: `scenario?way=${way.join(".")}`, download: "way.yaml" }, "Save this way as a scenario");
    panel.replaceChildren(
      element("h2", {}, "What can happen next"),
      ...(found ? [element("p", {}, found)] : []),
      next.length > 0
        ? element("ul", { class: "next" }, ...next.map((text, number) => element("li", {}, button(text, () => go([...way, number])))))
        : element("p", {}, "Nothing: this is an end."),
      element("p", { class: "do" },
        ...(way.length > 0 ? [button("Back", () => go(way.slice(0, -1))), button("To the start", () => go([]))] : []),
        button("Go to a broken end", search), saved),
      ...(forks.length > 0 ? [element("details", { class: "forks" }, element("summary", {}, `Places that were visited: ${forks.length}`),
        element("ul", {}, ...forks.map(([there, text]) => element("li", {}, element("a", { href: there }, `${there.slice(5) || "start"}: ${text}`)))))] : []));
    found = "";
    place.replaceChildren();
    showRun(place, run, { address: null, opensAtEnd: true });
  };
  addEventListener("hashchange", show);
  show();
})();
