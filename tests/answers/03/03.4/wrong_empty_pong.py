# earns: A ping should be answered by a pong with its payload
# instead of:
            writer.write(frame(PONG, payload))
# stands:
            writer.write(frame(PONG, b""))
