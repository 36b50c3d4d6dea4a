// Copies the new token, and tries it: in the list of subprotocols, never in the address.

const PROTOCOL = "channelslab";
const token = document.querySelector("#token");

if (token) {
  const copy = document.querySelector("#copy");
  const attempt = document.querySelector("#try");
  const tried = document.querySelector("#tried");

  token.addEventListener("focus", () => token.select());

  copy.hidden = !navigator.clipboard; // browsers give it to https and localhost only
  attempt.hidden = false;

  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(token.value);
      tried.textContent = "Copied.";
    } catch {
      tried.textContent = "The browser does not allow it: select the token and copy it yourself.";
    }
  });

  attempt.addEventListener("click", () => {
    attempt.disabled = true;
    tried.textContent = "Connecting …";
    const address = new URL("../ws/door/", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address, [PROTOCOL, token.value]);
    let why = "";
    socket.addEventListener("message", (event) => {
      const told = JSON.parse(event.data);
      why = told.error ?? "";
      if (told.you) tried.textContent = `Connected as ${told.you}, by ${told.by}.`;
    });
    socket.addEventListener("close", (event) => {
      attempt.disabled = false;
      tried.textContent = `Closed with ${event.code}${why ? `: ${why}` : ""}.`;
    });
  });
}
