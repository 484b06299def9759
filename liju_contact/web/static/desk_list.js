// Comfort for the list: keys to walk and choose, what is chosen, and news of what has changed. It never moves a row under
// the reader's hand.
"use strict";

(() => {
  const list = document.getElementById("list");
  const rows = [...document.querySelectorAll(".rows tbody tr")];
  const NEWS_EVERY = 15_000;
  const HIDDEN_EVERY = 120_000;
  document.body.classList.add("scripted");

  // --- where an inquiry leads back to, as long as this tab is open -------------------------------------------------------------

  function keepPlace() {
    try {
      sessionStorage.setItem("list", list.dataset.here);
    } catch {
      // A browser that keeps nothing leads back to the beginning.
    }
  }

  // --- walking -------------------------------------------------------------------------------------------------------------

  const linkOf = (row) => row.querySelector(".who a");
  const current = () => rows.findIndex((row) => row.contains(document.activeElement));

  function walk(step) {
    const at = current();
    const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1)];
    if (next) linkOf(next).focus();
  }

  // The letter that follows a g soon leads to a view.
  const LATE = 1500;
  let begunAt = -LATE;

  function goTo(event) {
    const isAwaited = event.timeStamp - begunAt < LATE;
    begunAt = event.key === "g" && !isAwaited ? event.timeStamp : -LATE;
    if (!isAwaited) return begunAt === event.timeStamp;
    const view = [...document.querySelectorAll("[data-go]")].find((link) => link.dataset.go === event.key);
    view?.click();
    return Boolean(view);
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (desk.isTyping(event)) return;
    if (goTo(event)) event.preventDefault();
    else if (event.key === "j" || event.key === "ArrowDown") walk(1);
    else if (event.key === "k" || event.key === "ArrowUp") walk(-1);
    else if (event.key === "o" && current() >= 0) linkOf(rows[current()]).click();
    else if (event.key === "x" && current() >= 0) rows[current()].querySelector("[name=references]")?.click();
    else return;
    event.preventDefault();
  }

  // --- choosing ------------------------------------------------------------------------------------------------------------

  function showChosen() {
    const count = document.querySelectorAll("[name=references]:checked").length;
    document.getElementById("acts")?.classList.toggle("is-used", count > 0);
    const shown = document.getElementById("chosen-count");
    if (shown) shown.textContent = count ? String(count) : "";
  }

  // --- news ----------------------------------------------------------------------------------------------------------------

  async function askForNews() {
    try {
      const answer = await desk.ask(`/staff/news?${list.dataset.query}&since=${list.dataset.newest}`);
      if (answer.ok) showNews(await answer.json());
    } catch {
      // Without a line to the server the page stays as it is; the next question may get through.
    }
    setTimeout(askForNews, document.hidden ? HIDDEN_EVERY : NEWS_EVERY);
  }

  function showNews({ changed, counts }) {
    for (const place of document.querySelectorAll("[data-view]")) {
      if (place.dataset.view in counts) place.textContent = counts[place.dataset.view] === "0" ? "" : counts[place.dataset.view];
    }
    document.getElementById("news-count").textContent = String(changed);
    document.getElementById("news").hidden = changed === 0;
  }

  // --- the help sheet ------------------------------------------------------------------------------------------------------

  const help = document.getElementById("show-keys");
  help.hidden = false;
  help.addEventListener("click", () => document.getElementById("keys").showModal());
  document.addEventListener("keydown", onKey);
  document.addEventListener("change", showChosen);
  // A browser that comes back to the page ticks again what was chosen, once this script has run.
  addEventListener("pageshow", showChosen);
  keepPlace();
  setTimeout(askForNews, NEWS_EVERY);
})();
