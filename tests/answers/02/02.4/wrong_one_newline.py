# earns: no empty line that ends the event
# instead of:
            yield f"{kind}id: {after}\ndata: {json.dumps(notice)}\n\n"
# stands:
            yield f"{kind}id: {after}\ndata: {json.dumps(notice)}\n"
