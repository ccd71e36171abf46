"""Pages about people; each module has one subject."""
