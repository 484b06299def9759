// A second of arithmetic for a form, begun when somebody starts to fill it in; the page asks for it only on loud days.
//
// It looks for the number whose SHA-256, behind the salt, is the challenge (altcha, version 1). Where a browser offers no
// hashing (a page without HTTPS), and until the number is found, the form is sent without, and that is fine as well.
"use strict";

(() => {
  const BATCH = 500;
  const field = document.querySelector("input[data-challenge]");
  const form = field?.form;
  if (!form || !field.dataset.challenge || field.value || !globalThis.crypto?.subtle) return;
  const { algorithm, challenge, maxNumber, salt, signature } = JSON.parse(field.dataset.challenge);
  const encoder = new TextEncoder();
  const wanted = challenge.match(/../g).map((digits) => parseInt(digits, 16));

  async function fits(number) {
    const digest = new Uint8Array(await crypto.subtle.digest(algorithm, encoder.encode(salt + number)));
    return wanted.every((byte, place) => digest[place] === byte);
  }

  async function solve() {
    for (let first = 0; first <= maxNumber; first += BATCH) {
      const numbers = Array.from({ length: BATCH }, (_, place) => first + place);
      const found = (await Promise.all(numbers.map(fits))).indexOf(true);
      if (found >= 0) {
        field.value = btoa(JSON.stringify({ algorithm, challenge, number: first + found, salt, signature }));
        return;
      }
      await new Promise((go) => setTimeout(go)); // the page stays quick to whoever types
    }
  }

  form.addEventListener("input", solve, { once: true });
})();
