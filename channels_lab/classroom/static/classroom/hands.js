// The hands that are up, the oldest first.

const MINUTE = 60_000;
let known = new Set();

export function showHands(people, lower) {
  const raised = people.filter(({ since }) => since !== null).sort((a, b) => a.since - b.since);
  const focused = document.activeElement?.dataset?.seat;
  const list = document.getElementById("hands");
  list.replaceChildren(...raised.map((person) => item(person, lower)));
  if (focused) list.querySelector(`button[data-seat="${focused}"]`)?.focus();
  document.getElementById("hands-count").textContent = raised.length;
  document.getElementById("no-hands").hidden = raised.length > 0;
  say(raised);
}

function item({ seat, name, since, words }, lower) {
  const made = document.createElement("li");
  const who = document.createElement("bdi");
  who.className = "who";
  who.textContent = name;
  const waited = document.createElement("span");
  waited.className = "waited";
  waited.dataset.since = since;
  waited.textContent = told(since);
  made.append(who, waited);
  if (words) {
    const said = document.createElement("p");
    said.className = "words";
    said.dir = "auto";
    said.textContent = words;
    made.append(said);
  }
  if (lower) {
    const button = document.createElement("button");
    button.className = "quiet";
    button.dataset.seat = seat;
    button.textContent = "Done";
    button.setAttribute("aria-label", `Lower the hand of ${name}`);
    button.addEventListener("click", () => lower(seat));
    made.append(button);
  }
  return made;
}

function told(since) {
  const minutes = Math.floor((performance.now() - since) / MINUTE);
  return minutes ? `${minutes} min` : "now";
}

// Read out is who is new, not the whole list again.
function say(raised) {
  const names = raised.filter(({ seat }) => !known.has(seat)).map(({ name }) => name);
  if (names.length) document.getElementById("news").textContent = `Hand up: ${names.join(", ")}`;
  known = new Set(raised.map(({ seat }) => seat));
}

setInterval(() => {
  for (const place of document.querySelectorAll("#hands .waited")) place.textContent = told(Number(place.dataset.since));
}, 10_000);
