"""The review document: what waits for a person's yes, as a text with a button at each call."""
