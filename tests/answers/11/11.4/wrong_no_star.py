# earns: any name in front of that dot
# instead of:
        return name.endswith(pattern[1:]) if pattern.startswith("*.") else name == pattern
# stands:
        return name == pattern
