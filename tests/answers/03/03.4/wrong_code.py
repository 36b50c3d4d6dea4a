# earns: should be answered by a close with 1009
# instead of:
            writer.write(frame(CLOSE, (1009).to_bytes(2)))
# stands:
            writer.write(frame(CLOSE, (1002).to_bytes(2)))
