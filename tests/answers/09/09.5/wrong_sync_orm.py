# earns: SynchronousOnlyOperation
# instead of:
@database_sync_to_async
def remove(user_id, room_id, message_id):
# stands:
async def remove(user_id, room_id, message_id):
