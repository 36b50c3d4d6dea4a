// The messages of a room: each once, in the order of their ids, whatever the order in which they come.

const MOST_MESSAGES = 500; // older ones leave the page
const TOGETHER = 5 * 60 * 1000; // milliseconds: what one person says in that time stands under one name

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const calendar = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text; // never innerHTML: what others write is text, not HTML
  return made;
}

/** Text in any language, which says by itself in which direction it runs. */
function written(tag, className, text) {
  const made = element(tag, className, text);
  made.dir = "auto";
  return made;
}

function momentOf(at) {
  const moment = new Date(at ?? Date.now());
  return isNaN(moment) ? new Date() : moment;
}

export class Log {
  #box; // scrolls
  #list; // holds the messages
  #me;
  #known = new Set(); // ids
  #pending = new Map(); // key → what waits for its answer
  #atEnd = true; // whether the reader looks at the newest message
  #newest; // the button that leads there

  constructor(box, newest, me) {
    this.#box = box;
    this.#list = box.querySelector("ol");
    this.#newest = newest;
    this.#me = me;
    box.addEventListener("scroll", () => {
      this.#atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
      if (this.#atEnd) newest.hidden = true;
    });
    newest.addEventListener("click", () => this.toEnd());
    // A phone's keyboard or a turned screen must not hide the newest message.
    new ResizeObserver(() => this.#atEnd && this.toEnd()).observe(box);
  }

  get atEnd() {
    return this.#atEnd;
  }

  toEnd() {
    this.#atEnd = true;
    this.#newest.hidden = true;
    this.#box.scrollTop = this.#box.scrollHeight;
  }

  /** Show a message of the server's, unless it is shown already; one that is `old` is no news, and not read out. */
  add({ id, username, message, at, key }, old = false) {
    if (this.#known.has(id)) return;
    this.#known.add(id);
    const own = username === this.#me;
    if (own) this.#pending.get(key)?.remove(); // it has arrived: the real one takes its place
    const item = this.#item(own ? "message own" : "message", own ? "You" : username, message, momentOf(at));
    item.dataset.id = id;
    item.dataset.username = username;
    if (own || old) item.ariaLive = "off"; // nor need one hear what one wrote
    let before = this.#list.querySelector(".pending");
    let previous = before ? before.previousElementSibling : this.#list.lastElementChild;
    while (Number(previous?.dataset.id ?? 0) > id) [before, previous] = [previous, previous.previousElementSibling];
    this.#insert(item, before, !own && !old);
  }

  /** Show a line about the room, such as who came; it is not read out. */
  note(text, className = "note") {
    this.#insert(this.#note(text, className), this.#list.querySelector(".pending"), false);
  }

  /** Show a line above all others. */
  noteAbove(text) {
    this.#insert(this.#note(text, "note"), this.#list.firstElementChild, false);
  }

  #note(text, className) {
    const item = written("li", className, text);
    item.ariaLive = "off";
    return item;
  }

  /** Show what is on its way. */
  pend(key, message) {
    const item = this.#item("message own pending", "You", message, new Date());
    item.ariaLive = "off";
    item.append(element("p", "fate"));
    this.#pending.set(key, item);
    this.#insert(item, null, false);
    this.toEnd();
  }

  /** Say how far something is that is on its way. */
  tell(key, fate) {
    const place = this.#pending.get(key)?.querySelector(".fate");
    if (place) place.textContent = fate;
    if (this.#atEnd) this.toEnd();
  }

  /** Say why something that is on its way has not arrived; `again` is called when its button is pressed. */
  fail(key, why, again) {
    const fate = this.#pending.get(key)?.querySelector(".fate");
    if (!fate) return;
    const button = element("button", "quiet", "Send again");
    button.type = "button";
    button.addEventListener("click", again);
    fate.replaceChildren(element("span", "error", why), " ", button);
    if (this.#atEnd) this.toEnd();
  }

  #item(className, name, message, at) {
    const item = element("li", className);
    const time = element("time", "when", clock.format(at));
    time.dateTime = at.toISOString();
    time.title = at.toLocaleString();
    const head = element("p", "by");
    head.append(written("span", "name", name), " ", time);
    item.append(element("p", "day", calendar.format(at)), head, written("p", "text", message));
    return item;
  }

  #insert(item, before, isNews) {
    const follow = this.#atEnd; // adding changes what "at the end" is
    const height = this.#box.scrollHeight;
    this.#list.insertBefore(item, before);
    this.#dress(item);
    if (item.nextElementSibling) this.#dress(item.nextElementSibling);
    while (this.#list.childElementCount > MOST_MESSAGES) this.#list.firstElementChild.remove();
    if (follow) this.toEnd();
    else if (before && !before.matches(".pending")) this.#keepInPlace(height);
    else if (isNews) this.#newest.hidden = false;
  }

  // Something came in above: what one reads stays where it is.
  #keepInPlace(height) {
    this.#box.scrollTop += this.#box.scrollHeight - height;
  }

  // The day stands above its first message; a name is not repeated for the eye.
  #dress(item) {
    const time = item.querySelector("time");
    if (!time) return;
    let previous = item.previousElementSibling;
    const besides = previous && !previous.querySelector("time");
    while (previous && !previous.querySelector("time")) previous = previous.previousElementSibling;
    const at = new Date(time.dateTime);
    const then = previous && new Date(previous.querySelector("time").dateTime);
    const sameDay = then?.toDateString() === at.toDateString();
    item.querySelector(".day").hidden = sameDay;
    const name = (one) => one.querySelector(".name").textContent;
    item.classList.toggle(
      "follows",
      Boolean(sameDay && !besides && name(previous) === name(item) && at - then < TOGETHER),
    );
  }
}
