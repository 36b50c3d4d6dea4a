# earns: close with the same code
# instead of:
            writer.write(frame(CLOSE, payload[:2]))
# stands:
            writer.write(frame(CLOSE, (1000).to_bytes(2)))
