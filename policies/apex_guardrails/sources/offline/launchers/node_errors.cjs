// What is said of an error that the program does not catch: from the program's own frames.
//
// The SDK has Node.js write out everything that an error refers to: in colours, with the frames of every
// package, and for minutes where it refers to much.
"use strict";

const { isOwn, place } = require("./node_positions.cjs");

const FRAME = /^\s+at /;
const REQUIRED = /^- (.*)/;

/** The error's message, and the frames that are the program's. */
function describe(error) {
    if (typeof error?.stack !== "string") {
        try {
            return String(error?.message ?? error);
        } catch {
            return "something was thrown that is no text";
        }
    }
    const lines = error.stack.split("\n").filter((line) => {
        if (FRAME.test(line)) {
            return isOwn(place(line)?.file ?? "");
        }
        const required = REQUIRED.exec(line);
        return required === null || isOwn(required[1]);
    });
    const cause = error.cause === undefined ? [] : [`caused by ${describe(error.cause)}`];
    return [...lines, ...cause].join("\n");
}

module.exports = { describe };
