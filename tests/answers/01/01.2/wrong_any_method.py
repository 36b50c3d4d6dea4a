# earns: should have been answered with 405; 204 came
# instead of:
@require_http_methods(["GET", "DELETE"])
# stands:
