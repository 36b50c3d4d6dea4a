// The tasks' page in the browser: one WebSocket, a form, and a bar for each task.

const state = document.getElementById("tasks-state");
const form = document.getElementById("tasks-form");
const note = document.getElementById("tasks-note");
const list = document.getElementById("tasks-list");
const news = document.getElementById("tasks-news");
const item = document.getElementById("tasks-item");

const KINDS = { count: "Count the words", export: "Export as text" };
const WORDS = {
  waiting: "waiting for a worker",
  running: "running",
  done: "done",
  failed: "failed",
  lost: "lost: its worker is gone",
  expired: "expired: no worker took it in time",
};
const MOST_TASKS = 20; // older ones leave the page
const LONGEST_WAIT = 15; // seconds between two tries
const STABLE = 5000; // a connection that held for so many milliseconds was a good one
const GRACE = 250; // milliseconds that news may be late

// --- the list

const deadlines = new Map(); // of each task, the timer until which there must be news of it

function wordsOf(task) {
  const words = WORDS[task.state] ?? task.state;
  if (task.state === "waiting" && task.durable) return "waiting, kept until a worker comes";
  if (task.state === "running" && task.steps) return `${words}: ${task.step} of ${task.steps}`;
  return words;
}

function titleOf(task) {
  return KINDS[task.kind] ?? task.kind;
}

function entryOf(task) {
  const known = list.querySelector(`[data-id="${Number(task.id)}"]`);
  if (known) return known;
  const made = item.content.firstElementChild.cloneNode(true);
  made.dataset.id = task.id;
  // textContent, never innerHTML: what others write is text, not HTML.
  made.querySelector(".task-kind").textContent = titleOf(task);
  made.querySelector(".task-room").textContent = task.title;
  made.querySelector(".task-number").textContent = `#${task.id}`;
  made.querySelector("progress").setAttribute("aria-label", `${titleOf(task)}, ${task.title}, number ${task.id}`);
  made.querySelector(".task-result").href = `${Number(task.id)}/result/`;
  made.querySelector(".task-again").addEventListener("click", () => start(task.kind, task.room, task.durable));
  const after = [...list.children].find((entry) => Number(entry.dataset.id) < task.id);
  list.insertBefore(made, after ?? null); // the newest stands first
  while (list.childElementCount > MOST_TASKS) list.lastElementChild.remove();
  return made;
}

function show(task) {
  const entry = entryOf(task);
  const before = entry.dataset.state;
  entry.dataset.state = task.state;
  entry.querySelector(".task-state").textContent = wordsOf(task);
  const bar = entry.querySelector("progress");
  bar.max = task.steps || 1;
  bar.value = task.state === "done" ? bar.max : task.step;
  entry.querySelector(".task-result").hidden = task.state !== "done";
  entry.querySelector(".task-again").hidden = !["failed", "lost", "expired"].includes(task.state);
  // A screen reader is told of each state once, not of each step.
  if (before && before !== task.state) news.textContent = `${titleOf(task)}, ${task.title}: ${WORDS[task.state] ?? task.state}`;
  expectNews(task);
}

// News can be lost on the way: when none has come in time, the page asks.
function expectNews(task) {
  clearTimeout(deadlines.get(task.id));
  deadlines.delete(task.id);
  if (typeof task.within === "number") deadlines.set(task.id, setTimeout(ask, task.within * 1000 + GRACE));
}

function showAll(tasks) {
  const ids = new Set(tasks.map((task) => String(task.id)));
  for (const entry of [...list.children]) {
    // What the server rendered is replaced by entries of ours, which have buttons.
    if (!entry.querySelector(".task-again") || !ids.has(entry.dataset.id)) entry.remove();
  }
  for (const task of tasks) show(task);
}

// --- the connection

let socket;
let tries = 0; // since the last good connection

function setState(name, words = name) {
  state.dataset.state = name;
  state.textContent = words;
}

function send(command) {
  if (socket.readyState !== WebSocket.OPEN) return false;
  socket.send(JSON.stringify(command));
  return true;
}

function ask() {
  send({ command: "tasks" });
}

function start(kind, room, durable) {
  note.textContent = "";
  return send({ command: "start", kind, room, durable });
}

function receive(data) {
  const told = JSON.parse(data);
  if (told.error) note.textContent = told.detail ?? told.error;
  if (told.tasks) showAll(told.tasks);
  if (told.task) show(told.task);
}

// Found from the page's own address, so that it works below any path of a proxy.
function socketUrl() {
  const url = new URL("../ws/tasks/", location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url;
}

function connect() {
  let opened = Infinity;
  setState("connecting");
  socket = new WebSocket(socketUrl());
  socket.addEventListener("open", () => {
    opened = Date.now();
    setState("connected");
    ask(); // what was missed meanwhile is in the answer
  });
  socket.addEventListener("message", ({ data }) => receive(data));
  socket.addEventListener("close", ({ code }) => {
    if (code === 4001) {
      setState("disconnected", "logged out");
      return; // trying again would not help
    }
    if (Date.now() - opened > STABLE) tries = 0;
    const longest = Math.min(2 ** tries, LONGEST_WAIT);
    const wait = longest * (1 - Math.random() / 4); // a little chance, so that not everyone comes back at once
    tries += 1;
    setState("disconnected", `disconnected, next try in ${longest} s`);
    setTimeout(connect, wait * 1000);
  });
}

// --- the form

// While the socket is open, it starts the task; else the browser sends the form, as it would without JavaScript.
form?.addEventListener("submit", (event) => {
  const { kind, room, durable } = Object.fromEntries(new FormData(form));
  if (start(kind, room, Boolean(durable))) event.preventDefault();
});

if (window !== window.top) {
  // Other pages refuse to stand in a frame: they open in a tab.
  for (const leading of document.querySelectorAll("a[href]")) leading.target = "_blank";
}

if (form) {
  connect();
}
