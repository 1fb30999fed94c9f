"""The sign-in of a server that runs its own OAuth, apart from the company's.

`account.ServerAccount` is the door: a grant for that one server, its sign-in, its end. What happens
at the server's issuer (discovery, registration, PKCE, refresh, step-up) is the MCP SDK's provider's
to decide; `flow` alone imports it, in a thread and only when such a server needs it. A token of
this kind is sealed for one address and sent to no other, and the company's token never comes here.
"""
