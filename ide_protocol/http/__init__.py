"""The loopback HTTP front: Streamable HTTP in both eras, spoken to the hub as lines."""
