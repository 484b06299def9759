// Comfort for the public pages; every one of them works without it.
//
// A draft kept in this browser only, a progress bar while files travel, a warning before too much is sent, one sending per
// press, and times on the reader's own clock. The pages hold every sentence, hidden until it is needed: nothing here speaks.
"use strict";

(() => {
  const DRAFT = "liju-draft";
  const DRAFT_DAYS = 14;
  const DAY = 86_400_000;
  const byId = (id) => document.getElementById(id);

  // --- the draft: what was typed, never files and never the token -----------------------------------------------------------

  function readDraft() {
    try {
      const draft = JSON.parse(localStorage.getItem(DRAFT));
      return draft && Date.now() - draft.at < DRAFT_DAYS * DAY ? draft : null;
    } catch {
      return null; // storage is switched off, or holds something that is not ours
    }
  }

  function writeDraft(draft) {
    try {
      if (draft) localStorage.setItem(DRAFT, JSON.stringify({ ...draft, at: Date.now() }));
      else localStorage.removeItem(DRAFT);
    } catch {
      // Without storage there is no draft, and everything else still works.
    }
  }

  function draftFields(form) {
    return [...form.elements].filter((field) => field.name && !["hidden", "file", "submit"].includes(field.type) && field.name !== "kept_file");
  }

  function isTyped(field) {
    return field.value !== "" && (field.type === "textarea" || (field instanceof HTMLInputElement && !["radio", "checkbox"].includes(field.type)));
  }

  function keepDraft(form) {
    const fields = draftFields(form);
    const values = {};
    for (const field of fields) {
      if (["radio", "checkbox"].includes(field.type) ? field.checked : field.value) values[field.name] = field.value;
    }
    writeDraft(fields.some(isTyped) ? { values } : null);
  }

  // What the page brought already (a product line chosen by a link) is worth more than the draft.
  function restoreDraft(form) {
    const draft = readDraft();
    if (!draft || draftFields(form).some(isTyped)) return;
    for (const field of draftFields(form)) {
      const value = draft.values[field.name];
      if (value === undefined) continue;
      if (field.type === "radio") field.checked ||= field.value === value && !form.querySelector(`[name="${field.name}"]:checked`);
      else if (field.type === "checkbox") field.checked = true;
      else field.value = value;
    }
    byId("draft").hidden = false;
  }

  function startDraft(form) {
    if ("fresh" in form.dataset) restoreDraft(form);
    form.addEventListener("input", () => keepDraft(form));
    form.addEventListener("submit", () => writeDraft({ ...readDraft(), isSent: true }));
    byId("discard")?.addEventListener("click", () => {
      writeDraft(null);
      form.reset();
      byId("draft").hidden = true;
      form.querySelector("input:not([type=hidden])").focus();
    });
  }

  // --- files ----------------------------------------------------------------------------------------------------------------

  function showSize(bytes) {
    const [size, unit] = bytes >= 1e6 ? [bytes / 1e6, "MB"] : [bytes / 1e3, "kB"];
    return `${size.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} ${unit}`;
  }

  function isTooMuch(input) {
    const bytes = [...input.files].reduce((sum, file) => sum + file.size, 0);
    return bytes > Number(input.dataset.bytes) || input.files.length > Number(input.dataset.count);
  }

  function showChosen(input) {
    const lines = [...input.files].map((file) => {
      const line = document.createElement("li");
      const name = document.createElement("bdi");
      const size = document.createElement("span");
      name.textContent = file.name;
      size.className = "unit";
      size.textContent = ` ${showSize(file.size)}`;
      line.append(name, size);
      return line;
    });
    byId("files-chosen").replaceChildren(...lines);
    byId("files-chosen").hidden = lines.length === 0;
    byId("files-too-much").hidden = !isTooMuch(input);
  }

  // --- sending --------------------------------------------------------------------------------------------------------------

  function setSending(form, isSending) {
    form.toggleAttribute("data-sending", isSending);
    const button = form.querySelector("[type=submit]");
    button.dataset.text ??= button.textContent;
    button.textContent = isSending ? (button.dataset.busy ?? button.dataset.text) : button.dataset.text;
    if (isSending) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }

  function onSubmit(event) {
    const form = event.currentTarget;
    const files = form.querySelector("[type=file]");
    if (form.hasAttribute("data-sending")) {
      event.preventDefault();
    } else if (files && isTooMuch(files)) {
      event.preventDefault();
      files.focus();
    } else {
      if (files?.files.length) {
        event.preventDefault();
        sendWithProgress(form);
      }
      setSending(form, true);
    }
  }

  function sendWithProgress(form) {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.responseType = "document";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) byId("sent-part").value = (100 * event.loaded) / event.total;
    });
    request.addEventListener("load", () => (request.status < 400 ? goTo(request.responseURL) : showAnswer(form, request.response)));
    request.addEventListener("error", () => stayHere(form));
    byId("line-lost").hidden = true;
    byId("sending").hidden = false;
    request.send(new FormData(form));
  }

  // The address of an answer comes without the fragment that the redirect named.
  function goTo(address) {
    const next = new URL(address);
    if (byId("answer")) next.hash = "conversation";
    const isHere = next.pathname === location.pathname;
    if (isHere) {
      history.replaceState(null, "", next);
      location.reload();
    } else location.assign(next);
  }

  // The form came back: show that page in place of this one, as the browser would have done. A page without the form would
  // take away what was typed, so of that one only its sentence is shown.
  function showAnswer(form, page) {
    if (!page?.getElementById(form.id)) return stayHere(form, page?.querySelector("main .lead")?.textContent);
    document.title = page.title;
    page.getElementById("summary")?.removeAttribute("autofocus"); // start() gives it the focus
    document.body.replaceWith(document.adoptNode(page.body));
    scrollTo(0, 0);
    start();
  }

  function stayHere(form, sentence) {
    const note = byId("line-lost");
    note.dataset.text ??= note.textContent;
    note.textContent = sentence ?? note.dataset.text;
    note.hidden = false;
    byId("sending").hidden = true;
    setSending(form, false);
  }

  // --- times ----------------------------------------------------------------------------------------------------------------

  // What the server wrote is our office's clock; a reader elsewhere sees the own one, and ours on pointing at it.
  function showOwnTime(element) {
    const at = new Date(element.dateTime);
    const offset = -at.getTimezoneOffset();
    const hours = String(Math.floor(Math.abs(offset) / 60)).padStart(2, "0");
    const minutes = Math.abs(offset) % 60 ? `:${String(Math.abs(offset) % 60).padStart(2, "0")}` : "";
    const zone = `UTC${offset < 0 ? "-" : "+"}${hours}${minutes}`;
    if (element.textContent.replace(/[^\d+UTC:-]/g, "").endsWith(zone)) return;
    const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
    const day = at.toLocaleDateString(language, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
    const time = at.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    element.title = element.textContent;
    element.textContent = `${day}, ${time} (${zone})`;
  }

  // --- start ----------------------------------------------------------------------------------------------------------------

  function start() {
    const inquiry = byId("inquiry");
    if (inquiry) startDraft(inquiry);
    if (document.body.classList.contains("status") && readDraft()?.isSent) writeDraft(null);
    for (const form of document.forms) form.addEventListener("submit", onSubmit);
    for (const input of document.querySelectorAll("[type=file]")) input.addEventListener("change", () => showChosen(input));
    document.querySelectorAll("time").forEach(showOwnTime);
    byId("summary")?.focus();
  }

  // A page that the browser kept while the reader went on is ready to send again.
  addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.forms) setSending(form, false);
  });
  start();
})();
