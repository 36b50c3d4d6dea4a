"""Rules about what stands between a client and the server."""

from channels_lab.explain.book import Said, rule
from channels_lab.explain.evidence import Evidence

__all__: list[str] = []


@rule("upgrade-dropped", page="https://nginx.org/en/docs/http/websocket.html")
def upgrade_dropped(evidence: Evidence) -> Said | None:
    """A client asked for a WebSocket, and its request came to the server as one for a page."""
    for connection in evidence.connections:
        asked = [event for event in connection.client_events if event.kind == "connect"]
        if connection.type == "http" and asked:
            return Said(
                see=f"{connection.client} asked `{connection.path}` for a WebSocket, and `{connection.process}` got a "
                "plain `GET`.",
                why="Between them stands a proxy. `Upgrade` and `Connection` are headers between neighbours: it does "
                "not pass them on unless it is told to.",
                change="In Nginx, where the `proxy_pass` is: `proxy_http_version 1.1;`, `proxy_set_header Upgrade "
                '$http_upgrade;` and `proxy_set_header Connection "upgrade";`.',
            )
    return None
