"use strict";
(() => {
  document.documentElement.classList.add("scripted");
  const filter = document.querySelector(".filter");
  const dialog = document.querySelector("dialog");
  const content = dialog.querySelector(".content");
  const place = dialog.querySelector("output");

  // The table shows the requirements that the filter lets through.
  const words = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);
  const narrow = () => {
    const { text, verdict, level, document: origin, change } = filter.elements;
    const sought = words(text.value), verdicts = words(verdict.value);
    let shown = 0, all = 0;
    for (const group of document.querySelectorAll(".matrix tbody")) {
      let any = false;
      for (const row of group.querySelectorAll(".requirement")) {
        const said = row.querySelector("th").textContent.toLowerCase();
        const its = row.dataset.verdicts.split(" ");
        const fits = sought.every((word) => said.includes(word))
          && (verdicts.length === 0 || verdicts.some((one) => its.includes(one)))
          && (level.value === "" || level.value === row.dataset.level)
          && (change.value === "" || row.dataset.change === change.value)
          && (origin.value === "" || origin.value === group.dataset.document);
        row.hidden = !fits;
        any ||= fits;
        shown += fits ? 1 : 0;
        all += 1;
      }
      group.hidden = !any;
    }
    document.querySelector(".nothing").hidden = shown > 0;
    filter.querySelector("output").value = shown === all ? `${all} requirements` : `${shown} of ${all} requirements`;
  };
  // The address of a table that is narrowed begins with `#?`, that of a detail with its name.
  const NAMES = ["text", "verdict", "level", "document", "change"];
  const filterAddress = () => {
    const chosen = NAMES.filter((name) => filter.elements[name].value !== "");
    const parameters = new URLSearchParams(chosen.map((name) => [name, filter.elements[name].value]));
    return location.pathname + location.search + (chosen.length > 0 ? `#?${parameters}` : "");
  };
  const readFilter = () => {
    const parameters = new URLSearchParams(location.hash.slice(2));
    for (const name of NAMES) filter.elements[name].value = parameters.get(name) ?? "";
    narrow();
  };
  filter.addEventListener("input", () => {
    narrow();
    history.replaceState(null, "", filterAddress());
  });
  filter.addEventListener("submit", (event) => event.preventDefault());
  if (location.hash.startsWith("#?")) readFilter();
  narrow();

  // Runs are unpacked when they are looked at.
  const draw = (picture) =>
    showPacked(picture, document.getElementById(`run-${picture.dataset.picture}`).textContent, `#${encodeURI(picture.closest("article").id)}&`);

  // A detail is open when the URL names it, so that it can be linked to.
  let home = null;
  const putBack = () => {
    const open = content.firstElementChild;
    if (open) home.replaceWith(open);
    home = null;
  };
  const follow = () => {
    if (location.hash.startsWith("#?")) readFilter();
    // After the name of a detail, the address has the moment of its run.
    const [name] = location.hash.slice(1).split("&");
    const article = !location.hash.startsWith("#?") && name !== "" && document.getElementById(decodeURIComponent(name));
    if (article && article === content.firstElementChild) return;
    putBack();
    if (!article || article.tagName !== "ARTICLE") {
      if (dialog.open) dialog.close();
      return;
    }
    home = document.createComment("");
    article.replaceWith(home);
    content.append(article);
    dialog.setAttribute("aria-label", article.querySelector("h2").textContent);
    if (!dialog.open) dialog.showModal();
    const all = failures();
    const here = all.indexOf(`#${content.firstElementChild.id}`);
    for (const turn of dialog.querySelectorAll("[data-turn]")) turn.hidden = all.length < 2;
    place.value = here < 0 || all.length < 2 ? "" : `${here + 1} of ${all.length}`;
    dialog.scrollTop = 0;
    Promise.all([...article.querySelectorAll(".pictures")].map(draw)).then(() => { dialog.scrollTop = 0; });
  };
  dialog.addEventListener("close", () => {
    const id = content.firstElementChild?.id;
    putBack();
    // Following a link to a detail took the focus away from its cell.
    [...document.querySelectorAll(".matrix a")].find((cell) => cell.hash.slice(1) === encodeURI(id))?.focus({ preventScroll: true });
    // Without a detail in it, the dialog was closed by another address, which stays.
    if (id) history.replaceState(null, "", filterAddress());
  });
  // The failures that the table shows, one after the other.
  const failures = () => [...document.querySelectorAll(".matrix a:has(.fail, .xpass, .error)")]
    .filter((cell) => !cell.closest("tr").hidden).map((cell) => cell.getAttribute("href"));
  for (const turn of dialog.querySelectorAll("[data-turn]")) {
    turn.addEventListener("click", () => {
      const all = failures(), here = all.findIndex((href) => href === `#${content.firstElementChild?.id}`);
      const next = (here < 0 ? 0 : here + Number(turn.dataset.turn) + all.length) % all.length;
      history.replaceState(null, "", all[next]);
      follow();
    });
  }
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  addEventListener("hashchange", follow);
  follow();
})();
