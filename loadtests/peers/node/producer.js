// A producer that is told by lines what to add, and answers each with a line when it is done.
// A line is JSON: [numbers, seconds until they are due].
"use strict";

const readline = require("node:readline");

exports.serve = (add) => {
    process.stdout.write("ready\n");
    readline.createInterface({ input: process.stdin })
        .on("line", async (line) => {
            await add(...JSON.parse(line));
            process.stdout.write("added\n");
        })
        .on("close", () => process.exit());
};
