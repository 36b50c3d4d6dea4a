# earns: plain http
# instead of:
PARTNERS = ["https://radio.example"]
# stands:
PARTNERS = ["radio.example"]
