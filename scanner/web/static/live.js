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
