"""A page in a frame, which loads again where the server was away while it came."""

from html import escape

from IPython.display import IFrame

__all__ = ["Frame"]

_MOST_TRIES = 10
_PAUSE_MILLISECONDS = 600
# A frame is "loaded" whatever came, and does not tell what: a page, half of it, or nothing. But who is still away now
# may have been away before. A proxy answers for a server that is away; an answer of another origin has the status 0.
_ONLOAD = f"""
    fetch(this.src, {{method: "HEAD", mode: "no-cors", cache: "no-store"}})
        .then(answer => {{ if (answer.status >= 500) throw answer }})
        .catch(() => {{
            const tries = this.dataset.tries = Number(this.dataset.tries ?? 0) + 1;
            if (tries <= {_MOST_TRIES}) setTimeout(() => {{ this.src = this.src }}, {_PAUSE_MILLISECONDS})
        }})
"""


class Frame(IFrame):
    """The page at `src`. "Run All" may end its server, and start another, while a browser loads it."""

    def __init__(self, src: str, height: int) -> None:
        super().__init__(src, "100%", height, [f'onload="{escape(" ".join(_ONLOAD.split()))}"'])
