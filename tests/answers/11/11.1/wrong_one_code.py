# earns: connection with 4003; the connection was closed with 4001
# instead of:
            await self.close(4003)
# stands:
            await self.close(4001)
