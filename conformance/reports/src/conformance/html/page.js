"use strict";
(() => {
  document.documentElement.classList.add("scripted");
  const filter = document.querySelector(".filter");
  const dialog = document.querySelector("dialog");
  const content = dialog.querySelector(".content");

  // The table shows the requirements that the filter lets through.
  const words = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);
  const narrow = () => {
    const { text, verdict, level, document: origin } = filter.elements;
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
  filter.addEventListener("input", narrow);
  filter.addEventListener("submit", (event) => event.preventDefault());
  narrow();

  // Pictures are unpacked when they are looked at, and shown as images: nothing in them can run.
  const unpack = async (id) => {
    const packed = Uint8Array.from(atob(document.getElementById(id).textContent), (c) => c.charCodeAt(0));
    const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const bytes = await new Response(plain).arrayBuffer();
    return URL.createObjectURL(new Blob([bytes], { type: "image/svg+xml" }));
  };
  const draw = async (place) => {
    if (place.childElementCount > 0) return;
    for (const [id, title] of [["sequence", "Who sent what, and what came of it"], ["graph", "Who trusts whom at the end"]]) {
      const figure = place.appendChild(document.createElement("figure"));
      figure.appendChild(document.createElement("figcaption")).textContent = title;
      const frame = figure.appendChild(document.createElement("div"));
      frame.className = "picture";
      frame.tabIndex = 0;
      frame.setAttribute("role", "group");
      frame.setAttribute("aria-label", title);
      try {
        const image = document.createElement("img");
        image.alt = `${title}: ${place.dataset.case}`;
        image.src = await unpack(`${id}-${place.dataset.picture}`);
        frame.appendChild(image);
      } catch (error) {
        figure.remove();
      }
    }
  };

  // A detail is open when the URL names it, so that it can be linked to.
  let home = null;
  const putBack = () => {
    const open = content.firstElementChild;
    if (open) home.replaceWith(open);
    home = null;
  };
  const follow = () => {
    const article = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
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
    dialog.scrollTop = 0;
    article.querySelectorAll(".pictures").forEach(draw);
  };
  dialog.addEventListener("close", () => {
    const id = content.firstElementChild?.id;
    putBack();
    // Following a link to a detail took the focus away from its cell.
    [...document.querySelectorAll(".matrix a")].find((cell) => cell.hash.slice(1) === encodeURI(id))?.focus();
    if (location.hash.length > 1) history.replaceState(null, "", location.pathname + location.search);
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  addEventListener("hashchange", follow);
  follow();
})();
