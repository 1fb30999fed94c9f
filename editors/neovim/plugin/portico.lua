-- The command `:Portico`. What it does is loaded when it is first used; `setup` starts the connection.
require("portico").define()
