// Notices where the program asks whether this is a preview: what it makes otherwise is not seen.
"use strict";

const { callerPlace } = require("./node_positions.cjs");

/** Takes a JSON list of what a reader of the result should know; the monitor beside serves it. */
const METHOD = "/apex.Program/Notes";

/**
 * Has the monitor told of it from now on.
 *
 * @param sdk what `@pulumi/pulumi` exports.
 * @param send the way to the monitor.
 */
function watch(sdk, send) {
    const { runtime } = sdk;
    const told = new Set();
    function isDryRun() {
        const place = callerPlace();
        const at = place && `${place.file}:${place.line}`;
        if (at !== undefined && !told.has(at)) {
            told.add(at);
            const note = "the program asks whether this is a preview: what it makes in a deployment alone is not seen";
            send(METHOD, [`${at}: ${note}`], () => {});
        }
        return runtime.isDryRun();
    }
    // The SDK itself asks all the time, and keeps its own.
    sdk.runtime = Object.create(runtime, { isDryRun: { value: isDryRun, enumerable: true } });
}

module.exports = { watch };
