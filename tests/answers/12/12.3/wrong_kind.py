# earns: did not pass
# instead of:
        task = await Task.objects.acreate(user=self.alice, kind="export", room=self.lobby)
# stands:
        task = await Task.objects.acreate(user=self.alice, kind="exports", room=self.lobby)
