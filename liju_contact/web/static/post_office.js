// Keeps the list of letters current while somebody looks at it. Without this script a link on the page does the same.
// And sends a form once, however often its button is pressed.
"use strict";

const SECONDS_BETWEEN_LOOKS = 2;
const list = document.querySelector("[data-live]");

function markOpenLetter() {
  for (const link of list.querySelectorAll("a.po-line")) {
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
  }
}

function show(fresh) {
  const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  list.dataset.newest = fresh.dataset.newest;
  list.replaceChildren(...fresh.childNodes);
  markOpenLetter();
  if (focused) list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

async function look() {
  if (document.hidden) return;
  const answer = await fetch(list.dataset.live).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-live]");
  if (fresh && fresh.dataset.newest !== list.dataset.newest) show(fresh);
}

async function keepLooking() {
  await look();
  setTimeout(keepLooking, SECONDS_BETWEEN_LOOKS * 1000);
}

function sendOnce(event) {
  const form = event.currentTarget;
  if (form.hasAttribute("data-sending")) event.preventDefault();
  form.setAttribute("data-sending", "");
}

if (list) keepLooking();
for (const form of document.forms) form.addEventListener("submit", sendOnce);
// A page that the browser kept while the reader went on is ready to send again.
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) form.removeAttribute("data-sending");
});
