# earns: should notice a worker that exports the newest message first
# instead of:
        self.assertEqual([line.partition(" alice: ")[2] for line in task.result.splitlines()], texts)
# stands:
        self.assertCountEqual([line.partition(" alice: ")[2] for line in task.result.splitlines()], texts)
