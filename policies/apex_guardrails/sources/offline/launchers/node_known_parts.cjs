// Keeps the known parts of a text that a program puts together from outputs; see ADR 0011.
//
// In a preview such an output is unknown as a whole, though the SDK sees its pieces. Here the pieces
// are remembered beside the output, and sent where the output is sent as an input. The program sees
// nothing of it: its outputs stay as unknown, as secret and as dependent as they are.
"use strict";

const { randomBytes } = require("crypto");

/** What an output value has besides the members that the protocol gives it: texts, null for a hole. */
const MEMBER = "apexKnownParts";

/** Stands in a text for what is not known; no text of a program has it. */
const HOLE = `apex-hole-${randomBytes(16).toString("hex")}`;

/** Characters of a text whose parts are kept: what is unknown can be put together without end. */
const LONGEST = 1_000_000;

/** How the text of an output is made, by what identifies the output; worked out if it is asked for. */
const remembered = new WeakMap();

/** What an output and the proxy around it have in common. */
function identity(output) {
    const known = output.isKnown;
    return known instanceof Promise ? known : undefined;
}

function remember(output, make) {
    const key = identity(output);
    if (key !== undefined) {
        let text;
        remembered.set(key, () => (text ??= make().then(bounded, () => HOLE)));
    }
    return output;
}

function bounded(text) {
    return text.length > LONGEST ? HOLE : text;
}

/** The text of an output that is not known, with a `HOLE` for each value in it that is not either. */
async function textOf(output) {
    const make = remembered.get(identity(output));
    return make === undefined ? HOLE : make();
}

/** What knows the SDK that the program has. */
function partsOf(sdk) {
    const isOutput = (value) => sdk.Output.isInstance(value);

    /** A value as far as it is known: itself, a text with holes, or a hole. */
    async function seen(value) {
        if (isOutput(value)) {
            return (await value.isKnown) ? value.promise() : textOf(value);
        }
        if (value instanceof Promise) {
            return seen(await value);
        }
        return typeof value === "object" && value !== null ? HOLE : value;
    }

    /** The same of what is in objects and lists. */
    async function seenDeeply(value) {
        if (isOutput(value) || value instanceof Promise) {
            return seen(value);
        }
        if (Array.isArray(value)) {
            return Promise.all(value.map(seenDeeply));
        }
        if (value !== null && typeof value === "object") {
            const members = Object.entries(value).map(async ([k, v]) => [k, await seenDeeply(v)]);
            return Object.fromEntries(await Promise.all(members));
        }
        return value;
    }

    const concat = (original) => (...params) =>
        remember(original(...params), async () => (await Promise.all(params.map(seen))).join(""));

    const interpolate = (original) => (literals, ...holes) =>
        remember(original(literals, ...holes), async () => {
            const values = await Promise.all(holes.map(seen));
            return literals.reduce((text, literal, number) => text + values[number - 1] + literal);
        });

    const jsonStringify = (original) => (value, replacer, space) => {
        const output = original(value, replacer, space);
        if (typeof replacer === "function") {
            return output;
        }
        return remember(output, async () => {
            const text = JSON.stringify(await seenDeeply(value), replacer, space);
            // Of a value that is not known nobody knows whether it is a text.
            return text.split(`"${HOLE}"`).join(HOLE);
        });
    };

    /** What gives the same output again, marked otherwise. */
    const passOn = (original) => (value, ...more) => {
        const output = original(value, ...more);
        return isOutput(value) ? remember(output, () => textOf(value)) : output;
    };

    return { concat, interpolate, jsonStringify, output: passOn, secret: passOn, unsecret: passOn };
}

/** The texts between the holes, and null for each hole; empty where no text is known. */
function split(text) {
    const parts = [];
    text.split(HOLE).forEach((part, number) => {
        if (number > 0 && parts[parts.length - 1] !== null) {
            parts.push(null);
        }
        if (part !== "") {
            parts.push(part);
        }
    });
    return parts.some(Boolean) ? parts : [];
}

/** What is sent with an unknown output. */
async function members(output) {
    const parts = split(await textOf(output));
    return parts.length > 0 ? { [MEMBER]: parts } : {};
}

module.exports = { identity, members, partsOf };
