# earns: subdomain
# instead of:
PARTNERS = ["https://radio.example"]
# stands:
PARTNERS = ["https://.radio.example"]
