"""What the company sets up on a person's machine: one signed document, or an administrator's file.

It names the issuer, the registry, the origins that may see a token, a policy and the way through
the network. A person accepts it once, with its key's fingerprint before their eyes; from then on
their own `portico.toml` can make it narrower and nothing else. Deciding is pure (`document`,
`narrowing`, `difference`); `kept` and `managed` touch the disk, `source` the network.
"""
