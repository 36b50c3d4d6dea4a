# earns: a scope only
# instead of:
        await self.application(scope, receive, send)
# stands:
        await self.application(scope)(receive, send)
