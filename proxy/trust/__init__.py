"""Whether a server's own words can be trusted: pins, poisoned text, imitated names, odd questions.

What a model reads is never rewritten here. It is passed on as the server wrote it, or not at all:
then the tool is *quarantined*, which `portico trust` explains and a person, or the company's
registry, can lift.
"""
