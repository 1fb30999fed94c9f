"""The thin clients that editors install. They show, ask and start the shim; they never decide.

`install` writes Portico's entry into their files. What comes here knows `ide_protocol.own.contract`
alone and carries no rule of policy; an import contract sees to it.
"""
