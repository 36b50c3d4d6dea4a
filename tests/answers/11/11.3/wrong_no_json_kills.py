# earns: JSONDecodeError
# instead of:
        try:
            said = json.loads(text_data)
# stands:
        said = json.loads(text_data)
        try:
