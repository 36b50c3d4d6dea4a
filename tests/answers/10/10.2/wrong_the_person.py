# earns: Field 'id' expected a number
# instead of:
            task = start(user.pk, {"kind": kind, "room": room})
# stands:
            task = start(user, {"kind": kind, "room": room})
