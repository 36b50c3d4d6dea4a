# earns: a page whose name ends like a partner's
# instead of:
        return name.endswith(pattern[1:]) if pattern.startswith("*.") else name == pattern
# stands:
        return name.endswith(pattern[2:]) if pattern.startswith("*.") else name == pattern
