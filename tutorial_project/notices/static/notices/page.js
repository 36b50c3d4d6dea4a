// The notice board in the browser: down come events, up goes an ordinary POST.

const list = document.getElementById("notices");
const box = list.closest("[role=log]"); // what scrolls
const state = document.getElementById("state");
const form = document.getElementById("form");
const input = document.getElementById("text");
const error = document.getElementById("error");

const MOST_NOTICES = 200; // older ones leave the page
const TRY_AGAIN = 2000; // milliseconds

// --- what is on the board

let last = Number(list.lastElementChild?.dataset.id ?? 0); // the id of the newest notice that is shown

function show(notice) {
  if (notice.id <= last) return; // shown already
  last = notice.id;
  const item = document.createElement("li");
  item.dataset.id = notice.id;
  item.textContent = notice.text; // never innerHTML: what others write is text, not HTML
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 24;
  list.append(item);
  while (list.childElementCount > MOST_NOTICES) list.firstElementChild.remove();
  if (atEnd) box.scrollTop = box.scrollHeight;
}

// --- what comes down

function setState(name, words = name) {
  state.dataset.state = name;
  state.textContent = words;
}

function listen() {
  // Found from the page's own address, so that it works below any path of a proxy.
  const events = new EventSource(new URL(`../events/?after=${last}`, location.href));
  events.addEventListener("open", () => setState("connected"));
  events.addEventListener("message", ({ data }) => show(JSON.parse(data)));
  events.addEventListener("error", () => {
    setState("reconnecting", "disconnected, trying again");
    // When the connection ends, EventSource comes back by itself and says Last-Event-ID. It gives up after an answer
    // that is no stream of events, such as a proxy's 502 while the server restarts: then a new one begins.
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, TRY_AGAIN);
  });
}

// --- what goes up: events come down only

form.addEventListener("submit", async (event) => {
  event.preventDefault(); // the script sends it, and the page stays
  const text = input.value.trim();
  input.focus();
  if (!text) return;
  error.textContent = "";
  try {
    const answer = await fetch(new URL("../", location.href), { method: "POST", body: new URLSearchParams({ text }) });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    input.value = "";
  } catch (problem) {
    error.textContent = `Not put up: ${problem.message}. Try again.`; // what is typed stays
  }
});

box.scrollTop = box.scrollHeight;
if (window === window.top) input.focus(); // not in a frame: there it would take the focus from the notebook
listen();
