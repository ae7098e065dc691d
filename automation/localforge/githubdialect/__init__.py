"""GitHub's REST and GraphQL over the engine."""
