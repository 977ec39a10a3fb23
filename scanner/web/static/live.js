// Ask again for what is marked live, until it says that it has come to rest. Without this, the link beside
// it does the same by hand.
const again = async () => {
  const place = document.querySelector("[data-live]");
  if (!place) return;
  try {
    const answer = await fetch(place.dataset.live, { credentials: "same-origin" });
    if (answer.ok && !answer.redirected) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-progress]");
      if (fresh) place.replaceChildren(fresh);
    }
  } catch { /* the next turn asks again */ }
  if (place.querySelector("[data-busy]")) setTimeout(again, 2000);
};
if (document.querySelector("[data-live] [data-busy]")) setTimeout(again, 1500);

// In a list of cards j goes on, k goes back and x ticks: only while something in the list has the focus, so
// that no key surprises whoever types or dictates elsewhere. Without this, Tab and Space do the same.
const list = document.querySelector("[data-list]");
if (list) {
  document.querySelector("[data-keys]").hidden = false;
  list.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const cards = [...list.querySelectorAll("article")];
    const here = cards.findIndex((card) => card.contains(document.activeElement));
    const step = { j: 1, k: -1 }[event.key];
    if (step) cards[here + step]?.querySelector("a").focus();
    if (event.key === "x") cards[here]?.querySelector("input[type=checkbox]")?.click();
  });
}
