// A person's tasks: a form that starts one, and a bar for each that moves as its worker tells.

import { stayConnected } from "../multichat/connection.js";

const form = document.getElementById("task-form");
const note = document.getElementById("task-note");
const list = document.getElementById("tasks");
const none = document.getElementById("no-tasks");
const news = document.getElementById("task-news");
const pattern = document.getElementById("task-pattern");

const KINDS = Object.fromEntries([...form.elements.kind.options].map(({ value, text }) => [value, text]));
const WORDS = {
  waiting: "waiting for a worker",
  running: "running",
  done: "done",
  failed: "failed",
  lost: "lost: its worker is gone",
  expired: "expired: no worker took it in time",
};
const AGAIN = ["failed", "lost", "expired"];
const MOST_TASKS = 20; // older ones leave the page
const GRACE = 250; // milliseconds that news may be late

const tasks = new Map(); // as they were told last
const timers = new Map(); // of each task, until when there must be news of it

function kindOf(task) {
  return KINDS[task.kind] ?? task.kind;
}

function wordsOf({ state, step, steps, durable, within }) {
  if (state === "running" && steps) return `running: ${step} of ${steps}`;
  if (state === "waiting" && durable) return "waiting for a worker, kept until one comes";
  if (state === "waiting" && within) return `waiting for a worker, at most ${Math.ceil(within)} s`;
  return WORDS[state] ?? state;
}

function add(task) {
  const item = pattern.content.firstElementChild.cloneNode(true);
  item.dataset.task = task.id;
  item.querySelector(".task-number").textContent = `#${task.id}`;
  item.querySelector(".task-result").href = `${Number(task.id)}/result/`;
  const after = [...list.children].find(({ dataset }) => Number(dataset.task) < task.id);
  list.insertBefore(item, after ?? null); // the newest stands first
  return item;
}

function itemOf(id) {
  return [...list.children].find(({ dataset }) => dataset.task === String(id));
}

function show(task) {
  const item = itemOf(task.id) ?? add(task);
  const before = tasks.get(task.id)?.state;
  tasks.set(task.id, task);
  item.dataset.state = task.state;
  item.querySelector(".task-kind").textContent = kindOf(task);
  item.querySelector(".task-room").textContent = task.title; // never innerHTML: a title is text
  item.querySelector(".task-state").textContent = wordsOf(task);
  const bar = item.querySelector("progress");
  bar.max = task.steps || 1;
  bar.value = task.state === "done" ? bar.max : task.step;
  bar.setAttribute("aria-label", `${kindOf(task)}, ${task.title}, number ${task.id}`);
  item.querySelector(".task-result").hidden = task.state !== "done";
  item.querySelector(".task-again").hidden = !AGAIN.includes(task.state);
  if (before && before !== task.state) news.textContent = `${kindOf(task)}, ${task.title}: ${WORDS[task.state] ?? task.state}`;
  expectNews(task);
  tidy();
}

// News can be lost on the way: when none has come in time, the page asks.
function expectNews({ id, within }) {
  clearTimeout(timers.get(id));
  timers.delete(id);
  if (typeof within === "number") timers.set(id, setTimeout(ask, within * 1000 + GRACE));
}

function tidy() {
  while (list.childElementCount > MOST_TASKS) remove(list.lastElementChild);
  none.hidden = list.childElementCount > 0;
}

function remove(item) {
  const id = Number(item.dataset.task);
  clearTimeout(timers.get(id));
  timers.delete(id);
  tasks.delete(id);
  item.remove();
}

function showAll(told) {
  const ids = new Set(told.map(({ id }) => String(id)));
  for (const item of [...list.children]) if (!ids.has(item.dataset.task)) remove(item);
  for (const task of told) show(task);
  tidy();
}

function ask() {
  connection.send({ command: "tasks" });
}

function start(kind, room, durable) {
  note.textContent = "";
  return connection.send({ command: "start", kind, room, durable });
}

const connection = stayConnected(document.getElementById("connection"), "../ws/tasks/", {
  opened: ask, // what was missed meanwhile is in the answer
  received(told) {
    if (told.error) note.textContent = told.detail ?? told.error;
    if (told.tasks) showAll(told.tasks);
    if (told.task) show(told.task);
  },
});

// Without a connection the browser sends the form, as it would without a script.
form.addEventListener("submit", (event) => {
  const { kind, room, durable } = form.elements;
  if (start(kind.value, room.value, durable.checked)) event.preventDefault();
});

list.addEventListener("click", ({ target }) => {
  const task = tasks.get(Number(target.closest(".task")?.dataset.task));
  if (task && target.closest(".task-again")) start(task.kind, task.room, task.durable);
});

if (window !== window.top) {
  // In a frame, as in a notebook: other pages refuse to stand there.
  for (const leading of document.querySelectorAll("main a:not([download])")) leading.target = "_blank";
}
