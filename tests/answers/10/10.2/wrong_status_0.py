# earns: it ended with status 0
# instead of:
        if user is None:
            raise CommandError(f"There is nobody called {username}.")
# stands:
        if user is None:
            self.stderr.write(f"There is nobody called {username}.")
            return
