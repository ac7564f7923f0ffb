"""The graph file: the whole of a workspace, in and out."""
