// Which of the program's functions that are given to `apply` did not run, and may make resources.
//
// A function that waits for a value that is not known does not run in a preview. What it would make,
// nobody sees. Most make texts: whether one may make resources is read in its text, and in that of the
// functions in its file that it names.
"use strict";

const fs = require("fs");

const { callerPlace } = require("./node_positions.cjs");

/** Takes a JSON list of objects; the monitor beside serves it. */
const METHOD = "/apex.Program/Unrun";

const MADE = /\bnew\s+([A-Za-z_$][\w$]*)((?:\s*\.\s*[\w$]+)*)/g;
const NAME = /[A-Za-z_$][\w$]*/g;

/** What programs make of the SDK's classes that is no resource of theirs. */
const HARMLESS = new Set([
    "AssetArchive", "Config", "FileArchive", "FileAsset", "RemoteArchive", "RemoteAsset",
    "ResourceError", "RunError", "StackReference", "StringAsset",
]);

/** Whether a function's text makes an object that may be a resource: one of no class of JavaScript. */
function makes(text) {
    for (const [, first, members] of text.matchAll(MADE)) {
        const last = members.split(".").pop().trim() || first;
        if (!(first in globalThis) && !HARMLESS.has(last)) {
            return true;
        }
    }
    return false;
}

/** The texts of the functions of a file that a text names, by their names. */
function* named(text, source) {
    for (const name of new Set(text.match(NAME))) {
        const escaped = name.replace(/\$/g, "\\$");
        const start = source.search(new RegExp(
            `\\bfunction\\s*\\*?\\s*${escaped}\\b`
            + `|\\b(?:const|let|var)\\s+${escaped}\\b[^=;\\n]*=\\s*(?:async\\b|function\\b|\\(|[\\w$]+\\s*=>)`,
        ));
        if (start >= 0) {
            yield [name, body(source, start)];
        }
    }
}

/** From a place in a text to the end of the first block behind it. */
function body(text, start) {
    let depth = 0;
    for (let place = start; place < text.length; place += 1) {
        depth += { "{": 1, "}": -1 }[text[place]] ?? 0;
        if (depth === 0 && text[place] === "}") {
            return text.slice(start, place + 1);
        }
    }
    return text.slice(start);
}

/** Whether a function, or one that it names in its file, may make resources. */
function mayMake(text, source, seen = new Set()) {
    if (makes(text)) {
        return true;
    }
    for (const [name, inner] of named(text, source)) {
        if (!seen.has(name) && seen.add(name) && mayMake(inner, source, seen)) {
            return true;
        }
    }
    return false;
}

function sourceOf(file) {
    try {
        return fs.readFileSync(file, "utf8");
    } catch {
        return "";
    }
}

/** A resource as people speak of it. */
function label(resource) {
    return `${resource.__pulumiType ?? ""} ${resource.__name ?? ""}`.trim();
}

/** Those that the program gave to `apply`, by their places. */
class Callbacks {
    constructor() {
        this.given = new Map();
    }

    /** `Output.apply`, remembered. */
    watch(original) {
        const { given } = this;
        return function (callback, runsAlways, ...more) {
            const place = runsAlways === true ? undefined : callerPlace();
            if (place !== undefined) {
                const key = `${place.file}:${place.line}`;
                const others = given.get(key)?.outputs ?? [];
                given.set(key, { place, callback, outputs: [...others, this] });
            }
            return original.call(this, callback, runsAlways, ...more);
        };
    }

    /** Those that did not run and may make resources: file, line, name and why. */
    async unrun() {
        const found = [];
        for (const { place, callback, outputs } of this.given.values()) {
            const unknown = [];
            for (const output of outputs) {
                const never = new Promise((resolve) => setImmediate(resolve, true));
                if ((await Promise.race([output.isKnown.catch(() => true), never])) !== true) {
                    unknown.push(output);
                }
            }
            if (unknown.length > 0 && mayMake(String(callback), sourceOf(place.file))) {
                const names = unknown.flatMap((output) => [...output.resources()].map(label)).sort();
                const waited = [...new Set(names)].filter(Boolean).join(", ");
                const why = waited ? `it waits for ${waited}` : "its value is not known";
                const name = callback.name ?? "";
                found.push({ file: place.file, line: Number(place.line), name, why });
            }
        }
        return found;
    }

    /** Tells the monitor of them when the program has nothing more to do. */
    tellAtEnd(send) {
        process.once("beforeExit", async () => {
            const found = await this.unrun();
            if (found.length > 0) {
                send(METHOD, found, () => {});
            }
        });
    }
}

module.exports = { Callbacks };
