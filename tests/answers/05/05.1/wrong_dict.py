# earns: What it got is of type `dict`
# instead of:
        self.send(json.dumps({"said": " ".join([kwargs["word"]] * kwargs["times"])}))
# stands:
        self.send({"said": " ".join([kwargs["word"]] * kwargs["times"])})
