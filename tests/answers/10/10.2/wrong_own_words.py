# earns: should have been said; it was
# instead of:
            raise CommandError(str(refused)) from None
# stands:
            raise CommandError("That did not work.") from None
