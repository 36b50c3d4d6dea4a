// The race: five ways wait for the same notices, each as a page would write it.

const main = document.querySelector("main");
const form = document.getElementById("controls");
const start = document.getElementById("start");
const putUp = document.getElementById("put-up");
const byItself = document.getElementById("by-itself");
const count = document.getElementById("count");
const said = document.getElementById("said");

const INTERVAL = 1000; // milliseconds between two polls
const TRY_AGAIN = 1000;
const EVERY = 2000; // about: at the beat of the polls, each would come just before one, or just after
const MOST = 200; // delays to take the median of

// --- the five ways: each calls back for every request that it makes, every byte that it sees, every notice that comes

function address(path, after) {
  return new URL(`${main.dataset.notices}${path}?after=${after}`, location.href);
}

async function answerOf(path, after, way, headers = {}) {
  way.request();
  const answer = await fetch(address(path, after), { signal: way.signal, cache: "no-store", headers });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return answer;
}

async function asked(path, way) {
  const text = await (await answerOf(path, way.after, way)).text();
  way.bytes(text);
  for (const notice of JSON.parse(text).notices) way.arrived(notice);
}

async function polling(way) {
  while (true) {
    await asked("", way);
    await pause(INTERVAL, way.signal);
  }
}

async function longPolling(way) {
  while (true) await asked("wait/", way);
}

async function streaming(way) {
  // What asks so, a hub's proxy passes on piece by piece; every other answer it holds back until it has ended.
  const answer = await answerOf("stream/", way.after, way, { Accept: "text/event-stream" });
  let begun = "";
  for await (const text of piecesOf(answer.body.pipeThrough(new TextDecoderStream()))) {
    way.bytes(text);
    const lines = (begun + text).split("\n");
    begun = lines.pop(); // the last one has not ended yet
    for (const line of lines) if (line) way.arrived(JSON.parse(line));
  }
  throw new Error("the stream ended");
}

function serverSentEvents(way) {
  return new Promise((_, fail) => {
    const events = new EventSource(address("events/", way.after));
    way.request();
    events.addEventListener("message", ({ data, lastEventId }) => {
      way.bytes(`id: ${lastEventId}\ndata: ${data}\n\n`);
      way.arrived(JSON.parse(data));
    });
    events.addEventListener("error", () => {
      events.close();
      fail(new Error("the events ended"));
    });
    way.signal.addEventListener("abort", () => (events.close(), fail(way.signal.reason)));
  });
}

