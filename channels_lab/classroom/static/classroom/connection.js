// The board's socket: it comes back by itself, says how far it is, and is told what has changed since.

const LONGEST_WAIT = 15; // seconds between two tries
const LOGGED_OUT = 4001;

/**
 * Connect to `address`, as seen from this page, and stay connected. `received` gets each message, and has shown it when
 * it returns: only then is the next one asked for. Returns `send(command)`, which is false without a connection.
 */
export function stayConnected(place, address, received) {
  const words = place.querySelector("[role=status]");
  const counting = place.querySelector(".counting");
  const again = place.querySelector("button");
  const url = new URL(address, location.href); // below any path of a proxy
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";

  let socket;
  let timer;
  let tries = 0;
  let have = 0; // the revision of the room that is shown
  let epoch = ""; // of which run of the server it is

  function tell(state, text) {
    place.dataset.state = state;
    if (words.textContent !== text) words.textContent = text; // what is said twice would be read out twice
    again.hidden = state !== "lost";
    if (state !== "lost") counting.textContent = "";
  }

  function connect() {
    clearTimeout(timer);
    const mine = (socket = new WebSocket(url));
    const sayHave = () => mine.send(JSON.stringify({ have, epoch }));
    mine.addEventListener("open", () => {
      tell("connected", "Live");
      sayHave();
    });
    mine.addEventListener("message", ({ data }) => {
      if (mine !== socket) return;
      const told = JSON.parse(data);
      received(told);
      if (told.revision === undefined) return;
      tries = 0;
      ({ revision: have, epoch } = told);
      // The next frame: what this message has changed is on the screen then, and no sooner is there more of it.
      requestFrame(sayHave, mine);
    });
    mine.addEventListener("close", ({ code }) => {
      if (mine !== socket) return;
      if (code === LOGGED_OUT) return tell("refused", "This page is of an earlier room. Ask for its code again.");
      const longest = Math.min(2 ** tries, LONGEST_WAIT);
      tries += 1;
      tell("lost", "The board's server does not answer. What is shown may be old.");
      wait(Math.ceil(longest * (1 - Math.random() / 4))); // not everyone at once
    });
  }

  function wait(seconds) {
    counting.textContent = seconds ? `Next try in ${seconds} s` : "";
    timer = seconds ? setTimeout(wait, 1000, seconds - 1) : void connect();
  }

  again.addEventListener("click", connect);
  addEventListener("pageshow", ({ persisted }) => persisted && connect());
  connect();
  return {
    send(command) {
      if (socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify(command));
      return true;
    },
  };
}

// A page that is not looked at draws no frames: a second there is soon enough.
function requestFrame(then, socket) {
  let done = false;
  const once = () => {
    if (done || socket.readyState !== WebSocket.OPEN) return;
    done = true;
    then();
  };
  requestAnimationFrame(once);
  setTimeout(once, 1000);
}
