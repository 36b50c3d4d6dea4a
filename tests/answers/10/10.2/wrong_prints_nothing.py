# earns: should have been printed; it was
# instead of:
        self.stdout.write(f"task {task.pk}")
# stands:
        return None if task else "?"
