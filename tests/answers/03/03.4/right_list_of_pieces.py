# instead of:
    kind, message = None, b""
    while True:
        fin, opcode, payload = await read_frame(reader)
        if opcode == CLOSE:
            writer.write(frame(CLOSE, payload[:2]))
            return
        if opcode == PING:
            writer.write(frame(PONG, payload))
        if opcode >= CLOSE:  # about the connection: it is no part of a message
            continue
        kind, message = opcode or kind, message + payload
        if len(message) > MOST:
            writer.write(frame(CLOSE, (1009).to_bytes(2)))
            return
        if fin:
            writer.write(frame(kind, message))
            message = b""
# stands:
    pieces = []
    while True:
        fin, opcode, payload = await read_frame(reader)
        match opcode:
            case 8:
                return writer.write(frame(CLOSE, payload))
            case 9:
                writer.write(frame(PONG, payload))
            case 0 | 1 | 2:
                pieces.append((opcode, payload))
                if sum(len(piece) for _, piece in pieces) > MOST:
                    return writer.write(frame(CLOSE, b"\x03\xf1too big"))
                if fin:
                    writer.write(frame(pieces[0][0], b"".join(piece for _, piece in pieces)))
                    pieces.clear()
