"""Works on what came in and sends what goes out, each chat in its order."""
