"""The shapes of authored files, as pydantic models."""
