// A WebSocket that comes back by itself, and says in the page how it stands.

const LONGEST_WAIT = 15; // seconds between two tries
const STABLE = 5000; // a connection that held for so many milliseconds was a good one
const LOGGED_OUT = 4001;
const TOO_FAST = 4029;

/**
 * Open `address` (as seen from this page), and again whenever it is lost.
 *
 * `opened` is called at each beginning, `received` with each answer. `place` is the element of connection.html.
 * Returns what can be done with it: `send(command)`, which is false while there is no connection, and `stop(words)`.
 */
export function stayConnected(place, address, { opened, received, lost = () => {} }) {
  const words = place.querySelector("[role=status]");
  const counting = place.querySelector(".counting");
  const again = place.querySelector("button");
  const login = place.querySelector("a");
  // Found from the page's own address, so that it works below any path of a proxy.
  const url = new URL(address, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";

  let socket;
  let timer;
  let tries = 0; // since the last good connection
  let stopped = false;

  function tell(state, text) {
    place.dataset.state = state;
    if (words.textContent !== text) words.textContent = text; // what is said twice would be read out twice
    again.hidden = state !== "lost";
    if (state !== "lost") counting.textContent = "";
  }

  function connect() {
    clearTimeout(timer);
    let since = Infinity;
    const mine = (socket = new WebSocket(url));
    mine.addEventListener("open", () => {
      since = Date.now();
      tell("connected", "Connected");
      opened();
    });
    mine.addEventListener("message", ({ data }) => {
      if (mine !== socket) return;
      try {
        data = JSON.parse(data);
      } catch {
        data = { error: "BAD_JSON", detail: "The server sent something that is not JSON." };
      }
      received(data);
    });
    mine.addEventListener("close", ({ code }) => {
      if (mine !== socket || stopped) return;
      lost();
      if (code === LOGGED_OUT) return stop("You are not logged in any more.", { mayLogIn: true });
      if (Date.now() - since > STABLE) tries = 0;
      const longest = code === TOO_FAST ? LONGEST_WAIT : Math.min(2 ** tries, LONGEST_WAIT);
      tries += 1;
      tell("lost", code === TOO_FAST ? "That was too fast. Connecting again soon." : "Connection lost. Trying again.");
      wait(Math.ceil(longest * (1 - Math.random() / 4))); // a little chance, so that not everyone comes back at once
    });
  }

  // The seconds are seen and not read out: a voice that counts is noise.
  function wait(seconds) {
    counting.textContent = seconds ? `Next try in ${seconds} s` : "";
    timer = seconds ? setTimeout(wait, 1000, seconds - 1) : void connect();
  }

  function hangUp() {
    clearTimeout(timer);
    const old = socket;
    socket = undefined; // what comes of it now is of no interest
    old?.close();
  }

  function stop(text, { mayLogIn = false } = {}) {
    stopped = true;
    hangUp();
    tell("refused", text);
    login.hidden = !mayLogIn;
  }

  function comeBack() {
    if (stopped || socket?.readyState === WebSocket.OPEN) return;
    hangUp();
    connect();
  }

  again.addEventListener("click", comeBack);
  addEventListener("online", comeBack);
  addEventListener("offline", () => {
    if (stopped || !socket) return;
    hangUp(); // else it would be noticed a minute later
    lost();
    tell("lost", "This device is offline.");
  });
  // A page that is left for another one gives its connection back; the browser may keep it, and show it again.
  addEventListener("pagehide", () => {
    hangUp();
    lost();
  });
  addEventListener("pageshow", ({ persisted }) => persisted && comeBack());

  connect();
  return {
    stop,
    send(command) {
      if (socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify(command));
      return true;
    },
  };
}
