"""GitLab's REST API v4 over the engine: one module of routes a theme."""
