# earns: should have been answered with 204; 403 came
# instead of:
@csrf_exempt  # as above
# stands:
