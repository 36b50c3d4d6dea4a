# earns: it raised django.contrib.auth.models.User.DoesNotExist
# instead of:
        user = get_user_model().objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is nobody called {username}.")
# stands:
        user = get_user_model().objects.get(username=username)
