// Comfort for the page of an inquiry: drafts that are kept, who else is here, canned replies in place, Ctrl+Enter. It works without.
"use strict";

(() => {
  const page = document.getElementById("inquiry");
  if (!page) return;
  const { path, reference, person } = page.dataset;
  const DRAFT_AFTER = 2000;
  const PRESENCE_EVERY = 10_000;
  const LONGEST_WAIT = 1500;
  const MOST_BASES = 4;
  const UNKNOWN = "?";
  const SENT = { answer: { said: "answered", spoken: ".is-staff" }, note: { said: "noted", spoken: ".note" } };
  let hasTyped = false;

  // --- drafts: kept at the desk two seconds after the last key, on this device until the desk has said that it has them -----------
  // A page may be drawn before the draft that the page before it sent has arrived. So the copy here knows from which texts it
  // grew: where the desk shows one of those, the copy is newer; where it shows another one, both are work, and both stay.

  const nameOf = (kind) => `draft/${person}/${reference}/${kind}`;
  const isSame = (one, other) => one.trim() === other.trim();

  function keepHere(kind, copy) {
    try {
      if (copy === null) localStorage.removeItem(nameOf(kind));
      else localStorage.setItem(nameOf(kind), JSON.stringify(copy));
    } catch {
      // A browser that keeps nothing still has the draft at the desk.
    }
  }

  function keptHere(kind) {
    try {
      const copy = JSON.parse(localStorage.getItem(nameOf(kind)));
      return typeof copy?.text === "string" ? copy : null;
    } catch {
      return null;
    }
  }

  // The page after sending says so, and a later one shows it: the browser may not have come to this script before.
  function wasSent(kind, text) {
    const { said, spoken } = SENT[kind];
    if (new URLSearchParams(location.search).get("said") === said) return true;
    return [...document.querySelectorAll(`.line ${spoken} .body`)].some((body) => isSame(body.textContent, text));
  }

  // The desk's answer: the stamp of what it has now, and its text where that was written elsewhere and stays.
  async function askToKeep(form, text, known) {
    const body = new FormData();
    body.set("kind", form.dataset.kind);
    body.set("body", text);
    body.set("version", form.elements.version.value);
    body.set("known", known);
    const options = { method: "POST", headers: { "X-CSRF": desk.csrf }, credentials: "same-origin", keepalive: true, body };
    const answer = await fetch(`${path}/draft`, options);
    if (!answer.ok && answer.status !== 409) throw new Error(String(answer.status));
    return answer.json();
  }

  function watch(form) {
    const field = form.elements.body;
    const kind = form.dataset.kind;
    const state = form.querySelector("[data-draft-state]");
    if (!(field instanceof HTMLTextAreaElement)) return null;
    let based = [field.defaultValue];
    let known = form.dataset.stamp ?? UNKNOWN;
    let sending = Promise.resolve();
    let underWay = 0;
    let timer = 0;
    let isDirty = false;
    let isLetGo = false;

    function say(text) {
      if (!state) return;
      state.textContent = text;
      state.hidden = !text;
    }

    function keepCopy() {
      if (!isLetGo) keepHere(kind, { text: field.value, based, known });
    }

    async function send() {
      isDirty = false;
      underWay += 1;
      const sent = field.value;
      based = [...based, sent].slice(-MOST_BASES);
      keepCopy();
      try {
        const { stamp, other } = await askToKeep(form, sent, known);
        known = stamp;
        if (other === null) accept(sent);
        else await overrule(other);
      } catch {
        refuse(sent);
      }
      underWay -= 1;
    }

    // Of what was typed since, its own answer tells, here and below: this one may come after it.
    function refuse(sent) {
      if (field.value !== sent) return;
      isDirty = true;
      say(state?.dataset.here ?? "");
    }

    function accept(sent) {
      based = based.slice(based.indexOf(sent));
      if (field.value !== sent) return keepCopy();
      keepHere(kind, null);
      say(sent.trim() ? state?.dataset.kept ?? "" : "");
    }

    // What is typed here is kept now; the other text stands beside it, if it is not one this text grew from.
    function overrule(other) {
      if (isLetGo) return null;
      if (!based.some((text) => isSame(text, other))) aside.add(other);
      return send();
    }

    function keep() {
      clearTimeout(timer);
      if (isDirty && !isLetGo) sending = Promise.all([sending, send()]);
      return sending;
    }

    function change(text) {
      if (field.value !== text) field.value = text;
      isDirty = true;
      isLetGo = false;
      keepCopy();
      clearTimeout(timer);
      timer = setTimeout(keep, DRAFT_AFTER);
    }

    // What is on its way as a message is no draft any more, until somebody types on.
    function letGo() {
      clearTimeout(timer);
      isDirty = false;
      isLetGo = true;
    }

    function takeUp(copy) {
      const isNewer = copy.based.some((text) => isSame(text, field.value));
      if (isSame(copy.text, field.value) || !isNewer) {
        keepHere(kind, null);
        return aside.add(copy.text);
      }
      based = copy.based;
      change(copy.text);
      field.closest("details")?.setAttribute("open", "");
      void keep();
    }

    // What a form brought back is newer than the draft at the desk.
    function takeBack(copy) {
      if (copy) {
        ({ based, known } = copy);
        aside.add(copy.text);
      }
      change(field.value);
      void keep();
    }

    field.addEventListener("input", () => {
      hasTyped = true;
      change(field.value);
    });
    addEventListener("pagehide", keep);
    document.addEventListener("visibilitychange", () => document.hidden && keep());

    const aside = offerOther(form, change);
    const copy = keptHere(kind);
    if (copy?.isSent && wasSent(kind, copy.text)) keepHere(kind, null);
    else if ("cameBack" in form.dataset) takeBack(copy);
    else if (copy) takeUp(copy);
    return { kind, keep, letGo, isUnkept: () => isDirty || underWay > 0 };
  }

  // --- the other one of two texts: shown until its writer has said what becomes of it ----------------------------------------------

  function offerOther(form, change) {
    const kind = `${form.dataset.kind}/other`;
    const field = form.elements.body;
    const place = form.querySelector("[data-other]");
    let other = "";

    function show(text) {
      other = text;
      keepHere(kind, text ? { text } : null);
      place.querySelector(".body").textContent = text;
      place.hidden = !text;
      if (text) place.closest("details")?.setAttribute("open", "");
    }

    // Nothing is said twice: what stands in the field is no other text.
    function add(text) {
      if (![field.value, other].some((known) => known.includes(text.trim()))) show(`${other}\n\n${text}`.trim());
    }

    place.addEventListener("click", (event) => {
      const does = event.target.closest("button")?.dataset.does;
      if (!does) return;
      if (does === "take") change(`${field.value}\n\n${other}`.trim());
      show("");
      field.focus();
    });
    show(keptHere(kind)?.text ?? "");
    return { add };
  }

  // --- whatever leaves the page by a form waits for the drafts, so that the next page shows them; not for long -----------------------

  const passing = new WeakSet();

  const isSending = (form, button) => form.matches("[data-kind]") && (button?.name !== "step" || button.value === "send");

  function letGoOf(kind) {
    watched.find((each) => each.kind === kind)?.letGo();
    const copy = keptHere(kind);
    if (copy) keepHere(kind, { ...copy, isSent: true });
  }

  function sendNow(form, submitter) {
    desk.letGo(form);
    passing.add(form);
    form.requestSubmit(submitter);
  }

  async function keepFirst(event) {
    const { target: form, submitter } = event;
    if (event.defaultPrevented || passing.delete(form)) return;
    if (isSending(form, submitter)) letGoOf(form.dataset.kind);
    const unkept = watched.filter((each) => each.isUnkept());
    if (!unkept.length) return;
    event.preventDefault();
    const late = new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT));
    await Promise.race([Promise.all(unkept.map((each) => each.keep())), late]);
    sendNow(form, submitter);
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
    const { currentTarget: form, submitter: button } = event;
    if (button?.value !== "insert" || passing.has(form)) return;
    event.preventDefault();
    desk.letGo(form);
    const choice = document.getElementById("reply");
    const field = document.getElementById("body");
    const away = document.getElementById("reply-away");
    away.hidden = true;
    if (!choice.value) return choice.focus();
    const answer = await desk.ask(`${path}/reply/${encodeURIComponent(choice.value)}`).catch(() => null);
    if (!answer) {
      away.hidden = false;
      return;
    }
    // The form asks for it as well, and says what is the matter: whoever was signed out can sign in there.
    if (!answer.ok) return sendNow(form, button);
    const text = await answer.text();
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    choice.value = "";
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // --- back to the list one came from ----------------------------------------------------------------------------------------------

  function leadBack(link) {
    try {
      const list = sessionStorage.getItem("list");
      if (list) link.search = list;
    } catch {
      // A browser that keeps nothing leads back to the beginning.
    }
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

  const watched = [...document.querySelectorAll("form[data-kind]")].map(watch).filter(Boolean);
  document.querySelector("form[data-kind=answer]")?.addEventListener("submit", insertReply);
  document.addEventListener("submit", keepFirst);
  document.addEventListener("keydown", onEnter);
  document.querySelectorAll("[data-copy]").forEach(offerCopy);
  document.querySelectorAll(".trail a").forEach(leadBack);
  // After the browser went to the fragment of the address, which takes the focus away.
  addEventListener("load", () => document.querySelector("#summary, #preview")?.focus());
  void attend();
  setInterval(attend, PRESENCE_EVERY);
})();
