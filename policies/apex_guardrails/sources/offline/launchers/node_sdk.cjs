// Has the program's SDK say more than it does by itself, as far as it is built as expected.
"use strict";

const assumed = require("./node_assumed.cjs");
const { Callbacks } = require("./node_callbacks.cjs");
const dryRun = require("./node_dry_run.cjs");
const { describe } = require("./node_errors.cjs");
const functions = require("./node_functions.cjs");
const knownParts = require("./node_known_parts.cjs");
const placeholders = require("./node_placeholders.cjs");
const positions = require("./node_positions.cjs");
const secrets = require("./node_secrets.cjs");
const variables = require("./node_variables.cjs");

// Signatures of the protocol's property serialization.
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Replaces a function of modules by one made of it; those that copied it at load have it, too. */
function wrap(name, make, ...modules) {
    const original = modules.map((module) => module[name]).find((found) => found !== undefined);
    if (typeof original !== "function") {
        return;
    }
    const wrapped = make(original);
    for (const module of modules) {
        // A module that passes another's exports on by getters passes the new one on.
        if (Object.getOwnPropertyDescriptor(module, name)?.writable && module[name] === original) {
            module[name] = wrapped;
        }
    }
}

/** A module that older SDKs do not have. */
function optional(require, name) {
    try {
        return require(name);
    } catch {
        return {};
    }
}

/** Whether an output was serialized as one that is not known. */
function isUnknown(serialized) {
    if (!isObject(serialized)) {
        return serialized === UNKNOWN;
    }
    const signature = serialized[SIGNATURE];
    return (signature === SECRET && serialized.value === UNKNOWN)
        || (signature === OUTPUT && !("value" in serialized));
}

/** The same with more members where it was made of unknown outputs that have any. */
async function completed(value, serialized, members) {
    if (serialized === undefined || !isObject(value)) {
        return serialized;
    }
    if (value instanceof Promise) {
        return completed(await value, serialized, members);
    }
    if (value.__pulumiOutput === true) {
        if (isUnknown(serialized)) {
            return withMembers(value, serialized, members);
        }
        return functions.isAssumed(value)
            ? assumed.hidden(serialized, await membersOf(value, members))
            : serialized;
    }
    if (Array.isArray(value) && Array.isArray(serialized) && value.length === serialized.length) {
        return Promise.all(value.map((item, i) => completed(item, serialized[i], members)));
    }
    if (isPlain(value) && isObject(serialized) && !(SIGNATURE in serialized)) {
        for (const key of Object.keys(value)) {
            if (key in serialized) {
                serialized[key] = await completed(value[key], serialized[key], members);
            }
        }
    }
    return serialized;
}

/** Whether a value is an object of members alone, such as what an ES module exports. */
function isPlain(value) {
    return [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

/** What is sent with an unknown output. */
async function membersOf(output, members) {
    return Object.assign({}, ...(await Promise.all(members.map((of) => of(output)))));
}

async function withMembers(output, serialized, members) {
    const more = await membersOf(output, members);
    if (Object.keys(more).length === 0) {
        return serialized;
    }
    if (serialized[SIGNATURE] === OUTPUT) {
        return { ...serialized, ...more };
    }
    // The value is there, lest the SDK take it for known when it looks for unknown ones in it.
    const value = { [SIGNATURE]: OUTPUT, value: UNKNOWN, ...more };
    // The SDK leaves the mark away where the value is not known; parts must have theirs.
    return (await output.isSecret) === true ? { ...value, secret: true } : value;
}

/** What serializes inputs or outputs, giving a mapping, or a list with it first. */
const serializing = (members, made) => (original) => async (label, props, ...more) => {
    const result = await original(label, props, ...more);
    const given = { ...props };
    if (made.has(props.outputs)) {
        given.outputs = made.get(props.outputs);
    }
    await completed(given, Array.isArray(result) ? result[0] : result, members);
    placeholders.unwrapped(Array.isArray(result) ? result[0] : result);
    return result;
};

/** What the program exports, by the copy of it with which the SDK goes on; filled as it does. */
function keepExports(require, runtime) {
    const made = new WeakMap();
    let exported;
    const keep = (run) => (init) => run(async () => (exported = await init()));
    const pair = (register) => (resource, outputs, ...more) => {
        if (resource.__pulumiType === "pulumi:pulumi:Stack" && isObject(outputs)) {
            made.set(outputs, exported);
        }
        return register(resource, outputs, ...more);
    };
    wrap("runInPulumiStack", keep, require("./runtime/stack"), runtime);
    wrap("registerResourceOutputs", pair, require("./runtime/resource"), runtime);
    return made;
}

function isObject(value) {
    return typeof value === "object" && value !== null;
}

/**
 * Prepares the SDK.
 *
 * @param require of the SDK's own folder.
 * @param told the instructions.
 */
function prepare(require, told) {
    // The whole first: its modules need each other in this order.
    const sdk = require("./index.js");
    const output = require("./output");
    const runtime = require("./runtime");
    const invoke = require("./runtime/invoke");
    const rpc = require("./runtime/rpc");
    positions.keep(sdk);
    wrap("defaultErrorMessage", () => describe, optional(require, "./cmd/run/error"));

    const grpc = require.resolve("@grpc/grpc-js");
    const send = secrets.connect(require(grpc), told.monitor);
    wrap("secret", secrets.telling(send, grpc, told.monitor), output, sdk);
    for (const name of ["all", "concat", "interpolate", "jsonStringify", "output", "secret"]) {
        wrap(name, functions.passOn, output, sdk);
    }
    wrap("unsecret", functions.unmark, output, sdk);
    for (const [name, make] of Object.entries(knownParts.partsOf(sdk))) {
        wrap(name, make, output, sdk);
    }
    const callbacks = new Callbacks(functions.waitedFor);
    wrap("apply", functions.apply, sdk.Output.prototype ?? {});
    wrap("apply", (apply) => callbacks.watch(apply), sdk.Output.prototype ?? {});
    callbacks.tellAtEnd(send);
    positions.tellFiles(send);
    dryRun.watch(sdk, send);
    placeholders.answer(sdk, told, send);
    variables.watch(told.withheld ?? [], told.stood_in ?? {}, send);
    const put = assumed.watchBooleans(send);
    wrap("invoke", functions.refusing(sdk, output.unknown, put), invoke, runtime);
    for (const name of ["invokeOutput", "invokeSingleOutput"]) {
        wrap(name, functions.asking(sdk, output.unknown, put), invoke, runtime);
    }
    wrap("transferProperties", functions.taking, rpc, runtime);
    const members = [knownParts.members, functions.membersOf(told.secret_outputs)];
    const made = keepExports(require, runtime);
    for (const name of ["serializeResourceProperties", "serializeProperties"]) {
        wrap(name, serializing(members, made), rpc, runtime);
    }
    const client = require("./runtime/settings").getMonitor();
    if (client !== undefined) {
        functions.noteUnanswered(client);
    }
}

module.exports = { prepare };
