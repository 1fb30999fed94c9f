"""Who the user is, and what may be used where. This room knows nothing of the others.

Its one door is `auth.account.Account`: it says who is signed in, signs in and out, and gives a
grant for each audience. Behind the door are the sign-in itself (OIDC, authorization code with PKCE,
answered on loopback), one refresh at a time for all of the user's processes, and the sealed file
whose key the operating system's keyring keeps. Tokens travel as `auth.secret.Secret` alone. Two
modules serve every room: `auth.fault`, the one shape of what goes wrong, and `auth.network`, the
one way to reach the company.
"""
