# earns: shared by all
# instead of:
    count = 0
# stands:
    global count
# instead of:
async def say_back(scope, receive, send):
# stands:
count = 0


async def say_back(scope, receive, send):
