// What the leader can do. Only the server decides who that is: on other pages these commands are refused.

export class Lead {
  constructor(course, send) {
    this.send = send;
    this.problem = document.getElementById("problem");
    this.chapter = document.getElementById("goto-chapter");
    this.who = document.getElementById("out-who");
    this.door = document.getElementById("door");
    this.open = true;
    for (const [number, { title }] of Object.entries(course).sort()) {
      this.chapter.append(new Option(`${number} · ${title}`, number));
    }
    this.on("goto", () => this.say({ command: "goto", chapter: this.chapter.value }));
    this.on("timer", () => this.say({ command: "timer", seconds: 60 * document.getElementById("minutes").value }));
    this.on("out", () => this.sendOut());
    this.press("goto-end", () => this.say({ command: "goto", chapter: "" }));
    this.press("timer-end", () => this.say({ command: "timer", seconds: 0 }));
    this.press("door", () => this.say({ command: "door", open: this.open ? 0 : 1 }));
  }

  on(form, then) {
    document.getElementById(form).addEventListener("submit", (event) => {
      event.preventDefault(); // the socket sends it, not the browser
      then();
    });
  }

  press(button, then) {
    document.getElementById(button).addEventListener("click", then);
  }

  say(command) {
    this.tell(this.send(command) ? "" : "There is no connection at the moment. Try again.");
  }

  tell(text) {
    this.problem.textContent = text;
  }

  lower(seat) {
    this.say({ command: "lower", seat });
  }

  sendOut() {
    const [chosen] = this.who.selectedOptions;
    if (!chosen || !confirm(`Send ${chosen.text} out? They cannot come back, and are forgotten here.`)) return;
    this.say({ command: "send_out", seat: Number(chosen.value) });
  }

  show(room, people) {
    document.getElementById("goto-end").hidden = !room.goto;
    document.getElementById("timer-end").hidden = !room.timer;
    this.open = room.door_open;
    this.door.setAttribute("aria-pressed", String(!room.door_open));
    const chosen = this.who.value;
    const known = people.map(({ seat, name }) => new Option(name, seat, false, String(seat) === chosen));
    if (document.activeElement !== this.who) this.who.replaceChildren(...known);
  }
}
