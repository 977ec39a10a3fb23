// Passkeys: fetch the question that a form names, let the browser answer it, and send the answer with the form.
// Without this, or in a browser that knows no passkeys, these forms stay hidden and the password does.
const able = window.PublicKeyCredential?.parseRequestOptionsFromJSON && PublicKeyCredential.prototype.toJSON;
const answer = async (form) => {
  const asked = await fetch(form.dataset.question, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  const text = await asked.text();
  if (!asked.ok) return text;
  const credential = "make" in form.dataset
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(text)) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(text)) });
  form.elements.credential.value = JSON.stringify(credential);
  form.submit();
  return "";
};
for (const form of able ? document.querySelectorAll("form[data-question]") : []) {
  const says = form.querySelector("[role=alert]");
  form.hidden = false;
  document.querySelector("[data-unable]")?.remove();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    // The person stopped it, the authenticator has no such key, or the session is over.
    says.textContent = await answer(form).catch(() => form.dataset.failed);
    says.hidden = !says.textContent;
  });
}
