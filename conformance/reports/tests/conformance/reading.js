"use strict";
const wrong = [];
const check = (what, holds) => { if (!holds) wrong.push(what); };
// Waits until something holds, or long enough.
const until = async (what, holds) => {
  for (let turn = 0; turn < 500 && !holds(); turn += 1) await new Promise((done) => setTimeout(done, 20));
  check(what, holds());
};
addEventListener("securitypolicyviolation", (event) => wrong.push(`refused: ${event.violatedDirective} ${event.blockedURI}`));
// Lets a reader read, and tells the test what is wrong, or else what the reader found.
const read = (reader) => addEventListener("load", async () => {
  let found;
  try {
    found = await reader();
  } catch (error) {
    wrong.push(String(error));
  }
  const outcome = wrong.length > 0 ? wrong.join("\n") : ["all is well", ...(found === undefined ? [] : [found])].join("\n");
  fetch("/outcome", { method: "POST", body: outcome });
});
