"use strict";
(() => {
  // A run is unpacked when it is looked at.
  for (const ending of document.querySelectorAll("details")) {
    const show = () => {
      const place = ending.querySelector(".run-place");
      if (ending.open && place) showPacked(place, ending.querySelector("script").textContent);
    };
    ending.addEventListener("toggle", show);
    show();
  }
})();
