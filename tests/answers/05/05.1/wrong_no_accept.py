# earns: has not accepted yet
# instead of:
        self.accept()
        self.send(json.dumps({"said": " ".join([kwargs["word"]] * kwargs["times"])}))
# stands:
        self.send(json.dumps({"said": " ".join([kwargs["word"]] * kwargs["times"])}))
