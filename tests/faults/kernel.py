"""A real kernel, spoken to as JupyterLab does: cells with ids in, text and errors out."""

import queue
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

__all__ = ["Kernel", "Ran"]


@dataclass
class Ran:
    """What one cell did: what it displayed as plain text, its error, and how long it took.

    `kinds` are the MIME types of its displays, `result` is its value, `stderr` what went there, `payload` what it asks
    of the frontend.
    """

    text: str = ""
    error: str = ""
    seconds: float = 0
    traceback: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    result: str = ""
    stderr: str = ""
    payload: list[dict[str, Any]] = field(default_factory=list)

    @property
    def shown(self) -> str:
        """Everything that a learner sees, without colours."""
        return self.text + "\n".join(self.traceback)


class Kernel:
    """One kernel of its own, in a folder; `before` are words put before its command."""

    def __init__(self, folder: Path, *, before: list[str] | None = None, env: dict[str, str] | None = None) -> None:
        # Through sockets in a folder: a TCP port that was free may be another's when the kernel listens.
        self.sockets = tempfile.TemporaryDirectory(prefix="cl-kernel-", dir="/tmp")  # short, as addresses must be
        at = {"transport": "ipc", "ip": f"{self.sockets.name}/at"}
        self.manager = KernelManager(kernel_name="python3", shutdown_wait_time=6, **at)
        spec = self.manager.kernel_spec
        assert spec
        spec.argv = [*(before or []), *self.manager.format_kernel_cmd()[:1], *spec.argv[1:]]
        spec.env |= env or {}
        folder.mkdir(parents=True, exist_ok=True)
        self.closed = False
        self.manager.start_kernel(cwd=str(folder))
        self.client = self._connected()

    def _connected(self) -> BlockingKernelClient:
        client = self.manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        return client

    @property
    def process(self) -> psutil.Process:
        """The kernel's process."""
        return psutil.Process(self.manager.provisioner.process.pid)  # type: ignore[union-attr]

    def family(self) -> list[psutil.Process]:
        """The kernel and everything that it has started."""
        return [self.process, *self.process.children(recursive=True)]

    # Cells

    def begin(self, source: str, cell_id: str = "") -> str:
        """Send a cell; returns the number of the request."""
        content = {"code": source, "silent": False, "store_history": False, "user_expressions": {}}
        content |= {"allow_stdin": False, "stop_on_error": True}
        message = self.client.session.msg("execute_request", content)
        if cell_id:
            message["metadata"]["cellId"] = cell_id
        self.client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def end(self, request: str, seconds: float = 60) -> Ran:
        """Wait until a cell is done."""
        ran, started = Ran(), time.monotonic()
        while True:
            left = started + seconds - time.monotonic()
            assert left > 0, f"the cell was not done after {seconds} s: {ran.shown}"
            try:
                message = self.client.get_iopub_msg(timeout=left)
            except queue.Empty:
                continue
            if message["parent_header"].get("msg_id") != request:
                continue
            if not self._take(ran, message["msg_type"], message["content"]):
                ran.seconds = time.monotonic() - started
                ran.payload = self._reply(request).get("payload", [])
                return ran

    def _reply(self, request: str) -> dict[str, Any]:
        """What the kernel answers to a cell. Other answers are passed over: a kernel slow to start was asked twice."""
        while True:
            message = self.client.get_shell_msg(timeout=10)
            if message["parent_header"].get("msg_id") == request:
                return dict(message["content"])

    def run(self, source: str, cell_id: str = "", seconds: float = 60) -> Ran:
        """Run a cell to its end."""
        return self.end(self.begin(source, cell_id), seconds)

    def ok(self, source: str, cell_id: str = "", seconds: float = 60) -> str:
        """Run a cell that must succeed, and return what it showed."""
        ran = self.run(source, cell_id, seconds)
        assert not ran.error, ran.shown
        return ran.text

    @staticmethod
    def _take(ran: Ran, kind: str, content: dict[str, Any]) -> bool:
        if kind == "stream":
            ran.text += content["text"]
            ran.stderr += content["text"] if content["name"] == "stderr" else ""
        elif kind in ("display_data", "execute_result"):
            ran.text += content["data"].get("text/plain", "") + "\n"
            ran.kinds += content["data"]
            ran.result = content["data"]["text/plain"] if kind == "execute_result" else ran.result
        elif kind == "error":
            ran.error = f"{content['ename']}: {content['evalue']}"
            ran.traceback = content["traceback"]
        return not (kind == "status" and content["execution_state"] == "idle")

    def until(self, request: str, text: str, seconds: float = 30) -> None:
        """Wait until a running cell has shown this text."""
        ran, deadline = Ran(), time.monotonic() + seconds
        while text not in ran.text:
            message = self.client.get_iopub_msg(timeout=max(deadline - time.monotonic(), 0.01))
            if message["parent_header"].get("msg_id") == request:
                assert self._take(ran, message["msg_type"], message["content"]), f"ended before {text!r}: {ran.shown}"

    # Its life

    def interrupt(self) -> None:
        """As the button does."""
        self.manager.interrupt_kernel()

    def restart(self) -> None:
        """As the button does: the same connection, a new process."""
        self.client.stop_channels()
        self.manager.restart_kernel()
        self.client = self._connected()

    def close(self) -> None:
        """Shut it down, as closing the notebook does; a second time nothing happens."""
        if self.closed:
            return
        self.closed = True
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=not self.manager.is_alive())
        self.manager.cleanup_resources()
        self.sockets.cleanup()
