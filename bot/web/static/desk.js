// Small help around pages that work without it: copying, printing, double presses, a lost connection.
"use strict";

document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    await navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).textContent.trim());
    copy.textContent = copy.dataset.done;
  }
  if (event.target.closest("[data-print]")) window.print();
});

document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "1";
});

// a page that comes back from the browser's memory may be sent again
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

const line = document.getElementById("line");
const show = (is_lost) => line && (line.hidden = !is_lost);
document.addEventListener("htmx:sendError", () => show(true));
document.addEventListener("htmx:afterOnLoad", () => show(false));

// an open menu, a half-typed word, a button reached by keys: what somebody is busy with is not exchanged under their hands
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.requestConfig.headers["X-Live"]) {
    event.detail.shouldSwap = true; // what somebody did themselves, its refusal too
    return;
  }
  const part = event.detail.target;
  const busy = document.activeElement;
  const is_busy = part.contains(busy) && busy.matches(":focus-visible, input, textarea, select");
  if (is_busy || part.querySelector("details[open]")) event.detail.shouldSwap = false;
});

for (const one of document.querySelectorAll("[data-print], [data-copy]")) one.hidden = false;
