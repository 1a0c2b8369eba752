// Keeps apart what a program makes of an answer that was assumed.
//
// Stand-ins in it have marks, by which the monitor finds them in texts. What the program makes of them
// otherwise, a choice between two texts, has none: where an output that comes from such an answer is
// sent, all in it that has no mark is sent as unknown. A boolean has no room for a mark: it is false, and
// the monitor is told where the program's own code asks for it.
"use strict";

const { callerPlace } = require("./node_positions.cjs");

/** Takes a JSON list of booleans that the program asked for; the monitor beside serves it. */
const METHOD = "/apex.Program/Guessed";

const ASSUMED = /assumed[0-9a-f]{8}/i;
const MARK = /(?:assumed|unstated)[0-9a-f]{8}/i;

// Signatures of the protocol's property serialization.
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const DEEPEST = 20;

/** Whether an answer, or a part of one, is assumed. */
function hasMark(value, levels = DEEPEST) {
    if (typeof value === "string") {
        return ASSUMED.test(value);
    }
    if (typeof value !== "object" || value === null || levels === 0) {
        return false;
    }
    return Object.entries(value).some(
        ([name, item]) => ASSUMED.test(name) || hasMark(item, levels - 1),
    );
}

/** Has the monitor told where the program asks for a boolean in an assumed answer. */
function watchBooleans(send) {
    const told = new Set();

    function ask(token, path) {
        const place = callerPlace();
        if (place === undefined) {
            return;
        }
        const guess = { token, path, file: place.file, line: Number(place.line) };
        const key = JSON.stringify(guess);
        if (!told.has(key)) {
            told.add(key);
            send(METHOD, [guess], () => {});
        }
    }

    function put(owner, token, path, given, levels) {
        for (const [name, value] of Object.entries(owner)) {
            // Of all elements of a list it is the same question.
            const step = Array.isArray(owner) ? `${path}[*]` : `${path}.${name}`;
            if (value === false && !(name in given)) {
                let current = false;
                Object.defineProperty(owner, name, {
                    configurable: true,
                    enumerable: true,
                    get() {
                        ask(token, step.replace(/^\./, ""));
                        return current;
                    },
                    set(other) {
                        current = other;
                    },
                });
            } else if (typeof value === "object" && value !== null && levels > 0) {
                put(value, token, step, {}, levels - 1);
            }
        }
    }

    /** The same answer; `given` are the arguments, which an answer has, too. */
    return (answer, token, given) => {
        if (typeof answer === "object" && answer !== null) {
            put(answer, token, "", given ?? {}, DEEPEST);
        }
        return answer;
    };
}

/** What is sent, where only what has a mark is known to be what it seems. */
function hidden(sent, more) {
    if (sent === undefined || sent === null || sent === UNKNOWN) {
        return sent;
    }
    if (typeof sent === "string" && MARK.test(sent)) {
        return sent;
    }
    if (typeof sent === "object" && SIGNATURE in sent) {
        const isValue = [SECRET, OUTPUT].includes(sent[SIGNATURE]) && "value" in sent;
        return isValue ? { ...sent, value: hidden(sent.value, more) } : sent;
    }
    if (Array.isArray(sent) && sent.length > 0) {
        return sent.map((item) => hidden(item, more));
    }
    if (typeof sent === "object" && Object.keys(sent).length > 0) {
        return Object.fromEntries(Object.entries(sent).map(([k, item]) => [k, hidden(item, more)]));
    }
    // The value is there, lest the SDK take it for known when it looks for unknown ones in it.
    return { [SIGNATURE]: OUTPUT, value: UNKNOWN, ...more };
}

module.exports = { hasMark, hidden, watchBooleans };
