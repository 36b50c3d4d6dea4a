# earns: the key was decoded
# instead of:
    digest = hashlib.sha1((key + GUID).encode()).digest()
# stands:
    digest = hashlib.sha1(base64.b64decode(key) + GUID.encode()).digest()
