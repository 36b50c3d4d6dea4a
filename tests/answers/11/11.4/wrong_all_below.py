# earns: a page from below a partner's name
# instead of:
        return name.endswith(pattern[1:]) if pattern.startswith("*.") else name == pattern
# stands:
        return name == pattern or name.endswith("." + pattern.removeprefix("*."))
