"""The use cases as JSON under /api/v1."""
