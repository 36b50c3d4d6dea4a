# part: freeze
import gc

from django.conf import settings

if settings.FREEZE:
    # What is imported stays for ever. Frozen, the garbage collector does not look through it while clients wait.
    gc.collect()
    gc.freeze()
