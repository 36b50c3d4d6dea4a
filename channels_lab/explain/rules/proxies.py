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


@rule("connections-limited", page="https://nginx.org/en/docs/http/ngx_http_limit_conn_module.html")
def connections_limited(evidence: Evidence) -> Said | None:
    """Nginx has refused a client, because its address has as many connections as one may have."""
    refused = [event for event in evidence.refused() if event.details.get("status") in (429, 503)]
    limiting = evidence.search(r'limiting connections by zone "([^"]*)"')
    if not refused or not limiting:
        return None
    return Said(
        see=f"{refused[0].name} was answered with {refused[0].details['status']}; no server behind Nginx has seen it.",
        why=f"Its address has as many connections as `limit_conn {limiting[1]} …` lets one have: Nginx has refused it.",
        change="Raise the limit to what one address may need: behind one there may be a whole school. Or close "
        "connections that are no longer needed.",
    )
