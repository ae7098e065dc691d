"""nginx virtual hosts, gated by nginx -t over the whole candidate tree."""
