// Notices which environment variables the program asks for and is not given. One that is a credential
// by its name is answered with a placeholder, where the program itself asks.
"use strict";

const { callerPlace } = require("./node_positions.cjs");

/** Takes a JSON list of what a reader of the result should know; the monitor beside serves it. */
const METHOD = "/apex.Program/Notes";

const SETTING = "`offline.environment` in policy-pack.yaml names what a program gets";

/**
 * Has the monitor told of them from now on.
 *
 * @param withheld the variables that are set outside and kept from the program.
 * @param stoodIn placeholders for those of them that are credentials.
 * @param send the way to the monitor.
 */
function watch(withheld, stoodIn, send) {
    const left = new Set(withheld);
    process.env = new Proxy(process.env, {
        get(variables, name) {
            const value = variables[name];
            const placeholder = Object.hasOwn(stoodIn, name) ? stoodIn[name] : undefined;
            const isAsked = value === undefined && (left.has(name) || placeholder !== undefined);
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
