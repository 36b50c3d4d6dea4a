# earns: should have been answered with 503; 500 came
# instead of:
    except Exception:
        return False
# stands:
    except TimeoutError:
        return False
