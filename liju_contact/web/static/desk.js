// Comfort for the staff desk; every page of it works without. What a page needs beyond this is in a script of its own.
"use strict";

const desk = (() => {
  const csrf = document.querySelector("meta[name=csrf]")?.content ?? "";

  // Ask the desk something in the background. A session that has ended is no error: the page still holds what was typed.
  function ask(address, body) {
    const options = { headers: { "X-CSRF": csrf }, credentials: "same-origin" };
    return fetch(address, body === undefined ? options : { ...options, method: "POST", body });
  }

  // A box that is ticked takes no letter, so the keys stay alive after a click on one.
  function isTyping(event) {
    const field = event.target;
    if (!(field instanceof HTMLElement) || field.type === "checkbox") return false;
    return field.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(field.tagName);
  }

  // --- one key for each frequent act: an element says its key in aria-keyshortcuts ----------------------------------------------

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && isTyping(event)) return event.target.blur();
    if (isTyping(event)) return;
    const target = [...document.querySelectorAll("[aria-keyshortcuts]")].find(
      (element) => element.getAttribute("aria-keyshortcuts") === event.key && element.checkVisibility(),
    );
    if (!target) return;
    event.preventDefault();
    // What a summary opens is reached from there by the next Tab.
    if (/^(INPUT|TEXTAREA|SELECT|SUMMARY)$/.test(target.tagName)) target.focus();
    if (!/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) target.click();
  }

  // --- times on the reader's own clock ------------------------------------------------------------------------------------------

  const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;

  function showOwnTime(element) {
    const at = new Date(element.dateTime);
    element.title ||= element.textContent;
    element.textContent = at.toLocaleString(language, element.matches(".brief") ? briefParts(at) : { ...dayParts(at), ...HOUR });
  }

  const HOUR = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const isOfThisYear = (at) => at.getFullYear() === new Date().getFullYear();

  function dayParts(at) {
    return { weekday: "short", day: "numeric", month: "short", ...(isOfThisYear(at) ? {} : { year: "numeric" }) };
  }

  // What a narrow column has room for, as the desk writes it: the hour today, else the day.
  function briefParts(at) {
    if (at.toDateString() === new Date().toDateString()) return HOUR;
    if (isOfThisYear(at)) return { day: "numeric", month: "short" };
    return { day: "numeric", month: language === "en-GB" ? "short" : "numeric", year: "numeric" };
  }

  // --- one sending per click, until another page comes or the reader has stopped waiting for it -----------------------------------

  function onSubmit(event) {
    const { currentTarget: form, submitter } = event;
    if (form.hasAttribute("data-sending")) return event.preventDefault();
    form.setAttribute("data-sending", "");
    if (!submitter?.dataset.busy) return;
    submitter.dataset.text ??= submitter.textContent;
    submitter.textContent = submitter.dataset.busy;
    submitter.setAttribute("aria-disabled", "true");
  }

  function letGo(form) {
    form.removeAttribute("data-sending");
    for (const button of form.querySelectorAll("[data-busy][aria-disabled]")) {
      button.textContent = button.dataset.text;
      button.removeAttribute("aria-disabled");
    }
  }

  const letAllGo = () => document.querySelectorAll("[data-sending]").forEach(letGo);

  document.addEventListener("keydown", onKey);
  for (const form of document.forms) if (form.method === "post") form.addEventListener("submit", onSubmit);
  addEventListener("pageshow", letAllGo);
  globalThis.navigation?.addEventListener("navigateerror", letAllGo);
  document.getElementById("summary")?.focus();
  document.querySelectorAll("time").forEach(showOwnTime);
  return { ask, csrf, isTyping, letGo, showOwnTime };
})();
