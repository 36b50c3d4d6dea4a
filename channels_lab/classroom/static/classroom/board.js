// The room's board: what the server tells is shown, and nothing else is kept here.

import { showChapters } from "./chapters.js";
import { Clock } from "./clock.js";
import { stayConnected } from "./connection.js";
import { showHands } from "./hands.js";
import { Lead } from "./lead.js";
import { showMistakes } from "./mistakes.js";
import { Cards } from "./people.js";

const course = JSON.parse(document.getElementById("course").textContent);
const main = document.querySelector("main");
const leads = document.body.classList.contains("leads");
const people = new Map(); // seat → what is known of it
const cards = new Cards(document.getElementById("cards"), course);
const clock = new Clock(document.getElementById("clock"));
let lead;

function received(told) {
  if (told.error) return lead?.tell(told.detail);
  if (told.whole) {
    people.clear();
    cards.clear();
  }
  const now = performance.now();
  for (const person of told.people) {
    // Since when a hand is up, by this page's clock: the server has said how long it has been so.
    person.since = person.hand === null ? null : now - person.hand * 1000;
    if (person.gone) people.delete(person.seat);
    else people.set(person.seat, person);
    cards.show(person);
  }
  const all = [...people.values()].sort(byName);
  cards.order(all);
  showChapters(document.getElementById("chapters"), course, all, told.room.goto);
  showHands(all, leads ? (seat) => lead.lower(seat) : null);
  showMistakes(told.mistakes);
  showOffer(told.room.goto);
  clock.show(told.room.timer);
  lead?.show(told.room, all);
}

function byName(a, b) {
  return a.name.localeCompare(b.name) || a.seat - b.seat;
}

function showOffer(chapter) {
  const place = document.getElementById("offer");
  place.hidden = !chapter;
  const title = course[chapter]?.title;
  const words = chapter ? `We are at chapter ${chapter}${title ? ` · ${title}` : ""}` : "";
  if (place.textContent !== words) place.textContent = words;
}

const connection = stayConnected(document.getElementById("connection"), main.dataset.socket, received);
if (leads) lead = new Lead(course, (command) => connection.send(command));
