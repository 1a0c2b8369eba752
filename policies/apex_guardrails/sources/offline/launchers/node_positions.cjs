// Where in the program a resource is made.
"use strict";

const path = require("path");
const { fileURLToPath, pathToFileURL } = require("url");

const FRAME = /^\s*at (?:.*? \()?(file:\/\/.*?|[^()]*?):(\d+):(\d+)\)?$/;

/** File, line and column of a line of a stack trace; `undefined` where it has none. */
function place(frame) {
    const found = FRAME.exec(frame);
    if (found === null || found[1].startsWith("node:")) {
        return undefined;
    }
    const file = found[1].startsWith("file:") ? fileURLToPath(found[1]) : found[1];
    return { file, line: found[2], column: found[3] };
}

/** The stack under way, innermost first, as far as it is in files. */
function frames(most = Infinity) {
    const limit = Error.stackTraceLimit;
    try {
        Error.stackTraceLimit = most;
        return new Error().stack.split("\n").slice(1).map(place).filter(Boolean);
    } finally {
        Error.stackTraceLimit = limit;
    }
}

/** Whether a file is the program's, and not of a package or one of these. */
function isOwn(file) {
    return (
        path.isAbsolute(file)
        && path.dirname(file) !== __dirname
        && !/[\\/](node_modules|\.yarn)[\\/]/.test(file)
    );
}

/** The innermost place that is the program's own; `undefined` where there is none. */
function ownPlace() {
    return frames().find(({ file }) => isOwn(file));
}

/** What calls one of these functions, where that is the program; else `undefined`. */
function callerPlace() {
    const caller = frames(6).find(({ file }) => path.dirname(file) !== __dirname);
    return caller !== undefined && isOwn(caller.file) ? caller : undefined;
}

/** Has the SDK see every frame: of an ES module it misses those outside functions.
 *
 * @param sdk what `@pulumi/pulumi` exports.
 */
function keep(sdk) {
    const { Resource } = sdk;
    if (typeof Resource.callsites === "function") {
        Resource.framePositionRegExp = { exec: (frame) => ({ groups: place(frame) }) };
    } else if (typeof Resource.sourcePosition === "function") {
        Resource.sourcePosition = () => {
            const own = ownPlace();
            return own && {
                uri: pathToFileURL(own.file).toString(),
                line: Number(own.line),
                column: Number(own.column),
            };
        };
    }
}

module.exports = { callerPlace, isOwn, keep, ownPlace, place };
