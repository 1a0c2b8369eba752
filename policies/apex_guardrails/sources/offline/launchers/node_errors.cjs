// What is said of an error that the program does not catch: from the program's own frames.
//
// The SDK has Node.js write out everything that an error refers to: in colours, with the frames of every
// package, and for minutes where it refers to much.
"use strict";

const { hints } = require("./node_placeholders.cjs");
const { isOwn, place, written } = require("./node_positions.cjs");

const FRAME = /^\s+at /;
const REQUIRED = /^- (.*)/;

/** What to do about an error that is not about the program's code. */
function nextStep(error, stack) {
    const isUnknown = error.code === "ERR_UNKNOWN_FILE_EXTENSION" && /"\.[mc]?ts"/.test(error.message);
    // Read as JavaScript, which it is none of.
    if (isUnknown || (error.name === "SyntaxError" && /^\S*\.[mc]ts:\d+\n/.test(stack))) {
        const [major] = process.versions.node.split(".");
        return [
            `Node.js ${major} does not read this TypeScript by itself, neither here nor under Pulumi: `
            + "use Node.js 22.18 or later, install ts-node beside the program, or install tsx and set "
            + "`nodeargs: --import tsx` in Pulumi.yaml (runtime.options)",
        ];
    }
    // An option, or a value of one, that the compiler does not know.
    if (/\berror TS(?:5023|6046):/.test(stack)) {
        return [
            "this TypeScript is too old for the program's tsconfig.json; where the program has none of its "
            + "own, here and under Pulumi it is 3.8: npm install --save-dev typescript",
        ];
    }
    return [];
}

/** The error's message, and the frames that are the program's. */
function describe(error) {
    const stack = written(() => error?.stack);
    if (typeof stack !== "string") {
        try {
            return String(error?.message ?? error);
        } catch {
            return "something was thrown that is no text";
        }
    }
    const lines = stack.split("\n").filter((line) => {
        if (FRAME.test(line)) {
            return isOwn(place(line)?.file ?? "");
        }
        const required = REQUIRED.exec(line);
        return required === null || isOwn(required[1]);
    });
    const cause = error.cause === undefined ? [] : [`caused by ${describe(error.cause)}`];
    const said = [...lines, ...cause].join("\n");
    return [said, ...nextStep(error, stack), ...hints(said)].join("\n");
}

module.exports = { describe };
