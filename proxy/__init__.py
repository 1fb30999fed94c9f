"""The hub: everything between a window's request and a server's answer. This page has the words.

Direction of travel. *Downstream* is the editor's side, *upstream* a remote MCP server's side. A
request travels upstream: front, session, exchange, catalog, policy, approval, audit, upstream. Its
answer travels back down the same way, and every way out passes the audit.

Lifetimes. A *hub* is one process per user. It holds *sessions*; a session holds *exchanges*. When
one ends, everything below it ends.

=====================  =============================================================================
session                One connected window: an editor (LSP), an AI client (MCP), or a command. MCP
                       2026-07-28 has no protocol sessions, so the word never means upstream state,
                       but for the sessions that *legacy* servers keep (`proxy.upstream.sessions`).
era                    *Legacy* (MCP up to 2025-11-25: `initialize`, servers ask clients) or
                       *modern* (2026-07-28: `server/discover`, `_meta` on each request, questions
                       are returned as results).
exchange               One request, from its arrival to its single outcome.
catalog                What this user may see, merged from the upstreams, with snapshots on disk.
registry               The company's list of approved servers, and its rules for them.
offering               One server as this user may meet it today.
verdict                Allow, deny or ask, with the rule that decided and why.
pin                    What a tool was when it was trusted, and by whose word.
quarantine             Where a tool is that is no longer what its pin says, or that reads as poison:
                       it is not offered, and no call of it is sent.
approval               A person's answer to an *ask*, bound to one exact call.
batch                  Several questions that come together, shown as one prompt.
lease                  A yes in advance, bounded in scope, minutes and calls; a *stop* is a no.
elicitation            A server's own question to the person. It is no approval and never looks like
                       one.
surface                Where a person can be asked: an editor, Portico's page, the asking client, a
                       terminal; the strongest first.
pairing                A person's word, given on the page, that an editor is theirs.
credential             The secret that proves who the user is (`auth`).
grant                  The permission to use one upstream: audience, scopes, expiry.
audit                  What happened, one record per decision, append-only.
=====================  =============================================================================

Deciding is plain and synchronous (`policy`, `naming`, `exchange.bridge`, `approval.surface`).
Waiting is done by few: `exchange`, `hub`, `upkeep`, `catalog`, `approval.desk` and `upstream`.
"""
