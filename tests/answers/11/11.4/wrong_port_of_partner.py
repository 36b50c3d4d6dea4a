# earns: a page from another port of a partner's
# instead of:
        return any(page.scheme == one.scheme and self.fits(page.netloc, one.netloc) for one in trusted)
# stands:
        return any(page.scheme == one.scheme and self.fits(page.hostname or "", one.hostname) for one in trusted)
