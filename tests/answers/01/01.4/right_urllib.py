import json
import sys
import time
import urllib.request

last = 0
pauses = [0.05, 0.1, 0.2, 0.4]
step = 0
with_proxy_off = urllib.request.build_opener(urllib.request.ProxyHandler({}))
while True:
    found = []
    try:
        with with_proxy_off.open(f"{sys.argv[1]}/notices/?after={last}", timeout=5) as answer:
            found = json.load(answer)["notices"]
    except OSError:
        pass
    for notice in found:
        print(notice["text"])
        last = notice["id"]
    sys.stdout.flush()
    step = 0 if found else min(step + 1, 3)
    time.sleep(pauses[step])
