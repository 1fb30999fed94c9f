"""Who the user is, and what may be used where. This room knows nothing of the others."""
