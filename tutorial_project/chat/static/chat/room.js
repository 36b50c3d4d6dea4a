// The chat room in the browser: one WebSocket, a log, and a form.

const log = document.getElementById("chat-log");
const input = document.getElementById("chat-message-input");
const submit = document.getElementById("chat-message-submit");
const state = document.getElementById("chat-state");

const MOST_MESSAGES = 500; // older ones leave the page
const LONGEST_WAIT = 15; // seconds between two tries
const STABLE = 5000; // a connection that held for so many milliseconds was a good one

// Found from the page's own address, so that it works below any path of a proxy.
// The room comes from that address too: there it is percent-encoded already, in any language.
function socketUrl() {
  const room = location.pathname.split("/").at(-2);
  const url = new URL(`../../ws/chat/${room}/`, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url;
}

// --- the log

let atEnd = true; // whether the reader looks at the newest message

function scrollToEnd() {
  log.scrollTop = log.scrollHeight;
}

log.addEventListener("scroll", () => {
  atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 24;
});

// A phone's keyboard or a turned screen must not hide the newest message.
new ResizeObserver(() => atEnd && scrollToEnd()).observe(log);

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text; // never innerHTML: what others write is text, not HTML
  return made;
}

function show(name, text, kind = "", at = new Date()) {
  const time = element("time", "when", at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  time.dateTime = at.toISOString();
  const message = element("div", `message ${kind}`.trim(), "");
  message.append(element("span", "name", name), " ", time, " ", element("span", "text", text));
  const follow = atEnd; // adding a message changes what "at the end" is
  log.append(message);
  while (log.childElementCount > MOST_MESSAGES) log.firstElementChild.remove();
  if (follow) scrollToEnd();
}

// From chapter 08 on a message has an `id` and says when it was sent (`at`), and who connects again is told the last ones
// again: here they are known.
const known = new Set();

function isNew(event) {
  if (event?.id === undefined) return true;
  const name = `${event.id} ${event.at}`;
  const first = !known.has(name);
  known.add(name);
  return first;
}

function momentOf(event) {
  const at = new Date(event?.at ?? Date.now());
  return isNaN(at) ? new Date() : at;
}

function receive(data) {
  let event;
  try {
    event = JSON.parse(data);
  } catch {
    show("This page", `The server sent something that is not JSON: ${data}`, "error");
    return;
  }
  if (event?.error) show("Server", event.error, "error");
  else if (isNew(event)) show(event?.username ?? "nobody", event?.message ?? data, "", momentOf(event));
}

// --- the connection

let socket;
let tries = 0; // since the last good connection

function setState(name, words = name) {
  state.dataset.state = name;
  state.textContent = words;
  submit.disabled = name !== "connected"; // the input stays usable: nothing typed is lost
}

function connect() {
  let opened = Infinity;
  setState("connecting");
  socket = new WebSocket(socketUrl());
  socket.addEventListener("open", () => {
    opened = Date.now();
    setState("connected");
  });
  socket.addEventListener("message", ({ data }) => receive(data));
  socket.addEventListener("close", () => {
    if (Date.now() - opened > STABLE) tries = 0;
    const longest = Math.min(2 ** tries, LONGEST_WAIT);
    const wait = longest * (1 - Math.random() / 4); // a little chance, so that not everyone comes back at once
    tries += 1;
    setState("disconnected", `disconnected, next try in ${longest} s`);
    setTimeout(connect, wait * 1000);
  });
}

// --- the form

input.form.addEventListener("submit", (event) => {
  event.preventDefault(); // the socket sends it, not the browser
  const message = input.value.trim();
  input.focus();
  if (!message || socket.readyState !== WebSocket.OPEN) return;
  socket.send(JSON.stringify({ message }));
  input.value = "";
  atEnd = true; // who writes wants to see it arrive
});

if (window === window.top) {
  input.focus(); // not in a frame: there it would take the focus from the notebook
} else {
  // Other pages refuse to stand in a frame: they open in a tab.
  for (const leading of document.querySelectorAll("a[href], form[action]")) leading.target = "_blank";
}

connect();
