// Notices which environment variables the program asks for and is not given, or that are not set: what
// it makes may depend on them. One that is kept from it and a credential by its name is answered with a
// placeholder, where the program itself asks.
"use strict";

const { callerPlace } = require("./node_positions.cjs");

/** Takes a JSON list of what a reader of the result should know; the monitor beside serves it. */
const METHOD = "/apex.Program/Notes";

const SETTING = "`offline.environment` in policy-pack.yaml names what a program gets";

const OTHERWISE = "where it is set, the program may make something else";

/** How often a name is looked at: libraries ask for many, some of them again and again. */
const MOST_LOOKS = 3;

/** How many unset variables are told of. */
const MOST = 20;

/**
 * Has the monitor told of them from now on.
 *
 * @param withheld the variables that are set outside and kept from the program.
 * @param stoodIn placeholders for those of them that are credentials.
 * @param send the way to the monitor.
 */
function watch(withheld, stoodIn, send) {
    const left = new Set(withheld);
    const looks = new Map();
    const unset = new Set();

    function noteUnset(name) {
        const before = looks.get(name) ?? 0;
        if (typeof name !== "string" || before === MOST_LOOKS || unset.size === MOST) {
            return;
        }
        looks.set(name, before + 1);
        const place = callerPlace();
        if (place !== undefined) {
            unset.add(name);
            looks.set(name, MOST_LOOKS);
            const note = `${place.file}:${place.line}: reads ${name}, which is not set here`;
            send(METHOD, [`${note}: ${OTHERWISE}`], () => {});
        }
    }

    process.env = new Proxy(process.env, {
        get(variables, name) {
            const value = variables[name];
            const placeholder = Object.hasOwn(stoodIn, name) ? stoodIn[name] : undefined;
            const isAsked = value === undefined && (left.has(name) || placeholder !== undefined);
            if (value === undefined && !isAsked && !withheld.includes(name)) {
                noteUnset(name);
            }
            const place = isAsked ? callerPlace() : undefined;
            if (place === undefined) {
                return value;
            }
            if (left.delete(name)) {
                const read = `${place.file}:${place.line}: reads ${name}`;
                const instead = placeholder === undefined ? "" : ", which gets a placeholder";
                const note = `${read}, which is set here but not passed to the program${instead}`;
                send(METHOD, [`${note}: ${SETTING}`], () => {});
            }
            return placeholder;
        },
        // Without it, Node.js refuses how a proxy sets one.
        set: (variables, name, value) => Reflect.set(variables, name, value),
    });
}

module.exports = { watch };
