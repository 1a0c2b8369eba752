// Keeps from which functions, and which outputs of resources, an output comes.
//
// An output knows the resources it depends on: not which of their outputs, nor the functions that
// were called for it. Here they are remembered beside it, and sent with it where it is unknown: so
// findings can name the functions, and what comes from a secret is known for it whatever it is called.
"use strict";

const { AsyncLocalStorage } = require("async_hooks");

const { hasMark } = require("./node_assumed.cjs");
const { identity } = require("./node_known_parts.cjs");
const { ownPlace } = require("./node_positions.cjs");

/** What an unknown output value has besides the protocol's members: the functions' tokens; and of each
 * secret it comes from: the type or function, the output, whether it is unmarked, the resource. */
const MEMBER = "apexFunctions";
const SECRETS = "apexSecrets";

/** Lists of `{token, output, unmarked, resource}`, by what identifies the output. */
const known = new WeakMap();

/** The function call under way, which notes here that nobody answered it. */
const calls = new AsyncLocalStorage();

/** Where an output comes from, or what is in an object or a list of them. */
function origins(value, depth = 0) {
    if (value === null || typeof value !== "object" || depth > 20) {
        return [];
    }
    if (value.__pulumiOutput === true) {
        return known.get(identity(value)) ?? [];
    }
    if (Array.isArray(value)) {
        return value.flatMap((item) => origins(item, depth + 1));
    }
    if (Object.getPrototypeOf(value) === Object.prototype) {
        return Object.values(value).flatMap((item) => origins(item, depth + 1));
    }
    return [];
}

function carry(output, found) {
    const key = found.length > 0 ? identity(output) : undefined;
    if (key !== undefined) {
        known.set(key, [...found, ...(known.get(key) ?? [])]);
    }
    return output;
}

/** Whether the code under way is a callback of `apply`. */
const applying = new AsyncLocalStorage();

/** `Output.apply` of the output that it is called on. */
const apply = (original) => function (callback, ...more) {
    const called = (value) => applying.run(true, () => callback(value));
    return carry(original.call(this, called, ...more), origins(this));
};

/** What makes an output of others: it comes from where they do. */
const passOn = (original) => (...values) => carry(original(...values), origins(values));

const unmark = (original) => (value) =>
    carry(original(value), origins(value).map((origin) => ({ ...origin, unmarked: true })));

/** Whether an output comes from an answer that was assumed. */
function isAssumed(output) {
    return origins(output).some(({ call }) => call?.isAssumed);
}

/** An answer whose members come from the function, too; `unknown` where nobody answered.
 *
 * @param put takes an assumed answer, the function and its arguments, and returns the answer.
 */
function asking(sdk, unknown, put) {
    return (original) => (token, ...more) => {
        const call = { isUnanswered: false, isAssumed: false };
        const output = calls.run(call, () => original(token, ...more));
        const look = (value) => {
            if (call.isUnanswered) {
                return unknown;
            }
            call.isAssumed = hasMark(value);
            return call.isAssumed ? put(value, token, more[0]) : value;
        };
        // With what is unknown in it, the function runs as well.
        const origin = { token, output: "", unmarked: false, resource: "", call };
        const whole = carry(output.apply(look, true), [origin]);
        return new Proxy(whole, {
            get: (target, name) => {
                const taken = target[name];
                if (typeof name !== "string" || !sdk.Output.isInstance(taken)) {
                    return taken;
                }
                return carry(taken, [{ ...origin, output: name }]);
            },
        });
    };
}

/** In the plain form there must be an answer: an unknown one would look like nothing.
 *
 * In a callback of `apply` it may be unknown, as all is that comes of it; older providers have no other
 * output form. `put` is as above.
 */
function refusing(sdk, unknown, put) {
    return (original) => (token, ...more) => {
        const call = { isUnanswered: false };
        const own = ownPlace();
        const where = own ? `${own.file}:${own.line}: ` : "";
        return calls.run(call, () => original(token, ...more)).then((result) => {
            if (call.isUnanswered && applying.getStore()) {
                return unknown;
            }
            if (call.isUnanswered) {
                throw new sdk.RunError(
                    `${where}${token} was called in its plain form, and no provider runs here to `
                    + "answer it: record its result in policy-pack.yaml (offline.functions), or "
                    + `call its output form, ${token.split(":").pop()}Output`,
                );
            }
            return hasMark(result) ? put(result, token, more[0]) : result;
        });
    };
}

/** Has the monitor's client note what was not answered: older SDKs know no such answers. */
function noteUnanswered(client) {
    const invoke = client.invoke.bind(client);
    client.invoke = (request, ...more) => {
        const call = calls.getStore();
        const done = more.pop();
        return invoke(request, ...more, (error, response) => {
            const isUnknown = response?.getReturn()?.getFieldsMap().has("apexUnknown");
            if (call !== undefined && isUnknown) {
                call.isUnanswered = true;
            }
            done(error, response);
        });
    };
}

/** Remembers what the program takes of resources. */
const taking = (transfer) => (resource, label, props, ...more) => {
    const resolvers = transfer(resource, label, props, ...more);
    const token = resource.__pulumiType;
    const name = resource.__name ?? "";
    for (const output of Object.keys(props)) {
        if (resource[output]?.__pulumiOutput === true) {
            carry(resource[output], [{ token, output, unmarked: false, resource: name }]);
        }
    }
    return resolvers;
};

/** What an output waits for, as people speak of it. */
function waitedFor(output) {
    const found = origins(output);
    const outputs = found.filter(({ resource }) => resource !== "");
    const named = new Set(outputs.map(({ token, resource }) => `${token} ${resource}`));
    const others = [...output.resources()]
        .map((it) => [`${it.__pulumiType ?? ""} ${it.__name ?? ""}`.trim(), it.id])
        .filter(([name]) => name !== "" && !named.has(name));
    // The id is a member of every resource, and not taken as the others are.
    const isId = (id) => id?.__pulumiOutput === true && identity(id) === identity(output);
    return [
        ...outputs.map((it) => `${it.output} of ${it.token} ${it.resource}`),
        ...found.filter(({ call }) => call).map(({ token }) => `the answer of ${token}`),
        ...others.map(([name, id]) => (isId(id) ? `id of ${name}` : name)),
    ];
}

/** What is sent with an unknown output, where `secrets` are the outputs of types and functions. */
function membersOf(secrets) {
    return async (output) => {
        const found = origins(output);
        const functions = found.filter(({ resource }) => resource === "").map(({ token }) => token);
        const taken = found
            .filter((origin) => secrets[origin.token]?.includes(origin.output))
            .map(({ token, output: path, unmarked, resource }) =>
                JSON.stringify([token, path, unmarked ? "unmarked" : "", resource]));
        return {
            ...(functions.length > 0 ? { [MEMBER]: [...new Set(functions)].sort() } : {}),
            ...(taken.length > 0 ? { [SECRETS]: [...new Set(taken)].sort().map((text) => JSON.parse(text)) } : {}),
        };
    };
}

module.exports = { apply, asking, isAssumed, membersOf, noteUnanswered, passOn, refusing, taking, unmark, waitedFor };
