# earns: should have printed `alice
# instead of:
                    if told.get("msg_type") != 0 or told["id"] <= last:
# stands:
                    if told.get("msg_type") != 0:
