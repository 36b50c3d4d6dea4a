# earns: connection with 4001; within
# instead of:
            await self.close(4001)
# stands:
            return
