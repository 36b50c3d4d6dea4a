// A room in the browser: it joins, goes on after the last message that came, and sends each message once.

import { Log } from "./log.js";
import { stayConnected } from "./connection.js";

const main = document.querySelector("main");
const room = main.dataset.room;
const me = main.dataset.username;
const form = document.getElementById("form");
const input = document.getElementById("message");
const problem = document.getElementById("problem");
const people = document.getElementById("people");
const box = document.getElementById("log");
const log = new Log(box, document.getElementById("newest"), me);

const [MESSAGE, WARNING, DANGER, MUTED, ENTER, LEAVE] = [0, 1, 2, 3, 4, 5];
const NEWEST = 50; // so many messages follow at first
const READ_PAUSE = 1000; // milliseconds between two words that we have read

let joined = false;

// --- the history: nothing lost, nothing twice

// All messages up to this id have come: from here we go on after a lost connection.
let complete = null;
let newest = 0; // the highest id that has come
let until = 0; // what was the last message when we joined
let behind = true; // whether messages are on their way that are older than our joining

// A message may come live before an older one that the server still sends us: only when all of these are here,
// the newest is where we go on from.
function count(id) {
  newest = Math.max(newest, id);
  if (newest >= until && (id === until || complete >= until)) complete = newest;
  else if (id <= until) complete = Math.max(complete ?? 0, id);
}

// A room that one enters begins with the newest messages. There may be older ones: when asked for, as many as the
// server gives at once.
const older = document.getElementById("older");
let entered; // what was the last message when we came
let following = 0; // how many of the messages up to there have come
let askedForOlder = false;

older.addEventListener("click", () => {
  askedForOlder = connection.send({ command: "join", room, after: 0 });
  older.hidden = askedForOlder;
  box.focus();
});

// From here on what comes is news: it is read out. And what is still in the outbox has not been stored.
function caughtUp() {
  box.setAttribute("aria-live", "polite");
  if (!behind) return;
  behind = false;
  for (const [key, text] of outbox) transmit(key, text);
}

// --- what comes down

const commands = {
  join({ title, last, people: names, missed }) {
    joined = true;
    entered ??= last ?? 0;
    behind = true;
    until = last ?? 0;
    if (title) document.getElementById("title").textContent = title;
    present = new Set(names ?? []);
    showPeople();
    if (missed && askedForOlder) log.noteAbove(`${missed} older messages are not shown.`);
    else if (missed) log.note(`${missed} older messages are left out here.`);
    if (until <= (complete ?? 0) || !until) {
      complete = Math.max(complete ?? 0, newest);
      caughtUp();
    }
  },

  leave() {
    joined = false;
  },

  read() {},
};

function receive(event) {
  if (event.error) return refuse(event);
  for (const name in commands) if (name in event && String(event[name]) === room) return commands[name](event);
  if (String(event.room) !== room) return;
  const { msg_type: kind, username, message } = event;
  if (kind === MESSAGE) {
    if (username === me) outbox.delete(event.key);
    const old = event.id <= entered;
    log.add(event, old);
    count(event.id);
    following += old;
    if (following === NEWEST && !askedForOlder) older.hidden = false;
    if (event.id >= until) caughtUp();
    sayRead();
  } else if (kind === ENTER || kind === LEAVE) {
    if (kind === ENTER) present.add(username);
    else present.delete(username);
    showPeople();
    if (username !== me) log.note(`${username} ${kind === ENTER ? "came" : "went"}`);
  } else if (kind === WARNING || kind === DANGER || kind === MUTED) {
    log.note(message, kind === MUTED ? "note" : "note warning");
  }
}

function refuse({ error, detail, room: where, key }) {
  if (where !== undefined && String(where) !== room) return;
  const why = detail || error;
  if (key !== undefined && outbox.has(key)) {
    log.fail(key, why, () => transmit(key, outbox.get(key)));
    if (error !== "ROOM_ACCESS_DENIED") return;
  }
  if (error === "ROOM_ACCESS_DENIED" || error === "ROOM_INVALID") {
    for (const each of form.elements) each.disabled = true;
    present.clear();
    showPeople();
    connection.stop(why);
  } else if (error !== "USER_HAS_TO_LOGIN") {
    problem.textContent = why; // who has to log in is told when the connection closes
  }
}

// --- who is here

let present = new Set();

function showPeople() {
  const names = [...present].sort((a, b) => (b === me) - (a === me) || a.localeCompare(b));
  people.replaceChildren(
    ...names.map((name) => {
      const item = document.createElement("li");
      const said = document.createElement("bdi"); // a name may run from right to left
      said.textContent = name;
      item.append(said, name === me ? " (you)" : "");
      return item;
    }),
  );
  document.getElementById("people-count").textContent = names.length;
}

// --- what has been read: seen at the end of the log, in a page that is looked at

let read = 0;
let readTimer;

function sayRead() {
  readTimer ??= setTimeout(() => {
    readTimer = undefined;
    if (!joined || document.hidden || !log.atEnd || newest <= read) return;
    if (connection.send({ command: "read", room, id: newest })) read = newest;
  }, READ_PAUSE);
}

document.addEventListener("visibilitychange", sayRead);
box.addEventListener("scroll", sayRead);

// --- what goes up: each message has a key, so that sending it again stores nothing twice

const outbox = new Map(); // key → text, until it comes back

function newKey() {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((number) => number.toString(36)).join("-");
}

// Without a connection it waits, and goes when we have joined again.
function transmit(key, message) {
  const sent = joined && !behind && connection.send({ command: "send", room, message, key });
  log.tell(key, sent ? "Sending" : "Waiting for the connection");
}

// Until here the browser itself would send the form, load the page anew, and lose what was written.
document.getElementById("send").disabled = false;
form.addEventListener("submit", (event) => {
  event.preventDefault(); // the socket sends it, not the browser
  const text = input.value.trim();
  input.focus();
  if (!text) return;
  problem.textContent = "";
  const key = newKey();
  outbox.set(key, text);
  log.pend(key, text);
  transmit(key, text);
  input.value = "";
});

input.addEventListener("keydown", (event) => {
  // While a syllable of Korean is being put together, Enter ends that, and sends nothing.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

// --- the connection

const connection = stayConnected(document.getElementById("connection"), "../../ws/rooms/", {
  opened: () => connection.send({ command: "join", room, after: complete }),
  received: receive,
  lost: () => {
    joined = false;
    for (const key of outbox.keys()) log.tell(key, "Waiting for the connection");
  },
});

// On a wide screen there is place for those who are here.
document.querySelector(".people-here").open = matchMedia("(min-width: 52rem)").matches;

if (window === window.top) input.focus(); // not in a frame: there it would take the focus from the notebook
