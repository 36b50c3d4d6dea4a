# part: freeze
import gc

if os.environ.get("FREEZE") != "off":  # off: for whoever measures what it does
    # What is imported stays for ever. Frozen, the garbage collector does not look through it while clients wait.
    gc.collect()
    gc.freeze()
