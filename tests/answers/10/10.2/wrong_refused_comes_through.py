# earns: it raised multichat.protocol.Refused
# instead of:
        try:
            task = start(user.pk, {"kind": kind, "room": room})
        except Refused as refused:
            raise CommandError(str(refused)) from None
# stands:
        task = start(user.pk, {"kind": kind, "room": room})
