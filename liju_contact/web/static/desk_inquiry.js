// Comfort for the page of an inquiry: drafts that are kept, who else is here, canned replies in place, Ctrl+Enter. It works without.
"use strict";

(() => {
  const page = document.getElementById("inquiry");
  if (!page) return;
  const { path, reference, person } = page.dataset;
  const DRAFT_AFTER = 2000;
  const PRESENCE_EVERY = 10_000;
  let hasTyped = false;

  // --- drafts: kept at the desk two seconds after the last key; on this device only while the desk cannot be reached ---------------

  const nameOf = (kind) => `draft/${person}/${reference}/${kind}`;

  function keepHere(kind, text) {
    try {
      if (text === null) localStorage.removeItem(nameOf(kind));
      else localStorage.setItem(nameOf(kind), text);
    } catch {
      // A browser that keeps nothing still has the draft at the desk.
    }
  }

  function keptHere(kind) {
    try {
      return localStorage.getItem(nameOf(kind));
    } catch {
      return null;
    }
  }

  function draftOf(form) {
    const body = new FormData();
    body.set("kind", form.dataset.kind);
    body.set("body", form.elements.body.value);
    body.set("version", form.elements.version.value);
    return body;
  }

  function watch(form) {
    const field = form.elements.body;
    const kind = form.dataset.kind;
    const state = form.querySelector("[data-draft-state]");
    if (!(field instanceof HTMLTextAreaElement)) return;
    let timer = 0;
    let isDirty = false;

    function say(text) {
      if (!state) return;
      state.textContent = text;
      state.hidden = !text;
    }

    async function keep() {
      clearTimeout(timer);
      if (!isDirty) return;
      isDirty = false;
      const sent = field.value;
      try {
        const answer = await fetch(`${path}/draft`, {
          method: "POST",
          headers: { "X-CSRF": desk.csrf },
          credentials: "same-origin",
          keepalive: true,
          body: draftOf(form),
        });
        if (!answer.ok) throw new Error(String(answer.status));
        if (field.value === sent) keepHere(kind, null);
        say(sent.trim() ? state?.dataset.kept ?? "" : "");
      } catch {
        isDirty = true;
        say(state?.dataset.here ?? "");
      }
    }

    field.addEventListener("input", () => {
      hasTyped = isDirty = true;
      keepHere(kind, field.value);
      clearTimeout(timer);
      timer = setTimeout(keep, DRAFT_AFTER);
    });
    // What is on its way as a message is no draft any more.
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      isDirty = false;
    });
    addEventListener("pagehide", keep);
    document.addEventListener("visibilitychange", () => document.hidden && keep());

    const here = keptHere(kind);
    const wasSent = { answer: "answered", note: "noted" }[kind] === new URLSearchParams(location.search).get("said");
    if (wasSent) keepHere(kind, null);
    else if (here?.trim() && here !== field.value && !field.value.trim()) {
      field.value = here;
      field.closest("details")?.setAttribute("open", "");
      isDirty = true;
      void keep();
    }
  }

  // --- Ctrl+Enter sends, with Shift it shows the letter first ----------------------------------------------------------------------

  function onEnter(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    const form = event.target.closest?.("form[data-kind]") ?? document.querySelector("form[data-kind]:has(#preview)");
    if (!form) return;
    event.preventDefault();
    const step = event.shiftKey ? "preview" : "send";
    form.requestSubmit(form.querySelector(`button[name=step][value=${step}]`) ?? form.querySelector("button.button"));
  }

  // --- a canned reply goes to where the writer is, without a reload ----------------------------------------------------------------

  async function insertReply(event) {
    const button = event.submitter;
    if (button?.value !== "insert") return;
    event.preventDefault();
    event.currentTarget.removeAttribute("data-sending");
    const choice = document.getElementById("reply");
    const field = document.getElementById("body");
    if (!choice.value) return choice.focus();
    const answer = await desk.ask(`${path}/reply/${encodeURIComponent(choice.value)}`);
    if (!answer.ok) return;
    const text = await answer.text();
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    choice.value = "";
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // --- who else is here, and whether something happened ----------------------------------------------------------------------------

  async function attend() {
    if (document.hidden) return;
    const body = new FormData();
    body.set("typed", hasTyped ? "1" : "0");
    hasTyped = false;
    try {
      const answer = await desk.ask(`${path}/presence`, body);
      if (!answer.ok) return;
      const around = await answer.json();
      showNearby(around.nearby);
      const isOld = around.version !== Number(page.dataset.version) || around.newest !== Number(page.dataset.newest);
      document.getElementById("moved-on").hidden = !isOld;
    } catch {
      // The desk is out of reach for a moment; the next sign of life comes by itself.
    }
  }

  function showNearby(sentences) {
    const place = document.getElementById("nearby");
    const spans = sentences.map((sentence) => Object.assign(document.createElement("span"), { textContent: sentence }));
    if (place.textContent !== sentences.join("")) place.replaceChildren(...spans);
  }

  // --- the status link ---------------------------------------------------------------------------------------------------------------

  function offerCopy(button) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
      button.textContent = button.dataset.done;
    });
  }

  const forms = [...document.querySelectorAll("form[data-kind]")];
  forms.forEach(watch);
  document.querySelector("form[data-kind=answer]")?.addEventListener("submit", insertReply);
  document.addEventListener("keydown", onEnter);
  document.querySelectorAll("[data-copy]").forEach(offerCopy);
  // After the browser went to the fragment of the address, which takes the focus away.
  addEventListener("load", () => document.querySelector("#summary, #preview")?.focus());
  void attend();
  setInterval(attend, PRESENCE_EVERY);
})();
