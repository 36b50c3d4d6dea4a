# earns: the digest of the key alone
# instead of:
    digest = hashlib.sha1((key + GUID).encode()).digest()
# stands:
    digest = hashlib.sha1(key.encode()).digest()
