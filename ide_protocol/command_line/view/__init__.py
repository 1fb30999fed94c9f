"""What people see: each module draws one kind of thing, from the contract's shapes to text."""
