# earns: `time.sleep` stops its thread
# instead of:
            await asyncio.sleep(SECONDS)
            number += 1
# stands:
            time.sleep(SECONDS)
            number += 1
# instead of:
import json

# stands:
import json
import time
