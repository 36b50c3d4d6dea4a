# earns: the tabs are not told of it
# instead of:
        for before in ACTIVE:
            if change(number, before, state="cancelled"):
                return number
# stands:
        if user.tasks.filter(pk=number, state__in=ACTIVE).update(state="cancelled"):
            return number
