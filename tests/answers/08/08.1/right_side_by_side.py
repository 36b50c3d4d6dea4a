# instead of:
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()
# stands:
        await asyncio.gather(self.channel_layer.group_add(self.group, self.channel_name), self.accept())
# instead of:
import json

# stands:
import asyncio
import json
