import json
import sys
import time

from websockets.exceptions import ConnectionClosedOK, WebSocketException
from websockets.sync.client import connect

after = 0
over = False
while not over:
    try:
        with connect(sys.argv[1] + "/ws/notices/?after=%d" % after) as ws:
            while True:
                notice = json.loads(ws.recv())
                print(notice["text"])
                after = notice["id"]
    except ConnectionClosedOK:
        over = True
    except (WebSocketException, OSError):
        time.sleep(0.05)
