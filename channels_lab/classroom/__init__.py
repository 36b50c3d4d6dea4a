"""The room's board: a small Django project with Channels, and what a kernel sends to it.

Read it in this order: `asgi.py` (who answers which connection), `protocol.py` (what may be said), `learners.py` and
`boards.py` (the two consumers), `desk.py` and `records.py` (what is kept), then `static/classroom/` (the page).
`courier.py` is the other side: it sends what a learner does, from a thread of the kernel.
"""
