# earns: It has the name of Python's own
# instead of:
        except RedisError:
# stands:
        except ConnectionError:
# instead of:
from redis.exceptions import RedisError
# stands:
