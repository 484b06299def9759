// Has the browser make or use a passkey, and sends its answer as a field of the form. Without passkeys the form stays hidden.
"use strict";

(() => {
  const canAsk = globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON && navigator.credentials;

  async function ask(form) {
    const answer = await fetch(form.dataset.options);
    if (!answer.ok) throw new Error(String(answer.status));
    const options = await answer.json();
    const credential =
      form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    return JSON.stringify(credential);
  }

  async function onSubmit(event) {
    const form = event.currentTarget;
    event.preventDefault();
    if (form.hasAttribute("data-asking")) return;
    form.setAttribute("data-asking", "");
    form.querySelector("[data-failed]").hidden = true;
    try {
      form.elements.credential.value = await ask(form);
      form.submit();
    } catch {
      form.querySelector("[data-failed]").hidden = false;
    } finally {
      form.removeAttribute("data-asking");
      form.removeAttribute("data-sending");
    }
  }

  if (!canAsk) return;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", onSubmit);
    form.hidden = false;
  }
  document.querySelectorAll("[data-without-passkeys]").forEach((element) => (element.hidden = true));
})();
