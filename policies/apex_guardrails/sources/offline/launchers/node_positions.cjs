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

/**
 * A stack trace, with lines of the program as it was written.
 *
 * ts-node has its own way to them, and knows none of what another compiler made (tsx, a build). Where
 * Node.js itself keeps where lines come from, it does so for all.
 */
function written(read) {
    const { prepareStackTrace } = Error;
    try {
        if (process.sourceMapsEnabled) {
            Error.prepareStackTrace = undefined;
        }
        return read();
    } finally {
        Error.prepareStackTrace = prepareStackTrace;
    }
}

/** The stack under way, innermost first, from what called a function on. */
function stack(from, most = Infinity) {
    const limit = Error.stackTraceLimit;
    try {
        Error.stackTraceLimit = most;
        const holder = {};
        Error.captureStackTrace(holder, from);
        return written(() => holder.stack).split("\n").slice(1).map(place);
    } finally {
        Error.stackTraceLimit = limit;
    }
}

/** The same as far as it is in files. */
function frames(most) {
    return stack(frames, most).filter(Boolean);
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
        Resource.callsites = function callsites() {
            const found = stack(callsites).map((it) => it ?? {});
            // Its own is the first one.
            return [{}, ...found].map(({ file, line, column }) => ({
                file, line: Number(line), column: Number(column),
            }));
        };
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

/** Takes the program's own files that were loaded, as a JSON list; the monitor beside serves it. */
const FILES = "/apex.Program/Files";

/** Tells the monitor of them when the program has nothing more to do. */
function tellFiles(send) {
    process.once("beforeExit", () => send(FILES, Object.keys(require.cache).filter(isOwn), () => {}));
}

module.exports = { callerPlace, isOwn, keep, ownPlace, place, tellFiles, written };
