"""The hub: sessions, exchanges, catalog, policy, approvals, audit and the upstreams."""
