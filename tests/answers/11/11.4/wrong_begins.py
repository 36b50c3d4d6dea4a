# earns: a page from a name that begins like ours
# instead of:
        return urlsplit(origin).netloc == host
# stands:
        return origin.startswith("http://127.0.0.1") and origin.endswith(host.partition(":")[2])
# instead of:
        elif self.is_ours(origin, host):
            await super().__call__(scope, receive, send)  # is the host one of ours?
# stands:
        elif self.is_ours(origin, host):
            await self.application(scope, receive, send)
