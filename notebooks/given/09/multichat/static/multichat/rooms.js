// The list of rooms: who is where, and what is unread, as it changes.

import { stayConnected } from "./connection.js";

const list = document.getElementById("rooms");
const pattern = document.getElementById("room-pattern");
const none = document.getElementById("no-rooms");
const title = document.title;
const PAUSE = 1000; // milliseconds between two questions for what is unread

const newest = new Map(); // room → the id of its last message, as far as we know
let timer;

// A change says how many are in a room, and its last message. How many of these are unread, the server counts.
function ask() {
  timer ??= setTimeout(() => {
    timer = undefined;
    connection.send({ command: "rooms" });
  }, PAUSE);
}

function itemOf(id) {
  return [...list.children].find((item) => item.dataset.room === String(id));
}

function add(room) {
  const item = pattern.content.firstElementChild.cloneNode(true);
  item.dataset.room = room.id;
  item.querySelector("a").href = new URL(`${room.id}/`, location.href).href;
  item.querySelector(".room-title").textContent = room.title; // never innerHTML: a title is text
  item.querySelector(".staff-only").hidden = !room.staff_only;
  list.append(item);
  return item;
}

function show(item, { people, unread }) {
  if (people !== undefined) {
    item.querySelector(".here").dataset.people = people;
    item.querySelector(".people-count").textContent = people;
  }
  if (unread !== undefined) {
    item.querySelector(".unread").hidden = !unread;
    item.querySelector(".unread-count").textContent = unread;
  }
}

function showAll(rooms) {
  for (const room of rooms) show(itemOf(room.id) ?? add(room), room);
  const ids = new Set(rooms.map(({ id }) => String(id)));
  for (const item of [...list.children]) if (!ids.has(item.dataset.room)) item.remove();
  none.hidden = rooms.length > 0;
  const unread = rooms.reduce((sum, room) => sum + (room.unread ?? 0), 0);
  document.title = unread ? `(${unread}) ${title}` : title;
}

function receive(event) {
  if (event.rooms) {
    showAll(event.rooms);
  } else if (event.msg_type === 6) {
    const item = itemOf(event.room);
    if (item) show(item, { people: event.people });
    if (!item || event.last !== newest.get(event.room)) ask();
    newest.set(event.room, event.last);
  } else if ("read" in event) {
    ask();
  }
}

const connection = stayConnected(document.getElementById("connection"), "../ws/rooms/", {
  opened: () => connection.send({ command: "rooms" }),
  received: receive,
});
