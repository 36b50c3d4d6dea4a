// The timer. The server says how many seconds are left; when that was is this page's own clock's to say.

export class Clock {
  constructor(place) {
    this.place = place;
    this.digits = place.querySelector(".digits");
    this.ends = null;
    setInterval(() => this.draw(), 250);
  }

  show(timer) {
    this.ends = timer && performance.now() + timer.left * 1000;
    this.draw();
  }

  draw() {
    this.place.hidden = this.ends === null;
    if (this.ends === null) return;
    const left = Math.max(0, Math.ceil((this.ends - performance.now()) / 1000));
    const [hours, minutes, seconds] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
    const two = (number) => String(number).padStart(2, "0");
    const text = left ? `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(seconds)}` : "Time is up";
    if (this.digits.textContent !== text) this.digits.textContent = text;
    this.place.classList.toggle("soon", left <= 60);
  }
}
