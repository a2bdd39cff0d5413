// Passkeys: made on the page of one's own account, and shown in the place of a password.
// A form without this works as ever: the button that needs it stays hidden.
const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
const withBytes = (keys) => (keys ?? []).map((key) => ({ ...key, id: toBytes(key.id) }));

// What the server asks of the browser; what stands in the form goes along.
async function ask(address, form) {
  const body = new URLSearchParams(new FormData(form));
  const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.problems.map((problem) => problem.words).join(" "));
  return found;
}

async function show(form, address) {
  const { waiting, options } = await ask(address, form);
  const publicKey = {
    ...options,
    challenge: toBytes(options.challenge),
    allowCredentials: withBytes(options.allowCredentials),
  };
  const { id, rawId, type, response } = await navigator.credentials.get({ publicKey });
  form.elements.challenge.value = waiting;
  form.elements.passkey.value = JSON.stringify({
    id,
    type,
    rawId: toText(rawId),
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      authenticatorData: toText(response.authenticatorData),
      signature: toText(response.signature),
    },
  });
}

async function make(form, address) {
  const { waiting, options } = await ask(address, form);
  const publicKey = {
    ...options,
    challenge: toBytes(options.challenge),
    user: { ...options.user, id: toBytes(options.user.id) },
    excludeCredentials: withBytes(options.excludeCredentials),
  };
  const { id, rawId, type, response } = await navigator.credentials.create({ publicKey });
  form.elements.waiting.value = waiting;
  form.elements.answer.value = JSON.stringify({
    id,
    type,
    rawId: toText(rawId),
    response: {
      clientDataJSON: toText(response.clientDataJSON),
      attestationObject: toText(response.attestationObject),
    },
  });
}

// The server's own words where it has refused; where the device did, those that the page has.
function tell(place, error, words) {
  const output = place.querySelector("output");
  output.hidden = false;
  output.textContent = error instanceof DOMException ? words : error.message;
}

if (window.PublicKeyCredential) {
  for (const button of document.querySelectorAll("[data-show-passkey]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await show(button.form, button.dataset.showPasskey);
        button.form.requestSubmit();
      } catch (error) {
        tell(button.parentElement, error, button.dataset.failed);
      }
    });
  }
  for (const form of document.querySelectorAll("[data-new-passkey]")) {
    form.addEventListener("submit", async (event) => {
      if (form.elements.answer.value) return;
      event.preventDefault();
      try {
        await make(form, form.dataset.newPasskey);
        form.requestSubmit();
      } catch (error) {
        tell(form, error, form.dataset.failed);
      }
    });
  }
}