function webSocket(way) {
  return new Promise((_, fail) => {
    const url = new URL("../../ws/notices/", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.search = `after=${way.after}`;
    const socket = new WebSocket(url);
    way.request();
    socket.addEventListener("message", ({ data }) => {
      way.bytes(data);
      way.arrived(JSON.parse(data));
    });
    socket.addEventListener("close", () => fail(new Error("the WebSocket closed")));
    way.signal.addEventListener("abort", () => (socket.close(), fail(way.signal.reason)));
  });
}

const WAYS = {
  "Polling, each second": polling,
  "Long polling": longPolling,
  "Stream": streaming,
  "Server-sent events": serverSentEvents,
  "WebSocket": webSocket,
};

// Not every browser lets one iterate over a stream.
async function* piecesOf(stream) {
  const reader = stream.getReader();
  for (let piece; !(piece = await reader.read()).done; ) yield piece.value;
}

function pause(time, signal) {
  return new Promise((done, fail) => {
    const timer = setTimeout(done, time);
    signal.addEventListener("abort", () => (clearTimeout(timer), fail(signal.reason)), { once: true });
  });
}

// --- what each has cost so far

const encoder = new TextEncoder();
const sent = new Map(); // the text of a notice of ours → when it was put up

class Runner {
  constructor(name, run) {
    Object.assign(this, { name, run, cells: {} });
    for (const table of document.querySelectorAll("[data-chart]")) {
      const row = table.tBodies[0].insertRow();
      const head = document.createElement("th");
      head.scope = "row";
      head.textContent = name;
      row.append(head);
      const cell = row.insertCell();
      const bar = document.createElement("div");
      bar.className = "bar";
      bar.ariaHidden = "true";
      bar.append(document.createElement("span"));
      const text = document.createElement("span");
      cell.append(bar, text);
      this.cells[table.dataset.chart] = { row, text, bar: bar.firstChild };
    }
    this.clear(0);
  }

  clear(after) {
    Object.assign(this, { after, requests: 0, bytes_: 0, notices: 0, delays: [], broken: false });
    draw();
  }

  async go(signal) {
    this.signal = signal;
    while (!signal.aborted) {
      try {
        await this.run(this);
      } catch {
        if (signal.aborted) return;
        this.broken = true;
        draw();
        await pause(TRY_AGAIN, signal).catch(() => {});
      }
    }
  }

  request() {
    this.requests += 1;
    draw();
  }

  bytes(text) {
    this.bytes_ += encoder.encode(text).length;
    this.broken = false;
    draw();
  }

  arrived({ id, text }) {
    this.after = id;
    this.notices += 1;
    if (sent.has(text)) this.delays = [...this.delays.slice(1 - MOST), performance.now() - sent.get(text)];
    draw();
  }
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

function milliseconds(time) {
  return time < 10 ? time.toFixed(1) : Math.round(time).toLocaleString();
}

let drawing = false;
const runners = [];
for (const [name, run] of Object.entries(WAYS)) runners.push(new Runner(name, run));

function draw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    chart("delay", ({ delays }) => delays.at(-1) ?? 0, ({ delays }) =>
      delays.length ? `${milliseconds(delays.at(-1))} ms, median ${milliseconds(median(delays))}` : "–",
    );
    chart("requests", ({ requests }) => requests, ({ requests }) => requests.toLocaleString());
    chart("bytes", ({ bytes_ }) => bytes_, ({ bytes_, notices }) =>
      notices ? `${bytes_.toLocaleString()}, ${Math.round(bytes_ / notices).toLocaleString()} a notice` : bytes_.toLocaleString(),
    );
  });
}

function chart(name, numberOf, textOf) {
  const longest = Math.max(...runners.map(numberOf), 1);
  for (const runner of runners) {
    const { row, bar, text } = runner.cells[name];
    row.classList.toggle("broken", runner.broken);
    bar.style.width = `${(100 * numberOf(runner)) / longest}%`;
    text.textContent = runner.broken ? `${textOf(runner)} (lost, trying again)` : textOf(runner);
  }
}

// --- start, put up, stop

let running; // ends all ways when it is aborted
let number = 0;
const race = Math.random().toString(36).slice(2, 6); // several pages may race at once

async function post(text) {
  sent.set(text, performance.now());
  const body = new URLSearchParams({ text });
  const answer = await fetch(new URL(main.dataset.notices, location.href), { method: "POST", body });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return answer.json();
}

async function putOneUp() {
  number += 1;
  count.textContent = `${number} put up`; // seen, and not read out each time
  try {
    await post(`Race ${race}, notice ${number}`);
  } catch (error) {
    said.textContent = `Not put up: ${error.message}.`;
  }
}

async function runByItself(signal) {
  while (!signal.aborted) {
    if (byItself.checked) await putOneUp();
    await pause(EVERY * (0.6 + 0.8 * Math.random()), signal).catch(() => {});
  }
}

async function begin() {
  start.disabled = true;
  try {
    const { id } = await post("The race begins.");
    running = new AbortController();
    number = 0;
    count.textContent = "";
    sent.clear();
    for (const runner of runners) {
      runner.clear(id);
      runner.go(running.signal);
    }
    runByItself(running.signal);
    said.textContent = "All five wait.";
  } catch (error) {
    said.textContent = `Not started: ${error.message}.`;
  }
  show();
}

function end() {
  running?.abort();
  running = undefined;
  said.textContent = `Stopped after ${number} ${number === 1 ? "notice" : "notices"}.`;
  show();
}

function show() {
  start.disabled = false;
  start.textContent = running ? "Stop" : "Start";
  putUp.disabled = !running;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (running) end();
  else begin();
});
putUp.addEventListener("click", putOneUp);
addEventListener("pagehide", () => running && end());
