# earns: a partner's page without HTTPS
# instead of:
        return any(page.scheme == one.scheme and self.fits(page.netloc, one.netloc) for one in trusted)
# stands:
        return any(self.fits(page.netloc, one.netloc) for one in trusted)
