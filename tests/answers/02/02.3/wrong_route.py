# earns: should have been answered with 200; 404 came
# instead of:
    path("listeners/", streams.listeners),
# stands:
    path("listener/", streams.listeners),
