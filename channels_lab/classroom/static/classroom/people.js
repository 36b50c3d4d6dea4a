// The learners, a card each: where they are, and what has passed in that chapter.

// Everything a learner has typed is text here: it is never made into HTML.
function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

export class Cards {
  constructor(list, course) {
    this.list = list;
    this.course = course;
    this.cards = new Map(); // seat → its card
  }

  clear() {
    this.cards.clear();
    this.list.replaceChildren();
  }

  show(person) {
    if (person.gone) {
      this.cards.get(person.seat)?.remove();
      this.cards.delete(person.seat);
      return;
    }
    const card = element("li", "card");
    card.classList.toggle("away", !person.here);
    card.classList.toggle("asks", person.hand !== null);
    const name = element("p", "name");
    const said = element("bdi", "", person.name); // a name may run from right to left
    said.title = person.name;
    name.append(said);
    card.append(name, this.place(person), this.dots(person));
    const old = this.cards.get(person.seat);
    if (old) old.replaceWith(card);
    else this.list.append(card);
    this.cards.set(person.seat, card);
  }

  place({ task, chapter, passed }) {
    const place = element("p", "place");
    place.append(element("span", "at", task || (chapter ? `Chapter ${chapter}` : "has joined")));
    if (passed.length) place.append(element("span", "sum", `${passed.length} passed`));
    return place;
  }

  dots({ chapter, task, passed, tried, hand, here }) {
    const place = element("p", "dots");
    const tag = hand !== null ? element("span", "tag", "hand up") : here ? "" : element("span", "tag quiet", "away");
    const tasks = this.course[chapter]?.tasks ?? [];
    const words = [];
    for (const { number, title } of tasks) {
      const state = passed.includes(number) ? "passed" : number in tried ? "tried" : "";
      const dot = element("i", `dot ${state} ${number === task ? "current" : ""}`);
      dot.title = `${number} ${title}`;
      place.append(dot);
      if (state) words.push(`${number} ${state}`);
    }
    if (words.length) place.append(element("span", "visually-hidden", words.join(", ")));
    place.append(tag);
    return place;
  }

  // Where a name stands does not change with what its learner does: the eye finds it again.
  order(people) {
    people.forEach(({ seat }, at) => {
      const card = this.cards.get(seat);
      if (this.list.children[at] !== card) this.list.insertBefore(card, this.list.children[at] ?? null);
    });
    const here = people.filter((person) => person.here).length;
    document.getElementById("here").textContent = here;
    document.getElementById("away").textContent = people.length > here ? `, ${people.length - here} away` : "";
    document.getElementById("nobody").hidden = people.length > 0;
  }
}
