// Stands in for secret config whose form nobody has said, whatever the program takes it for.
//
// The program gets a text instead of the value. Where it takes it for JSON it gets an object whose
// every member is such a text, where it takes it for a number or a boolean, one of those; what cannot be
// answered so is an error that names the setting.
"use strict";

const { callerPlace } = require("./node_positions.cjs");

/** Takes a JSON list of what a reader of the result should know; the monitor beside serves it. */
const METHOD = "/apex.Program/Notes";

/** The only member that an object of ours has by itself: its text. */
const MARK = "apexPlaceholder";

/** What a member may be asked for as a text; other methods of texts have names that members have. */
const OF_TEXTS = new Set([
    "charAt", "endsWith", "includes", "indexOf", "localeCompare", "match", "padEnd", "padStart",
    "replace", "replaceAll", "slice", "split", "startsWith", "substring", "toLowerCase", "toString",
    "toUpperCase", "trim", "valueOf",
]);

/** What a list is asked for, and nobody can answer. */
const OF_LISTS = new Set([
    "every", "filter", "find", "flatMap", "forEach", "join", "length", "map", "reduce", "some",
    Symbol.iterator,
]);

const BOOLEANS = ["getBoolean", "requireBoolean", "getSecretBoolean", "requireSecretBoolean"];

/** Those of this run: `{ key, number }` by their texts. */
const known = new Map();

/** The setting that says what a secret looks like. */
function setting(key) {
    return `give a sample in policy-pack.yaml (offline.secrets.${key.split(":").pop()})`;
}

/** What helps where a placeholder does not do. */
function hint(key) {
    return `a placeholder stands in for the secret config ${key}, and its form is not known: ${setting(key)}`;
}

/** The hints at those that a text is about. */
function hints(text) {
    const found = [...known].filter(([placeholder]) => text.includes(placeholder));
    return found.map(([, { key }]) => hint(key)).filter((said) => !text.includes(said));
}

/** A placeholder as an object or a list, every member of which is there. */
function standIn(text) {
    const { key, number } = known.get(text);
    const refuse = () => {
        throw new TypeError(hint(key));
    };
    const object = new Proxy({ [MARK]: text }, {
        get(target, name) {
            if (name === MARK) {
                return text;
            }
            if (name === Symbol.toPrimitive) {
                return (wanted) => (wanted === "number" ? number : text);
            }
            if (name === "toJSON") {
                return () => text;
            }
            if (OF_LISTS.has(name)) {
                return refuse();
            }
            if (OF_TEXTS.has(name)) {
                return text[name].bind(text);
            }
            // The SDK takes what is a resource as it is, where it would copy an object.
            if (name === "__pulumiResource") {
                return true;
            }
            const isAnswered = typeof name === "string" && name !== "then" && !name.startsWith("__");
            return isAnswered && !(name in Object.prototype) ? object : target[name];
        },
        has: () => true,
        ownKeys: (target) => (callerPlace() === undefined ? Reflect.ownKeys(target) : refuse()),
    });
    return object;
}

/** The same without objects of ours: their texts are in their places. */
function unwrapped(value) {
    if (Number.isNaN(value) && known.size > 0) {
        // What became of a text that was taken for a number in a way that nobody can notice.
        const said = [...known.values()].map(({ key }) => hint(key)).join("\n");
        throw new TypeError(`an input is not a number (NaN)\n${said}`);
    }
    if (typeof value !== "object" || value === null || known.size === 0) {
        return value;
    }
    if (known.has(value[MARK])) {
        return value[MARK];
    }
    for (const [name, item] of Object.entries(value)) {
        value[name] = unwrapped(item);
    }
    return value;
}

/**
 * Has what asks for a form get it.
 *
 * @param sdk what `@pulumi/pulumi` exports.
 * @param told the instructions.
 * @param send the way to the monitor.
 */
function answer(sdk, told, send) {
    for (const [key, number] of Object.entries(told.numbers)) {
        known.set(told.config[key], { key, number });
    }
    const { parse } = JSON;
    const read = new Set();
    JSON.parse = (text, ...more) => {
        const found = known.get(text);
        if (found === undefined) {
            return parse(text, ...more);
        }
        if (!read.has(found.key)) {
            read.add(found.key);
            const note = `the secret config ${found.key} is read as JSON, and its members are not known`;
            send(METHOD, [`${note}: ${setting(found.key)}`], () => {});
        }
        return standIn(text);
    };
    for (const name of ["parseFloat", "parseInt"]) {
        const original = globalThis[name];
        globalThis[name] = (text, ...more) => known.get(text)?.number ?? original(text, ...more);
        Number[name] = globalThis[name];
    }
    globalThis.Number = new Proxy(Number, {
        apply: (number, self, given) => known.get(given[0])?.number ?? Reflect.apply(number, self, given),
    });
    for (const name of BOOLEANS) {
        const original = sdk.Config.prototype[name];
        sdk.Config.prototype[name] = function boolean(key, ...more) {
            if (!known.has(told.config[`${this.name}:${key}`])) {
                return original.call(this, key, ...more);
            }
            return name.includes("Secret") ? sdk.secret(true) : true;
        };
    }
}

module.exports = { answer, hints, unwrapped };
