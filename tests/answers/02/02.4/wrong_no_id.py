# earns: it has no id
# instead of:
            yield f"{kind}id: {after}\ndata: {json.dumps(notice)}\n\n"
# stands:
            yield f"{kind}data: {json.dumps(notice)}\n\n"
