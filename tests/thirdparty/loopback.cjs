// Whatever this program serves, it serves on 127.0.0.1, at a free port, and says where.
// `node --require loopback.cjs …`: the server of npm listens on every interface unless told otherwise.
"use strict";

const fs = require("node:fs");
const net = require("node:net");

const listen = net.Server.prototype.listen;

net.Server.prototype.listen = function (...given) {
  const listening = given.find((one) => typeof one === "function");
  this.once("listening", () => {
    const { address, port } = this.address();
    if (address !== "127.0.0.1") process.exit(1);
    fs.writeSync(1, `http://${address}:${port}/mcp\n`);
    if (listening) listening.call(this);
  });
  return listen.call(this, { host: "127.0.0.1", port: 0 });
};
