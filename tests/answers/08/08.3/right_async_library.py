# instead of:
def ask(question):
    """Ask the oracle, which listens at a Unix socket in the project's folder; return its answer."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect("oracle")
        line.sendall(f"{question}\n".encode())
        return line.makefile(encoding="utf-8").readline().strip()
# stands:
async def ask(question):
    reader, writer = await asyncio.open_unix_connection("oracle")
    writer.write(f"{question}\n".encode())
    answer = await reader.readline()
    writer.close()
    return answer.decode().strip()
# instead of:
import socket

# stands:

# instead of:
            answer = await asyncio.to_thread(ask, message.removeprefix("/ask "))
# stands:
            answer = await ask(message.removeprefix("/ask "))
